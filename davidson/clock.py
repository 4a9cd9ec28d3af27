"""The wall clock. Nothing else in the project reads it, so every act can be tried at any time."""

import time
from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def unix_time() -> float:
    """The present moment in seconds since 1970 in UTC, for what is compared with every request."""
    return time.time()
