"""Moments as machines read them."""

from datetime import UTC, datetime
from email.utils import format_datetime


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second: `2026-11-23T20:48:00Z`."""
    return f"{moment.astimezone(UTC).isoformat('T', 'seconds')[: -len('+00:00')]}Z"


def rfc_822(moment: datetime) -> str:
    """As RSS and mails write it, with a year of four digits: `Mon, 23 Nov 2026 20:48:00 +0000`."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))
