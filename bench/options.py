"""What a run is told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`seconds` is how long each measurement lasts, `clients` from how many connections it is asked.

    `sizes` are numbers of articles, for growth. `folder` is for stores and logs and is gone afterwards; `stores`, if
    given, keeps filled stores for the next run.
    """

    folder: Path
    results: Path
    rounds: int = 3
    seconds: int = 2
    clients: int = 32
    sizes: tuple[int, ...] = (1_000, 100_000)
    stores: Path | None = None
