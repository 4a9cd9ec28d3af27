"""Taking a picture in: it is checked, turned upright, and made into the sizes that pages ask for.

What is published is always drawn anew from the pixels, so that no position, serial number or thumbnail of the
original gets out. The original is kept beside, and never served.
"""

import os
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from sqlalchemy import select

from davidson.database import db
from davidson.media.models import Media

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 60_000_000
# What WebP can hold (its container specification, section "Simple File Format (Lossy)").
MAX_HEIGHT = 16_383
WIDTHS = (320, 480, 640, 960, 1280, 1600, 1920)
QUALITY = 80
SRGB = ImageCms.createProfile("sRGB")


class NotAPicture(ValueError):
    """The file is no picture that the site takes; the message says why, for an editor."""


@dataclass(frozen=True)
class Drawn:
    """A picture whose files are in place; the fields are those of its row."""

    digest: str
    format: str
    width: int
    height: int
    renditions: list[dict[str, Any]]


def draw(data: bytes, *, folder: Path) -> Drawn:
    """Check a picture and keep it with its renditions under `folder`; what is there already is not made again.

    It takes seconds and touches no store, so it belongs before the transaction. Files are named by their content and
    written whole, so one that a failed transaction leaves behind harms nothing. Raises NotAPicture for anything but a
    whole JPEG, PNG, WebP or AVIF of a bearable size.
    """
    digest = sha256(data).hexdigest()
    picture, format_ = _opened(data)
    renditions = [_render(picture, width, digest, folder / "public") for width in _widths(picture.width)]
    original = folder / "originals" / f"{digest}.{format_.lower()}"
    if not original.exists():
        _write(original, data, mode=0o600)
    return Drawn(digest, format_.lower(), picture.width, picture.height, renditions)


def add_picture(drawn: Drawn, *, now: datetime) -> Media:
    """Add a picture's row; the same picture again gives the same row. The caller commits."""
    media = db.session.scalar(select(Media).where(Media.digest == drawn.digest))
    if media is None:
        media = Media(digest=drawn.digest, format=drawn.format, width=drawn.width, height=drawn.height, created_at=now)
        db.session.add(media)
    media.renditions = drawn.renditions
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
                    raise Image.DecompressionBombError
                format_ = "JPEG" if opened.format == "MPO" else str(opened.format)
                opened.load()
                return _in_rgb(_upright(opened)), format_
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture(f"a picture of at most {MAX_PIXELS // 1_000_000} million pixels is taken") from None
        except UnidentifiedImageError:
            raise NotAPicture("a JPEG, PNG, WebP or AVIF picture is expected") from None
        except NotAPicture:
            raise
        except Exception as error:  # The decoders raise whatever a damaged file leads them to.
            raise NotAPicture(f"the picture is damaged ({type(error).__name__})") from None


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its camera was held; as it is, where what says so is damaged."""
    try:
        upright = ImageOps.exif_transpose(picture)
    except Exception:  # A damaged EXIF must not cost the picture: it is shown as its pixels lie.
        upright = picture
    if upright.height > MAX_HEIGHT:
        raise NotAPicture(f"a picture of at most {MAX_HEIGHT} pixels in height is taken")
    return upright


def _in_rgb(picture: Image.Image) -> Image.Image:
    """The picture in sRGB, which is what browsers take untagged colours for; in RGBA where parts are transparent."""
    if picture.mode.startswith("I"):  # 16 bits of grey, of which Pillow would cut all but the darkest to white.
        picture = picture.point(lambda value: value / 256, "L")
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if has_alpha or picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    profile = picture.info.get("icc_profile")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):  # Damaged, or of other colours than the picture's.
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGBA" if has_alpha else "RGB")
            picture = converted or picture
    return picture.convert("RGBA" if has_alpha else "RGB")


def _widths(width: int) -> list[int]:
    """The widths to make: those of the ladder below the picture's own, and its own up to the ladder's end."""
    return [step for step in WIDTHS if step < width] + ([width] if width <= WIDTHS[-1] else [])


def _render(picture: Image.Image, width: int, digest: str, folder: Path) -> dict[str, Any]:
    height = max(1, round(picture.height * width / picture.width))
    path = folder / f"{digest[:20]}-{width}.webp"
    if not path.exists():
        resized = picture if width == picture.width else picture.resize((width, height), Image.Resampling.LANCZOS)
        out = BytesIO()
        resized.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
        _write(path, out.getvalue(), mode=0o644)
    return {"file": path.name, "width": width, "height": height}


def _write(path: Path, data: bytes, *, mode: int) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".adding-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
