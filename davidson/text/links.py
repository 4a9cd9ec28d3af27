"""What counts as a link where text is rendered; screening has a wider notion of its own."""

import re

from markupsafe import Markup, escape

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


# In HTML that the sanitiser made no tag but a real one begins with `<`, and values stand in double quotes.
_LOCAL_LINK = re.compile(r'(?P<before><(?:a|img)\b[^<>]*?\s(?:href|src)=")(?P<link>[/#])')
_FILES = re.compile(r'<(?:img|source)\b[^<>]*?\ssrcset="[^"]*"')
_FILE = re.compile(r'(?<=srcset=")/|(?<=, )/')


def with_addresses(html: Markup, *, page_url: str, origin: str) -> Markup:
    """Give sanitised HTML of a page with its paths and fragments as whole addresses, for readers of it elsewhere."""

    def whole(found: re.Match[str]) -> str:
        base = origin if found["link"] == "/" else page_url
        return f"{found['before']}{escape(base)}{found['link']}"

    def with_files(found: re.Match[str]) -> str:
        return _FILE.sub(f"{escape(origin)}/", found[0])

    links = _LOCAL_LINK.sub(whole, str(html))
    return Markup(_FILES.sub(with_files, links))  # noqa: S704 - only escaped addresses were put into safe HTML.
