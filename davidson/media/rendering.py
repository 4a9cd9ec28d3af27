"""Making files anew that an earlier release made otherwise, or that were lost."""

from pathlib import Path

from davidson.media.files import original
from davidson.media.models import Media
from davidson.media.opening import NotAPicture
from davidson.media.pictures import Drawn, draw
from davidson.media.renditions import files_of, is_current


class CannotRender(ValueError):
    """A picture's files cannot be made; the message says why, for an operator."""


def is_whole(media: Media, folder: Path) -> bool:
    """Whether all files of a picture are there, as this release makes them."""
    if not is_current(media.renditions, media.digest, media.focus):
        return False
    return all((folder / "public" / file).exists() for file in files_of(media.renditions))


def redraw(media: Media, folder: Path) -> Drawn:
    """Make a picture's files from its original, apart from any transaction. Raises CannotRender."""
    path = original(folder, media.digest, media.format)
    try:
        return draw(path.read_bytes(), folder=folder, focus=media.focus)
    except OSError as error:
        raise CannotRender(f"{path}: {error.strerror}") from None
    except NotAPicture as fault:
        raise CannotRender(f"{path}: {fault}") from None
