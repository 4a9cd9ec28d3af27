"""The wall clock. Nothing else in the project reads it, so every act can be tried at any time."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
