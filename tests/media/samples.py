"""Pictures made for tests, and what every published one owes."""

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from davidson.media.pictures import Drawn
from davidson.media.renditions import CROPS, FORMATS, WHOLE, WIDTHS, files_of, renditions

ORIENTATION, GPS = 0x0112, 0x8825


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def corners(width: int = 90, height: int = 60) -> Image.Image:
    """A picture that shows how it is turned: red, green, blue and white in its corners, row by row."""
    picture = Image.new("RGB", (width, height))
    for colour, place in (
        ("red", (0, 0)),
        ("lime", (width // 2, 0)),
        ("blue", (0, height // 2)),
        ("white", (width // 2, height // 2)),
    ):
        picture.paste(colour, (*place, place[0] + width // 2, place[1] + height // 2))
    return picture


def turned_as_cameras_do(orientation: int) -> bytes:
    """The file of a camera that was held otherwise: shown upright it is `corners()`."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = corners()
    if orientation in undo:
        picture = picture.transpose(undo[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(picture, "JPEG", exif=exif, quality=95)


def files(folder: Path, kind: str = "public") -> list[Path]:
    return sorted(path for path in (folder / kind).glob("*") if path.is_file())


def rendition(
    folder: Path, drawn: Drawn, number: int = -1, *, shape: str = WHOLE, format_: str = "webp"
) -> Image.Image:
    with Image.open(folder / "public" / renditions(drawn.renditions, shape, format_)[number].file) as picture:
        picture.load()
        return picture


def alike(one: Image.Image, other: Image.Image, *, by: float) -> bool:
    """Whether two pictures differ by less than `by` of 255 on average."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return one.size == other.size and max(ImageStat.Stat(difference).mean) < by


def check_published(folder: Path, drawn: Drawn) -> None:
    """Every file is there in the size that is claimed, and none says more than its pixels and whose it is."""
    assert set(files_of(drawn.renditions)) <= {path.name for path in files(folder)}
    for shape in (WHOLE, *CROPS):
        sizes = {format_: [made[1:] for made in made_of(drawn, shape, format_)] for format_ in FORMATS}
        assert sizes["avif"] == sizes["webp"] == sizes["jpg"]
        widths = [width for width, _ in sizes["avif"]]
        assert widths == sorted(set(widths)) and 1 <= len(widths) <= 6
        if shape == WHOLE:
            assert widths[-1] == min(drawn.width, WIDTHS[-1])
            ratio = drawn.height / drawn.width
            assert all(abs(height - width * ratio) <= 0.5 or height == 1 for width, height in sizes["avif"])
        for format_, kind in (("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")):
            for file, *size in made_of(drawn, shape, format_):
                check_file(folder / "public" / file, kind, tuple(size), packet=drawn.rights.packet())


def made_of(drawn: Drawn, shape: str, format_: str) -> list[tuple[str, int, int]]:
    return [(made.file, made.width, made.height) for made in renditions(drawn.renditions, shape, format_)]


def check_file(path: Path, kind: str, size: tuple[int, ...], *, packet: bytes) -> None:
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.size) == (kind, size)
        assert not picture.getexif()
        said = {name for name, value in picture.info.items() if value}
        assert not {"exif", "icc_profile", "comment", "photoshop"} & said
        assert picture.info.get("xmp", b"") == packet
    if kind == "WEBP":
        assert chunks_of(path.read_bytes()) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"XMP "}


def chunks_of(webp: bytes) -> set[bytes]:
    """The kinds of chunks in a WebP file (RIFF: four characters, a length, the content padded to even)."""
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    kinds, position = set(), 12
    while position < len(webp):
        kinds.add(webp[position : position + 4])
        position += 8 + (struct.unpack("<I", webp[position + 4 : position + 8])[0] + 1) // 2 * 2
    return kinds
