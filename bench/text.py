"""`python -m bench.text`: what hostile text costs, and how that grows when the text doubles (2.0 is linear)."""

import time
from collections.abc import Callable

from davidson.text.markdown import render_article
from davidson.text.markup import render_comment
from tests.slow import SLOW

ROUNDS = 3


def seconds(act: Callable[[str], object], text: str) -> float:
    """The processor time of one call, the least of some."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        act(text)
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    """Print the five dearest patterns of each renderer."""
    for name, act, length in (("comment", render_comment, 2_500), ("article", render_article, 8_000)):
        print(f"\n| {name} of {2 * length:,} characters | ms | growth from half of it |\n| --- | --- | --- |")
        found = []
        for pattern in SLOW:
            short, long = ((pattern * size)[:size] for size in (length, 2 * length))
            cost = seconds(act, long)
            found.append((cost, cost / max(seconds(act, short), 1e-6), pattern))
        for cost, growth, pattern in sorted(found, reverse=True)[:5]:
            print(f"| {pattern!r} repeated | {cost * 1000:.0f} | {growth:.1f} |")


if __name__ == "__main__":
    main()
