"""Saving a manuscript: the article, its text and picture, and what it is listed under. It does not commit.

It is apart from the acts on what is saved, for those are all that a web server needs, without parsers and pictures.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from davidson.articles.changes import Amendment, ChangeKind, NotReadYet
from davidson.articles.manuscript import Manuscript
from davidson.articles.models import Article, Author, Authorship, Reference, Section, Tag, Tagging
from davidson.articles.picturing import drawn_for, require_words, set_picture
from davidson.articles.publishing import article_to_change, list_article, record_act
from davidson.articles.rendering import Text, keep_body_pictures, render, set_html, settled
from davidson.articles.revisions import Revision, add_revision
from davidson.audit.log import Actor
from davidson.database import db
from davidson.text.markdown import Rendered
from davidson.text.slug import slugify

UPDATE = Amendment()
Term = TypeVar("Term", Section, Tag, Author)


@dataclass(frozen=True)
class Saved:
    """What became of a manuscript: the article, whether it is new, and whether its text changed.

    `new_section` is the name of the section that was made for it, where others were there.
    """

    article: Article
    is_new: bool
    text_changed: bool
    new_section: str


def save(
    manuscript: Manuscript,
    *,
    actor: Actor,
    now: datetime,
    media_folder: Path,
    publish: bool = False,
    amendment: Amendment = UPDATE,
) -> Saved:
    """Store a manuscript as an article, a new one or the one with its slug; a changed text makes a revision.

    With `publish` it is public from the manuscript's `published_at` on, else since the day it first was or from `now`
    on; an article that was taken back is public again. Without it a new article stays a draft and an old one as it was.
    `amendment` is what the change is to those who may have read the article; its note makes a revision too.
    The caller commits. Raises NotAPicture, TextTooLong, NotReadYet for a note on what nobody has read, and
    PictureUnsaid where readers would see a picture of which is not said what it shows and whose it is, having stored
    nothing that a rollback would not undo.
    """
    if publish:
        require_words(manuscript)
    # What takes time comes first: once the store is asked, other writers may have to wait.
    drawn = drawn_for(manuscript.picture, folder=media_folder) if manuscript.picture else None
    text = render(manuscript.source)
    article = article_to_change(manuscript.slug) or _new_article(manuscript.slug, now)
    set_picture(article, manuscript.picture, drawn, now=now)
    text = settled(manuscript.source, text)
    if publish or article.published_at is not None:
        require_words(manuscript, text.rendered)
    return _store(article, manuscript, text, actor=actor, now=now, publish=publish, amendment=amendment)


def _new_article(slug: str, now: datetime) -> Article:
    article = Article(slug=slug, created_at=now, version=0, comment_count=0)
    article.authorships, article.taggings, article.references = [], [], []
    return article


def _store(
    article: Article,
    manuscript: Manuscript,
    text: Text,
    *,
    actor: Actor,
    now: datetime,
    publish: bool,
    amendment: Amendment,
) -> Saved:
    """Let an article that is locked, or new, say what a manuscript says."""
    is_new, was_public = not article.version, bool(article.version) and article.is_public(now)
    kind = _kind(article, amendment, publish=publish, now=now)
    section_before = article.section_id
    text_changed = _set_text(article, manuscript, text.rendered)
    db.session.add(article)
    if publish:
        _publish(article, manuscript, now)
    article.version += 1
    if was_public and kind is not ChangeKind.MINOR and (text_changed or amendment.note):
        article.updated_at = now
    new_section = _set_section(article, manuscript.section)
    _set_terms(article, manuscript)
    list_article(article, section_before)
    keep_body_pictures(article, text)
    is_told = text_changed or bool(amendment.note) or kind is ChangeKind.AGAIN
    if is_told:
        add_revision(article, kind, amendment.note, now)
    _bind_references_to(article)
    said = {"kind": kind.value} if is_told and kind else {}
    action = "article.publish" if publish and not was_public else "article.add" if is_new else "article.update"
    record_act(article, action, actor=actor, now=now, reason=amendment.note, **said)
    return Saved(article, is_new, text_changed, new_section)


def _publish(article: Article, manuscript: Manuscript, now: datetime) -> None:
    since = article.published_at if article.published_at and article.published_at <= now else now
    article.published_at = manuscript.published_at or since
    article.retracted_at, article.retraction_reason = None, ""


def _kind(article: Article, amendment: Amendment, *, publish: bool, now: datetime) -> ChangeKind | None:
    """What a change is to readers; None where they do not see the article. Raises NotReadYet."""
    if article.is_public(now):
        return amendment.kind
    if publish and _was_read(article):
        return ChangeKind.AGAIN
    if amendment.note:
        raise NotReadYet(article.slug)
    return None


def _was_read(article: Article) -> bool:
    """Whether readers had seen an article that was taken back; had it been put off before, a change was told of."""
    if article.retracted_at is None or article.published_at is None:
        return False
    told = select(Revision.number).where(Revision.article_id == article.id, Revision.kind.is_not(None)).limit(1)
    return article.published_at <= article.retracted_at or db.session.scalar(told) is not None


def _set_text(article: Article, manuscript: Manuscript, rendered: Rendered) -> bool:
    """Store what readers read; says whether it differs from what was there."""
    texts = (manuscript.headline, manuscript.standfirst, manuscript.source)
    is_changed = not article.version or texts != (article.headline, article.standfirst, article.source)
    article.headline, article.standfirst, article.source = texts
    article.lang = manuscript.lang
    article.sources = [asdict(source) for source in manuscript.sources]
    set_html(article, rendered)
    return is_changed


def _set_section(article: Article, name: str) -> str:
    """List the article under the section of that name, made if there is none; gives its name if others were there."""
    section = _known(Section, name) if name else None
    if section or not name:
        article.section_id = section.id if section else None
        return ""
    section = _made(Section, name)
    article.section_id = section.id
    others = select(Section.id).where(Section.id != section.id).limit(1)
    return name if db.session.scalar(others) is not None else ""


def _set_terms(article: Article, manuscript: Manuscript) -> None:
    """List the article under its tags and authors, which are made where they lack."""
    tags = {tag.id: tag for tag in (_term(Tag, name) for name in manuscript.tags)}
    authors = {author.id: author for author in (_term(Author, name) for name in manuscript.authors)}
    if [tagging.tag_id for tagging in article.taggings] != list(tags):
        article.taggings = []
        db.session.flush()
        article.taggings = [Tagging(tag_id=tag, position=position) for position, tag in enumerate(tags)]
    if [authorship.author_id for authorship in article.authorships] != list(authors):
        article.authorships = []
        db.session.flush()
        article.authorships = [Authorship(author_id=author, position=place) for place, author in enumerate(authors)]


def _known(kind: type[Term], name: str) -> Term | None:
    """The section, tag or author of that name; one name has one slug."""
    slug = slugify(name)
    with db.session.no_autoflush:
        term = db.session.scalar(select(kind).where(kind.slug == slug))
        if term is None and kind is Section:  # It may have been renamed; its address stayed.
            sections = db.session.scalars(select(kind).order_by(kind.id))
            term = next((section for section in sections if slugify(section.name) == slug), None)
    return term


def _made(kind: type[Term], name: str) -> Term:
    term = kind(slug=slugify(name), name=name)
    if isinstance(term, Section):
        term.position = (db.session.scalar(select(func.max(Section.position))) or 0) + 1
    db.session.add(term)
    db.session.flush()
    return term


def _term(kind: type[Term], name: str) -> Term:
    """The tag or author of that name, made if there is none."""
    return _known(kind, name) or _made(kind, name)


def _bind_references_to(article: Article) -> None:
    """Let the READ ALSO lines that waited for this slug follow the article from now on."""
    waiting = select(Reference).where(Reference.slug == article.slug, Reference.target_id.is_(None))
    for reference in db.session.scalars(waiting):
        reference.target_id = article.id
