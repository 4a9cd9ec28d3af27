"""What counts as a link: strictly for what is rendered, generously for what is screened."""

import re
from dataclasses import dataclass

from davidson.text.normalise import normalised_with_offsets

MAX_URL_LENGTH = 2000

# No space, control, quote, angle bracket, backslash or invisible character: each has split URL parsers before.
_IN_URL = (
    '[^\\s\x00-\x20\x7f-\xa0"<>\\\\`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f'
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e0fff]"
)
_LABEL = r"[^\W_][\w-]{0,62}"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_WEB_LINK = re.compile(rf"https?://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]{_IN_URL}*)?")
_SITE_PATH = re.compile(rf"/(?:(?!/){_IN_URL}{_IN_URL}*)?")
_MAIL = re.compile(r"mailto:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}")

# A bare link as typed: it ends at a space, quote or bracket; `trimmed` takes punctuation off its end.
BARE_LINK = r"(?<![A-Za-z0-9])(?i:https?)://[^\s<>\"`]+"
_CLOSING = {")": "(", "]": "[", "}": "{"}
_TRAILING = frozenset(".,:;!?'*_~|\u2026\u2018\u2019\u201c\u201d\u00ab\u00bb\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f")

# Every way in which people and spam type a link; bounded repeats keep each alternative linear.
_TYPED_LINK = re.compile(
    r"\[(?P<label>[^\[\]\n]{0,300}+)\]\(\s{0,9}+<?(?=[^\s()]*[.:/])"
    r"(?P<target>(?:[^\s()<>]|\([^\s()<>]{0,300}+\)){1,2000}+)[^()\n]{0,200}+\)"
    r"|<a\s[^<>]{0,300}?\bhref\s{0,9}=\s{0,9}[\"']?(?P<href>[^\s\"'<>]{1,2000})[^<>]{0,300}>"
    r"(?P<content>[^<]{0,300})(?:</a\s{0,9}>)?"
    r"|\[url(?:=(?P<bb>[^\]\s]{1,2000}))?\](?P<bbtext>[^\[]{1,2000})\[/url\]"
    r"|(?<![a-z0-9])(?P<bare>(?:[a-z][a-z0-9+.-]{1,20}://|www\.(?=[^\W_]))[^\s<>\"`]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Link:
    """A link that somebody typed: where it leads, what its reader would see, and its place in the source."""

    url: str
    text: str
    start: int
    end: int


def is_web_link(url: str) -> bool:
    """Tell whether `url` is an absolute http or https address without user part or anything ambiguous.

    The scheme is in lower case and there is no white space, control or invisible character anywhere.
    """
    return len(url) <= MAX_URL_LENGTH and _WEB_LINK.fullmatch(url) is not None


def is_article_link(url: str) -> bool:
    """Tell whether an article may link to `url`: a web link, a plain mail address or a path of this site."""
    if len(url) > MAX_URL_LENGTH:
        return False
    return is_web_link(url) or _SITE_PATH.fullmatch(url) is not None or _MAIL.fullmatch(url) is not None


def trimmed(url: str) -> str:
    """Give a bare link without the punctuation of the sentence around it; brackets it opened itself stay."""
    excess = {mark: url.count(mark) - url.count(opening) for mark, opening in _CLOSING.items()}
    end = len(url)
    while end:
        mark = url[end - 1]
        if excess.get(mark, 0) > 0:
            excess[mark] -= 1
        elif mark not in _TRAILING:
            break
        end -= 1
    return url[:end]


def links_of(source: str) -> tuple[Link, ...]:
    """Find every link in a comment as it was typed, with `start` and `end` as offsets in `source`.

    Bare addresses of any scheme and `www.` names, `[text](url)`, `[url]` and `<a href>` count alike, whether
    rendering would link them or not. Invisible characters inside an address do not hide it.
    """
    text, offsets = normalised_with_offsets(source)
    links: list[Link] = []
    for found in _TYPED_LINK.finditer(text):
        url, label = _target_and_label(found)
        end = found.end() if found["bare"] is None else found.start() + len(label)
        if label or found["bare"] is None:
            links.append(Link(url=url, text=label, start=offsets[found.start()], end=offsets[end - 1] + 1))
    return tuple(links)


def _target_and_label(found: re.Match[str]) -> tuple[str, str]:
    """Give the address with its scheme, and the text that stands for it."""
    if found["target"] is not None:
        url, label = found["target"], found["label"]
    elif found["href"] is not None:
        url, label = found["href"], found["content"]
    elif found["bbtext"] is not None:
        url, label = found["bb"] or found["bbtext"], found["bbtext"]
    else:
        url = label = trimmed(found["bare"])
    return (f"http://{url}" if url[:4].lower() == "www." else url), label
