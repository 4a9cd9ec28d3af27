"""The figures of moderation: a day's, and what many days come to. Pure: no session, request or clock.

Cells that count few comments are not shown alone, so that nobody who knows when somebody wrote can read from them what
became of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any, Self

LEAST_SHOWN = 5
"""Comments that a cell must count to be shown by itself."""


@dataclass(frozen=True)
class DayFigures:
    """What happened in one day. Each of `received`, `refused`, `held_by` and `waits` maps a name or a time to how many.

    `received` is by the state that the screening gave, `refused` by reason ("spam" is one), `held_by` by the rule
    that asked for it: a comment that two rules hold counts with both. `waits` has the seconds from sending to the
    first decision, rounded up to two figures ("95", "1300"), as its keys. `approved`, `upheld`,
    `undone` and `withdrawn` are what moderators approved, which appeals they upheld, what they took back, and what its
    author withdrew or erased. `waiting` is how many waited for a decision at the end of the day, `oldest` how many
    seconds ago the oldest of them was sent then; None where an earlier release did not count them, `oldest` also where
    none waited.
    """

    approved: int = 0
    upheld: int = 0
    undone: int = 0
    withdrawn: int = 0
    received: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    held_by: Mapping[str, int] = field(default_factory=dict)
    waits: Mapping[str, int] = field(default_factory=dict)
    waiting: int | None = None
    oldest: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON values; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Give back what `as_json` gave; what an earlier release did not count is nothing."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})


@dataclass(frozen=True)
class Cell:
    """A row of a table: a name, and how many; None for fewer than LEAST_SHOWN that cannot be told more closely."""

    name: str
    number: int | None


@dataclass(frozen=True)
class Figures:
    """What some days come to.

    `median` and `ninetieth` are percentiles of the seconds from sending to the first decision; None for none.
    """

    received: int
    published_at_once: int
    held: int
    spam_at_once: int
    approved: int
    refused: int
    upheld: int
    undone: int
    withdrawn: int
    reasons: tuple[Cell, ...]
    rules: tuple[Cell, ...]
    median: int | None
    ninetieth: int | None


OTHERS = "others"


def total_of(days: Iterable[DayFigures]) -> DayFigures:
    """Add up days that follow each other: as one long day, at whose end waits what waited at the end of the last."""
    received: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    held_by: Counter[str] = Counter()
    waits: Counter[str] = Counter()
    approved = upheld = undone = withdrawn = 0
    waiting = oldest = None
    for day in days:
        received.update(day.received)
        refused.update(day.refused)
        held_by.update(day.held_by)
        waits.update(day.waits)
        approved, upheld = approved + day.approved, upheld + day.upheld
        undone, withdrawn = undone + day.undone, withdrawn + day.withdrawn
        waiting, oldest = day.waiting, day.oldest
    return DayFigures(
        approved=approved,
        upheld=upheld,
        undone=undone,
        withdrawn=withdrawn,
        received=received,
        refused=refused,
        held_by=held_by,
        waits=waits,
        waiting=waiting,
        oldest=oldest,
    )


def sum_of(days: Iterable[DayFigures]) -> Figures:
    """Add up days; tables are the largest cell first, small cells in one."""
    total = total_of(days)
    received = Counter(total.received)
    return Figures(
        received=received.total(),
        published_at_once=received["approved"],
        held=received["pending"],
        spam_at_once=received["spam"],
        approved=total.approved,
        refused=sum(total.refused.values()),
        upheld=total.upheld,
        undone=total.undone,
        withdrawn=total.withdrawn,
        reasons=merged(total.refused),
        rules=merged(total.held_by),
        median=percentile(seconds_of(total.waits), 50),
        ninetieth=percentile(seconds_of(total.waits), 90),
    )


def seconds_of(waits: Mapping[str, int]) -> dict[int, int]:
    """The times of `DayFigures.waits` as numbers."""
    return {int(seconds): number for seconds, number in waits.items()}


def merged(numbers: Mapping[str, int]) -> tuple[Cell, ...]:
    """The cells of a table, the largest first, and those below LEAST_SHOWN together as OTHERS.

    Where these come to less than that too, the smallest of the large ones joins them: else it would show what the
    small ones come to.
    """
    ordered = sorted(
        ((number, name) for name, number in numbers.items() if number), key=lambda cell: (-cell[0], cell[1])
    )
    shown = [cell for cell in ordered if cell[0] >= LEAST_SHOWN]
    small = sum(number for number, _ in ordered[len(shown) :])
    if 0 < small < LEAST_SHOWN and shown:
        small += shown.pop()[0]
    cells = [Cell(name, number) for number, name in shown]
    if small:
        cells.append(Cell(OTHERS, small if small >= LEAST_SHOWN else None))
    return tuple(cells)


def percentile(numbers: Mapping[int, int], share: int) -> int | None:
    """The nearest-rank percentile: the least value that at least `share` percent of all do not exceed.

    `numbers` says how often each value was seen (Hyndman and Fan 1996, definition 1).
    """
    total = sum(numbers.values())
    rank = (total * share + 99) // 100
    for value, number in sorted(numbers.items()):
        rank -= number
        if rank <= 0 < total:
            return value
    return None


def rounded_up(seconds: float) -> int:
    """Whole seconds, rounded up to two figures: 7, 95, 1300.

    So few different values stay few, and the percentile of the rounded is the rounded percentile.
    """
    whole = max(0, ceil(seconds))
    step = int(10 ** max(0, len(str(whole)) - 2))
    return ceil(whole / step) * step
