"""Wording: the newsroom's lists of banned and of suspect terms."""

from functools import lru_cache

from davidson.comments.draft import Draft, Facts, Term, TermKind
from davidson.comments.screening.finding import Finding, excerpt, first_places
from davidson.comments.screening.matching import find_terms
from davidson.comments.status import CommentStatus

RULE = "wording"

_BANNED = (
    "buy followers",
    "buy viagra",
    "cheap viagra",
    "fake passports",
    "free v-bucks",
    "hacked accounts for sale",
    "loan without credit check",
    "online casino bonus",
    "replica watches",
    "spell caster",
)
_SUSPECT = (
    "100% free",
    "adult dating",
    "act now",
    "backlinks",
    "betting tips",
    "binary options",
    "bitcoin investment",
    "casino",
    "cialis",
    "cheap price",
    "check out my",
    "check out this video",
    "click here",
    "contact me on",
    "contact him on",
    "crypto trading",
    "dofollow",
    "double your",
    "earn extra cash",
    "earn money",
    "escorts",
    "follow my",
    "forex",
    "free gift card",
    "free money",
    "get rich",
    "guaranteed income",
    "hot singles",
    "limited time offer",
    "make money",
    "miracle cure",
    "my channel",
    "my new video",
    "onlyfans",
    "payday loan",
    "per hour from home",
    "recover your lost",
    "seo services",
    "subscribe to my",
    "telegram channel",
    "viagra",
    "visit my",
    "weight loss pills",
    "whatsapp me",
    "whatsapp number",
    "work from home",
)

STARTER_TERMS: tuple[Term, ...] = tuple(
    Term(text, kind) for kind, texts in ((TermKind.BANNED, _BANNED), (TermKind.SUSPECT, _SUSPECT)) for text in texts
)
"""The lists a new site starts with: the vocabulary of advertising spam in English, for the newsroom to change."""


def banned_terms(draft: Draft, facts: Facts) -> Finding | None:
    """Take a comment for spam that holds a banned term, in its text or its sender's name."""
    return _terms_of(TermKind.BANNED, CommentStatus.SPAM, draft, facts)


def suspect_terms(draft: Draft, facts: Facts) -> Finding | None:
    """Hold a comment with a suspect term, in its text or its sender's name."""
    return _terms_of(TermKind.SUSPECT, CommentStatus.PENDING, draft, facts)


def status_by_terms(name: str, source: str, terms: tuple[Term, ...]) -> CommentStatus:
    """What the terms alone would make of a comment with that name and text."""
    for kind, status in ((TermKind.BANNED, CommentStatus.SPAM), (TermKind.SUSPECT, CommentStatus.PENDING)):
        texts = _texts_of(terms, kind)
        if find_terms(source, texts) or find_terms(name, texts):
            return status
    return CommentStatus.APPROVED


def _terms_of(kind: TermKind, status: CommentStatus, draft: Draft, facts: Facts) -> Finding | None:
    terms = _texts_of(facts.terms, kind)
    in_text = find_terms(draft.source, terms)
    in_name = find_terms(draft.name, terms)
    if not in_text and not in_name:
        return None
    sentences = [f"Contains {_named(kind, list(in_text))}."] if in_text else []
    sentences += [f"The name contains {_named(kind, list(in_name))}."] if in_name else []
    places = first_places(place for spans in in_text.values() for place in spans)
    evidence = excerpt(", ".join(dict.fromkeys((*in_text, *in_name))), 300)
    return Finding(RULE, status, " ".join(sentences), places, evidence)


@lru_cache(maxsize=8)
def _texts_of(terms: tuple[Term, ...], kind: TermKind) -> tuple[str, ...]:
    """Tell the kinds apart once for many comments."""
    return tuple(term.text for term in terms if term.kind == kind)


def _named(kind: TermKind, terms: list[str]) -> str:
    """Say which terms, the first three by name: `the banned term “x”`, `5 suspect terms: “x”, “y”, “z” …`."""
    quoted = ", ".join(f"“{excerpt(term, 40)}”" for term in terms[:3])
    if len(terms) == 1:
        return f"the {kind} term {quoted}"
    return f"{len(terms)} {kind} terms: {quoted}{' and more' if len(terms) > 3 else ''}"
