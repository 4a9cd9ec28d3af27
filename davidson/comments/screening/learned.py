"""The learned score: how likely a comment is spam by what this newsroom decided before.

Logistic regression, learning one comment at a time (stochastic gradient descent; Bottou, "Large-Scale Machine Learning
with Stochastic Gradient Descent", 2010). A weight is a whole number of 1/SCALE. A lesson moves every weight by its step
times the feature's value, so lessons may come in any order and be taken back exactly.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from itertools import repeat
from operator import mul
from zlib import crc32

from davidson.comments.draft import Draft, Facts
from davidson.comments.screening.features import NO_TOKEN, UNIT, Features, Token, features_of, with_signs
from davidson.comments.screening.finding import Finding, excerpt, first_places
from davidson.comments.screening.honeypot import filled_honeypot
from davidson.comments.screening.pace import too_soon
from davidson.comments.status import CommentStatus

SCALE = 2**20
RATE = 1.0
"""How far one lesson moves the score of its own comment; a file's lessons are gone through several times."""

HOLDS_FROM = 0.5
"""The score from which a comment is held."""

MIN_LESSONS = 20
"""Lessons of each kind, spam and not, before which the score is not worth telling."""

LOOKED_AT = 10
"""Of the comments that screening is sure of, one in so many is still shown to a person: else nobody would know when it
begins to err."""

MOST_TOKENS = 3
_MOST_Z = 30.0
_CAPPED = tuple(min(value, UNIT) for value in range(256))


def learned_score(draft: Draft, facts: Facts) -> Finding | None:
    """Hold what resembles this newsroom's spam; mark it as spam only where its own decisions proved that safe."""
    if facts.learned is None:
        return None
    features = features_of(draft.name, draft.source)
    values = with_signs(features.values, _signs(draft, facts))
    score = score_of(values, facts.learned.weights)
    if score < HOLDS_FROM:
        return None
    marks_from = facts.learned.marks_from
    is_sure = marks_from is not None and score >= marks_from
    is_sample = is_sure and crc32(draft.source.encode(errors="surrogatepass")) % LOOKED_AT == 0
    tokens = _telling_tokens(features, facts.learned.weights)
    named = [excerpt(draft.source[place.start : place.end], 30) for place in map(features.place_of, tokens)]
    told = ": " + ", ".join(f"\u201c{name}\u201d" for name in named) if named else ", by its shape alone"
    counted = {token.says for token in tokens}
    places = first_places(features.place_of(token) for token in features.tokens if token.says in counted)
    return Finding(
        "learned",
        CommentStatus.SPAM if is_sure and not is_sample else CommentStatus.PENDING,
        f"Learned score {shown(score)}{told}{'; one of those held to check the screening' if is_sample else ''}.",
        places,
        evidence=excerpt(" ".join((shown(score), *named)), 300),
    )


def score_of(values: Mapping[int, int], weights: Mapping[int, int]) -> float:
    """How likely a comment with these values is spam, from 0 to 1; 0.5 where nothing was learned."""
    total = sum(map(mul, map(weights.get, values, repeat(0)), values.values()))
    z = total / (SCALE * UNIT) / _length(values)
    return 1 / (1 + math.exp(-max(-_MOST_Z, min(_MOST_Z, z))))


def step_of(values: Mapping[int, int], score: float, *, is_spam: bool, rate: float = RATE) -> int:
    """How far the weights move for a value of 1, by a lesson about a comment that was given that score."""
    return round(rate * (is_spam - score) * SCALE / UNIT / _length(values))


def shown(score: float) -> str:
    """A score with two digits. Cut, not rounded, so that none reads 1.00 that is not."""
    return f"{math.floor(score * 100) / 100:.2f}"


def _length(values: Mapping[int, int]) -> float:
    """By what a comment's sum is divided, so that long ones are no surer than short ones."""
    return math.sqrt(sum(map(_CAPPED.__getitem__, values.values())) / UNIT) or 1.0


def _signs(draft: Draft, facts: Facts) -> list[tuple[str, str]]:
    noticed = (too_soon(draft, facts), filled_honeypot(draft, facts))
    return [(finding.rule, finding.status.value) for finding in noticed if finding]


def _telling_tokens(features: Features, weights: Mapping[int, int]) -> list[Token]:
    """The tokens that made the score high, the one that did most first; of several alike the first."""
    counted: dict[int, float] = defaultdict(float)
    seen: set[int] = set()
    for bucket, value, first, last in features.uses:
        if first != NO_TOKEN and bucket in weights and bucket not in seen:
            seen.add(bucket)
            share = weights[bucket] * value / 2
            counted[first] += share
            counted[last] += share
    best: dict[str, Token] = {}
    for place in sorted(counted, key=lambda place: -counted[place]):
        token = features.tokens[place]
        if counted[place] > 0 and len(best) < MOST_TOKENS:
            best.setdefault(token.says, token)
    return list(best.values())
