"""How far the learned score is to be trusted: what it predicted of the last decisions before it learned from them.

It may mark spam by itself only from a score that these decisions proved, and no longer than they do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from davidson.comments.lessons import IS_DECISION, STANDING, WHOLE, LearnedStanding, Lesson
from davidson.comments.screening.features import FEATURES_VERSION
from davidson.database import db
from davidson.moderation.figures import LEAST_SHOWN
from davidson.pagecache.dependencies import shows
from davidson.pagecache.tags import PRECISION

WINDOW = 500
"""The last decisions that are looked at."""

MIN_DECISIONS = 200
MIN_PRECISION = 0.99
MIN_TEXTS = 50
"""Different texts that must have had such a score: a hundred copies of one text prove no more than one."""

SCORES = (0.9, 0.95, 0.98, 0.99)
"""The scores that may be proven, of which the lowest that is counts."""


class Predicted(NamedTuple):
    """A decision, what was predicted of it in parts of WHOLE, and what copies of its text have in common."""

    digest: str
    is_spam: bool
    score: int


@dataclass(frozen=True)
class ScreeningFigures:
    """What the site publishes of the learned score. All values are JSON's own.

    `decisions` are the last ones that were predicted, at most WINDOW; `decisions_in_all` is how many ever were and
    stand. Of the different texts among them `predicted` had a score of `threshold` or more, and of those `right` were
    spam; `precision` is their share, None where there were none. `may_mark_spam` says whether screening now marks
    spam by itself, from that score on. `lessons_spam` and `lessons_ham` count what was learned, files included.
    """

    decisions: int
    decisions_in_all: int
    threshold: float
    predicted: int
    right: int
    precision: float | None
    may_mark_spam: bool
    lessons_spam: int
    lessons_ham: int

    def as_json(self) -> dict[str, Any]:
        """The figures as an object of JSON."""
        return asdict(self)


@dataclass(frozen=True)
class PublicPrecision:
    """What readers are told of the learned score.

    `decisions` are the last ones that it rests on; None for fewer than may be told. `precision` is the share of spam
    among the texts that had a score of `threshold` or more, rounded down to hundredths; None for fewer than MIN_TEXTS.
    How many these were is not told: the few that were predicted wrongly could be worked out.
    """

    decisions: int | None
    threshold: float
    precision: float | None
    marks_spam: bool


QUESTION = """
WITH last AS (
  SELECT digest, is_spam, CASE WHEN features_version = :features THEN score END AS score FROM lesson
  WHERE comment_id IS NOT NULL AND ended_version IS NULL
  ORDER BY id DESC LIMIT 500),
texts AS (
  SELECT min(CASE WHEN is_spam THEN 1 ELSE 0 END) AS was_spam FROM last
  WHERE score >= :threshold * 1000000 GROUP BY digest)
SELECT (SELECT count(score) FROM last) AS decisions, count(*) AS texts, sum(was_spam) AS spam FROM texts
""".strip().replace(":features", str(FEATURES_VERSION))
"""The question by which whoever has a copy of the store gets the same."""

_LAST = (
    select(Lesson.digest, Lesson.is_spam, Lesson.score, Lesson.features_version)
    .where(IS_DECISION)
    .order_by(Lesson.id.desc())
    .limit(WINDOW)
)


def last_predictions() -> list[Predicted]:
    """What was predicted of the last decisions, newest first; but not while texts were taken apart in another way."""
    shows(PRECISION)
    return [
        Predicted(digest, is_spam, score)
        for digest, is_spam, score, version in db.session.execute(_LAST)
        if score is not None and version == FEATURES_VERSION
    ]


def screening_figures() -> ScreeningFigures:
    """The figures as of now, for the page about moderation and for the dashboard."""
    last = last_predictions()
    standing = db.session.get(LearnedStanding, STANDING)
    proven = proven_score(last)
    threshold = SCORES[0] if proven is None else proven
    predicted, right = _outcome(last, threshold)
    return ScreeningFigures(
        decisions=len(last),
        decisions_in_all=standing.decisions if standing else 0,
        threshold=threshold,
        predicted=predicted,
        right=right,
        precision=right / predicted if predicted else None,
        may_mark_spam=proven is not None,
        lessons_spam=standing.spam if standing else 0,
        lessons_ham=standing.ham if standing else 0,
    )


def public_precision() -> PublicPrecision:
    """What readers are told, as of now."""
    figures = screening_figures()
    is_told = figures.predicted >= MIN_TEXTS
    return PublicPrecision(
        decisions=figures.decisions if figures.decisions >= LEAST_SHOWN else None,
        threshold=figures.threshold,
        precision=figures.right * 100 // figures.predicted / 100 if is_told else None,
        marks_spam=figures.may_mark_spam,
    )


def proven_score(last: Sequence[Predicted]) -> float | None:
    """The lowest score from which the last decisions, newest first, proved the predictions right; None for none."""
    if len(last) < MIN_DECISIONS:
        return None
    return next((score for score in SCORES if _is_proven(*_outcome(last, score))), None)


def _is_proven(predicted: int, right: int) -> bool:
    return predicted >= MIN_TEXTS and right >= MIN_PRECISION * predicted


def _outcome(last: Iterable[Predicted], score: float) -> tuple[int, int]:
    """How many texts were predicted as spam with that score or more, and how many of those were spam.

    A text that was spam once and not the next time was predicted wrongly.
    """
    sure = [each for each in last if each.score >= score * WHOLE]
    texts = {each.digest for each in sure}
    return len(texts), len(texts - {each.digest for each in sure if not each.is_spam})
