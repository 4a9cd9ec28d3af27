"""The one door to changes of the wording lists that screening looks through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from string import punctuation

from davidson.admin.queries import all_terms
from davidson.audit.log import Actor, record
from davidson.comments.draft import Term, TermKind
from davidson.comments.models import BlockedTerm
from davidson.comments.screening.trying import Change
from davidson.comments.screening.wording import STARTER_TERMS
from davidson.database import db
from davidson.text.normalise import normalise

MOST_TERMS = 2_000
MOST_LENGTH = 100
TOO_COMMON = frozenset(punctuation + " ")


class BadTerms(ValueError):
    """Some of the terms cannot stand on a list; the message is a sentence for whoever typed them."""


@dataclass(frozen=True)
class Added:
    """How many terms are new to a list, came to it from the other one, or stood on it before."""

    new: int = 0
    moved: int = 0
    known: int = 0


def add_terms(text: str, kind: TermKind, *, actor: Actor, now: datetime) -> Added:
    """Put the terms of `text`, one a line, on a list. The caller commits.

    A term of the other list moves. Raises BadTerms where there is none, one is too long, or the lists would hold more
    than MOST_TERMS; the store refuses a term that somebody else adds at the same time (IntegrityError).
    """
    terms, known = _sound_terms(text)
    fresh = [term for folded, term in terms.items() if folded not in known]
    rows = [BlockedTerm(term=term, kind=kind, created_at=now) for term in fresh]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        _record("term.add", row, actor=actor, now=now, to_state=kind)
    there = [known[folded] for folded in terms if folded in known]
    moved = [row for row in there if row.kind != kind]
    for row in moved:
        _record("term.move", row, actor=actor, now=now, from_state=row.kind, to_state=kind)
        row.kind = kind
    return Added(new=len(rows), moved=len(moved), known=len(there) - len(moved))


def with_terms(text: str, kind: TermKind) -> Change:
    """What `add_terms` would make of the lists, without doing it. Raises BadTerms as that does."""
    terms, known = _sound_terms(text)
    before = _as_screened(known.values())
    spelled = {folded: known[folded].term if folded in known else term for folded, term in terms.items()}
    stay = tuple(term for term in before if term.text.casefold() not in terms)
    return Change(before, stay + tuple(Term(term, kind) for term in spelled.values()))


def without_term(term: BlockedTerm) -> Change:
    """What `remove_term` would make of the lists, without doing it."""
    before = _as_screened(all_terms())
    return Change(before, tuple(one for one in before if one.text != term.term))


def add_starter_terms(*, actor: Actor, now: datetime) -> int:
    """Put the starter lists' terms on lists that lack them, and say how many. The caller commits. Raises BadTerms."""
    listed = {term.term.casefold() for term in all_terms()}
    added = 0
    for kind in TermKind:
        lacking = [term.text for term in STARTER_TERMS if term.kind is kind and term.text.casefold() not in listed]
        if lacking:
            added += add_terms("\n".join(lacking), kind, actor=actor, now=now).new
    return added


def remove_term(term: BlockedTerm, *, actor: Actor, now: datetime) -> None:
    """Take a term off its list. The caller commits."""
    _record("term.remove", term, actor=actor, now=now, from_state=term.kind)
    db.session.delete(term)


def _sound_terms(text: str) -> tuple[dict[str, str], dict[str, BlockedTerm]]:
    """The terms that were typed and those that are there, under what they are in lower case. Raises BadTerms."""
    terms = _terms_in(text)
    known = {term.term.casefold(): term for term in all_terms()}
    if len(known.keys() | terms.keys()) > MOST_TERMS:
        raise BadTerms(f"The lists hold at most {MOST_TERMS:,} terms together; {len(known):,} are there.")
    return terms, known


def _as_screened(rows: Iterable[BlockedTerm]) -> tuple[Term, ...]:
    return tuple(Term(row.term, TermKind(row.kind)) for row in rows)


def _terms_in(text: str) -> dict[str, str]:
    """The terms, one a line, each once, under what they are in lower case."""
    lines = (" ".join(line.split()) for line in normalise(text).splitlines())
    terms = {line.casefold(): line for line in lines if line}
    for term in terms.values():
        if len(term) > MOST_LENGTH:
            raise BadTerms(f"“{term[:40]}…” is too long: a term has at most {MOST_LENGTH} characters.")
        if set(term) <= TOO_COMMON:
            raise BadTerms(f"“{term}” would be found in nearly every comment.")
    if not terms:
        raise BadTerms("Enter at least one word or phrase.")
    return terms


def _record(
    action: str, term: BlockedTerm, *, actor: Actor, now: datetime, from_state: str = "", to_state: str = ""
) -> None:
    record(
        action,
        actor=actor,
        subject=f"term:{term.id}",
        at=now,
        from_state=from_state,
        to_state=to_state,
        details={"term": term.term},
    )
