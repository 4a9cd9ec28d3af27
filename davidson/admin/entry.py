"""Signing in and out, written down in the audit log."""

from datetime import datetime

from davidson.accounts.models import Staff
from davidson.accounts.queries import Proof, SignedIn, proven_staff, session_of
from davidson.accounts.sessions import end_session, end_sessions, start_session
from davidson.admin.people import change_password, subject_of
from davidson.audit.log import Actor, record
from davidson.database import db


def sign_in(
    proof: Proof, *, rehashed: str | None, old_secret: str | None, agent: str, network: str, now: datetime
) -> str | None:
    """Begin a session for somebody who proved who they are, and give its secret; None if the proof no longer holds.

    `rehashed` replaces a hash that was made with older parameters. The session of `old_secret`, which this browser
    had before, ends. The caller commits.
    """
    person = proven_staff(proof)
    if person is None:
        return None
    if rehashed:
        person.password_hash = rehashed
    if old_secret:
        end_session(old_secret)
    record("staff.login", actor=_self(person), subject=subject_of(person), at=now)
    return start_session(person, agent=agent, network=network, now=now)


def sign_out(person: SignedIn, *, now: datetime) -> None:
    """End the session that this request came with. The caller commits."""
    end_one_session(person, person.session_id, now=now, action="staff.logout")


def end_one_session(person: SignedIn, session_id: int, *, now: datetime, action: str = "staff.end-session") -> bool:
    """End one of a person's own sessions; False where they have none with that id. The caller commits."""
    session = session_of(person.id, session_id)
    if session is None:
        return False
    db.session.delete(session)
    record(action, actor=Actor(person.id, person.email), subject=f"staff:{person.id}", at=now)
    return True


def end_other_sessions(person: SignedIn, *, now: datetime) -> int:
    """End all of a person's sessions but the one that asks, and say how many ended. The caller commits."""
    ended = end_sessions(person.id, but=person.session_id)
    if ended:
        record(
            "staff.end-other-sessions",
            actor=Actor(person.id, person.email),
            subject=f"staff:{person.id}",
            at=now,
            details={"ended": ended},
        )
    return ended


def change_own_password(proof: Proof, password_hash: str, *, agent: str, network: str, now: datetime) -> str | None:
    """Set the password of somebody who proved the old one, end all their sessions, and begin a new one.

    Gives the new session's secret; None if the proof no longer holds. The caller commits.
    """
    person = proven_staff(proof)
    if person is None:
        return None
    change_password(person, password_hash, actor=_self(person), now=now)
    return start_session(person, agent=agent, network=network, now=now)


def _self(person: Staff) -> Actor:
    return Actor(person.id, person.email)
