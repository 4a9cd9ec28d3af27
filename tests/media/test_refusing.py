"""What is no picture of ours: bombs, damaged files and those that lie are refused in one line, and leave no file."""

import random
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image, ImageCms

from davidson.media.opening import EOI, MAX_HEIGHT, NotAPicture, open_picture
from davidson.media.pictures import draw
from davidson.media.renditions import MAX_BYTES
from tests.media.samples import (
    GPS,
    ORIENTATION,
    check_published,
    corners,
    encoded,
    files,
)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims that many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 8000), (10_000, 10_000), (66_000, 66_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_its_pixels_have_memory(size, tmp_path):
    data = png_that_claims(*size)
    tracemalloc.start()
    try:
        with pytest.raises(NotAPicture, match="at most 60 million pixels"):
            draw(data, folder=tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "a JPEG, PNG, WebP or AVIF picture is expected"),
        (b"not a picture", "a JPEG, PNG, WebP or AVIF picture is expected"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a JPEG, PNG, WebP or AVIF"),
        (b"%PDF-1.4", "a JPEG, PNG, WebP or AVIF picture is expected"),
        (encoded(corners(), "GIF"), "a JPEG, PNG, WebP or AVIF picture is expected"),
        (encoded(corners(), "TIFF"), "a JPEG, PNG, WebP or AVIF picture is expected"),
        (encoded(corners(), "BMP"), "a JPEG, PNG, WebP or AVIF picture is expected"),
        (encoded(corners(), "JPEG")[:-200], "the picture is damaged"),
        (encoded(corners(), "PNG")[:-60], "the picture is damaged"),
        (encoded(Image.new("L", (3, MAX_HEIGHT + 1)), "PNG"), f"at most {MAX_HEIGHT} pixels in height"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused_and_leaves_no_file(data, expected, tmp_path):
    with pytest.raises(NotAPicture, match=expected):
        draw(data, folder=tmp_path)
    assert files(tmp_path) == files(tmp_path, "originals") == []


def test_a_file_of_too_many_bytes_is_refused(tmp_path):
    with pytest.raises(NotAPicture, match="at most 40 MB"):
        draw(encoded(corners()) + b"\0" * MAX_BYTES, folder=tmp_path)


def test_the_highest_picture_that_is_taken_is_made(tmp_path):
    check_published(tmp_path, draw(encoded(Image.new("L", (3, MAX_HEIGHT)), "PNG"), folder=tmp_path))


def test_a_jpeg_with_fewer_rows_than_it_says_is_refused(tmp_path):
    noise, plain = Image.effect_noise((60, 60), 90).convert("RGB"), Image.new("RGB", (60, 60), (128, 128, 128))
    for progressive in (False, True):
        for picture in (noise, plain, corners(60, 60)):
            whole = encoded(picture, "JPEG", progressive=progressive)
            assert open_picture(whole).height == 60
        lying = bytearray(encoded(noise, "JPEG", progressive=progressive))
        frame = lying.index(b"\xff\xc2" if progressive else b"\xff\xc0")
        lying[frame + 5 : frame + 7] = (600).to_bytes(2, "big")
        assert lying.endswith(EOI)
        with pytest.raises(NotAPicture, match="fewer rows than it says"):
            draw(bytes(lying), folder=tmp_path)
    assert files(tmp_path) == files(tmp_path, "originals") == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_damaged_file_is_opened_or_refused_and_nothing_else(kind):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (1.0, 2.0, 3.0)
    whole = encoded(
        corners(60, 40), kind, exif=exif, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    luck = random.Random(kind)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(luck.randrange(1, 12)):
            data[luck.randrange(len(data))] = luck.randrange(256)
        try:
            opened = open_picture(bytes(data))
        except NotAPicture as fault:
            assert "\n" not in str(fault)
        else:
            assert opened.picture.mode in ("RGB", "RGBA") and not opened.picture.info
