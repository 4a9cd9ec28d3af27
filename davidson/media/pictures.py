"""Taking a picture in: it is checked, kept, and made into the sizes and crops that pages ask for.

What is published is always drawn anew from the pixels, so that no position, serial number or thumbnail of the
original gets out; of what its file says, whose it is stands in each file that is made of it, and nothing else.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy.exc import IntegrityError

from davidson.database import db
from davidson.media.files import alone_in, is_there, original, write
from davidson.media.models import Media
from davidson.media.opening import Opened, open_picture
from davidson.media.queries import locked_picture
from davidson.media.renditions import (
    CROP_WIDTHS,
    CROPS,
    FORMATS,
    WHOLE,
    WIDTHS,
    Document,
    Focus,
    Size,
    crop_box,
    file_name,
    name_of,
    sizes,
)
from davidson.media.rights import Rights

# A photograph 800 pixels wide weighs some 20 to 50 kB in AVIF; one thread, for the bytes and the memory to be the same.
OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 52, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 75, "method": 4},
    "jpg": {"format": "JPEG", "quality": 74, "progressive": True, "optimize": True},
}
# A colour has one of four steps of each channel, and so one of 64 classes (static/css/components/tone.css).
TONES = {0x33: "3", 0x66: "6", 0x99: "9", 0xCC: "c"}

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawn:
    """A picture whose files are in place; the fields are those of its row."""

    digest: str
    format: str
    width: int
    height: int
    focus: Focus
    rights: Rights
    renditions: Document


def draw(data: bytes, *, folder: Path, focus: Focus | None = None) -> Drawn:
    """Check a picture and keep it with its renditions under `folder`; what is there already is not made again.

    It takes seconds and touches no store, so it belongs before the transaction. Files are named by their content and
    written whole, so one that a failed transaction leaves behind harms nothing. Raises NotAPicture for anything but a
    whole JPEG, PNG, WebP or AVIF of a bearable size.
    """
    digest, focus = sha256(data).hexdigest(), focus or Focus()
    with alone_in(folder):
        opened = open_picture(data)
        kept = original(folder, digest, opened.format)
        if not is_there(kept):
            write({kept: data}, mode=0o600)
        document = _render(opened, name_of(digest, focus), focus, folder / "public")
    return Drawn(digest, opened.format, opened.width, opened.height, focus, opened.rights, document)


def add_picture(drawn: Drawn, *, now: datetime) -> tuple[Media, bool]:
    """Add a picture's row; the same picture again gives the same row, with what was drawn last.

    Says too whether pages that show it must be made anew. The caller commits.
    """
    media = locked_picture(drawn.digest)
    if media is None:
        fresh = Media(digest=drawn.digest, format=drawn.format, width=drawn.width, height=drawn.height, created_at=now)
        fresh.renditions = drawn.renditions
        with suppress(IntegrityError), db.session.begin_nested():  # Another one may add the same at this moment.
            db.session.add(fresh)
        media = fresh if fresh in db.session else locked_picture(drawn.digest) or fresh
    is_changed = media.renditions != drawn.renditions
    if is_changed:
        media.drawing += 1
    media.renditions, media.rights = drawn.renditions, drawn.rights.said
    media.focus_x, media.focus_y = drawn.focus.x, drawn.focus.y
    return media, is_changed


def _render(opened: Opened, name: str, focus: Focus, folder: Path) -> Document:
    """Make what lacks of all shapes, sizes and formats."""
    picture, packet = opened.picture, opened.rights.packet()
    shapes: dict[str, list[list[int]]] = {}
    made: dict[Path, bytes] = {}
    for shape, box, wanted in _shapes(opened, focus):
        shapes[shape] = [list(size) for size in wanted]  # As a store gives them back.
        for size in wanted:
            paths = {format_: folder / file_name(name, shape, size[0], format_) for format_ in FORMATS}
            lacking = [format_ for format_, path in paths.items() if not is_there(path)]
            if lacking:
                resized = picture.resize(size, Image.Resampling.LANCZOS, box=box)
                made |= {paths[format_]: _encoded(resized, format_, packet) for format_ in lacking}
    write(made, mode=0o644)
    return {"name": name, "tone": _tone(picture), "shapes": shapes}


def _shapes(opened: Opened, focus: Focus) -> Iterator[tuple[str, Box, list[Size]]]:
    """Each shape with its part of the picture that was read, and its sizes, which are those of the original."""
    across, down = opened.picture.width / opened.width, opened.picture.height / opened.height
    yield WHOLE, (0, 0, *opened.picture.size), sizes(opened.width, opened.height, WIDTHS)
    for shape in CROPS:
        left, top, right, bottom = crop_box(opened.width, opened.height, shape, focus)
        box = (int(left * across), int(top * down), int(right * across), int(bottom * down))
        yield shape, box, sizes(right - left, bottom - top, CROP_WIDTHS[shape])


def _encoded(picture: Image.Image, format_: str, packet: bytes) -> bytes:
    if format_ == "jpg" and picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    out = BytesIO()
    picture.save(out, exif=b"", icc_profile=b"", xmp=packet, **OPTIONS[format_])
    return out.getvalue()


def _tone(picture: Image.Image) -> str:
    """The colour of the whole, for the time before it is there; none where one would shine through."""
    if picture.mode == "RGBA":
        return ""
    mean: Any = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return "".join(TONES[min(TONES, key=lambda step: abs(step - channel))] for channel in mean)
