"""Fitting the learned score to all lessons of files at once.

Logistic regression with a quadratic penalty, solved by what each lesson moves instead of by weights (Yu, Huang and Lin,
"Dual coordinate descent methods for logistic regression and maximum entropy models", Machine Learning 85, 2011). So the
weights are a sum of lessons here too; and it has one solution, so that files make the same site in whatever order they
were given.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from davidson.comments.screening.learned import SCALE, step_of

ROUNDS = 8
"""How often lessons are gone through; from then on hardly any moves."""

_OF_SPAM, _OF_HAM = 15.0, 10.0
"""How far a lesson that was predicted quite wrongly moves the weights; the penalty is the inverse. Files hold spam that
hardly differs from what is honest, and to miss it is to publish it."""

_NEWTON_STEPS = 5


@dataclass
class Example:
    """A comment of a file: what it is made of, and how far it moves the weights. `id` is that of its lesson, if any."""

    digest: str
    is_spam: bool
    values: Mapping[int, int]
    step: int = 0
    id: int | None = None


def fit(examples: Sequence[Example], weights: Mapping[int, int]) -> Iterator[None]:
    """Give each example the step that fits all of them best, beside what else made those weights.

    Yields after each of ROUNDS rounds; the steps are there after the last.
    """
    order = sorted(range(len(examples)), key=lambda place: (examples[place].digest, examples[place].is_spam))
    # Alike each time, so that the same files make the same site.
    shuffler = random.Random(len(order))  # noqa: S311
    now = {bucket: weights.get(bucket, 0) / SCALE for each in examples for bucket in each.values}
    # How far one unit of an example moves a weight, for a value of 1: the formula of the score stands in one place.
    units = [step_of(each.values, 0.0, is_spam=True) / SCALE for each in examples]
    rows = [[value * unit for value in each.values.values()] for each, unit in zip(examples, units, strict=True)]
    moved = [0.0] * len(examples)
    for _ in range(ROUNDS):
        shuffler.shuffle(order)
        for place in order:
            example, row = examples[place], rows[place]
            total = sum(map(mul, map(now.__getitem__, example.values), row))
            square = sum(map(mul, row, row))
            settled = _settled(moved[place], total - moved[place] * square, square, is_spam=example.is_spam)
            by, moved[place] = settled - moved[place], settled
            for bucket, value in zip(example.values, row, strict=True):
                now[bucket] += by * value
        yield
    for example, unit, far in zip(examples, units, moved, strict=True):
        example.step = round(far * unit * SCALE)


def _settled(moved: float, rest: float, square: float, *, is_spam: bool) -> float:
    """How far one example moves the weights where all others stay: as far as it is then still predicted wrongly.

    `rest` is its sum without itself, and `square` by how much it changes its own sum. By Newton's method.
    """
    strength = _OF_SPAM if is_spam else _OF_HAM
    lowest, highest = (0.0, strength) if is_spam else (-strength, 0.0)
    for _ in range(_NEWTON_STEPS):
        score = 1 / (1 + math.exp(-max(-30.0, min(30.0, rest + moved * square))))
        fault = moved - strength * (is_spam - score)
        moved -= fault / (1 + strength * score * (1 - score) * square)
        moved = min(max(moved, lowest), highest)
    return moved
