"""Full-text search: hides the two stores' own behind one function.

An index holds a row's words, and labels: what it is filed under, such as its state. The store keeps it by triggers that
a migration makes, in the transaction that changes the row. SQLite has it as a table of FTS5, PostgreSQL as one with a
GIN index over both. FTS5 has one list of rows for a word, wherever it stands in them; so a small part of what rows say,
that is asked for alone, has a table of its own, where no row is passed over that has the word elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    column,
    func,
    literal,
    literal_column,
    not_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from davidson.search.words import NO_WORDS, Words


@dataclass(frozen=True)
class Part:
    """A part of what rows say: on SQLite it stands in `columns` of the index, on PostgreSQL in the column `vector`.

    `alone` is the table of FTS5 that has this part and no more, if there is one.
    """

    columns: tuple[str, ...]
    vector: str = "words"
    alone: str = ""


@dataclass(frozen=True)
class Index:
    """An index by the name of its table, with all that its rows say; on PostgreSQL its key is `key`.

    `pairs` is the column in which PostgreSQL has each two words that stand in a row there, if it has them.
    """

    name: str
    key: str
    whole: Part
    pairs: str = ""


@dataclass(frozen=True)
class Sought:
    """What is looked for: rows with all of `labels`, with one of each of `choices`, and with the words.

    Labels consist of small letters and digits of ASCII. There must be one at least, or a phrase among the words.
    """

    labels: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()
    words: Words = NO_WORDS

    @property
    def is_one_list(self) -> bool:
        """Whether it is one label or one word, so that the index has all that match in one list."""
        words = " ".join((*self.words.phrases, *self.words.any_of, *self.words.without))
        return len(self.labels) + len(self.choices) + len(words.split()) == 1


_CONFIGURATION: ColumnElement[Any] = literal_column("'pg_catalog.simple'::regconfig")
COMMENTS = Index("comment_search", "comment_id", Part(("name", "body")))
# Articles, whose key is their place in the order of time; their headlines, and those with the standfirsts.
ARTICLES = Index("article_search", "place", Part(("headline", "standfirst", "body")), pairs="pairs")
HEADLINE = Part(("headline",), "headline", "article_search_headline")
LEAD = Part(("headline", "standfirst"), "lead", "article_search_lead")

MOST_APART = 10
"""How far apart rows may lie, on average, for all that lie between them to be walked on SQLite."""


def matching(index: Index, sought: Sought, *, store: str) -> Select[int]:
    """The ids of the rows that match, in no order; `store` is the name of its dialect."""
    key, condition = _sqlite(index, sought) if store == "sqlite" else _postgresql(index, sought)
    return select(key).where(condition)


def matching_in(index: Index, sought: Sought, within: Part, outside: Part | None = None, *, store: str) -> Select[int]:
    """The same for rows that have what is looked for within a part, and not all of it in the smaller part `outside`.

    What must be missing is missing from the whole.
    """
    parts = (within, outside)
    key, condition = _sqlite(index, sought, *parts) if store == "sqlite" else _postgresql(index, sought, *parts)
    return select(key).where(condition)


def matching_of(index: Index, sought: Sought, ids: Sequence[int], *, store: str) -> Select[int]:
    """The ids of those of these rows, of which there is one at least, that match; others may be among them.

    FTS5 begins its lists anew for each row that is named, and walks what lies between two rows in no time.
    """
    key, condition = _sqlite(index, sought) if store == "sqlite" else _postgresql(index, sought)
    first, last = min(ids), max(ids)
    if store == "sqlite" and last - first < MOST_APART * len(ids):
        return select(key).where(condition, key.between(first, last))
    return select(key).where(condition, key.in_(ids))


def _sqlite(
    index: Index, sought: Sought, within: Part | None = None, outside: Part | None = None
) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    # What must be missing from the whole is known by no table of a part.
    name = (within.alone if within and not sought.words.without else "") or index.name
    rows = table(name, column("rowid", BigInteger()), column(name, Text()))
    expression = _expression(sought, index.whole, within or index.whole, outside)
    return rows.c.rowid, rows.c[name].op("MATCH", is_comparison=True)(expression)


def _expression(sought: Sought, whole: Part, within: Part, outside: Part | None) -> str:
    """The query in FTS5's own language (sqlite.org/fts5.html, section 3). Nothing in quotes is an operator."""
    wanted = [f"labels : {_either([label])}" for label in sought.labels]
    wanted += [f"labels : {_either(choice)}" for choice in sought.choices]
    wanted += _said(sought.words, within)
    without = [f"({_in(whole)} : {_either([phrase])})" for phrase in sought.words.without]
    if outside:
        without.append(_all(_said(sought.words, outside)))
    return _all(wanted) + "".join(f" NOT {one}" for one in without)


def _said(words: Words, part: Part) -> list[str]:
    """What a row must say in a part of it."""
    wanted = [f"{_in(part)} : {_either([phrase])}" for phrase in words.phrases]
    return [*wanted, f"{_in(part)} : {_either(words.any_of)}"] if words.any_of else wanted


def _in(part: Part) -> str:
    return f"{{{' '.join(part.columns)}}}"


def _all(conditions: Iterable[str]) -> str:
    return f"({' AND '.join(f'({one})' for one in conditions)})"


def _either(phrases: Iterable[str]) -> str:
    return f"({' OR '.join(f'{chr(34)}{phrase}{chr(34)}' for phrase in phrases)})"


def _postgresql(
    index: Index, sought: Sought, within: Part | None = None, outside: Part | None = None
) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    vectors = (column(part.vector, TSVECTOR()) for part in {index.whole, within or index.whole, outside or index.whole})
    arrays = (column(name, ARRAY(kind)) for name, kind in (("labels", Text()), (index.pairs, Integer())) if name)
    rows = table(index.name, column(index.key, BigInteger()), *arrays, *vectors)

    def says(part: Part, words: Words) -> ColumnElement[bool]:
        return rows.c[part.vector].op("@@", is_comparison=True)(_query(words))

    def reads(words: Words) -> ColumnElement[bool]:
        """The same of each row that the other conditions leave: no index is asked, as it would be for the operator."""
        return func.ts_match_vq(rows.c[index.whole.vector], _query(words), type_=Boolean())

    labels: ColumnElement[Any] = rows.c.labels
    conditions: list[ColumnElement[bool]] = []
    if sought.labels:  # An empty array would be in every row, and the index read from its beginning to its end.
        conditions.append(labels.op("@>", is_comparison=True)(_array(sought.labels)))
    conditions += [labels.op("&&", is_comparison=True)(_array(choice)) for choice in sought.choices]
    wanted, unwanted = replace(sought.words, without=()), Words(without=sought.words.without)
    in_a_row = tuple(filter(_has_pairs, wanted.phrases)) if index.pairs else ()
    conditions += [rows.c[index.pairs].op("@>", is_comparison=True)(_pairs(phrase)) for phrase in in_a_row]
    asked, read = sought.words, Words()
    if within not in (None, index.whole):
        asked, read = wanted, unwanted
    elif in_a_row:
        asked, read = Words(tuple(phrase for phrase in wanted.phrases if phrase not in in_a_row)), sought.words
    if asked:
        conditions.append(says(within or index.whole, asked))
    if read:
        conditions.append(reads(read))
    if outside:
        conditions.append(not_(says(outside, wanted)))
    return rows.c[index.key], and_(*conditions)


def _array(labels: Iterable[str]) -> ColumnElement[Any]:
    return literal(list(labels), ARRAY(Text()))


def _query(words: Words) -> ColumnElement[Any]:
    """All in one `tsquery`, so that the index alone answers what is to be missing, too."""
    parts = [_phrase(phrase) for phrase in words.phrases]
    if words.any_of:
        parts.append(reduce(lambda one, other: one.op("||")(other), map(_phrase, words.any_of)).self_group())
    parts += [func.tsquery_not(_phrase(phrase), type_=TSQUERY()) for phrase in words.without]
    return reduce(lambda one, other: one.op("&&")(other), parts).self_group()


def _phrase(phrase: str) -> ColumnElement[Any]:
    return func.phraseto_tsquery(_CONFIGURATION, func.search_folded(phrase), type_=TSQUERY())


def _has_pairs(phrase: str) -> bool:
    """Whether PostgreSQL makes two words of it at least: others than letters and digits may be none to it."""
    words = phrase.split()
    return len(words) > 1 and all(sign.isalpha() or sign.isdecimal() for word in words for sign in word)


def _pairs(phrase: str) -> ColumnElement[Any]:
    return func.search_pairs(func.to_tsvector(_CONFIGURATION, func.search_folded(phrase)), type_=ARRAY(Integer()))
