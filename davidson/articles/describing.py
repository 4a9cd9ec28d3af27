"""What an editor says of an article's picture: its words, and what must be seen of it. Nothing here commits."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from davidson.articles.models import Article
from davidson.audit.log import Actor, record
from davidson.database import db
from davidson.media.models import Media
from davidson.media.renditions import Focus


@dataclass(frozen=True)
class PictureWords:
    """What is said of a picture."""

    alt: str
    caption: str
    credit: str


def pictured_article(article_id: int, *, to_change: bool = False) -> tuple[Article, Media] | None:
    """An article with its picture, if it has one; locked until the transaction ends where it is to be changed."""
    statement = select(Article).where(Article.id == article_id).options(joinedload(Article.media, innerjoin=True))
    article = db.session.scalar(statement.with_for_update() if to_change else statement)
    return (article, article.media) if article is not None and article.media is not None else None


def describe_picture(
    article: Article, media: Media, words: PictureWords, focus: Focus, *, actor: Actor, now: datetime
) -> bool:
    """Give an article's picture its words and its focal point; says whether files must be drawn for that.

    Until they are, pages show the ones of before. The focal point is the picture's wherever it stands. The log keeps
    what was said before.
    """
    must_draw = focus != media.focus
    said = PictureWords(article.image_alt, article.image_caption, article.image_credit)
    before = {f"{name}_was": text for name, text in asdict(said).items() if text != getattr(words, name)}
    article.image_alt, article.image_caption, article.image_credit = words.alt, words.caption, words.credit
    media.focus_x, media.focus_y = focus.x, focus.y
    article.version += 1
    record(
        "article.picture",
        actor=actor,
        subject=f"article:{article.id}",
        at=now,
        version=article.version,
        details={"slug": article.slug, "headline": article.headline, "focus": f"{focus.x} {focus.y}"} | before,
    )
    return must_draw
