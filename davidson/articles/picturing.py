"""An article's picture: what must be said of one that readers see, and what changes with it. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from davidson.articles.manuscript import Manuscript, ManuscriptPicture
from davidson.articles.models import Article
from davidson.database import db
from davidson.media.pictures import Drawn, add_picture, draw
from davidson.media.queries import known_focus, locked_focus
from davidson.pagecache.tags import tag_of
from davidson.pagecache.versions import touch


@dataclass
class PictureUnsaid(ValueError):
    """A picture cannot be shown: `field`, alt or credit, says too little; `fault` tells what is wanted."""

    field: str
    fault: str

    def __str__(self) -> str:
        return self.fault


def fault_of_alt(alt: str, *, told: tuple[str, ...]) -> str:
    """What is wrong with an alternative text, or nothing. `told` is what a reader is told beside it anyway.

    WCAG 2.2, success criterion 1.1.1: it stands for the picture, so it repeats no caption, headline or file name.
    """
    if not alt.strip():
        return "a picture that is published needs an alt text: what somebody who cannot see it should know"
    if alt.strip().casefold() in {text.strip().casefold() for text in told if text}:
        return "an alt text says what the picture shows, not the caption, the headline or the file’s name again"
    return ""


def fault_of_credit(credit: str) -> str:
    """What is wrong with a credit, or nothing."""
    return "" if credit.strip() else "a picture that is published needs a credit: whose it is"


def require_words(manuscript: Manuscript) -> None:
    """Raise PictureUnsaid unless a manuscript's picture, if there is one, may be published."""
    picture = manuscript.picture
    if picture is None:
        return
    told = (picture.caption, manuscript.headline, picture.file_name, Path(picture.file_name).stem)
    faults = {"alt": fault_of_alt(picture.alt, told=told), "credit": fault_of_credit(picture.credit)}
    for field, fault in faults.items():
        if fault:
            raise PictureUnsaid(field, fault)


def drawn_for(picture: ManuscriptPicture, *, folder: Path) -> Drawn:
    """A manuscript's picture with its files in place; about the focal point that it has where none is said now.

    Raises NotAPicture.
    """
    return draw(picture.data, folder=folder, focus=picture.focus or known_focus(picture.data))


def set_picture(article: Article, picture: ManuscriptPicture | None, drawn: Drawn | None, *, now: datetime) -> None:
    """Give an article its picture, with what is said of it, or none."""
    if picture is None or drawn is None:
        article.media_id = None
        article.image_alt = article.image_caption = article.image_credit = ""
        return
    article.media_id = store_picture(drawn, now=now)
    article.image_alt, article.image_caption, article.image_credit = picture.alt, picture.caption, picture.credit


def store_picture(drawn: Drawn, *, now: datetime) -> int:
    """Keep a picture that was drawn, and let every page that shows it know; gives its row's id."""
    media, is_changed = add_picture(drawn, now=now)
    db.session.flush()
    if is_changed:
        showing = select(Article.id).where(Article.media_id == media.id)
        touch(*(tag_of("article", article_id) for article_id in db.session.scalars(showing)))
    return media.id


def renew_picture(drawn: Drawn, *, now: datetime) -> None:
    """Keep what was drawn anew of a picture, unless it got another focal point meanwhile."""
    if locked_focus(drawn.digest) == drawn.focus:
        store_picture(drawn, now=now)
