"""The pages that one worker keeps: finished bytes under a byte budget, the least recently used out first."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from threading import Lock

from davidson.pagecache.encoding import IDENTITY, LEAST_SIZE, compressed

# What an entry costs beside its bodies: objects, headers and its place in the table.
OVERHEAD = 4096
# How long a request waits for another one that makes the same page, before it makes the page itself. Seconds.
PATIENCE = 2.0

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Variant:
    """A page in one content coding, with the headers of its 200 and of its 304."""

    body: bytes
    etag: str
    headers: Headers
    headers_unmodified: Headers

    def shared(self, seconds: int, tags: Iterable[str]) -> "Variant":
        """The same for proxies that may keep it so long under these tags, while browsers still ask each time.

        `s-maxage` is for shared caches alone (RFC 9111 section 5.2.2.10).
        """
        told = {
            "Cache-Control": f"public, max-age=0, must-revalidate, s-maxage={seconds}",
            "Surrogate-Key": " ".join(tags),
        }
        headers, unmodified = (
            [*(header for header in ours if header[0] not in told), *told.items()]
            for ours in (self.headers, self.headers_unmodified)
        )
        return replace(self, headers=headers, headers_unmodified=unmodified)


@dataclass
class Entry:
    """A finished page. `versions` is the sum of its tags' versions, `until` the moment of its end in Unix seconds.

    `last_modified` is the header of that name, for the few that have one;
    `seen` is how the store stood when the page was last known to be true; `variants` are made when first asked for;
    `edge_span` is the span of time for which the page was put at the edge.
    """

    body: bytes
    content_type: str
    route: str
    tags: tuple[str, ...]
    versions: int
    until: float
    last_modified: str | None = None
    seen: bytes | None = None
    edge_span: int = 0
    digest: str = ""
    variants: dict[str, Variant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digest = sha256(self.body).hexdigest()[:32]

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        codings = sum(len(variant.body) for coding, variant in self.variants.items() if coding != IDENTITY)
        return OVERHEAD + len(self.body) + codings

    def variant(self, coding: str) -> Variant:
        """The page in that coding, compressed once."""
        if len(self.body) < LEAST_SIZE:
            coding = IDENTITY
        found = self.variants.get(coding)
        if found is None:
            found = self.variants[coding] = self._made(coding)
        return found

    def _made(self, coding: str) -> Variant:
        body = compressed(self.body, coding)
        # Each coding has an ETag of its own: it is strong, and the bytes differ (RFC 9110 section 8.8.3.3).
        etag = f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'
        shared = [("ETag", etag), ("Cache-Control", "public, no-cache"), ("Vary", "Accept-Encoding")]
        if self.last_modified:
            shared.append(("Last-Modified", self.last_modified))
        encoded = [] if coding == IDENTITY else [("Content-Encoding", coding)]
        headers = [("Content-Type", self.content_type), ("Content-Length", str(len(body))), *encoded, *shared]
        return Variant(body, etag, headers, shared)


def end_of(until: datetime | None) -> float:
    """A deadline in Unix seconds; infinity for none."""
    return float("inf") if until is None else until.timestamp()


class PageStore:
    """A worker's pages by their key. All threads of the worker share it."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.size = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._lock = Lock()
        self._makers: dict[str, Lock] = {}

    def get(self, key: str) -> Entry | None:
        """The page under that key, true or not; it counts as used."""
        entry = self._entries.get(key)
        if entry is not None:
            try:
                self._entries.move_to_end(key)
            except KeyError:  # Another thread let it go.
                return None
        return entry

    def keep(self, key: str, entry: Entry) -> None:
        """Keep a page under that key in the place of any other, and let go what no longer fits."""
        with self._lock:
            self._keep(key, entry)

    def grown(self, key: str, entry: Entry) -> None:
        """Count a page that is kept anew: it was compressed for somebody."""
        with self._lock:
            if self._entries.get(key) is entry:
                self._keep(key, entry)

    def drop(self, key: str, entry: Entry) -> None:
        """Let a page go that is no longer true, unless another one has taken its place."""
        with self._lock:
            if self._entries.get(key) is entry:
                self._drop(key)

    def _keep(self, key: str, entry: Entry) -> None:
        self._drop(key)
        size = entry.size
        if size > self.budget:
            return
        self._entries[key], self._sizes[key] = entry, size
        self.size += size
        while self.size > self.budget:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: str) -> None:
        if self._entries.pop(key, None) is not None:
            self.size -= self._sizes.pop(key)

    @contextmanager
    def making(self, key: str) -> Iterator[None]:
        """Let one thread make the page while the others wait for it, for a while."""
        with self._lock:
            maker = self._makers.setdefault(key, Lock())
        is_mine = maker.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            if is_mine:
                maker.release()
                with self._lock:
                    if self._makers.get(key) is maker and not maker.locked():
                        del self._makers[key]
