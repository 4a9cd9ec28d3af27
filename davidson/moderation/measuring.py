"""How well scores tell spam from other comments."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from davidson.comments.screening.learned import HOLDS_FROM

Scored = tuple[float, bool]
"""A score, and whether the comment is spam."""

FEW = 0.05
"""The share of honest comments that a newsroom may be asked to look at in vain."""


@dataclass(frozen=True)
class Measured:
    """How scores did on comments of which it is known whether they are spam. Shares are from 0 to 1.

    Of what `threshold` or more held, `precision` was spam; `recall` is the share of the spam, `ham_held` that of the
    honest comments that it held. `auc` is the chance that a spam comment scores higher than an honest one (the area
    under the ROC curve; Fawcett, "An introduction to ROC analysis", 2006). `caught_at_few` is the share of the spam
    that is caught by the lowest threshold which holds at most FEW of the honest ones: `threshold_at_few`.
    """

    spam: int
    ham: int
    threshold: float
    precision: float
    recall: float
    ham_held: float
    auc: float
    caught_at_few: float
    threshold_at_few: float

    def as_json(self) -> dict[str, Any]:
        """The figures as an object of JSON."""
        return asdict(self)


def measured(scored: Sequence[Scored], threshold: float = HOLDS_FROM) -> Measured:
    """Measure scores; there must be some of either kind, else ValueError."""
    spam, ham = ([score for score, is_spam in scored if is_spam is kind] for kind in (True, False))
    if not spam or not ham:
        raise ValueError("nothing can be compared without both kinds")
    caught, held = (sum(score >= threshold for score in scores) for scores in (spam, ham))
    at_few = _threshold_at_few(ham)
    return Measured(
        spam=len(spam),
        ham=len(ham),
        threshold=threshold,
        precision=caught / (caught + held) if caught + held else 0.0,
        recall=caught / len(spam),
        ham_held=held / len(ham),
        auc=area_under_curve(scored),
        caught_at_few=sum(score > at_few for score in spam) / len(spam),
        threshold_at_few=at_few,
    )


def area_under_curve(scored: Sequence[Scored]) -> float:
    """The area under the ROC curve, by the ranks of the spam (Mann and Whitney); equal scores share their ranks."""
    spam = sum(is_spam for _, is_spam in scored)
    below = 0
    ranks = 0.0
    for _, alike in groupby(sorted(scored), key=lambda each: each[0]):
        kinds = [is_spam for _, is_spam in alike]
        ranks += sum(kinds) * (below + (len(kinds) + 1) / 2)
        below += len(kinds)
    return (ranks - spam * (spam + 1) / 2) / (spam * (len(scored) - spam))


def _threshold_at_few(ham: Sequence[float]) -> float:
    """The score above which at most FEW of the honest comments are."""
    return sorted(ham, reverse=True)[int(FEW * len(ham))]
