"""Moderation over some days: what is drawn of them, and the same as tables. Pure: no session, request or clock."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from davidson.moderation.charts import (
    Drawing,
    Row,
    Scale,
    column_chart,
    line_chart,
    linear,
    logarithmic,
    row_chart,
)
from davidson.moderation.figures import DayFigures, percentile, seconds_of
from davidson.moderation.rulenames import refusal_name, rule_name
from davidson.moderation.steps import (
    DAY,
    HOUR,
    MINUTE,
    Span,
    Step,
    brief,
    dates_of,
    day_name,
    name_of,
    span_told,
)

# The hairlines of times: on a scale that begins with nothing, and on one of magnitudes.
EVEN_TIMES = tuple(
    length * number
    for length, numbers in ((MINUTE, (1, 5, 10, 20, 30)), (HOUR, (1, 2, 4, 8, 12)), (DAY, (1, 2, 5, 10, 20, 50, 100)))
    for number in numbers
)
MAGNITUDES = (1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY)


@dataclass(frozen=True)
class Said:
    """A piece of text. `key` is the look of what it names in the drawing, `loud` or `quiet`, if it names something."""

    text: str
    key: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing with what it shows, that in one sentence, and the table behind it: a row a step, the newest first.

    There is no drawing where there is nothing to draw; `about` says so then.
    """

    id: str
    title: str
    about: tuple[Said, ...]
    told: str
    drawing: Drawing | None
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def charts_of(steps: Sequence[Step], span: Span) -> tuple[Chart, ...]:
    """All charts of these steps, at least one of which was counted."""
    makers = (_waiting, _oldest, _decided, _received, _refused, _held)
    return tuple(maker(steps, span) for maker in makers)


def _waiting(steps: Sequence[Step], span: Span) -> Chart:
    values = [step.total.waiting if step.total else None for step in steps]
    return _line_of(
        steps,
        values,
        linear(max((value for value in values if value is not None), default=0)),
        _number,
        id="waiting",
        title="Waiting for a decision",
        about=(Said(f"Comments in the queue at the end of each {span.unit}."),),
        head=(span.unit.capitalize(), "Waiting"),
    )


def _oldest(steps: Sequence[Step], span: Span) -> Chart:
    values = [_age(step.total) if step.total else None for step in steps]
    return _line_of(
        steps,
        values,
        linear(max((value for value in values if value is not None), default=0), EVEN_TIMES),
        brief,
        id="oldest",
        title="The oldest that waited",
        about=(Said(f"How long it had waited at the end of each {span.unit}."),),
        head=(span.unit.capitalize(), "Age of the oldest"),
    )


def _age(total: DayFigures) -> int | None:
    """Where nothing waits, nothing has waited for any time."""
    return 0 if total.waiting == 0 else total.oldest


def _line_of(
    steps: Sequence[Step],
    values: Sequence[int | None],
    scale: Scale,
    name: Callable[[float], str],
    *,
    id: str,
    title: str,
    about: tuple[Said, ...],
    head: tuple[str, ...],
) -> Chart:
    """A chart of one line."""
    known = [(value, step) for value, step in zip(values, steps, strict=True) if value is not None]
    if not known:
        return Chart(id, title, (Said("Not counted yet in these days."),), "", None, head, ())
    (last, end), (most, peak) = known[-1], max(known, key=lambda pair: pair[0])
    told = f"{name(last)} at the end of {day_name(end.last)}, {name(most)} at the most, on {day_name(peak.last)}."
    return Chart(
        id,
        title,
        about,
        f"{span_told(steps)}: {told}",
        line_chart(scale, [values], dates=dates_of(steps), name=name),
        head,
        _table((step, (name(value),)) for value, step in known),
    )


def _decided(steps: Sequence[Step], span: Span) -> Chart:
    waits = [seconds_of(step.total.waits) if step.total else {} for step in steps]
    halves, nineties = ([percentile(times, share) for times in waits] for share in (50, 90))
    known = [
        (step, half, ninety, sum(times.values()))
        for step, half, ninety, times in zip(steps, halves, nineties, waits, strict=True)
        if half is not None and ninety is not None
    ]
    title, head = "Time to a decision", (span.unit.capitalize(), "Half within", "Nine in ten within", "Decisions")
    if not known:
        return Chart(
            "decided", title, (Said("Nothing that was held was decided on in these days."),), "", None, head, ()
        )
    scale = logarithmic(min(half for _, half, _, _ in known), max(ninety for _, _, ninety, _ in known), MAGNITUDES)
    _, half, ninety, _ = known[-1]
    about = (Said("Half", "loud"), Said(" of first decisions came within this, "), Said("nine in ten", "quiet"))
    return Chart(
        "decided",
        title,
        (*about, Said(" within that, on a logarithmic scale.")),
        f"{span_told(steps)}: in the end half within {brief(half)}, nine in ten within {brief(ninety)}.",
        line_chart(scale, [nineties, halves], dates=dates_of(steps), name=brief),
        head,
        _table((step, (brief(half), brief(ninety), _number(number))) for step, half, ninety, number in known),
    )


def _received(steps: Sequence[Step], span: Span) -> Chart:
    counts = [Counter(step.total.received if step.total else {}) for step in steps]
    alls, helds = [count.total() for count in counts], [count["pending"] for count in counts]
    return Chart(
        "received",
        "Comments received",
        (Said("All", "quiet"), Said(f" of each {span.unit}, and those that were "), Said("held", "loud"), Said(".")),
        f"{span_told(steps)}: {_number(sum(alls))} received, {_number(sum(helds))} of them held.",
        column_chart(linear(max(alls)), [alls, helds], dates=dates_of(steps), name=_number) if any(alls) else None,
        (span.unit.capitalize(), "Received", "Published at once", "Held", "Taken for spam"),
        _table(
            (step, tuple(map(_number, (count.total(), count["approved"], count["pending"], count["spam"]))))
            for step, count in zip(steps, counts, strict=True)
            if step.total
        ),
    )


def _refused(steps: Sequence[Step], span: Span) -> Chart:
    counts = [Counter(step.total.refused if step.total else {}) for step in steps]
    return _rows_of(
        steps,
        counts,
        refusal_name,
        id="refused",
        title="Why comments were refused",
        about=f"By {span.unit}, all to one scale, with their sums.",
        nothing="Nothing was refused in these days.",
        unit=span.unit,
    )


def _held(steps: Sequence[Step], span: Span) -> Chart:
    counts = [Counter(step.total.held_by if step.total else {}) for step in steps]
    return _rows_of(
        steps,
        counts,
        rule_name,
        id="held",
        title="What held comments",
        about=f"By {span.unit}, with their sums; what two checks held counts with both.",
        nothing="Nothing was held in these days.",
        unit=span.unit,
    )


def _rows_of(
    steps: Sequence[Step],
    counts: Sequence[Counter[str]],
    name: Callable[[str], str],
    *,
    id: str,
    title: str,
    about: str,
    nothing: str,
    unit: str,
) -> Chart:
    """A chart of columns below each other, that of the largest sum first."""
    sums = sum(counts, Counter[str]())
    kinds = sorted(sums, key=lambda kind: (-sums[kind], kind))
    if not kinds:
        return Chart(id, title, (Said(nothing),), "", None, (), ())
    rows = [Row(name(kind), _number(sums[kind]), [count[kind] for count in counts]) for kind in kinds]
    return Chart(
        id,
        title,
        (Said(about),),
        f"{span_told(steps)}: {', '.join(f'{row.name} {row.total}' for row in rows)}.",
        row_chart(rows, dates=dates_of(steps)),
        (unit.capitalize(), *(row.name for row in rows)),
        _table(
            (step, tuple(_number(count[kind]) for kind in kinds))
            for step, count in zip(steps, counts, strict=True)
            if step.total
        ),
    )


def _table(rows: Iterable[tuple[Step, tuple[str, ...]]]) -> tuple[tuple[str, ...], ...]:
    return tuple((name_of(step), *cells) for step, cells in rows)[::-1]


def _number(value: float) -> str:
    return f"{value:,.0f}"
