"""Keyed hashes under the site's secret, one purpose each. Nothing here is encrypted, only vouched for."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from flask import current_app

from davidson.config import Settings


def settings() -> Settings:
    """The settings of the application at work."""
    chosen: Settings = current_app.extensions["davidson-settings"]
    return chosen


def keyed_hash(purpose: str, *parts: str, key: str | None = None) -> str:
    """HMAC-SHA-256 over the purpose and the parts, 43 URL-safe characters; under the present key unless one is given.

    Each part is preceded by its length, so that no two different lists of parts meet in one message.
    """
    message = b"".join(b"%d:%s" % (len(raw), raw) for raw in (part.encode() for part in (purpose, *parts)))
    digest = hmac.digest((key or settings().secret_key).encode(), message, "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_keyed_hash(value: str, purpose: str, *parts: str) -> bool:
    """Whether `value` is that keyed hash under the present key or the one before it."""
    given = value.encode(errors="surrogatepass")
    return any(
        hmac.compare_digest(given, keyed_hash(purpose, *parts, key=key).encode()) for key in settings().secret_keys
    )


def digest_of(token: str) -> str:
    """What the store keeps of a secret of at least 128 bits: its SHA-256 in hex."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
