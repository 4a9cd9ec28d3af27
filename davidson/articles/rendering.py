"""Making an article's HTML of its text. It is for writes: web servers have no parser and never load this."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import selectinload

from davidson.articles.cards import Picture, picture_of
from davidson.articles.models import Article, Reference
from davidson.articles.revisions import BodyPicture
from davidson.database import db, reading
from davidson.media.queries import pictures_beginning
from davidson.media.rights import Rights
from davidson.text.figures import digests_in
from davidson.text.markdown import RENDERER, Rendered, render_article
from davidson.text.readalso import join
from davidson.text.wordcount import count_words

BATCH = 200


def render(source: str) -> Rendered:
    """An article's HTML, with the pictures that it names as they are kept now. Raises TextTooLong.

    The store is asked apart from the session, whose transaction may be a writer's: rendering takes its time.
    """
    with reading(), db.engine.connect() as connection:
        pictures = _pictures_in(source, connection)
    return render_article(source, pictures)


def render_again(article: Article) -> None:
    """Make the HTML of an article anew that is locked, with pictures as this transaction has made them."""
    set_html(article, render_article(article.source, _pictures_in(article.source, db.session.connection())))
    keep_body_pictures(article)


def articles_to_render(*conditions: ColumnElement[bool]) -> Sequence[Article]:
    """The articles under these conditions with what they refer to, locked until the transaction ends."""
    statement = select(Article).where(*conditions).order_by(Article.id).with_for_update()
    return db.session.scalars(statement.options(selectinload(Article.references))).all()


def outdated_articles() -> Iterator[int]:
    """The ids of articles that another renderer made the HTML of, in their order; read in batches."""
    after = 0
    while True:
        statement = select(Article.id).where(Article.id > after, Article.renderer != RENDERER)
        with reading():
            batch = db.session.scalars(statement.order_by(Article.id).limit(BATCH)).all()
            db.session.rollback()
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1]


def number_outdated() -> int:
    """How many articles another renderer made the HTML of."""
    statement = select(func.count()).select_from(Article).where(Article.renderer != RENDERER)
    with reading():
        number = db.session.scalar(statement) or 0
        db.session.rollback()
    return number


def _pictures_in(source: str, connection: Connection) -> dict[str, Picture]:
    kept: dict[str, Picture] = {}
    for _, digest, renditions, rights in pictures_beginning(digests_in(source), connection):
        said = Rights.kept(rights)
        picture = picture_of(renditions, alt="", credit=said.credit or said.creator)
        if picture:
            kept[digest[:20]] = picture
    return kept


def set_html(article: Article, rendered: Rendered) -> None:
    """Store what readers read of a text, what it refers to and how long it is."""
    article.html, article.renderer = join(rendered.parts), RENDERER
    article.word_count = count_words(rendered.parts)
    slugs = [reference.slug for reference in rendered.references]
    found = db.session.execute(select(Article.slug, Article.id).where(Article.slug.in_(slugs))).all()
    # One that was bound before stays bound, though its target may go by another slug now.
    targets = {row.slug: row.id for row in found} | {
        reference.slug: reference.target_id for reference in article.references if reference.target_id
    }
    kept = {reference.position: reference for reference in article.references}
    article.references = [
        _reference(kept.get(position), position, said.slug, said.label, targets.get(said.slug))
        for position, said in enumerate(rendered.references)
    ]


def _reference(kept: Reference | None, position: int, slug: str, label: str, target_id: int | None) -> Reference:
    reference = kept or Reference(position=position)
    reference.slug, reference.label, reference.target_id = slug, label, target_id
    return reference


def keep_body_pictures(article: Article) -> None:
    """Remember which pictures stand in the text of an article that has its id."""
    rows = db.session.scalars(select(BodyPicture).where(BodyPicture.article_id == article.id)).all()
    kept = {row.media_id: row for row in rows}
    wanted = {row.id for row in pictures_beginning(digests_in(article.source), db.session.connection())}
    for media_id, row in kept.items():
        if media_id not in wanted:
            db.session.delete(row)
    db.session.add_all(BodyPicture(article_id=article.id, media_id=id_) for id_ in sorted(wanted - kept.keys()))
