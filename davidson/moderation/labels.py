"""What comments are filed under in their index, besides their words. Pure.

The triggers of the store write these labels (revision 0014), here they are named once more for who looks for them.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_SIGNS = re.compile("[^a-z0-9]")
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
FIRST_YEAR, LAST_YEAR = 1970, 2100
NEVER = "never"
"""A label that no comment has."""


def state(status: str) -> str:
    """The comments in a state."""
    return f"state{status}"


def section(section_id: int) -> str:
    """Those under the articles of a section."""
    return f"section{section_id}"


def article(article_id: int) -> str:
    """Those under an article."""
    return f"article{article_id}"


def rule(name: str) -> str:
    """Those in which a rule of the screening found something."""
    return f"rule{_SIGNS.sub('', name)}"


def reason(value: str) -> str:
    """Those that were refused for a reason."""
    return f"reason{_SIGNS.sub('', value)}"


def network(sender: str) -> str:
    """Those from a network, given as the comment's row has it."""
    return f"network{sender.encode().hex()}"


def token(author_key: str) -> str:
    """Those with an author token."""
    return f"token{author_key.encode().hex()}"


def sent(since: datetime | None, until: datetime | None) -> tuple[str, ...]:
    """All that was sent from `since` on and before `until`, in as few labels as there can be.

    Exact for moments at a quarter of an hour, at which the days of every zone on earth begin. At least one is given.
    """
    begin = since.astimezone(UTC) if since else datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = until.astimezone(UTC) if until else datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    return tuple(_spans(begin, end)) or (NEVER,)


def _spans(at: datetime, end: datetime) -> Iterator[str]:
    while at < end:
        pattern, at = next(_longest_first(at, end))
        yield pattern


def _longest_first(at: datetime, end: datetime) -> Iterator[tuple[str, datetime]]:
    """The spans that begin at a moment and end by then, each with the moment at which it ends."""
    day = at.replace(hour=0, minute=0)
    ends = {
        "year%Y": (day.replace(month=1, day=1), day.replace(year=at.year + 1, month=1, day=1)),
        "month%Y%m": (day.replace(day=1), (day.replace(day=1) + timedelta(days=31)).replace(day=1)),
        "day%Y%m%d": (day, day + timedelta(days=1)),
        "hour%Y%m%d%H": (at.replace(minute=0), at + HOUR),
    }
    for pattern, (first, following) in ends.items():
        if first == at and following <= end:
            yield at.strftime(pattern), following
    yield at.strftime("quarter%Y%m%d%H%M"), at + QUARTER
