"""A headline to the slug in its article's URL."""

import re
import unicodedata

MAX_SLUG_LENGTH = 80
FALLBACK = "article"

# Letters that Unicode does not take apart into a Latin letter and a mark.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "ng"}
)
_APOSTROPHES = re.compile("['\u2019\u2018\u02bc`´]")


def slugify(headline: str) -> str:
    """Give a slug of lower-case letters, digits and single hyphens, at most MAX_SLUG_LENGTH characters.

    Latin letters are folded to ASCII; letters of other scripts stay, with the marks they need. A slug that is
    too long is cut at a word. A headline without a letter or digit gives FALLBACK. Slugs map to themselves.
    """
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", headline).lower()).translate(_LATIN)
    words = "".join(_folded(unicodedata.normalize("NFKC", text))).split("-")
    return _cut_at_word("-".join(word for word in words if word)) or FALLBACK


def is_slug(value: str) -> bool:
    """Tell whether `value` is a slug as `slugify` makes them."""
    return bool(value) and len(value) <= MAX_SLUG_LENGTH and slugify(value) == value


def _folded(text: str) -> list[str]:
    """Give each character as a slug has it: itself, its ASCII letters, nothing or a hyphen."""
    folded: list[str] = []
    for character in text:
        plain = unicodedata.normalize("NFKD", character)
        letter = "".join(part for part in plain if part.isascii() and part.isalnum())
        if plain[0].isascii() and letter:
            folded.append(letter)
        elif unicodedata.category(character)[0] == "M":
            # A mark belongs to the letter before it: Latin letters lose theirs, Indic ones would be misspelt.
            folded.append(character if folded and not folded[-1].isascii() else "")
        else:
            folded.append(character if character.isalnum() else "-")
    return folded


def _cut_at_word(slug: str) -> str:
    if len(slug) <= MAX_SLUG_LENGTH:
        return slug
    head, _, _ = slug[: MAX_SLUG_LENGTH + 1].rpartition("-")
    return head or slug[:MAX_SLUG_LENGTH]
