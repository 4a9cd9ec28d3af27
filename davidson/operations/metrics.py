"""The site's figures for monitors, in Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from davidson.accounts.models import StaffSession
from davidson.articles.models import Article
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.ordering import waiting_since
from davidson.operations.schema import SchemaState, schema_state
from davidson.tally import LISTED_ARTICLES, comments_tally, tallies

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Gauge:
    """A figure that goes up and down; `values` maps a label set in Prometheus' notation, or none, to a number."""

    name: str
    help: str
    values: Mapping[str, float]

    def __str__(self) -> str:
        head = f"# HELP {self.name} {self.help}\n# TYPE {self.name} gauge\n"
        return head + "".join(f"{self.name}{labels} {number:.15g}\n" for labels, number in self.values.items())


def metrics(now: datetime) -> str:
    """All figures. Those of the store are missing while it is away or not migrated, and `davidson_store_up` is 0."""
    return "".join(str(gauge) for gauge in (*_of_the_process(), *_of_the_store(now)))


def _of_the_process() -> Iterator[Gauge]:
    release = f'{{version="{version("davidson-news")}"}}'
    yield Gauge("davidson_info", "The release that answers.", {release: 1})
    resident = _resident_bytes()
    if resident:
        told = "Memory of the worker process that answered, in bytes."
        yield Gauge("process_resident_memory_bytes", told, {"": resident})


def _resident_bytes() -> int:
    """VmRSS of this process (proc(5)); 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


def _of_the_store(now: datetime) -> Iterator[Gauge]:
    try:
        current = schema_state() is SchemaState.CURRENT
        gauges = list(_counted(now)) if current else []
        up = 1
    except SQLAlchemyError:
        db.session.rollback()
        current, gauges, up = False, [], 0
    yield Gauge("davidson_store_up", "Whether the store answers.", {"": up})
    yield Gauge("davidson_schema_current", "Whether the store's schema is this release's.", {"": int(current)})
    yield from gauges


def _counted(now: datetime) -> Iterator[Gauge]:
    numbers = tallies()
    # What lies ahead is read from an index, and there is little of it; what is public is never counted.
    ahead = select(func.count()).where(Article.retracted_at.is_(None), Article.published_at > now)
    public = numbers.get(LISTED_ARTICLES, 0) - db.session.execute(ahead).scalar_one()
    yield Gauge("davidson_articles_public", "Articles that readers can see.", {"": public})

    by_status = {f'{{status="{status}"}}': numbers.get(comments_tally(status), 0) for status in CommentStatus}
    yield Gauge("davidson_comments", "Comments by their state.", by_status)

    oldest = waiting_since()
    age = max(0.0, (now - oldest).total_seconds()) if oldest else 0
    told = "How long the comment that has waited longest for a moderator has waited; 0 where none waits."
    yield Gauge("davidson_oldest_pending_comment_age_seconds", told, {"": age})

    sessions = select(func.count()).where(StaffSession.expires_at > now)
    told = "Browsers that are signed in to the staff area."
    yield Gauge("davidson_staff_sessions", told, {"": db.session.execute(sessions).scalar_one()})
