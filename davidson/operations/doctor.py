"""The checks behind `davidson doctor`: settings, store, folders, mail, clock, edge and what stands in front."""

import shutil
import ssl
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from davidson.articles.rendering import number_outdated
from davidson.config import Settings
from davidson.database import reading
from davidson.mail.server import LOCAL, MailServer, NotTaken, connected
from davidson.media.queries import number_of_pictures, outdated_pictures
from davidson.operations.check import Check, fail, ok, warn
from davidson.operations.storecheck import check_store
from davidson.pagecache.edge import Edge

LITTLE_SPACE = 1_000_000_000  # bytes
NO_SPACE = 100_000_000


def check_up(app: Flask) -> Iterator[Check]:
    """Run every check, one after the other. None of them changes the site, and none raises."""
    settings: Settings = app.extensions["davidson-settings"]
    yield _configuration(settings)
    yield _front(settings)
    yield _secret_key(settings)
    with app.app_context(), reading():
        try:
            yield from check_store()
        except SQLAlchemyError as error:
            fault = str(getattr(error, "orig", None) or error).partition("\n")[0]
            yield fail("store", f"does not answer: {fault}")
    with app.app_context():
        yield _pictures()
        yield _texts()
    yield _guarded("folders", lambda: _folders(settings))
    yield _guarded("disk", lambda: _disk(settings))
    # A running site's own is known from its instance folder, where no setting says so: its unit alone may name it.
    edge = Edge(settings.instance).folder or settings.edge
    if edge is not None:
        yield _guarded("edge", lambda: _edge(edge))
    if settings.redis_url:
        limiter = app.extensions["davidson-limits"]
        yield _guarded("counters", lambda: _counters(limiter.storage.check()))
    yield _guarded("mail", lambda: _mail(settings))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (OSError, ValueError) as error:
        return fail(name, str(error).partition("\n")[0] or type(error).__name__)


def _configuration(settings: Settings) -> Check:
    if settings.unknown:
        return warn("configuration", f"no such setting: {', '.join(settings.unknown)}")
    if settings.websub_hub and not settings.tells_hub:
        return warn("configuration", "DAVIDSON_WEBSUB_HUB is told nothing without DAVIDSON_BASE_URL")
    return ok("configuration", f"instance folder {settings.instance}, comments {settings.comments}")


def _front(settings: Settings) -> Check:
    """What stands in front of the site, as far as the settings can contradict each other."""
    proxies, base_url = settings.trusted_proxies, settings.base_url
    told = f"{base_url or 'no DAVIDSON_BASE_URL'}, {proxies} trusted {'proxy' if proxies == 1 else 'proxies'}"
    if settings.https and not proxies:
        return warn(
            "front",
            f"{told}: behind a TLS proxy every reader has the proxy's address; set its number in"
            " DAVIDSON_TRUSTED_PROXIES",
        )
    if proxies and not base_url:
        return warn("front", f"{told}: set DAVIDSON_BASE_URL, so that no other host name is answered")
    if base_url and not settings.https and urlsplit(base_url).hostname not in ("localhost", "127.0.0.1", "::1"):
        return warn("front", f"{told}: without HTTPS passwords and receipts travel in the open")
    return ok("front", told)


def _secret_key(settings: Settings) -> Check:
    path = settings.instance / "secret-key"
    try:
        kept = path.read_text().strip() == settings.secret_key
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        kept = False
    except OSError as error:
        return fail("secret key", f"{path}: {error.strerror}")
    if not kept:
        return ok("secret key", "given by DAVIDSON_SECRET_KEY")
    return (fail if mode & 0o077 else ok)("secret key", f"kept in {path}, mode {mode:04o}")


def _folders(settings: Settings) -> Check:
    media = settings.instance / "media"
    for folder in (settings.instance, media):
        if folder.exists():
            with tempfile.TemporaryFile(dir=folder):
                pass
    return ok("folders", f"{settings.instance} and {media} can be written to")


def _pictures() -> Check:
    try:
        outdated, number = outdated_pictures(), number_of_pictures()
    except SQLAlchemyError:  # The store's own checks say why.
        return warn("pictures", "the store does not say which there are")
    if outdated:
        return warn("pictures", f"{outdated:,} of {number:,} as an earlier release made them: `davidson media render`")
    return ok("pictures", f"{number:,}, all as this release makes them")


def _texts() -> Check:
    try:
        outdated = number_outdated()
    except SQLAlchemyError:
        return warn("articles", "the store does not say which there are")
    if outdated:
        return warn("articles", f"{outdated:,} to be rendered anew: `davidson article render`")
    return ok("articles", "all as this release renders them")


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.instance).free
    told = f"{free / 1e9:.1f} GB free"
    if free < NO_SPACE:
        return fail("disk", told)
    return (warn if free < LITTLE_SPACE else ok)("disk", told)


def _edge(folder: Path) -> Check:
    """Whether a web server with an account of its own can read the pages that the site keeps for it."""
    folder = folder.resolve()
    if not folder.is_dir():
        return warn("edge", f"there is no folder {folder}; the site makes it when it starts")
    closed = [at for at in (folder, *folder.parents) if not at.stat().st_mode & stat.S_IXOTH]
    if closed:
        return warn("edge", f"{folder}: others may not enter {closed[-1]}, so the web server answers nothing by itself")
    return ok("edge", f"{folder} can be entered by others")


def _counters(answers: bool) -> Check:
    return ok("counters", "Redis answers") if answers else fail("counters", "Redis does not answer")


def _mail(settings: Settings) -> Check:
    """Whether the mail server lets the site in; no mail is sent."""
    if not settings.smtp_url:
        return ok("mail", "not configured: mails are logged, and readers are offered none")
    server = MailServer.at(settings.smtp_url, hello=settings.mail_host)
    try:
        with connected(server) as smtp:
            is_encrypted = isinstance(smtp.sock, ssl.SSLSocket)
    except NotTaken as fault:
        return fail("mail", f"{server.host} port {server.port}: {fault}")
    told = f"{server.host} port {server.port} answers EHLO, {'encrypted' if is_encrypted else 'in the clear'}"
    told += ", and takes user and password" if server.user else ""
    if not settings.base_url:
        return warn("mail", f"{told}; readers are offered no mails without DAVIDSON_BASE_URL, for their links need it")
    if not is_encrypted and server.host not in LOCAL:
        return warn("mail", f"{told}: it offers no STARTTLS")
    return ok("mail", f"{told}; mails come from {settings.sender_address}")
