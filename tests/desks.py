"""Members of staff for tests, and their browsers."""

from functools import cache
from itertools import count

from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.guard import SECRET
from davidson.accounts.models import Role, StaffSession
from davidson.accounts.passwords import hash_new
from davidson.accounts.queries import Proof
from davidson.admin.entry import sign_in
from davidson.admin.people import add_staff
from davidson.audit.log import SHELL
from davidson.audit.models import AuditEntry
from davidson.audit.queries import all_entries
from davidson.clock import utcnow
from davidson.database import db
from tests.pages import Page, read

PASSWORD = "lettuce violin 42 harbour"
_numbers = count(1)


@cache
def password_hash(password: str = PASSWORD) -> str:
    """Hashing is slow on purpose, and here it is the same each time."""
    return hash_new(password, email="somebody@example.org", site_name="Somewhere")


def hire(app: Flask, role: Role = Role.MODERATOR, email: str = "", name: str = "Ada Lovelace") -> int:
    """Add a member of staff who has PASSWORD, and give their id."""
    with app.app_context():
        person = add_staff(
            email or f"person-{next(_numbers)}@example.org",
            name=name,
            role=role,
            password_hash=password_hash(),
            actor=SHELL,
            now=utcnow(),
        )
        db.session.commit()
        return person.id


def log_in(client: FlaskClient, email: str, password: str = PASSWORD, *, url: str = "/staff/login") -> Page:
    """Fill in the log-in form and send it."""
    return read(client, url).submit("main form", email=email, password=password)


def browser(app: Flask, *, address: str = "127.0.0.1") -> FlaskClient:
    """A fresh browser somewhere on the internet."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def on_duty(app: Flask, role: Role = Role.MODERATOR) -> FlaskClient:
    """The browser of somebody new with that role, who is logged in; without the form, whose hash is slow on purpose."""
    proof = Proof(hire(app, role, f"on-duty-{next(_numbers)}@example.org"), password_hash(), active=True)
    with app.app_context():
        secret = sign_in(proof, rehashed=None, old_secret=None, agent="", network="", now=utcnow())
        db.session.commit()
    client = browser(app)
    with client.session_transaction(base_url="http://localhost/staff/") as session:
        session[SECRET] = secret
        session.permanent = True
    return client


def audit_log(app: Flask) -> list[AuditEntry]:
    """All that was written down, oldest first."""
    with app.app_context():
        return list(all_entries())


def live_sessions(app: Flask) -> int:
    """How many sessions the store holds."""
    with app.app_context():
        return db.session.query(StaffSession).count()
