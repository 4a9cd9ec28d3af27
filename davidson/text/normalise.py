"""Takes out of typed text what no reader can see and what no parser should meet."""

import re

# One character for one character, so that offsets survive; the CR of a CR LF pair is removed as invisible.
_LINE_ENDS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})

# The flags of England, Scotland and Wales are spelled with tag characters, which are invisible anywhere else.
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"

_INVISIBLE = (
    "\r(?=\n)"  # the first half of a Windows line end
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls but tab and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff"  # zero-width and deprecated format characters
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"  # annotation marks and non-characters, which XML refuses
    "\ud800-\udfff"  # lone surrogates, which UTF-8 refuses
    "\U000e0000-\U000e007f]"  # tag characters
)
_FLAG_OR_INVISIBLE = re.compile(f"(?P<flag>{_FLAG})|(?:{_INVISIBLE})")


def normalise(text: str) -> str:
    """Give `text` with line ends as LF and without controls, bidi overrides and zero-width characters.

    Tabs stay, and so do ZWJ and ZWNJ, which Persian, Indic scripts and emoji need. Quotes and spaces of every
    kind pass unchanged. The result never grows and contains no lone surrogate, so it can always be encoded.
    """
    return _FLAG_OR_INVISIBLE.sub(_flag_or_nothing, text).translate(_LINE_ENDS)


def normalised_with_offsets(text: str) -> tuple[str, list[int]]:
    """Give `normalise(text)` and, for each of its characters and its end, the offset in `text`."""
    offsets: list[int] = []
    position = 0
    for removed in _FLAG_OR_INVISIBLE.finditer(text):
        if removed["flag"] is None:
            offsets.extend(range(position, removed.start()))
            position = removed.end()
    offsets.extend(range(position, len(text) + 1))
    return normalise(text), offsets


def _flag_or_nothing(found: re.Match[str]) -> str:
    return found["flag"] or ""
