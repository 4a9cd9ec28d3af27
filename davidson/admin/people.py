"""The one door to changes of people: accounts, roles, passwords. Each act writes its entry in the audit log.

It stands here, not in accounts, because imports run from the audit log to the accounts and never back.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from davidson.accounts.details import valid_email, valid_name
from davidson.accounts.models import Role, Staff
from davidson.accounts.queries import locked_admins
from davidson.accounts.sessions import end_sessions
from davidson.audit.log import Actor, record
from davidson.database import db


class EmailTaken(Exception):
    """Somebody already has that e-mail address."""


class LastAdmin(Exception):
    """Without this admin nobody could look after the accounts."""


def add_staff(email: str, *, name: str, role: Role, password_hash: str, actor: Actor, now: datetime) -> Staff:
    """Add a person; `password_hash` is what `accounts.passwords.hash_new` gave. The caller commits.

    Raises BadDetail for an address or a name that is none, and EmailTaken, after which the caller rolls back.
    """
    person = Staff(
        email=valid_email(email), name=valid_name(name), role=role, password_hash=password_hash, created_at=now
    )
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:
        raise EmailTaken(person.email) from None
    record("staff.add", actor=actor, subject=subject_of(person), at=now, to_state=role, details={"email": person.email})
    return person


def change_role(person: Staff, role: Role, *, actor: Actor, now: datetime) -> None:
    """Give a person another role, from their next request on. The caller commits. Raises LastAdmin."""
    _keep_an_admin(person, leaving=role is not Role.ADMIN)
    if person.role is role:
        return
    _record("staff.role", person, actor=actor, now=now, from_state=person.role, to_state=role)
    person.role = role


def disable(person: Staff, *, actor: Actor, now: datetime) -> None:
    """End a person's account and all their sessions at once. The caller commits. Raises LastAdmin."""
    _keep_an_admin(person, leaving=True)
    if person.disabled_at is not None:
        return
    _record("staff.disable", person, actor=actor, now=now, from_state="active", to_state="disabled")
    person.disabled_at = now
    end_sessions(person.id)


def enable(person: Staff, *, actor: Actor, now: datetime) -> None:
    """Let a disabled person sign in again, with the password they had. The caller commits."""
    if person.disabled_at is None:
        return
    _record("staff.enable", person, actor=actor, now=now, from_state="disabled", to_state="active")
    person.disabled_at = None


def change_password(person: Staff, password_hash: str, *, actor: Actor, now: datetime) -> None:
    """Set a new password and end all of the person's sessions; who goes on needs a new one. The caller commits."""
    person.password_hash = password_hash
    _record("staff.password", person, actor=actor, now=now)
    end_sessions(person.id)


def subject_of(person: Staff) -> str:
    """How the audit log names a person."""
    return f"staff:{person.id}"


def _keep_an_admin(person: Staff, *, leaving: bool) -> None:
    """Lock the admins and refuse to let the last one go; read what two requests at once have left of `person`."""
    admins = locked_admins()
    db.session.refresh(person)
    if leaving and [admin.id for admin in admins] == [person.id]:
        raise LastAdmin(person.email)


def _record(
    action: str, person: Staff, *, actor: Actor, now: datetime, from_state: str = "", to_state: str = ""
) -> None:
    record(
        action,
        actor=actor,
        subject=subject_of(person),
        at=now,
        from_state=from_state,
        to_state=to_state,
        details={"email": person.email},
    )
