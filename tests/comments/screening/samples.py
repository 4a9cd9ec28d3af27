"""Drafts, facts and hostile texts for the tests of screening; every field has an innocent default."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from davidson.comments.draft import Draft, Facts, Recent, Term, TermKind
from davidson.comments.status import CommentStatus


def make_draft(source: str = "The mayor is right about the bridge.", **fields: Any) -> Draft:
    """Give a draft that no rule has anything to say about."""
    return Draft(**{"name": "Ada", "source": source, "seconds": 40.0, **fields})


def make_facts(**fields: Any) -> Facts:
    """Give the facts about a known sender, on a site without wording lists and without other comments."""
    innocent = {"known": True, "recent": (), "terms": (), "min_seconds": 3, "staff_names": (), "site_name": ""}
    return Facts(**{**innocent, **fields})


def make_recent(source: str, **fields: Any) -> Recent:
    """Give an approved comment of somebody else under another article."""
    ordinary = {"id": 812, "status": CommentStatus.APPROVED, "same_article": False}
    return Recent(**{"source": source, "same_sender": False, **ordinary, **fields})


def banned(*texts: str) -> tuple[Term, ...]:
    """Give banned terms."""
    return tuple(Term(text, TermKind.BANNED) for text in texts)


def suspect(*texts: str) -> tuple[Term, ...]:
    """Give suspect terms."""
    return tuple(Term(text, TermKind.SUSPECT) for text in texts)


unhurried = settings(deadline=None)
"""For properties of any text: how long one example takes depends on what else the machine does."""

FRAGMENTS = (
    "http://", "https://a.example/x", "www.", "[", "](", ")", "(", "<a href=", "<a ", ">", "</a>", "[url=", "]",
    "'", '"', "casino", "c\u0430sino", "c4$ino", "ca**si**no", "make money", "\u200b", "\u0301", "\u202e", "\ufdfa",
    "\u00df", "\u0130", "\U0001f170", "\ud800", "\x00", "\n", "\n> ", " ", "a", "1", "@", "$", "*", "_", "\u093f",
    "\u5f69\u7968", "\uff43",
)  # fmt: skip
"""Pieces out of which the notations that the rules look for are made, and the characters that trip text programs."""

hostile_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join),
)
"""Any text at all, lone surrogates and NUL included, or a jumble of what the rules look for."""
