"""The values that settings take, read from text. Pure: a text that is no such value is a ValueError.

Its message says what the setting takes ("takes a time zone such as Europe/Paris"), for a line that names the variable.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from limits import RateLimitItem, parse_many
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from davidson.emails import ascii_email

ORIGIN = re.compile(r"(?P<origin>https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?)/?")
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
POST_URL = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?(/[!-~]*)?")
LONGEST_RETENTION = 36_500  # days
MIB = 1024 * 1024
UNITS = {"kib": 1024, "mib": MIB, "gib": 1024 * MIB}
MEMORY = re.compile(r"(?P<number>[0-9]+) ?(?P<unit>[kmg]ib)?", re.IGNORECASE)


def database_url(text: str) -> URL | None:
    """A store, with the driver that is used for its kind; None for none."""
    if not text:
        return None
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("takes an SQLAlchemy URL for SQLite or PostgreSQL") from None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ValueError("takes a SQLite URL with a file, for several processes share it")
        return url.set(drivername="sqlite")
    if url.get_backend_name() != "postgresql":
        raise ValueError("takes an SQLAlchemy URL for SQLite or PostgreSQL")
    return url.set(drivername="postgresql+psycopg")


def origin(text: str) -> str:
    """A site's public origin as browsers write it; empty for none."""
    if not text:
        return ""
    found = ORIGIN.fullmatch(text.lower())
    if not found or int(found["port"] or 0) > 65535:
        raise ValueError("takes an origin such as https://news.example.org, without a path")
    # Browsers leave the scheme's own port out of `Host` and `Origin`.
    return found["origin"].removesuffix(":443" if text.lower().startswith("https") else ":80")


def site_name(text: str) -> str:
    """A name that fits into a line."""
    if len(text) > 80 or not text.isprintable():
        raise ValueError("takes a name of at most 80 printable characters")
    return text


def time_zone(text: str) -> ZoneInfo:
    """A zone of the IANA's database."""
    try:
        return ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise ValueError("takes a time zone such as Europe/Paris") from None


def rate_limit(text: str) -> RateLimitItem | None:
    """One limit, in the notation of the `limits` library; None for none."""
    if not text:
        return None
    try:
        (limit,) = parse_many(text)
    except ValueError:
        raise ValueError("takes one limit such as '5 per minute', or nothing for none") from None
    return limit


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers between these two, which belong to them."""

    def parse_number(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"takes a whole number from {least} to {most}")
        return int(text)

    return parse_number


def days(text: str) -> int:
    """A number of days; 0, or nothing, is for ever."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= LONGEST_RETENTION):
        raise ValueError(f"takes a number of days from 1 to {LONGEST_RETENTION:,}, or 0 to keep it for ever")
    return int(text)


def days_if_any(text: str) -> int | None:
    """A number of days; None for nothing."""
    return whole_number(1, LONGEST_RETENTION)(text) if text else None


def folder(text: str) -> Path | None:
    """The absolute path of a folder; None for none."""
    if text and not Path(text).is_absolute():
        raise ValueError("takes the absolute path of a folder such as /run/davidson/edge")
    return Path(text) if text else None


def memory(text: str) -> int:
    """A size in bytes."""
    size = MEMORY.fullmatch(text)
    if not size or len(size["number"]) > 6:
        raise ValueError("takes a size such as '64 MiB' or '1 GiB', or 0 to keep no page")
    return int(size["number"]) * UNITS[(size["unit"] or "MiB").lower()]


def one_of(*choices: str) -> Callable[[str], str]:
    """A reader of one of these words."""

    def parse_choice(text: str) -> str:
        if text not in choices:
            raise ValueError(f"takes one of {', '.join(choices)}")
        return text

    return parse_choice


def url_of(*schemes: str) -> Callable[[str], str]:
    """A reader of URLs with one of these schemes; empty for none."""

    def parse_url(text: str) -> str:
        if text and (urlsplit(text).scheme not in schemes or "://" not in text):
            raise ValueError(f"takes a URL that begins {' or '.join(s + '://' for s in schemes)}")
        return text

    return parse_url


def smtp_url(text: str) -> str:
    """A mail server's URL: names, passwords and hosts that SMTP can say, and nothing that would be passed over."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("smtp", "smtps") and bool(HOST.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("takes a URL such as smtp://user:password@mail.example.org:587, or smtps:// for TLS at once")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("takes a user together with a password, or neither")
    who = unquote(parts.netloc)
    if not (who.isascii() and who.isprintable()):
        raise ValueError("takes a user and a password of printable ASCII characters")
    return text


def mail_from(text: str) -> str:
    """An address that mails can come from; empty for none."""
    if not text:
        return ""
    address = ascii_email(text, on_any_network=True)
    if address is None:
        raise ValueError("takes an address such as news@example.org")
    return address


def post_url(wanted: str) -> Callable[[str], str]:
    """An address that is posted to, without a user part; empty for none. `wanted` is what a fault says is taken."""

    def parse_url(text: str) -> str:
        url = POST_URL.fullmatch(text)
        if text and (not url or int(url["port"] or 0) > 65535):
            raise ValueError(f"takes {wanted}, without a name or password")
        return text

    return parse_url
