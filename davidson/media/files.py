"""The folder of pictures: originals, which are never served, and what was made of them for the public.

A file is written whole or not at all, before the row that names it is committed; what no row came to name is swept up
later. One process at a time works in the folder, so that the memory which pictures take is that of one.
"""

import fcntl
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import current_app

from davidson.disk import onto_disk
from davidson.media.renditions import FILE

ORPHAN_AGE = 24 * 3600
"""Seconds after which a file that belongs to no picture was left by something that failed: no transaction takes so
long."""
WRITERS = 8
ADDING = ".adding-"
ORIGINAL = re.compile(r"([0-9a-f]{20})[0-9a-f]{44}\.[a-z]+")


def media_folder() -> Path:
    """Where this site keeps its pictures."""
    return Path(current_app.instance_path) / "media"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only one at work in the folder; the kernel lets go of it when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write(files: Mapping[Path, bytes], *, mode: int) -> None:
    """Write files, each whole or not at all.

    They are sent to the disk together: one after the other, each would wait for the file system's own journal.
    """
    fresh: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=ADDING)
            fresh[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(onto_disk, fresh.values()))
        for path, written in fresh.items():
            written.chmod(mode)
            written.rename(path)
    finally:
        for written in fresh.values():
            written.unlink(missing_ok=True)


def is_there(path: Path) -> bool:
    """Whether the file is there; it counts as new again then, so that it is not swept up before it has a row."""
    with suppress(FileNotFoundError):
        os.utime(path)
        return True
    return False


def original(folder: Path, digest: str, format_: str) -> Path:
    """Where the original of a picture lies; `digest` is its whole digest."""
    return folder / "originals" / f"{digest}.{format_}"


def old_files(folder: Path, *, age: float = ORPHAN_AGE) -> Iterator[tuple[str, Path]]:
    """Files of ours so many seconds old, each with the first digits of its picture's digest; none for half a file."""
    for kind, named in (("public", FILE), ("originals", ORIGINAL)):
        for path in (folder / kind).glob("*"):
            known = named.fullmatch(path.name)
            if (known or path.name.startswith(ADDING)) and _is_old(path, age):
                yield known[1] if known else "", path


def sweep(paths: Collection[Path], *, age: float = ORPHAN_AGE) -> int:
    """Remove these files, but for those that somebody needed meanwhile; says how many. To be called `alone_in`."""
    removed = 0
    for path in paths:
        if _is_old(path, age):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_old(path: Path, age: float) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < time.time() - age
    return False
