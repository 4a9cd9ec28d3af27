"""A manuscript with every structure of the first real article, in words of our own, and the real one where it is."""

from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import SHARED_DATA

NBSP, NARROW = "\u00a0", "\u202f"

# Placeholders stand for characters that an editor's screen does not show.
MANUSCRIPT = """\
---
title: Harbour and Railway Sign “Long Pact”, Vow Joint Winter Timetable Amid Rising Tide
slug: harbour-and-railway-sign-long-pact
standfirst: The harbour’s masters have announced a timetable with the railway, aiming at a “new order of arrivals”.
section: World
tags:
  - Harbour
  - Railway
  - Winter Timetable
authors: []
published_at:
image:
  file: photo.png
  alt: Placeholder for a photo
  caption:
  credit: Photo from Google
---

In a move that surprised the quay, the harbour’s masters have announced “a timetable~of its own kind” with the railway.\
 The pact was read aloud at 8¤o’clock – in full.

## Two Timetables, One Tide

The harbour’s ferries will wait for the 7:40. “We waited before,” said the harbour master, “but never~on paper.”

> **READ ALSO:** [Ferries’ Answer to the Railway’s Proposals: A Prelude to a Quarrel](/articles/ferries-answer)

## Doubts Over the Winter Service

Its critics expressed “serious doubt” over “the last train’s~connection”.

> **READ ALSO:** [Railway Braces for Storms, Warns of Late Trains in Next Two Winters](/articles/railway-braces)
""".replace("~", NBSP).replace("¤", NARROW)


def write_manuscript(folder: Path, text: str = MANUSCRIPT, *, name: str = "article.md") -> Path:
    """Write a manuscript with its picture beside it; gives its path."""
    Image.new("RGB", (1200, 675), "grey").save(folder / "photo.png")
    path = folder / name
    path.write_bytes(text.encode())
    return path


def the_real_one() -> Path:
    """The project's first article; skips where the data are not at hand."""
    path = SHARED_DATA / "seed-article.md"
    if not path.exists():
        pytest.skip("the shared data are not here")
    return path
