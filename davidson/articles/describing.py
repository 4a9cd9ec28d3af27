"""What an editor says of an article's picture: which one it is, its words, and what must be seen of it.

Nothing here commits.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from davidson.articles.models import Article
from davidson.articles.publishing import record_act
from davidson.audit.log import Actor
from davidson.database import db
from davidson.media.models import Media
from davidson.media.renditions import Focus


@dataclass(frozen=True)
class PictureWords:
    """What is said of a picture."""

    alt: str
    caption: str
    credit: str


def pictured_article(article_id: int, *, to_change: bool = False) -> tuple[Article, Media | None] | None:
    """An article with its picture, if it has one; locked until the transaction ends where it is to be changed."""
    statement = select(Article).where(Article.id == article_id).options(joinedload(Article.media))
    if to_change:
        statement = statement.with_for_update(of=Article).execution_options(populate_existing=True)
    article = db.session.scalar(statement)
    return (article, article.media) if article is not None else None


def describe_picture(
    article: Article, media: Media, words: PictureWords, focus: Focus, *, actor: Actor, now: datetime
) -> bool:
    """Give an article's picture its words and its focal point; says whether files must be drawn for that.

    Until they are, pages show the ones of before. The focal point is the picture's wherever it stands, so its row is
    locked, after the article's: another article's editor may have chosen one meanwhile. The log keeps what was said
    before.
    """
    db.session.refresh(media, with_for_update={"key_share": True})
    must_draw = focus != media.focus
    before = _say(article, words)
    media.focus_x, media.focus_y = focus.x, focus.y
    _record(article, "article.picture", before | {"focus": f"{focus.x} {focus.y}"}, actor=actor, now=now)
    return must_draw


def replace_picture(article: Article, media: Media, words: PictureWords, *, actor: Actor, now: datetime) -> None:
    """Let an article have another picture, or its first, with its words. The one of before stays, and its files.

    The log keeps both by the beginning of their digests, and what was said before.
    """
    was = {"picture_was": article.media.digest[:20]} if article.media is not None else {}
    before = _say(article, words)
    article.media_id = media.id
    _record(article, "article.replace-picture", before | was | {"picture": media.digest[:20]}, actor=actor, now=now)


def _say(article: Article, words: PictureWords) -> dict[str, str]:
    """Say that of an article's picture; gives what was said otherwise before, for the log."""
    said = PictureWords(article.image_alt, article.image_caption, article.image_credit)
    article.image_alt, article.image_caption, article.image_credit = words.alt, words.caption, words.credit
    return {f"{name}_was": text for name, text in asdict(said).items() if text != getattr(words, name)}


def _record(article: Article, action: str, details: dict[str, str], *, actor: Actor, now: datetime) -> None:
    article.version += 1
    record_act(article, action, actor=actor, now=now, **details)
