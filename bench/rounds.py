"""Contestants that take turns, and what is made of their rounds: medians, and ratios within each turn."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from bench.load import Ask, Round, WrongAnswer, measure
from bench.options import Options
from tests.site import Answer, Site


@dataclass(frozen=True)
class Contestant:
    """Somebody who answers `ask`. `expected` is the answer whose status, coding and bytes theirs must have."""

    name: str
    server: Site
    ask: Ask
    expected: Answer | None = None
    seconds: int | None = None
    clients: int | None = None

    def answer(self) -> Answer:
        """What they answer to one such request, by GET."""
        return self.server.request("GET", self.ask.path, headers=self.ask.headers)

    def check(self) -> None:
        """Raise WrongAnswer unless they answer as they must."""
        if self.ask.form:
            return  # What a POST stores is counted in the store.
        answer = self.answer()
        if answer.status != self.ask.status:
            raise WrongAnswer(f"{self.name}: {self.ask.path} is {answer.status}")
        coding, expected = answer.headers.get("Content-Encoding"), self.expected
        if expected and (answer.body != expected.body or coding != expected.headers.get("Content-Encoding")):
            raise WrongAnswer(f"{self.name}: {self.ask.path} has other bytes, {coding or 'identity'}")


@dataclass(frozen=True)
class Line:
    """A contestant's rounds."""

    name: str
    rounds: list[Round] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The median of that figure of a round."""
        return statistics.median(getattr(one, name) for one in self.rounds)

    @property
    def pooled(self) -> float:
        """Requests per second of processor time in all rounds together."""
        return sum(one.requests for one in self.rounds) / sum(one.cpu for one in self.rounds)

    def ratio_to(self, other: "Line", name: str = "per_cpu_second") -> float:
        """How many times the other one's figure theirs is: the median of the turns' own ratios."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(getattr(mine, name) / getattr(theirs, name) for mine, theirs in pairs)


Next = Callable[[Contestant, Round], Contestant]
"""What a contestant is asked after a round: the same again, unless requests must not be repeated."""


def alternate(
    contestants: Sequence[Contestant], options: Options, *, following: Next = lambda one, _: one
) -> list[Line]:
    """Let each answer for a while in turn, as many times as there are rounds. Raises WrongAnswer.

    A second of warming up comes before the first turn and counts for nothing.
    """
    lines = [Line(one.name) for one in contestants]
    current = list(contestants)
    for one in contestants:
        one.check()
    for turn in range(options.rounds + 1):
        for place, one in enumerate(current):
            seconds = (one.seconds or options.seconds) if turn else 1
            done = measure(one.server, one.ask, seconds=seconds, clients=one.clients or options.clients)
            current[place] = following(one, done)
            if turn:
                lines[place].rounds.append(done)
    for one in contestants:
        one.check()
    for line in lines:
        figures = (line.median("per_cpu_second"), line.median("per_second"), line.median("p99"))
        print(
            "  {:<52} {:>9,.0f} / processor s {:>9,.0f} / s   p99 {:>6,.1f} ms".format(line.name, *figures), flush=True
        )
    return lines


def with_first(contestant: Contestant, done: Round, *, spare: int) -> Contestant:
    """The contestant with an ask that begins behind all numbers that a round used; `spare` more are left out."""
    return replace(contestant, ask=replace(contestant.ask, first=done.last + spare))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += data.split()


def words_of(html: str) -> list[str]:
    """The words of a page's text, sorted."""
    parser = _Words()
    parser.feed(html)
    return sorted(parser.found)
