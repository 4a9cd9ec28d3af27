"""Which coding a client is sent, and that it can be read."""

import gzip

import brotli
import pytest
import zstandard

from davidson.pagecache.encoding import PREFERRED, coding_for, compressed

READERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": lambda body: zstandard.decompress(body)}


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("GZIP;Q=0.5", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0.2", "gzip"),
        ("*", "zstd"),
        ("*;q=0.1, gzip;q=0.5", "gzip"),
        ("zstd;q=0, *", "br"),
        ("identity", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("deflate, compress", "identity"),
        (",,;;q=,", "identity"),
    ],
)
def test_a_client_is_sent_the_coding_it_likes_best_among_ours(header: str, coding: str):
    assert coding_for(header) == coding


@pytest.mark.parametrize("coding", PREFERRED)
def test_what_is_compressed_can_be_read_and_is_the_same_each_time(coding: str):
    body = b"<p>The mayor resigns.</p>" * 400
    once = compressed(body, coding)
    assert READERS[coding](once) == body
    assert len(once) < len(body) / 10
    assert compressed(body, coding) == once
    assert compressed(body, "identity") is body
