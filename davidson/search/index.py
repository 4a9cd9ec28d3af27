"""Full-text search: hides the two stores' own behind one function.

An index holds a row's words, and labels: what it is filed under, such as its state. The store keeps it by triggers that
a migration makes, in the transaction that changes the row. SQLite has it as a table of FTS5, PostgreSQL as one with a
GIN index over both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from davidson.search.words import NO_WORDS, Words


@dataclass(frozen=True)
class Index:
    """An index by the name of its table; on PostgreSQL its key is `key`, on SQLite words stand in `columns`."""

    name: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sought:
    """What is looked for: rows with all of `labels`, with one of each of `choices`, and with the words.

    Labels consist of small letters and digits of ASCII. There must be one at least.
    """

    labels: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...] = ()
    words: Words = NO_WORDS


_CONFIGURATION: ColumnElement[Any] = literal_column("'pg_catalog.simple'::regconfig")
COMMENTS = Index("comment_search", key="comment_id", columns=("name", "body"))


def matching(index: Index, sought: Sought, *, store: str) -> Select[int]:
    """The ids of the rows that match, in no order; `store` is the name of its dialect."""
    key, condition = _sqlite(index, sought) if store == "sqlite" else _postgresql(index, sought)
    return select(key).where(condition)


def is_match(index: Index, sought: Sought, of: ColumnElement[int], *, store: str) -> ColumnElement[Any]:
    """Beside a row whose id is `of`: something true where it matches, and else nothing or false.

    As a column it asks the index for this row alone. As a condition a planner could begin with all that match.
    """
    key, condition = _sqlite(index, sought) if store == "sqlite" else _postgresql(index, sought)
    if store == "sqlite":
        return select(literal(1)).where(key == of, condition).scalar_subquery()
    return select(condition).where(key == of).scalar_subquery()


def _sqlite(index: Index, sought: Sought) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    rows = table(index.name, column("rowid", BigInteger()), column(index.name, Text()))
    return rows.c.rowid, rows.c[index.name].op("MATCH", is_comparison=True)(_expression(index, sought))


def _expression(index: Index, sought: Sought) -> str:
    """The query in FTS5's own language (sqlite.org/fts5.html, section 3). Nothing in quotes is an operator."""
    words = f"{{{' '.join(index.columns)}}}"
    wanted = [f"labels : {_either([label])}" for label in sought.labels]
    wanted += [f"labels : {_either(choice)}" for choice in sought.choices]
    wanted += [f"{words} : {_either([phrase])}" for phrase in sought.words.phrases]
    if sought.words.any_of:
        wanted.append(f"{words} : {_either(sought.words.any_of)}")
    without = [f" NOT ({words} : {_either([phrase])})" for phrase in sought.words.without]
    return f"({' AND '.join(f'({one})' for one in wanted)}){''.join(without)}"


def _either(phrases: Iterable[str]) -> str:
    return f"({' OR '.join(f'{chr(34)}{phrase}{chr(34)}' for phrase in phrases)})"


def _postgresql(index: Index, sought: Sought) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    labels_type = ARRAY(Text())
    rows = table(
        index.name, column(index.key, BigInteger()), column("labels", labels_type), column("words", TSVECTOR())
    )
    labels: ColumnElement[Any] = rows.c.labels
    conditions = [labels.op("@>", is_comparison=True)(_array(sought.labels))]
    conditions += [labels.op("&&", is_comparison=True)(_array(choice)) for choice in sought.choices]
    if sought.words:
        conditions.append(rows.c.words.op("@@", is_comparison=True)(_query(sought.words)))
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
