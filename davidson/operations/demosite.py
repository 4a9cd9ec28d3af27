"""Filling an empty site with the demo newspaper, whose texts lie in the folder `demo` beside this file.

Everything goes through the acts that a real site uses, so the demo's log, counts and findings are true.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from davidson.accounts.models import Role, Staff
from davidson.accounts.passwords import hash_new
from davidson.admin.people import add_staff
from davidson.articles.models import Article, Section
from davidson.articles.saving import save
from davidson.audit.log import SHELL, Actor
from davidson.comments.draft import Draft
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.comments.submission import Sender, submit
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.decisions import Decision, decide
from davidson.newsroom.importing import read_manuscript
from davidson.text.slug import slugify
from davidson.web.signing import keyed_hash, settings

CONTENT = Path(__file__).resolve().parent / "demo"
# The masthead's order; the articles alone would give that of their dates.
SECTIONS = ("World", "City", "Science", "Technology", "Culture")
# Article NN appeared this long before article NN - 1; no comment of the demo is later than that.
BETWEEN_ARTICLES = timedelta(minutes=150)
DECIDED_AFTER = timedelta(minutes=2)
DECISIONS = {
    CommentStatus.APPROVED: Decision.APPROVE,
    CommentStatus.REJECTED: Decision.REJECT,
    CommentStatus.SPAM: Decision.SPAM,
}


class SiteHasContent(Exception):
    """The site is in use: it has articles, comments or staff."""


@dataclass(frozen=True)
class LogIn:
    """How one of the demo's staff logs in; the password was made for this site and is kept nowhere."""

    name: str
    role: str
    email: str
    password: str


def has_content() -> bool:
    """Whether the site has an article or somebody who may log in."""
    return any(db.session.scalar(select(table.id).limit(1)) is not None for table in (Article, Staff, Comment))


def fill_site(*, now: datetime, media_folder: Path, progress: Callable[[str], None]) -> tuple[LogIn, ...]:
    """Add the demo's staff, articles and comments, the newest article an hour and a half ago; gives the log-ins.

    `progress` is told each article's headline. The caller commits, once: a demo that is broken off leaves nothing.
    Raises SiteHasContent.
    """
    if has_content():
        raise SiteHasContent
    log_ins = tuple(_add_staff(person, now) for person in _yaml("staff.yaml"))
    moderator = _actor_with(Role.MODERATOR)
    for position, name in enumerate(SECTIONS):
        db.session.add(Section(slug=slugify(name), name=name, position=position))
    articles = [
        _add_article(path, now=now, media_folder=media_folder, progress=progress)
        for path in sorted((CONTENT / "articles").glob("*.md"), reverse=True)
    ]
    if settings().comments is not CommentsMode.CLOSED:
        _add_discussions({article.slug: article for article in articles}, moderator=moderator)
    return log_ins


def _add_discussions(articles: dict[str, Article], *, moderator: Actor) -> None:
    """Send the comments in the order of their times, then decide on them."""
    comments = sorted(_yaml("comments.yaml"), key=lambda told: _sent_at(told, articles))
    answered = {told["parent"] for told in comments}
    stored: dict[str, Comment] = {}
    for told in comments:
        comment = stored[told["key"]] = _add_comment(told, articles, stored)
        # An answer finds only what is approved, so what is to be removed later is approved first too.
        if told["key"] in answered:
            _settle(told, comment, articles, wanted=CommentStatus.APPROVED, moderator=moderator)
    for told in comments:
        _settle(told, stored[told["key"]], articles, wanted=CommentStatus(told["status"]), moderator=moderator)


def _add_staff(person: dict[str, str], now: datetime) -> LogIn:
    password = secrets.token_urlsafe(12)
    password_hash = hash_new(password, email=person["email"], site_name=settings().site_name)
    role = Role(person["role"])
    add_staff(person["email"], name=person["name"], role=role, password_hash=password_hash, actor=SHELL, now=now)
    return LogIn(person["name"], role, person["email"], password)


def _actor_with(role: Role) -> Actor:
    staff = db.session.scalars(select(Staff).where(Staff.role == role)).one()
    return Actor(staff.id, staff.email)


def _add_article(path: Path, *, now: datetime, media_folder: Path, progress: Callable[[str], None]) -> Article:
    number = int(path.name.partition("-")[0])
    published_at = now - number * BETWEEN_ARTICLES
    manuscript = read_manuscript(path, zone=settings().time_zone)
    progress(manuscript.headline)
    saved = save(manuscript, actor=SHELL, now=published_at, media_folder=media_folder, publish=True)
    return saved.article


def _sent_at(told: dict[str, Any], articles: dict[str, Article]) -> datetime:
    published_at = articles[told["article"]].published_at
    if published_at is None:
        raise ValueError(f"the demo's comment {told['key']} stands below an article that is not published")
    return published_at + timedelta(minutes=told["minutes_after"])


def _add_comment(told: dict[str, Any], articles: dict[str, Article], stored: dict[str, Comment]) -> Comment:
    parent = stored[told["parent"]] if told["parent"] else None
    return submit(
        articles[told["article"]],
        Draft(name=told["name"], source=told["body"], email=told["email"] or ""),
        parent_id=parent.id if parent else None,
        sender=Sender(keyed_hash("network", "demo", told["name"])),
        now=_sent_at(told, articles),
    )


def _settle(
    told: dict[str, Any], comment: Comment, articles: dict[str, Article], *, wanted: CommentStatus, moderator: Actor
) -> None:
    """Decide on a comment so that it is in the state that is wanted."""
    if wanted is comment.status or wanted not in DECISIONS:
        return
    is_refused = wanted is CommentStatus.REJECTED
    decide(
        comment.id,
        DECISIONS[wanted],
        version=comment.version,
        actor=moderator,
        now=_sent_at(told, articles) + comment.version * DECIDED_AFTER,
        reason=told.get("reason") or "" if is_refused else "",
        note=told.get("note") or "" if is_refused else "",
    )


def _yaml(name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))
    return content
