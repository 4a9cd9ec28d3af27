"""Beginning and ending the sessions of signed-in browsers."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from davidson.accounts.models import Staff, StaffSession
from davidson.accounts.queries import IDLE_LIFE
from davidson.database import db
from davidson.web.signing import digest_of

LIFE = timedelta(days=14)
MOST_AGENT = 300


def start_session(staff: Staff, *, agent: str, network: str, now: datetime) -> str:
    """Sign a person in and give the new session's secret, of which the store keeps only the SHA-256.

    `agent` is what the browser calls itself, `network` the keyed hash of where it is. Sessions of anybody that are
    over are swept. The caller commits.
    """
    db.session.execute(
        delete(StaffSession).where(or_(StaffSession.expires_at <= now, StaffSession.seen_at <= now - IDLE_LIFE))
    )
    secret = secrets.token_urlsafe(32)
    db.session.add(
        StaffSession(
            token_hash=digest_of(secret),
            staff_id=staff.id,
            agent=agent[:MOST_AGENT],
            network=network,
            created_at=now,
            seen_at=now,
            expires_at=now + LIFE,
        )
    )
    return secret


def end_session(secret: str) -> None:
    """End the session with that secret, if there is one. The caller commits."""
    db.session.execute(delete(StaffSession).where(StaffSession.token_hash == digest_of(secret)))


def end_sessions(staff_id: int, *, but: int | None = None) -> int:
    """End all of a person's sessions but the one with the id `but`; gives how many ended. The caller commits."""
    ended = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    if but is not None:
        ended = ended.where(StaffSession.id != but)
    return len(db.session.scalars(ended.returning(StaffSession.id)).all())


def sweep_sessions(now: datetime, most: int) -> int:
    """Forget at most so many sessions whose time is over, and say how many. The caller commits."""
    over = select(StaffSession.id).where(StaffSession.expires_at <= now).limit(most)
    swept = delete(StaffSession).where(StaffSession.id.in_(over)).returning(StaffSession.id)
    return len(db.session.scalars(swept).all())


def forget_session_networks(until: datetime, *, most: int) -> int:
    """Forget where at most so many sessions that began until then were begun, and say of how many.

    A session ends LIFE after its beginning, so they are found by the index on that. The caller commits.
    """
    old = (
        select(StaffSession.id)
        .where(StaffSession.expires_at <= until + LIFE, StaffSession.network != "")
        .order_by(StaffSession.expires_at)
        .limit(most)
    )
    forget = update(StaffSession).where(StaffSession.id.in_(old)).values(network="").returning(StaffSession.id)
    return len(db.session.scalars(forget).all())


def mark_seen(session_id: int, *, now: datetime) -> None:
    """Note that the session was used. The caller commits."""
    db.session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))
