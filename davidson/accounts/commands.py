"""`davidson staff …`: people from the shell."""

import json
import sys

import click
from flask.cli import AppGroup

from davidson.accounts.details import BadDetail, normal_email
from davidson.accounts.models import Role, Staff
from davidson.accounts.passwords import WeakPassword, hash_new
from davidson.accounts.queries import everybody, staff_by_email
from davidson.admin.people import EmailTaken, LastAdmin, add_staff, change_password, disable, enable
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.text.dates import iso
from davidson.web.signing import settings

staff = AppGroup("staff", help="Members of staff: add and list them, let them in or not, give a new password.")
password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@staff.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they do here.")
@password_option
@click.option("--name", help="Their name; without it, the part of EMAIL before the @.")
def add(email: str, role: str, password_stdin: bool, name: str | None) -> None:
    """Create an account for EMAIL."""
    password_hash = _new_hash(email, from_stdin=password_stdin)
    try:
        person = add_staff(
            email,
            name=email.partition("@")[0] if name is None else name,
            role=Role(role),
            password_hash=password_hash,
            actor=SHELL,
            now=utcnow(),
        )
    except BadDetail as fault:
        raise click.ClickException(str(fault)) from None
    except EmailTaken as taken:
        raise click.ClickException(f"there is already somebody with the address {taken}") from None
    db.session.commit()
    click.echo(f"{person.email} is now {person.role}.")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(as_json: bool) -> None:
    """List everybody, those who are disabled last."""
    with reading():
        for person in everybody():
            click.echo(_as_json(person) if as_json else _as_line(person))


@staff.command("disable")
@click.argument("email")
def disable_account(email: str) -> None:
    """End the account of EMAIL and all its sessions at once."""
    person = _person(email)
    try:
        disable(person, actor=SHELL, now=utcnow())
    except LastAdmin:
        raise click.ClickException(f"{person.email} is the last admin; make another one first") from None
    db.session.commit()
    click.echo(f"{person.email} is disabled.")


@staff.command("enable")
@click.argument("email")
def enable_account(email: str) -> None:
    """Let EMAIL, who was disabled, log in again, with the password they had."""
    person = _person(email)
    enable(person, actor=SHELL, now=utcnow())
    db.session.commit()
    click.echo(f"{person.email} may log in.")


@staff.command("password")
@click.argument("email")
@password_option
def set_password(email: str, password_stdin: bool) -> None:
    """Give EMAIL a new password and end all their sessions at once."""
    password_hash = _new_hash(email, from_stdin=password_stdin)
    person = _person(email)
    change_password(person, password_hash, actor=SHELL, now=utcnow())
    db.session.commit()
    disabled = "" if person.disabled_at is None else ", but is disabled"
    click.echo(f"{person.email} has a new password and is logged out everywhere{disabled}.")


def _person(email: str) -> Staff:
    person = staff_by_email(email)
    if person is None:
        raise click.ClickException(f"there is nobody with the address {normal_email(email)}")
    return person


def _new_hash(email: str, *, from_stdin: bool) -> str:
    """The hash of the password on standard input. To be asked for before anything is read from the store."""
    if not from_stdin:
        raise click.UsageError("give --password-stdin and the password on standard input")
    try:
        return hash_new(_password(), email=normal_email(email), site_name=settings().site_name)
    except WeakPassword as fault:
        raise click.ClickException(f"the password is refused: {fault}") from None


def _password() -> str:
    """The password on standard input, without the line end that `echo` adds."""
    try:
        text = sys.stdin.buffer.read(64 * 1024).decode("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException("the password on standard input is not UTF-8") from None
    return text.removesuffix("\n").removesuffix("\r")


def _as_json(person: Staff) -> str:
    fields = {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "created_at": iso(person.created_at),
        "disabled": person.disabled_at is not None,
    }
    return json.dumps(fields, ensure_ascii=False)


def _as_line(person: Staff) -> str:
    state = "" if person.disabled_at is None else "  (disabled)"
    return f"{person.email}  {person.role}  {person.name}{state}"
