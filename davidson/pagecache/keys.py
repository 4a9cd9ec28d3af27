"""What a page is kept under: its path and the parameters that it knows."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Every name that some page knows. The front, which does not know the pages apart, looks at no other.
_known: set[str] = set()


def know(*names: str) -> None:
    """Tell the front that there is a page with these parameters."""
    _known.update(names)


def key_of(environ: "WSGIEnvironment", names: Collection[str] | None = None) -> str:
    """The key of the page that a request asks for; `names` are the parameters that it knows, None for any page's.

    Each parameter counts once and in the order of names: a view reads the first value, so others make no difference.
    """
    path: str = environ.get("PATH_INFO", "")
    query_string = environ.get("QUERY_STRING", "")
    if not query_string:
        return path
    wanted = _known if names is None else names
    given: dict[str, str] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        if name in wanted:
            given.setdefault(name, value)
    return f"{path}?{urlencode(sorted(given.items()))}" if given else path
