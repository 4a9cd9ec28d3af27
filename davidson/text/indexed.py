"""A text as an index of words takes it: plain, and with the signs of scripts that put no space between words apart.

Indexes cut a text at what is no letter. Chinese, Japanese and Korean would be one long word from comma to comma, so
a mark that nobody sees stands between their signs: each is a word then, and a word of theirs is a phrase.
"""

import html
import re
import unicodedata

from markupsafe import Markup

_APART = "\u200b"
"""The zero-width space, which no text of ours has: `normalise` takes it out of all that is typed."""

# Kana, ideographs with their extensions, and syllables of Hangul.
_SIGN = (
    "[\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f]"
)
_SIGNS = re.compile(f"(?<={_SIGN})(?=\\w)|(?<=\\w)(?={_SIGN})")
# A sanitised attribute may hold `>` between its quotes.
_REST = r"""(?:"[^"]*"|[^">])*>"""
_NOTE_MARKS = re.compile(
    '<sup class="footnote-ref">.*?</sup>|<a href="#fnref[^"]*" class="footnote-backref">.*?</a>', re.DOTALL
)
# A quotation from the text would else run from a sub-head into the sentence below.
_HEADING_ENDS = re.compile("(?<![.!?…:])</h[1-6]>")
_WITHIN_WORDS = re.compile(f"</?(?:a|em|strong|s|code|sub|sup)(?![a-z]){_REST}")
_TAGS = re.compile(f"<{_REST}")


def as_indexed(text: str) -> str:
    """Give the words of a text. `Markup` is read as HTML that the sanitiser made; any other string is plain text."""
    if isinstance(text, Markup):
        text = _HEADING_ENDS.sub(". ", _NOTE_MARKS.sub("", str(text)))
        text = html.unescape(_TAGS.sub(" ", _WITHIN_WORDS.sub("", text)))
    return signs_apart(unicodedata.normalize("NFC", " ".join(text.split())))


def signs_apart(text: str) -> str:
    """The text with the signs of those scripts apart."""
    return _SIGNS.sub(_APART, text)


def as_shown(text: str) -> str:
    """The text as it was before its signs were put apart."""
    return text.replace(_APART, "")
