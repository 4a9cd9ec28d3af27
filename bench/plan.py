"""How big a newspaper is to be."""

from dataclasses import dataclass

# Comments of an article, of which the last one was rejected.
EACH = 10


@dataclass(frozen=True)
class Plan:
    """How many articles there are with ten comments each, which have more, and how many comments wait for a moderator.

    The articles of `busy` are the newest and the longest; each has that many comments, all of them approved. Of
    `articles` there are at least as many as sections.
    """

    articles: int
    busy: tuple[int, ...] = (50, 10_000)
    queue: int = 100_000

    @property
    def all_articles(self) -> int:
        return self.articles + len(self.busy)

    @property
    def first_pending(self) -> int:
        """The id of the comment that waits longest; the others follow."""
        return self.articles * EACH + sum(self.busy) + 1


def slug_of(number: int) -> str:
    """The slug of an article, by its id."""
    return f"story-{number:07d}"
