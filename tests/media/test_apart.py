"""Pictures that a web server leaves to another process."""

import tracemalloc
from io import SEEK_END
from pathlib import Path
from tempfile import SpooledTemporaryFile

import pytest

from davidson.config import settings_from
from davidson.media.apart import NotTaken, keep_apart
from davidson.media.renditions import MAX_BYTES


def test_a_large_file_never_comes_into_the_memory_of_the_server(tmp_path: Path):
    settings = settings_from({"DAVIDSON_INSTANCE": str(tmp_path)})
    with SpooledTemporaryFile(max_size=500_000) as file:
        file.truncate(MAX_BYTES)
        file.seek(0, SEEK_END)
        tracemalloc.start()
        with pytest.raises(NotTaken):  # There is no store to keep it in.
            keep_apart(file, settings)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < MAX_BYTES / 10
