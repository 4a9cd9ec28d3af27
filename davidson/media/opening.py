"""Opening what claims to be a picture: it is checked, turned upright and brought into the colours of the web."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from davidson.media.renditions import MAX_BYTES, TOO_LARGE, WIDTHS
from davidson.media.rights import Rights, rights_of

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_PIXELS = 60_000_000
# What WebP can hold (its container specification, section "Simple File Format (Lossy)").
MAX_HEIGHT = 16_383
ORIENTATION, LYING_DOWN = 0x0112, (5, 6, 7, 8)
SRGB = ImageCms.createProfile("sRGB")
# Rows at the end of a JPEG that are looked at more closely, and what is put before its end for that.
LAST_ROWS, EOI = 16, b"\xff\xd9"
MORE_DATA = bytes(range(16, 240)) * 40


class NotAPicture(ValueError):
    """The file is no picture that the site takes; the message says why, for an editor."""


@dataclass(frozen=True)
class Opened:
    """A whole picture in RGB, or RGBA where parts of it are transparent.

    `width` and `height` are those of the original as it is to be seen; `picture` may have been read at a fraction.
    """

    picture: Image.Image
    format: str
    width: int
    height: int
    rights: Rights


def open_picture(data: bytes) -> Opened:
    """Open a picture. Its size is known before its pixels have memory.

    Raises NotAPicture for anything but a whole JPEG, PNG, WebP or AVIF of a bearable size.
    """
    if len(data) > MAX_BYTES:
        raise NotAPicture(TOO_LARGE)
    with _faults_named(), Image.open(BytesIO(data), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise Image.DecompressionBombError
        rights = rights_of(opened)
        # A JPEG is read at a half or a quarter where that is still more than any rendition: a fraction of the memory.
        opened.draft(None, (WIDTHS[-1], WIDTHS[-1]))
        opened.load()
        if opened.format in ("JPEG", "MPO") and _ends_early(opened, data):
            raise NotAPicture("the picture is damaged (it has fewer rows than it says)")
        if _lies_down(opened):
            width, height = height, width
        if height > MAX_HEIGHT:
            raise NotAPicture(f"a picture of at most {MAX_HEIGHT} pixels in height is taken")
        picture = _in_rgb(_upright(opened))
        picture.info = {}  # What a file says beside its pixels gets into nothing that is made of it.
        return Opened(picture, "jpeg" if opened.format == "MPO" else str(opened.format).lower(), width, height, rights)


@contextmanager
def _faults_named() -> Iterator[None]:
    """Tell whatever the decoders raise as NotAPicture."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # Damaged EXIF beside good pixels.
        try:
            yield
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAPicture(f"a picture of at most {MAX_PIXELS // 1_000_000} million pixels is taken") from None
        except UnidentifiedImageError:
            raise NotAPicture("a JPEG, PNG, WebP or AVIF picture is expected") from None
        except NotAPicture:
            raise
        except Exception as error:  # The decoders raise whatever a damaged file leads them to.
            raise NotAPicture(f"the picture is damaged ({type(error).__name__})") from None


def _ends_early(picture: Image.Image, data: bytes) -> bool:
    """Whether a JPEG's last rows are not in it: the decoder makes grey ones up and complains to nobody.

    Only where they are of one colour. Then more data is put at the end: an honest file's rows do not need it.
    """
    if not _is_plain(last := _last_rows(picture)) or (end := data.rfind(EOI)) < 0:
        return False
    with Image.open(BytesIO(data[:end] + MORE_DATA + EOI), formats=("JPEG",)) as longer:
        longer.draft(None, (WIDTHS[-1], WIDTHS[-1]))
        longer.load()
        return longer.size == picture.size and _last_rows(longer).tobytes() != last.tobytes()


def _last_rows(picture: Image.Image) -> Image.Image:
    return picture.crop((0, max(0, picture.height - LAST_ROWS), picture.width, picture.height))


def _is_plain(picture: Image.Image) -> bool:
    return all(least == most for least, most in (band.getextrema() for band in picture.split()))


def _lies_down(picture: Image.Image) -> bool:
    with suppress(Exception):  # As in `_upright`.
        return picture.getexif().get(ORIENTATION) in LYING_DOWN
    return False


def _upright(picture: Image.Image) -> Image.Image:
    """The picture turned as its camera was held; as it is, where what says so is damaged."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # A damaged EXIF must not cost the picture: it is shown as its pixels lie.
        return picture


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
