"""Sending a mail once, however often its work is begun and wherever it is cut off.

SMTP has no exactly-once: between the end of a mail and the server's answer, nobody but the server knows whether it has
the mail (RFC 1047). So the store is told in a transaction of its own that the mail is handed over right before its last
three bytes leave, and what was handed over is not sent again. Whatever dies before that commit leaves the server
with half a mail, which it throws away, and the mail is sent anew. What dies after it is taken for sent: it is lost
where the worker was killed, or the line cut, between that commit and those three bytes. A mail that comes twice
is worse than one that is missing once in years, for what mails say stands on the receipt too.

The commit also settles who sends where a slow server outlasts the lease of the outbox and two workers are at it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from davidson.config import Settings
from davidson.database import db
from davidson.emails import ascii_email
from davidson.mail.letter import Letter, Paper, message_of
from davidson.mail.models import Handover
from davidson.mail.server import FateUnknown, MailServer, NotTaken, Refused, deliver
from davidson.web.signing import keyed_hash, settings

logger = logging.getLogger(__name__)

EXTENSION = "davidson-mail"
FLIGHT = timedelta(minutes=5)
"""So long after the work on it was begun, whoever handed a mail over has had its answer, or was killed."""
REST = 30.0
"""Seconds for which a server that is away or silent is left alone: other work waits behind each try."""

_TABLE = cast("Table", Handover.__table__)
_HAND_OVER = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key)
    for dialect in (postgresql, sqlite)
}


class InFlight(Exception):
    """The mail was handed over a moment ago, by a worker that may still be waiting for the answer."""


@dataclass(frozen=True)
class Mail:
    """A letter to somebody. `key` names what it is about, once and for all.

    `is_wanted` is asked in the transaction that hands it over, and may change rows there. `take_back` undoes that where
    the server has not taken it after all. `forget` is called where the server says that there is no such address.
    """

    key: str
    to: str
    letter: Letter
    is_wanted: Callable[[], bool]
    take_back: Callable[[], None]
    forget: Callable[[], None]


class Postman:
    """Hands mails to the server, and leaves it alone for a while when it is away."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._rests_until = 0.0

    def deliver(self, message: bytes, *, recipient: str, hand_over: Callable[[], bool]) -> bool:
        """Like `server.deliver`."""
        if time.monotonic() < self._rests_until:
            raise NotTaken("the server was away a moment ago")
        try:
            return deliver(
                self.server, message, sender=settings().sender_address, recipient=recipient, hand_over=hand_over
            )
        except NotTaken as fault:
            if fault.is_away:
                self._rest()
            raise
        except FateUnknown:
            self._rest()
            raise

    def _rest(self) -> None:
        self._rests_until = time.monotonic() + REST


def init_mail(app: Flask, chosen: Settings) -> None:
    """Know the server, where one is set."""
    app.extensions[EXTENSION] = (
        Postman(MailServer.at(chosen.smtp_url, hello=chosen.mail_host)) if chosen.smtp_url else None
    )


def send_once(key: str, compose: Callable[[], Mail | None], *, now: datetime) -> None:
    """Send the mail about `key`, unless it was sent before; `compose` makes it, and gives None where none is wanted.

    The session has no transaction; what is begun here is committed here. Without a server the mail is logged, by what
    it is about. Raises NotTaken and InFlight: then it is tried again.
    """
    fields = {"about": key}
    # Asked first: what counts as told while a mail is in flight may turn out not to be.
    if _was_handed_over(key, now):
        logger.info("mail was handed over before", extra={"fields": fields})
        return
    mail = compose()
    if mail is None:
        return
    message_id = message_id_of(key)
    fields["message_id"] = message_id
    postman: Postman | None = current_app.extensions[EXTENSION]
    recipient = ascii_email(mail.to)
    if postman is None or recipient is None:
        logger.info("mail not sent", extra={"fields": fields | {"subject": mail.letter.subject}})
        return
    message = message_of(mail.letter, paper(), to=recipient, message_id=message_id, at=now)
    _post(postman, mail, message, recipient=recipient, fields=fields, now=now)


def _post(
    postman: Postman, mail: Mail, message: bytes, *, recipient: str, fields: dict[str, str], now: datetime
) -> None:
    """Have it delivered, and note what the server says."""
    try:
        is_sent = postman.deliver(message, recipient=recipient, hand_over=lambda: _hand_over(mail, now))
    except NotTaken as fault:
        if fault.at_end:
            _take_back(mail)
        raise
    except Refused as fault:
        if fault.of_address:
            mail.forget()
            db.session.commit()
        logger.warning("mail refused", extra={"fields": fields | {"answer": str(fault)}})
    except FateUnknown as fault:
        logger.warning("mail of unknown fate", extra={"fields": fields | {"fault": str(fault)}})
    else:
        logger.info("mail sent" if is_sent else "mail no longer wanted", extra={"fields": fields})


def paper() -> Paper:
    """Who writes, by the settings."""
    chosen = settings()
    return Paper(chosen.site_name, chosen.base_url, chosen.sender_address, f"comments.{chosen.mail_host}")


def message_id_of(key: str) -> str:
    """The Message-ID of the mail about that, the same each time it is tried (RFC 5322 section 3.6.4)."""
    return f"<{keyed_hash('message-id', key)}@{settings().mail_host}>"


def _was_handed_over(key: str, now: datetime) -> bool:
    """Whether it was, long enough ago to be settled."""
    found = db.session.get(Handover, key)
    at = found.at if found else None
    db.session.rollback()
    if at is not None and now - at < FLIGHT:
        raise InFlight(key)
    return at is not None


def _hand_over(mail: Mail, now: datetime) -> bool:
    """Let the store know that this mail leaves now, unless nobody wants it any more. Raises InFlight."""
    connection = db.session.connection()
    statement = _HAND_OVER[connection.dialect.name]
    is_first = connection.execute(statement, {"key": mail.key, "at": now}).scalar() is not None
    is_wanted = is_first and mail.is_wanted()
    if is_wanted:
        db.session.commit()
    else:
        db.session.rollback()
    if not is_first:
        raise InFlight(mail.key)
    return is_wanted


def _take_back(mail: Mail) -> None:
    """The server has the whole mail and has not taken it."""
    mail.take_back()
    handover = db.session.get(Handover, mail.key)
    if handover is not None:
        db.session.delete(handover)
    db.session.commit()
