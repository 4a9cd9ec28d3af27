"""How long a form was open: a signed moment that a small script fetches on the first focus and sends back."""

from datetime import datetime

from davidson.web.signing import is_keyed_hash, keyed_hash

# A page may stay open for days; what is older tells nothing of the sender's pace.
LONGEST = 7 * 24 * 3600


def started_token(now: datetime) -> str:
    """The signed moment, to the millisecond."""
    moment = str(int(now.timestamp() * 1000))
    return f"{moment}.{keyed_hash('started', moment)}"


def seconds_since(token: str | None, now: datetime) -> float | None:
    """How long ago the token was made; None for none, a forged or a very old one."""
    moment, _, signature = (token or "").partition(".")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 16 and is_keyed_hash(signature, "started", moment)):
        return None
    seconds = now.timestamp() - int(moment) / 1000
    return seconds if 0 <= seconds <= LONGEST else None
