"""Passwords: which ones are taken, and their argon2id hashes.

Parameters are those of the OWASP Password Storage Cheat Sheet (46 MiB, one pass, one lane). The rule follows NIST
SP 800-63B section 3.1.1: length and a list of common passwords, no classes of characters.
"""

import re
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 12
MOST_LENGTH = 256
# What a password must hold beside the names that everybody knows; a short name may stand in it by chance.
LEAST_BESIDE_NAME = 8
FEWEST_CHARACTERS = 5  # Different ones: "abcabcabcabc" is three characters long to who guesses it.

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)

_REPEATED = re.compile(r"(.+?)\1+", re.DOTALL)
_AROUND_WORD = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LOOKALIKES = str.maketrans("@4301!5$7", "aaeoiisst")


class WeakPassword(ValueError):
    """The password is one that is not taken; the message says why, in a sentence."""


def hash_new(password: str, *, email: str, site_name: str) -> str:
    """The encoded argon2id hash of a password that somebody chose. Raises WeakPassword.

    Takes tens of milliseconds and as many MiB, so never call it inside a transaction that writes.
    """
    fault = _fault(password, email=email, site_name=site_name)
    if fault:
        raise WeakPassword(fault)
    return _hasher.hash(_normal(password))


def is_password(password: str, encoded: str | None) -> bool:
    """Whether the hash is that of the password. None, for a person there is not, costs the same time and is False."""
    if encoded is None:
        _hasher.hash(_normal(password))
        return False
    try:
        return _hasher.verify(encoded, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def rehashed(password: str, encoded: str) -> str | None:
    """A fresh hash of a password just verified, where `encoded` was made with other parameters than today's."""
    return _hasher.hash(_normal(password)) if _hasher.check_needs_rehash(encoded) else None


def _fault(password: str, *, email: str, site_name: str) -> str:
    """Why the password is not taken, or nothing."""
    length = len(_normal(password))
    if length < LEAST_LENGTH:
        return f"Use at least {LEAST_LENGTH} characters."
    if length > MOST_LENGTH:
        return f"Use at most {MOST_LENGTH} characters."
    folded = _normal(password).casefold()
    if _rests_on(folded, email.partition("@")[0]):
        return "Do not build your password on your e-mail address."
    if _rests_on(folded, site_name) or _rests_on(folded, site_name.replace(" ", "")):
        return "Do not build your password on the name of the site."
    if _is_common(folded):
        return "Choose another password: this one is among those tried first."
    return ""


def _rests_on(folded: str, name: str) -> bool:
    """Whether too little is left of the password once the name is taken out of it."""
    name = _normal(name).casefold()
    return bool(name) and name in folded and len(folded.replace(name, "")) < LEAST_BESIDE_NAME


def _is_common(folded: str) -> bool:
    """Whether the password is common, or is but a common word repeated, with digits around it or with look-alikes."""
    trimmed = folded.strip()
    word = _AROUND_WORD.sub("", trimmed)
    spelled = (trimmed, word, trimmed.translate(_LOOKALIKES), word.translate(_LOOKALIKES))
    variants = {form for text in spelled for form in (text, _unit(text))}
    return len(set(trimmed)) < FEWEST_CHARACTERS or not variants.isdisjoint(_common())


def _unit(text: str) -> str:
    """The shortest text of which `text` is a repetition; itself where it repeats nothing."""
    match = _REPEATED.fullmatch(text)
    return match[1] if match else text


@cache
def _common() -> frozenset[str]:
    """The common passwords and the words they are made of, in lower case."""
    text = files("davidson.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _normal(password: str) -> str:
    """One form for the ways in which keyboards compose the same character (NIST SP 800-63B section 3.1.1.2)."""
    return normalize("NFKC", password)
