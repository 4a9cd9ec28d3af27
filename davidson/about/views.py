"""How comments are moderated: the rules, and the public figures as a page and as JSON."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from davidson.articles.cards import Link
from davidson.comments.reasons import LABELS, TEXTS, Reason
from davidson.moderation.days import DAY, day_figures, last_counted, questions
from davidson.moderation.figures import LEAST_SHOWN, OTHERS, Cell, Figures, sum_of
from davidson.moderation.precision import (
    MIN_DECISIONS,
    MIN_PRECISION,
    MIN_TEXTS,
    QUESTION,
    WINDOW,
    public_precision,
)
from davidson.moderation.rulenames import refusal_name, rule_name
from davidson.pagecache.decorator import cached_page
from davidson.syndication.paper import this_paper
from davidson.syndication.structured import page_graph
from davidson.text.dates import iso
from davidson.web.signing import settings

bp = Blueprint("about", __name__, url_prefix="/about")

SPAN = timedelta(days=30)
RULES = Link("How comments are moderated", "/about/moderation")

PROOF = {
    "window": WINDOW,
    "decisions": MIN_DECISIONS,
    "precision": MIN_PRECISION,
    "texts": MIN_TEXTS,
}


@dataclass(frozen=True)
class Counted:
    """The figures of a span: `since` belongs to it, `until` does not."""

    since: datetime
    until: datetime
    figures: Figures

    @property
    def last(self) -> datetime:
        """The beginning of its last day."""
        return self.until - DAY


@bp.get("/moderation")
@cached_page()
def moderation() -> ResponseReturnValue:
    """The rules, and the figures of the last thirty days that are over."""
    counted = _counted()
    return render_template(
        "about/moderation.html",
        mode=settings().comments,
        rules=[(LABELS[reason], TEXTS[reason]) for reason in Reason],
        counted=counted,
        reasons=_named(counted.figures.reasons, _reason_name) if counted else (),
        checks=_named(counted.figures.rules, _rule_name) if counted else (),
        least=LEAST_SHOWN,
        questions=questions(),
        structured=page_graph(RULES, this_paper()),
        learned=public_precision(),
        proof=PROOF,
        precision_question=QUESTION,
    )


@bp.get("/moderation.json")
@cached_page()
def moderation_figures() -> ResponseReturnValue:
    """The same figures for programs; null where there are none, or too few comments to tell."""
    counted = _counted()
    return jsonify(_as_json(counted) | {"learned": asdict(public_precision())} if counted else None)


def _counted() -> Counted | None:
    last = last_counted()
    if last is None:
        return None
    since, until = last + DAY - SPAN, last + DAY
    return Counted(since, until, sum_of(day_figures(since, last).values()))


def _as_json(counted: Counted) -> dict[str, Any]:
    return asdict(counted.figures) | {
        "since": iso(counted.since),
        "until": iso(counted.until),
        "reasons": _cells(counted.figures.reasons, _reason_name),
        "rules": _cells(counted.figures.rules, _rule_name),
    }


def _named(cells: tuple[Cell, ...], name: Callable[[str], str]) -> list[tuple[str, int | None]]:
    return [(name(cell.name), cell.number) for cell in cells]


def _cells(cells: tuple[Cell, ...], name: Callable[[str], str]) -> list[dict[str, Any]]:
    return [{"id": cell.name, "name": name(cell.name), "comments": cell.number} for cell in cells]


def _reason_name(reason: str) -> str:
    return "Other reasons" if reason == OTHERS else refusal_name(reason)


def _rule_name(rule: str) -> str:
    return "Other checks" if rule == OTHERS else rule_name(rule)
