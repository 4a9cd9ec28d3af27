"""The rows of a newspaper that was never printed: as many articles as are wanted, ten comments each, no two alike.

They are the rows of schema revision SCHEMA; later revisions bring what they add themselves (see bench/fill.py). All
moments are counted back from one, as the text that both stores take.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property

from bench.plan import EACH, Plan, slug_of
from bench.words import WORDS
from davidson.comments.screening.rules import RULES_VERSION
from davidson.media.renditions import CROP_WIDTHS, CROPS, WHOLE, WIDTHS, Focus, crop_box, name_of, sizes
from davidson.text.markdown import render_article
from davidson.text.markup import RENDERER, render_comment

SCHEMA = "0003"
COLUMNS = {
    "section": "id, slug, name, description, position, listed_from",
    "tag": "id, slug, name",
    "author": "id, slug, name, description",
    "media": "id, digest, format, width, height, renditions, created_at",
    "article": "id, slug, headline, standfirst, source, html, renderer, lang, section_id, media_id, image_alt,"
    " image_caption, image_credit, created_at, published_at, updated_at, retracted_at, retraction_reason,"
    " comments_close_at, comment_count, version",
    "revision": "article_id, number, headline, standfirst, source, created_at",
    "authorship": "article_id, author_id, position, listed_at",
    "tagging": "article_id, tag_id, position, listed_at",
    "comment": "id, article_id, parent_id, thread_id, reply_count, name, email, source, html, renderer, status, reason,"
    " findings, rules_version, sender, author_key, fingerprint, receipt_hash, receipt_salt, created_at, edited_at,"
    " decided_at, version",
    "audit_entry": "at, actor_id, actor, action, subject, version, from_state, to_state, reason, note, details",
}
# Between two articles, and what is kept free behind the last one for discussions.
PACE, REST = timedelta(minutes=1), timedelta(days=1)
SECTIONS = ("World", "City", "Science", "Culture", "Business", "Sport", "Travel", "Opinion")
TAGS, AUTHORS, PICTURES, VARIANTS = 500, 100, 20, 300
FINDING = {"rule": "strangers", "status": "pending", "detail": "The sender has no approved comment yet.", "places": []}
HELD = json.dumps([FINDING | {"evidence": ""}])
TOLD = json.dumps({"findings": [], "rules_version": RULES_VERSION})

PICTURE = (1600, 1067)
_CUTS = {shape: crop_box(*PICTURE, shape, Focus()) for shape in CROPS}
SHAPES = {WHOLE: sizes(*PICTURE, WIDTHS)} | {
    shape: sizes(right - left, bottom - top, CROP_WIDTHS[shape]) for shape, (left, top, right, bottom) in _CUTS.items()
}

Row = tuple[object, ...]


class Paper:
    """Gives each table's rows, in the order of their ids, and the texts that they are made of."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self.plan = plan
        self.newest = now.astimezone(UTC) - REST
        self.words = random.Random(7)

    def _said(self, least: int, most: int) -> str:
        chosen = self.words.choices(WORDS, k=self.words.randint(least, most))
        return " ".join(chosen).capitalize() + "."

    @cached_property
    def bodies(self) -> list[tuple[str, str]]:
        """Source and HTML of short articles, and last that of a long one."""
        shorts = ["\n\n".join(self._said(30, 50) for _ in range(3)) for _ in range(VARIANTS)]
        parts = [f"## {self._said(3, 5)}\n\n{self._said(60, 90)}\n\n{self._said(40, 70)}" for _ in range(6)]
        return [(source, "".join(render_article(source).parts)) for source in (*shorts, "\n\n".join(parts))]

    @cached_property
    def remarks(self) -> list[tuple[str, str]]:
        """Source and HTML of comments."""
        sources = [self._said(8, 25) for _ in range(VARIANTS)]
        return [(source, str(render_comment(source))) for source in sources]

    def published(self, article: int) -> str:
        """When an article came out."""
        return moment(self._published(article))

    def _published(self, article: int) -> datetime:
        return self.newest - PACE * (self.plan.all_articles - article)

    def section(self) -> Iterator[Row]:
        for number, name in enumerate(SECTIONS, 1):
            first = number - 1 or len(SECTIONS)
            yield number, name.lower(), name, f"All about {name.lower()}.", number, self.published(first)

    def tag(self) -> Iterator[Row]:
        for number in range(1, TAGS + 1):
            name = f"{WORDS[number % len(WORDS)].capitalize()} {number}"
            yield number, name.lower().replace(" ", "-"), name

    def author(self) -> Iterator[Row]:
        for number in range(1, AUTHORS + 1):
            name = f"{WORDS[number].capitalize()} {WORDS[-number].capitalize()}"
            yield number, f"{name.lower().replace(' ', '-')}-{number}", name, f"Writes about {WORDS[number]}."

    def media(self) -> Iterator[Row]:
        """Pictures whose files nobody asks for."""
        for number in range(1, PICTURES + 1):
            digest = f"{number:064x}"
            made = {"name": name_of(digest, Focus()), "tone": "565", "shapes": SHAPES}
            yield number, digest, "JPEG", *PICTURE, json.dumps(made), self.published(1)

    def article(self) -> Iterator[Row]:
        busy = dict(enumerate(self.plan.busy, self.plan.articles + 1))
        for number in range(1, self.plan.all_articles + 1):
            source, html = self.bodies[-1 if number in busy else number % VARIANTS]
            at = self.published(number)
            count = busy.get(number, EACH - 1)
            picture = number % PICTURES + 1
            section = number % len(SECTIONS) + 1
            words = self.headline(number)
            picture_words = ("A street in the morning", "The street, seen from the north.", "Ann Author, CC0")
            yield (
                *(number, slug_of(number), *words, source, html, 1, "en", section, picture, *picture_words),
                *(at, at, None, None, "", None, count, 1),
            )

    def headline(self, number: int) -> tuple[str, str]:
        """An article's headline and standfirst."""
        first, second = (WORDS[number * step % len(WORDS)] for step in (7, 13))
        return f"The {first} and the {second}, part {number}", f"What a {second} has to do with the {first} of today."

    def revision(self) -> Iterator[Row]:
        for number in range(1, self.plan.all_articles + 1):
            source = self.bodies[-1 if number > self.plan.articles else number % VARIANTS][0]
            yield number, 1, *self.headline(number), source, self.published(number)

    def authorship(self) -> Iterator[Row]:
        for number in range(1, self.plan.all_articles + 1):
            yield number, number % AUTHORS + 1, 0, self.published(number)

    def tagging(self) -> Iterator[Row]:
        for number in range(1, self.plan.all_articles + 1):
            for place, step in enumerate((1, 251)):
                yield number, (number * step + place) % TAGS + 1, place, self.published(number)

    def comment(self) -> Iterator[Row]:
        number = 0
        for article in range(1, self.plan.articles + 1):
            for place in range(EACH):
                number += 1
                yield self._comment(number, article, place, EACH - 1)
        for article, size in enumerate(self.plan.busy, self.plan.articles + 1):
            for place in range(size):
                number += 1
                yield self._comment(number, article, place, size)
        for place in range(self.plan.queue):
            number += 1
            yield self._waiting(number, place)

    def _comment(self, number: int, article: int, place: int, approved: int) -> Row:
        """The third of each four answers the first; what comes after the approved ones was rejected."""
        answered = number - 2 if place % 4 == 2 and place < approved else None
        replies = int(place % 4 == 0 and place + 2 < approved)
        at = moment(self._published(article) + timedelta(seconds=8 * (place + 1)))
        state = ("approved", "") if place < approved else ("rejected", "abuse")
        decided = place % 3 == 0 or place >= approved
        return self._row(number, article, (answered, answered, replies), state, at, 2 if decided else 1, "[]")

    def _waiting(self, number: int, place: int) -> Row:
        article = self.plan.articles - place * 37 % self.plan.articles
        at = moment(self.newest + REST * ((place + 1) / (self.plan.queue + 1)))
        return self._row(number, article, (None, None, 0), ("pending", ""), at, 1, HELD)

    def _row(
        self, number: int, article: int, thread: Row, state: tuple[str, str], at: str, version: int, findings: str
    ) -> Row:
        source, html = self.remarks[number % VARIANTS]
        name = WORDS[number % len(WORDS)].capitalize()
        secret = f"{number:012x}"
        keys = (
            f"sender-{number % 5000:036d}",
            None,
            secret.ljust(43, "x"),
            secret.ljust(64, "0"),
            secret.ljust(22, "y"),
        )
        return (
            *(number, article, *thread, name, "", source, html, RENDERER, *state, findings, RULES_VERSION),
            *(*keys, at, None, at, version),
        )

    def audit_entry(self) -> Iterator[Row]:
        """How each comment came to the state that it has."""
        for comment in self.comment():
            number, status, reason, at, version = comment[0], comment[10], comment[11], comment[-2], comment[-1]
            sent = "approved" if version == 1 and status != "pending" else "pending"
            about = f"comment:{number}"
            yield at, None, "reader", "comment.submit", about, 1, "", sent, "", "", TOLD
            if version == 2:
                act = "comment.approve" if status == "approved" else "comment.reject"
                yield at, None, "shell", act, about, 2, "pending", status, reason, "", "{}"


def moment(at: datetime) -> str:
    """A moment in UTC as SQLAlchemy writes it into SQLite, and as PostgreSQL reads it in a session in UTC."""
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")
