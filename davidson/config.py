"""Settings: the environment, read once. A wrong value stops the start and is named.

Every variable and its meaning stand in docs/configuration.md.
"""

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from limits import RateLimitItem, parse
from sqlalchemy.engine import URL

from davidson.values import (
    MIB,
    database_url,
    days,
    days_if_any,
    folder,
    mail_from,
    memory,
    one_of,
    origin,
    post_url,
    rate_limit,
    site_name,
    smtp_url,
    time_zone,
    url_of,
    whole_number,
)

T = TypeVar("T")
# The user part of a URL, which may hold a password; it must not reach a message.
PASSWORD = re.compile(r"//[^/]*@")


class ConfigError(Exception):
    """A setting has a value that the site cannot start with; the message is one line for the operator."""


class CommentsMode(StrEnum):
    """Who is published before a moderator has looked (`DAVIDSON_COMMENTS`)."""

    HOLD_ALL = "hold-all"
    HOLD_FIRST = "hold-first"
    PUBLISH = "publish"
    CLOSED = "closed"


@dataclass(frozen=True)
class Settings:
    """Everything that an operator may choose. `secret_keys` holds the signing key and, if any, the one before it.

    `comments_close_after` is in days, None for never; `reports_to_hold` is a number of networks, 0 for none.
    `trust_after` is how many approved comments make an author known; `heat` is what may come into a thread before it
    slows down. `spam_breaker` is how many times the usual spam of ten minutes lets every comment wait, 0 for never.
    `page_memory` is in bytes, for each worker; `edge` is the folder from which a web server answers kept pages.
    `shared_max_age` is how many seconds a proxy may keep a page where it is told at `purge_url` what to drop.
    `retention_network_days` and `retention_spam_days` say how long networks and spam are kept; 0 is for ever.
    `ai_crawlers` is `allow` or `refuse`; `websub_hub` is told of articles as they appear.
    `unknown` names the variables that begin like ours and are none, mistyped ones most likely.
    """

    instance: Path
    database_url: URL
    secret_keys: tuple[str, ...] = field(repr=False)
    base_url: str = ""
    site_name: str = "Davidson News"
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    comments: CommentsMode = CommentsMode.HOLD_FIRST
    comment_limit: RateLimitItem | None = field(default_factory=lambda: parse("5 per minute"))
    comment_min_seconds: int = 3
    comments_close_after: int | None = None
    heat: RateLimitItem | None = field(default_factory=lambda: parse("20 per 10 minutes"))
    report_limit: RateLimitItem | None = field(default_factory=lambda: parse("10 per hour"))
    reports_to_hold: int = 3
    trust_after: int = 1
    spam_breaker: int = 5
    page_memory: int = 64 * MIB
    edge: Path | None = None
    purge_url: str = field(default="", repr=False)
    purge_token: str = field(default="", repr=False)
    shared_max_age: int = 60
    retention_network_days: int = 30
    retention_spam_days: int = 30
    redis_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    trusted_proxies: int = 0
    log_format: str = "plain"
    metrics_token: str = field(default="", repr=False)
    ai_crawlers: str = "allow"
    websub_hub: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def secret_key(self) -> str:
        """The key that signs; the others only verify."""
        return self.secret_keys[0]

    @property
    def embedded(self) -> bool:
        """Whether the store is the SQLite file that the site looks after by itself."""
        return self.database_url.get_backend_name() == "sqlite"

    @property
    def has_later_work(self) -> bool:
        """Whether anything is ever put into the outbox, so that a worker is needed."""
        return bool(self.purge_url) or self.offers_mail or self.tells_hub

    @property
    def offers_mail(self) -> bool:
        """Whether readers may ask for mails: there is a server to send them, and an origin for the links in them."""
        return bool(self.smtp_url and self.base_url)

    @property
    def tells_hub(self) -> bool:
        """Whether a WebSub hub is told of news: there is one, and an origin for the addresses of the feeds."""
        return bool(self.websub_hub and self.base_url)

    @property
    def mail_host(self) -> str:
        """The site's own host as mails and mail servers are told it. An IPv6 address is no name, and does as none."""
        host = urlsplit(self.base_url).hostname or ""
        return "localhost" if not host or ":" in host else host

    @property
    def sender_address(self) -> str:
        """The address that mails come from: the one that was set, else one that nobody reads at the site's own host."""
        return self.mail_from or f"noreply@{self.mail_host}"

    @property
    def https(self) -> bool:
        """Whether readers are known to come over HTTPS."""
        return self.base_url.startswith("https://")


def settings_from(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `environ`; makes the instance folder and its secret key if they lack.

    Raises ConfigError with one line that names the variable and what it takes.
    """
    read = _Reader(environ)
    instance = Path(read.text("DAVIDSON_INSTANCE") or _default_instance()).absolute()
    _make_instance(instance)
    if read.text("DAVIDSON_MEDIA_URL"):
        raise ConfigError("DAVIDSON_MEDIA_URL: buckets are not supported yet; leave it empty to keep pictures on disk")
    settings = Settings(
        instance=instance,
        database_url=read.value("DAVIDSON_DATABASE_URL", "", database_url)
        or URL.create("sqlite", database=str(instance / "davidson.db")),
        secret_keys=_secret_keys(read, instance),
        base_url=read.value("DAVIDSON_BASE_URL", "", origin),
        site_name=read.value("DAVIDSON_SITE_NAME", "Davidson News", site_name),
        time_zone=read.value("DAVIDSON_TIME_ZONE", "UTC", time_zone),
        comments=read.value("DAVIDSON_COMMENTS", "hold-first", _comments_mode),
        comment_limit=read.value("DAVIDSON_COMMENT_LIMIT", "5 per minute", rate_limit, empty_is_default=False),
        comment_min_seconds=read.value("DAVIDSON_COMMENT_MIN_SECONDS", "3", whole_number(0, 3600)),
        comments_close_after=read.value("DAVIDSON_COMMENTS_CLOSE_AFTER", "", days_if_any),
        heat=read.value("DAVIDSON_HEAT", "20 per 10 minutes", rate_limit, empty_is_default=False),
        report_limit=read.value("DAVIDSON_REPORT_LIMIT", "10 per hour", rate_limit, empty_is_default=False),
        reports_to_hold=read.value("DAVIDSON_REPORTS_TO_HOLD", "3", whole_number(0, 1000)),
        trust_after=read.value("DAVIDSON_TRUST_AFTER", "1", whole_number(1, 100)),
        spam_breaker=read.value("DAVIDSON_SPAM_BREAKER", "5", whole_number(0, 1000)),
        page_memory=read.value("DAVIDSON_PAGE_MEMORY", "64 MiB", memory),
        edge=read.value("DAVIDSON_EDGE", "", folder),
        purge_url=read.value("DAVIDSON_PURGE_URL", "", post_url("a URL such as http://127.0.0.1:6081/purge")),
        purge_token=_purge_token(read),
        shared_max_age=read.value("DAVIDSON_SHARED_MAX_AGE", "60", whole_number(1, 86400)),
        retention_network_days=read.value("DAVIDSON_RETENTION_NETWORK_DAYS", "30", days, empty_is_default=False),
        retention_spam_days=read.value("DAVIDSON_RETENTION_SPAM_DAYS", "30", days, empty_is_default=False),
        redis_url=read.value("DAVIDSON_REDIS_URL", "", url_of("redis", "rediss", "unix")),
        smtp_url=read.value("DAVIDSON_SMTP_URL", "", smtp_url),
        mail_from=read.value("DAVIDSON_MAIL_FROM", "", mail_from),
        trusted_proxies=read.value("DAVIDSON_TRUSTED_PROXIES", "0", whole_number(0, 10)),
        log_format=read.value("DAVIDSON_LOG", "plain", one_of("plain", "json")),
        metrics_token=read.text("DAVIDSON_METRICS_TOKEN"),
        ai_crawlers=read.value("DAVIDSON_AI_CRAWLERS", "allow", one_of("allow", "refuse")),
        websub_hub=read.value(
            "DAVIDSON_WEBSUB_HUB", "", post_url("the address of a hub such as https://hub.example.org/")
        ),
    )
    return replace(settings, unknown=read.unknown())


class _Reader:
    """Gives each variable's value, or stops with the variable's name and what it takes."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.asked: set[str] = set()

    def text(self, name: str) -> str:
        self.asked.add(name)
        text = self.environ.get(name, "").strip()
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ConfigError(f"{name}: takes text in UTF-8") from None
        return text

    def value(self, name: str, default: str, parse_value: Callable[[str], T], *, empty_is_default: bool = True) -> T:
        text = self.text(name) if name in self.environ else default
        self.asked.add(name)
        try:
            return parse_value(text or (default if empty_is_default else ""))
        except ValueError as error:
            raise ConfigError(f"{name}: {error}, not {PASSWORD.sub('//***@', text)!r}") from None

    def unknown(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.environ.keys() - self.asked if name.startswith("DAVIDSON_")))


def _comments_mode(text: str) -> CommentsMode:
    try:
        return CommentsMode(text)
    except ValueError:
        raise ValueError(f"takes one of {', '.join(CommentsMode)}") from None


def _purge_token(read: _Reader) -> str:
    token = read.text("DAVIDSON_PURGE_TOKEN")
    if not (token.isascii() and token.isprintable()):
        raise ConfigError("DAVIDSON_PURGE_TOKEN: takes printable ASCII characters")
    return token


def _default_instance() -> Path:
    """Beside the package in a checkout; in the working directory where the package was installed."""
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "instance"


def _make_instance(instance: Path) -> None:
    try:
        instance.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DAVIDSON_INSTANCE: cannot make the folder {instance}: {error.strerror}") from None


def _secret_keys(read: _Reader, instance: Path) -> tuple[str, ...]:
    """The signing key and the one before it: from the environment, else made once and kept in the instance folder."""
    given = read.text("DAVIDSON_SECRET_KEY")
    if given and len(given) < 16:
        raise ConfigError("DAVIDSON_SECRET_KEY: takes at least 16 characters; make one with `openssl rand -hex 32`")
    previous = read.text("DAVIDSON_SECRET_KEY_PREVIOUS")
    return tuple(key for key in (given or _kept_key(instance / "secret-key"), previous) if key)


def _kept_key(path: Path) -> str:
    """The key in `path`, made first if the file lacks. Two processes that start at once agree on one key."""
    try:
        if not path.exists():
            fresh = path.with_name(f".secret-key.{secrets.token_hex(8)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(f"{path}: others can read the secret key; run `chmod 600` on it")
        key = path.read_text(errors="replace").strip()
    except OSError as error:
        raise ConfigError(f"{path}: the secret key cannot be kept there: {error.strerror}") from None
    if len(key) < 16:
        raise ConfigError(f"{path}: holds no secret key; remove the file and a new one is made")
    return key
