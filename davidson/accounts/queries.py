"""Who there is among the staff, and who is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from davidson.accounts.details import normal_email
from davidson.accounts.models import DESKS, Desk, Role, Staff, StaffSession
from davidson.database import db
from davidson.web.signing import digest_of

IDLE_LIFE = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """The member of staff who sent a request, as the store had them when it came."""

    id: int
    email: str
    name: str
    role: Role
    session_id: int
    seen_at: datetime

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The desks that this person may enter, their own first."""
        return DESKS[self.role]


# Made once, for it is asked with every request of the staff area.
_SIGNED_IN = (
    select(Staff.id, Staff.email, Staff.name, Staff.role, StaffSession.id, StaffSession.seen_at)
    .join(StaffSession, StaffSession.staff_id == Staff.id)
    .where(
        StaffSession.token_hash == bindparam("digest"),
        StaffSession.expires_at > bindparam("now"),
        StaffSession.seen_at > bindparam("idle_since"),
        Staff.disabled_at.is_(None),
    )
)


@dataclass(frozen=True)
class Proof:
    """What a password is compared with. `active` is False for somebody who was disabled."""

    staff_id: int
    password_hash: str
    active: bool


def signed_in(secret: str, *, now: datetime) -> SignedIn | None:
    """The person whose live session has that secret; None once it ended, expired, or was idle for too long."""
    values = {"digest": digest_of(secret), "now": now, "idle_since": now - IDLE_LIFE}
    row = db.session.execute(_SIGNED_IN, values).one_or_none()
    return SignedIn(*row) if row else None


def sessions_of(staff_id: int, *, now: datetime) -> list[StaffSession]:
    """A person's live sessions, the one seen last first."""
    statement = (
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.expires_at > now,
            StaffSession.seen_at > now - IDLE_LIFE,
        )
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return list(db.session.scalars(statement))


def session_of(staff_id: int, session_id: int) -> StaffSession | None:
    """One session, if it is that person's own."""
    return db.session.scalar(
        select(StaffSession).where(StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    )


def proof_of(email: str) -> Proof | None:
    """What a password typed with that e-mail address is compared with; None where nobody has it."""
    statement = select(Staff.id, Staff.password_hash, Staff.disabled_at).where(Staff.email == normal_email(email))
    row = db.session.execute(statement).one_or_none()
    return Proof(row.id, row.password_hash, row.disabled_at is None) if row else None


def proven_staff(proof: Proof) -> Staff | None:
    """The active person behind a password that was verified, locked; None if the password has changed since."""
    statement = (
        select(Staff)
        .where(Staff.id == proof.staff_id, Staff.password_hash == proof.password_hash, Staff.disabled_at.is_(None))
        .with_for_update()
    )
    return db.session.scalar(statement)


def staff_by_email(email: str) -> Staff | None:
    """The person with that e-mail address, disabled or not."""
    return db.session.scalar(select(Staff).where(Staff.email == normal_email(email)))


def staff_by_id(staff_id: int) -> Staff | None:
    """The person with that id, disabled or not."""
    return db.session.get(Staff, staff_id)


def everybody() -> list[Staff]:
    """All members of staff, those who may still sign in first, by name."""
    return list(db.session.scalars(select(Staff).order_by(Staff.disabled_at.is_not(None), Staff.name, Staff.id)))


def locked_admins() -> list[Staff]:
    """The admins who may sign in, locked until the transaction ends and read afresh.

    Who waited for the lock sees what the other transaction left (PostgreSQL, "Read Committed Isolation Level"); on
    SQLite there is one writer at a time.
    """
    statement = (
        select(Staff)
        .where(Staff.role == Role.ADMIN, Staff.disabled_at.is_(None))
        .order_by(Staff.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))
