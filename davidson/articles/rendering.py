"""Making an article's HTML of its text. It is for writes: web servers have no parser and never load this."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from davidson.articles.cards import Picture, picture_of
from davidson.articles.models import Article, Reference
from davidson.articles.revisions import BodyPicture
from davidson.database import db, reading
from davidson.media.models import Media
from davidson.media.queries import pictures_beginning
from davidson.media.rights import Rights
from davidson.text.figures import digests_in
from davidson.text.markdown import RENDERER, Rendered, render_article
from davidson.text.readalso import join
from davidson.text.wordcount import count_words

BATCH = 200

_BEHIND = (
    select(BodyPicture.article_id)
    .join(Media, Media.id == BodyPicture.media_id)
    .where(BodyPicture.drawing != Media.drawing)
)
BEHIND_PICTURES = Article.id.in_(_BEHIND)
"""Articles whose HTML names files of pictures that have others now."""
OUTDATED = or_(Article.renderer != RENDERER, BEHIND_PICTURES)
"""These, and those of which another renderer made the HTML."""


@dataclass(frozen=True)
class Text:
    """What a text was rendered to, with the pictures in it as they were in these `drawings`, by their ids."""

    rendered: Rendered
    drawings: dict[int, int]


def render(source: str) -> Text:
    """An article's HTML, with the pictures that it names as they are kept now. Raises TextTooLong.

    The store is asked apart from the session, whose transaction may be a writer's: rendering takes its time.
    """
    with reading(), db.engine.connect() as connection:
        rows = pictures_beginning(digests_in(source), connection)
    return _rendered(source, rows)


def settled(source: str, text: Text) -> Text:
    """What `render` gave, or made anew if a picture became another before this transaction began."""
    rows = pictures_beginning(digests_in(source), db.session.connection())
    return text if _drawings(rows) == text.drawings else _rendered(source, rows)


def render_again(article: Article) -> None:
    """Make the HTML of an article anew that is locked. Raises TextTooLong, having changed nothing."""
    text = _rendered(article.source, pictures_beginning(digests_in(article.source), db.session.connection()))
    set_html(article, text.rendered)
    keep_body_pictures(article, text)


def articles_to_render(*conditions: ColumnElement[bool]) -> Sequence[Article]:
    """The articles under these conditions with what they refer to, locked until the transaction ends.

    Comments on them may be posted meanwhile.
    """
    statement = select(Article).where(*conditions).order_by(Article.id).with_for_update(key_share=True)
    return db.session.scalars(statement.options(selectinload(Article.references))).all()


def outdated_articles(condition: ColumnElement[bool] = OUTDATED) -> Iterator[int]:
    """The ids of articles whose HTML is to be made anew, in their order; read in batches."""
    after = 0
    while True:
        statement = select(Article.id).where(Article.id > after, condition)
        with reading():
            batch = db.session.scalars(statement.order_by(Article.id).limit(BATCH)).all()
            db.session.rollback()
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1]


def number_outdated() -> int:
    """How many articles' HTML is to be made anew."""
    statement = select(func.count()).select_from(Article).where(OUTDATED)
    with reading():
        number = db.session.scalar(statement) or 0
        db.session.rollback()
    return number


def _rendered(source: str, rows: Sequence[Any]) -> Text:
    kept: dict[str, Picture] = {}
    for row in rows:
        said = Rights.kept(row.rights)
        picture = picture_of(row.renditions, alt="", credit=said.credit or said.creator)
        if picture:
            kept[row.digest[:20]] = picture
    return Text(render_article(source, kept), _drawings(rows))


def _drawings(rows: Sequence[Any]) -> dict[int, int]:
    return {row.id: row.drawing for row in rows}


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


def keep_body_pictures(article: Article, text: Text) -> None:
    """Remember which pictures stand in the text of an article that has its id, and which files of theirs it names."""
    rows = db.session.scalars(select(BodyPicture).where(BodyPicture.article_id == article.id)).all()
    kept = {row.media_id: row for row in rows}
    for media_id, row in kept.items():
        if media_id not in text.drawings:
            db.session.delete(row)
    for media_id, drawing in sorted(text.drawings.items()):
        if media_id in kept:
            kept[media_id].drawing = drawing
        else:
            db.session.add(BodyPicture(article_id=article.id, media_id=media_id, drawing=drawing))
