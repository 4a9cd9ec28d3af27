"""Kept pages as files that a web server on the same machine answers from, without this program, and never stale.

A web server asks nobody whether a file is still true, so a change takes the files that show it away before it is
committed, and a page is put there only under the lock that every change holds until its commit is done:

- On SQLite that is the store's own write lock, on PostgreSQL an advisory lock that changes share and a page takes for
  itself. Under it the versions of what the page shows are compared once more: a slow renderer cannot put an old page
  back, neither after a change nor while one is being committed.
- A process that is killed leaves no lock behind, and at worst a page too few.
- What the clock changes: files lie in a folder for each span of `SPAN` seconds, which the web server makes out of its
  own clock, and a page that ends within the span is not put there.

Layout below the folder: `now/SPAN_NUMBER/pages/PATH[@QUERY].html` and `.html.gz` beside it, and in
`now/SPAN_NUMBER/tags/TAG` the names of the files to take away when that tag is touched. The web server makes a file's
ETag of its time and size, so its time is set to a number made of its content. It calls every file HTML, so that feeds
and other documents are left to the site.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from davidson.clock import unix_time
from davidson.pagecache.freshness import Freshness
from davidson.pagecache.store import Entry

SPAN = 1000
"""Seconds; deploy/nginx.conf cuts the same number of digits from its clock."""
# More files than this for one tag, and all are taken away at once: one rename in the place of thousands.
MOST_FILES = 2000
# A path that is the same in every spelling, and of which no part is too long for a file's name.
PATH = re.compile(r"/([A-Za-z0-9_~-][A-Za-z0-9._~-]{0,180}(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,180})*)?")
HTML = "text/html"
QUERY = re.compile("page=[1-9][0-9]{0,5}|before=[A-Za-z0-9_-]{1,60}")


class Edge:
    """The files of one site. `link` leads to their folder; every process with that instance folder finds it there."""

    def __init__(self, instance: Path) -> None:
        self.link = instance / "edge"

    def open(self, folder: Path | None) -> None:
        """Begin with no file, in that folder; None closes the edge. For the start of a site, before its workers."""
        self.clear()
        self.link.unlink(missing_ok=True)
        if folder is not None:
            folder = folder.absolute()
            _make_folder(folder, below=Path(folder.anchor))
            self.link.symlink_to(folder)
            self.clear()
            _make_folder(self.link / "now", below=self.link)

    @property
    def is_open(self) -> bool:
        return self.link.is_symlink()

    @property
    def folder(self) -> Path | None:
        """Where the pages lie; None while the edge is closed."""
        return self.link.readlink() if self.is_open else None

    def clear(self) -> None:
        """Take every file away at once."""
        if self.is_open and (now := self.link / "now").exists():
            gone = Path(tempfile.mkdtemp(dir=self.link, prefix=".gone-"))
            now.rename(gone / "now")
            shutil.rmtree(gone, ignore_errors=True)

    def take_away(self, tags: Iterable[str]) -> None:
        """Take away the pages that show these tags. The caller holds the lock. Raises OSError where that fails."""
        now = self.link / "now"
        indexes = [span / "tags" / tag for span in _folders(now) for tag in tags]
        for index in indexes:
            try:
                names = index.read_text().split()
            except FileNotFoundError:
                continue
            if len(names) > MOST_FILES:
                self.clear()
                return
            for name in set(names):
                _remove(now / name)
            index.unlink(missing_ok=True)

    def fill(self, key: str, entry: Entry, freshness: Freshness) -> None:
        """Put a page there, if it is true, will be for the whole span, and no change is being committed."""
        span = int(unix_time() // SPAN)
        name = _file_name(key) if entry.content_type.startswith(HTML) else None
        if entry.edge_span == span or name is None or entry.until < (span + 1) * SPAN or not self.is_open:
            return
        with freshness.no_change_since(entry) as is_true, suppress(FileNotFoundError):
            if is_true:
                self._put(span, name, entry)
                entry.edge_span = span

    def _put(self, span: int, name: str, entry: Entry) -> None:
        now = self.link / "now"
        tags = now / str(span) / "tags"
        if not tags.exists():
            _make_folder(tags, below=self.link)
            _sweep(now, before=span - 1)
        page = now / str(span) / "pages" / name
        _make_folder(page.parent, below=self.link)
        for tag in entry.tags:  # Before the page is there: one that no change could find must never be.
            with (tags / tag).open("a") as index:
                index.write(f"{page.relative_to(now)}\n")
        # The server looks for the plain file first, so that comes last, as it goes first.
        for path, coding in ((page.with_name(f"{page.name}.gz"), "gzip"), (page, "identity")):
            variant = entry.variant(coding)
            _write(path, variant.body, number_of(variant.etag))


def number_of(etag: str) -> int:
    """The time of a file that is to have an ETag of its own, in seconds: 31 bits, which every file system keeps."""
    return int.from_bytes(sha256(etag.encode()).digest()[:4], "big") >> 1


def _file_name(key: str) -> str | None:
    """The file of a page, below `pages`; None for a page that has no place there."""
    path, _, query = key.partition("?")
    if not PATH.fullmatch(path) or (query and not QUERY.fullmatch(query)):
        return None
    return f"{path[1:]}@{query}.html" if query else f"{path[1:]}.html"


def _make_folder(folder: Path, *, below: Path) -> None:
    """Make a folder and those above it so that the web server's account may look inside, whatever the umask is."""
    if folder != below and not folder.exists():
        _make_folder(folder.parent, below=below)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o755)


def _write(path: Path, body: bytes, seconds: int) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(body)
    fresh.chmod(0o644)
    os.utime(fresh, (seconds, seconds))
    fresh.replace(path)


def _remove(page: Path) -> None:
    page.unlink(missing_ok=True)
    page.with_name(f"{page.name}.gz").unlink(missing_ok=True)


def _folders(now: Path) -> list[Path]:
    try:
        return list(now.iterdir())
    except FileNotFoundError:
        return []


def _sweep(now: Path, *, before: int) -> None:
    """Remove the folders of spans that are over."""
    for folder in _folders(now):
        if int(folder.name) < before:
            shutil.rmtree(folder, ignore_errors=True)
