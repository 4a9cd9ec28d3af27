"""An article's picture, and those in its text: what is to be said of them, and what changes with them.

Nothing here commits.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from davidson.articles.manuscript import Manuscript, ManuscriptPicture
from davidson.articles.models import Article
from davidson.articles.picture_words import require_said
from davidson.database import db
from davidson.media.pictures import Drawn, add_picture, draw
from davidson.media.queries import known_focus, locked_picture
from davidson.pagecache.tags import tag_of
from davidson.pagecache.versions import touch
from davidson.text.markdown import Rendered


def require_words(manuscript: Manuscript, rendered: Rendered | None = None) -> None:
    """Raise PictureUnsaid unless a manuscript's picture, and those in its text, may be published."""
    picture = manuscript.picture
    if picture is not None:
        told = (picture.caption, manuscript.headline, picture.file_name, Path(picture.file_name).stem)
        require_said(picture.alt, picture.credit, told=told)
    for said in rendered.pictures if rendered else ():
        require_said(said.alt, said.credit, told=(said.caption, manuscript.headline, said.address), line=said.line)


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
    """Keep a picture that was drawn, and let every page know whose picture it is; gives its row's id.

    Texts in which it stands are outdated from the commit on (`articles.rerendering`), and show the files of before.
    """
    media, is_changed = add_picture(drawn, now=now)
    db.session.flush()
    if is_changed:
        showing = select(Article.id).where(Article.media_id == media.id)
        touch(*(tag_of("article", article_id) for article_id in db.session.scalars(showing)))
    return media.id


def renew_picture(drawn: Drawn, *, now: datetime) -> None:
    """Keep what was drawn anew of a picture, unless it got another focal point meanwhile."""
    media = locked_picture(drawn.digest)
    if media is not None and media.focus == drawn.focus:
        store_picture(drawn, now=now)


def keep_picture(drawn: Drawn, *, now: datetime) -> int:
    """Keep a picture that was drawn about the focal point that was known of it; gives its row's id.

    One that is kept and got another focal point meanwhile stays as it is.
    """
    media = locked_picture(drawn.digest)
    if media is not None and media.focus != drawn.focus:
        return media.id
    return store_picture(drawn, now=now)
