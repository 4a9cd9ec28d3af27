"""The authors and tags whose names hold what is looked for, so that a search by a name leads to their articles.

No index of the store knows the words of names. What begins with the words is found by the order of addresses, and an
author's name of today by that of names; what holds them further on is found among the newest authors and tags alone.
So a look costs the same however many there are, and a paper with up to MOST_WALKED of a kind has all of them found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal_column, or_, select, union_all

from davidson.articles.cards import Link
from davidson.articles.lists import NAMED, first
from davidson.search.words import Words, folded
from davidson.statements import Row, Statement
from davidson.text.indexed import as_indexed
from davidson.text.slug import slugify

MOST_SHOWN = 3
"""Authors that are named, and tags."""
MOST_WORDS = 6
"""Words of a name; whoever types more looks for what articles say."""
MOST_WALKED = 1_000
"""The newest authors, and tags, whose names are looked through."""
MOST_BEGINNING = 50
"""What is looked at of those whose names or addresses come next to the words, in the order of these."""
MOST_READ = 200
"""Of those that may hold the words, the shortest are read: "art" stands in very many names, and is a word of few."""


@dataclass(frozen=True)
class Subjects:
    """Authors and tags by name, each with the page that lists their articles."""

    authors: tuple[Link, ...] = ()
    tags: tuple[Link, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.authors or self.tags)


NO_SUBJECTS = Subjects()


def subjects_named(words: Words, at: datetime) -> Subjects:
    """Those with a public article whose names hold all the words, the shortest names first; in one query.

    A name that only an article to come bears may be the news. An author or tag that was renamed kept the address that
    was made of the first name, and is found by that, too.
    """
    typed = " ".join(words.phrases).split()
    if not 0 < len(typed) <= MOST_WORDS:
        return NO_SUBJECTS
    row = " ".join(typed)
    rows = _NAMED.all(at=at, slug=slugify(row), name=row, holding=f"%{max(typed, key=len)}%")
    wanted = words.signs_apart
    return Subjects(_links("author", rows, wanted), _links("tag", rows, wanted))


def _links(kind: str, rows: Iterable[Row], words: Words) -> tuple[Link, ...]:
    path_of = NAMED[kind][3]
    links: dict[str, Link] = {}
    for row in sorted((row for row in rows if row.kind == kind), key=lambda row: (len(row.name), row.name)):
        if _holds(row.name, row.slug, words):
            links[row.slug] = Link(row.name, path_of(row.slug))
        if len(links) == MOST_SHOWN:
            break
    return tuple(links.values())


def _holds(name: str, slug: str, words: Words) -> bool:
    """Whether a name, or the one that the address was made of, has all that is looked for and nothing else."""
    texts = _words_of(name), _words_of(slug)
    has_all = any(all(f" {phrase} " in text for phrase in words.phrases) for text in texts)
    return has_all and not any(f" {phrase} " in text for phrase in words.without for text in texts)


@lru_cache(maxsize=4 * MOST_WALKED)
def _words_of(name: str) -> str:
    """The words of a name as they are looked for, each with a space before and after it."""
    return f" {folded(as_indexed(name))} "


def _named(kind: str) -> Select[*tuple[Any, ...]]:
    """Those of a kind that may hold the words, and have a public article."""
    place, subject, key, _ = NAMED[kind]
    row = (subject.c.id, subject.c.slug, subject.c.name)
    begins = select(*row).where(subject.c.slug >= bindparam("slug")).order_by(subject.c.slug)
    found = [select(*first(begins, MOST_BEGINNING).subquery().c)]
    if kind == "author":  # Only their names have an index.
        named = func.lower(subject.c.name)
        begins = select(*row).where(named >= bindparam("name")).order_by(named)
        found.append(select(*first(begins, MOST_BEGINNING).subquery().c))
    newest = first(select(*row).order_by(subject.c.id.desc()), MOST_WALKED).subquery().c
    holding: BindParameter[str] = bindparam("holding")
    found.append(select(*newest).where(or_(newest.slug.like(holding), func.lower(newest.name).like(holding))))
    every = union_all(*found).subquery().c
    some = select(literal_column(f"'{kind}'").label("kind"), *every).where(_is_listed(place, key == every.id))
    return select(*first(some.order_by(func.length(every.name), every.name), MOST_READ).subquery().c)


def _is_listed(place: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one has a public article: a value and no EXISTS, which PostgreSQL may answer by reading every place."""
    listed = (
        select(place.c.article_id).where(condition, place.c.listed_at <= bindparam("at")).limit(literal_column("1"))
    )
    return listed.scalar_subquery().is_not(None)


_NAMED = Statement(union_all(_named("author"), _named("tag")))
