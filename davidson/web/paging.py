"""Lists paged by key: a cursor names the last row of a page, so the thousandth page costs what the first does."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import abort, request

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST = 2**63 - 1


class BadCursor(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True)
class Cursor:
    """A place in a list that is ordered by a moment and an id, newest first."""

    at: datetime
    id: int

    def __str__(self) -> str:
        packed = f"{(self.at - EPOCH) // MICROSECOND}.{self.id}"
        return urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what `str()` gave. Raises BadCursor."""
        try:
            packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
            micros, _, number = packed.partition(".")
            # What was published before 1970 lies before the epoch.
            if not (micros.removeprefix("-").isdigit() and number.isdigit() and int(number) <= MOST):
                raise BadCursor(text)
            cursor = cls(EPOCH + int(micros) * MICROSECOND, int(number))
        except (ValueError, OverflowError):
            raise BadCursor(text) from None
        if str(cursor) != text:  # One place has one address.
            raise BadCursor(text)
        return cursor


def asked_cursor(name: str = "before") -> Cursor | None:
    """Where the page that was asked for begins, by `?before=` or another name; 404 for a cursor that is not ours."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        return Cursor.parse(text)
    except BadCursor:
        abort(404)
