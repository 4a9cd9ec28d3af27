"""A manuscript with every structure of the first real article, in words of our own, and the real one where it is."""

from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import SHARED_DATA
from tests.pages import Page

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


def paragraphs_of(manuscript: str) -> list[str]:
    """The plain paragraphs of a manuscript's text."""
    body = manuscript.split("---\n", 2)[2]
    return [block for block in body.strip().split("\n\n") if not block.startswith(("#", ">"))]


def check_structure(page: Page, manuscript: str, *, references: list[str]) -> None:
    """What the page of the first article owes, for the real one and for ours."""
    front = dict(line.split(": ", 1) for line in manuscript.split("---\n")[1].splitlines() if ": " in line[:20])
    assert [heading.raw_text() for heading in page.all("h1")] == [front["title"]]
    assert page.one("p.story__standfirst").raw_text() == front["standfirst"]
    assert page.one("p.story__section a").attributes["href"] == "/sections/world"
    assert page.one("p.story__section").text == "World"
    figure = page.one("article.story figure.figure")
    assert figure.one("img").attributes["alt"] == "Placeholder for a photo"
    assert (figure.one("img").attributes["width"], figure.one("img").attributes["height"]) == ("1200", "675")
    assert figure.one("span.figure__credit").text == "Photo from Google"
    assert figure.all("span.figure__caption") == []
    body = page.one("div.prose")
    heads = [line.removeprefix("## ") for line in manuscript.splitlines() if line.startswith("## ")]
    assert [heading.raw_text() for heading in body.all("h2")] == heads
    assert len(heads) == 2
    asides = body.all("aside.read-also")
    assert [aside.one("p.read-also__headline").raw_text() for aside in asides] == references
    assert body.all("blockquote") == []
    shown = [child.raw_text() for child in body.children if not isinstance(child, str) and child.tag == "p"]
    assert shown == paragraphs_of(manuscript)


REFERENCES = [
    "Ferries’ Answer to the Railway’s Proposals: A Prelude to a Quarrel",
    "Railway Braces for Storms, Warns of Late Trains in Next Two Winters",
]
REAL_REFERENCES = [
    "NATO’s Response to Russian Security Proposals: A Prelude to Conflict in Ukraine",
    "NATO Braces for Possible Conflict with Russia, Warns of Potential Full-Scale War in Next Two Decades",
]
