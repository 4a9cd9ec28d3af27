"""Taking a picture in: it is checked, turned upright, and made into the sizes that pages ask for.

What is published is always drawn anew from the pixels, so that no position, serial number or thumbnail of the
original gets out. The original is kept beside, and never served.
"""

import os
import tempfile
import warnings
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from davidson.database import db
from davidson.media.models import Media

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 60_000_000
WIDTHS = (320, 480, 640, 960, 1280, 1600, 1920)
QUALITY = 80


class NotAPicture(ValueError):
    """The file is no picture that the site takes; the message says why, for an editor."""


def add_picture(data: bytes, *, folder: Path, now: datetime) -> Media:
    """Keep a picture and its renditions under `folder` and add its row; the same file again gives the same row.

    Files are named by their content and written whole, so one that a failed transaction leaves behind harms nothing.
    The caller commits. Raises NotAPicture for anything but a whole JPEG, PNG, WebP or AVIF of a bearable size.
    """
    digest = sha256(data).hexdigest()
    known = db.session.scalar(select(Media).where(Media.digest == digest))
    if known:
        return known
    picture, format_ = _opened(data)
    renditions = [_render(picture, width, digest, folder / "public") for width in _widths(picture.width)]
    _write(folder / "originals" / f"{digest}.{format_.lower()}", data)
    media = Media(
        digest=digest,
        format=format_.lower(),
        width=picture.width,
        height=picture.height,
        renditions=renditions,
        created_at=now,
    )
    db.session.add(media)
    return media


def _opened(data: bytes) -> tuple[Image.Image, str]:
    """The whole picture, upright and in RGB or RGBA, and the format it came in."""
    if len(data) > MAX_BYTES:
        raise NotAPicture(f"a picture of at most {MAX_BYTES // 1024 // 1024} MB is taken")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # Damaged EXIF beside good pixels.
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise NotAPicture(f"a picture of at most {MAX_PIXELS // 1_000_000} million pixels is taken")
                format_ = "JPEG" if opened.format == "MPO" else str(opened.format)
                opened.load()
                upright = ImageOps.exif_transpose(opened)
                has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
                return upright.convert("RGBA" if has_alpha else "RGB"), format_
        except NotAPicture:
            raise
        except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture("a JPEG, PNG, WebP or AVIF picture is expected") from None
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError) as error:
            raise NotAPicture(f"the picture is damaged ({str(error) or type(error).__name__})") from None


def _widths(width: int) -> list[int]:
    """The widths to make: those of the ladder below the picture's own, and its own up to the ladder's end."""
    return [step for step in WIDTHS if step < width] + ([width] if width <= WIDTHS[-1] else [])


def _render(picture: Image.Image, width: int, digest: str, folder: Path) -> dict[str, Any]:
    height = max(1, round(picture.height * width / picture.width))
    resized = picture if width == picture.width else picture.resize((width, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    resized.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    name = f"{digest[:20]}-{width}.webp"
    _write(folder / name, out.getvalue())
    return {"file": name, "width": width, "height": height}


def _write(path: Path, data: bytes) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".adding-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(fresh).chmod(0o644)
    Path(fresh).rename(path)
