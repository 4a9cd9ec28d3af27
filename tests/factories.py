"""Rows for tests: every field has a default, so that a test names only what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from davidson.accounts.models import Role, Staff
from davidson.articles.manuscript import Manuscript
from davidson.articles.models import Article
from davidson.articles.saving import UPDATE, save
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.draft import Draft
from davidson.comments.models import Comment
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.comments.submission import Sender, submit
from davidson.database import db

_numbers = count(1)


@dataclass(frozen=True)
class Made:
    """What a factory made, as plain values: the row's session is closed."""

    id: int
    slug: str = ""
    status: str = ""
    version: int = 0

    @property
    def url(self) -> str:
        return f"/articles/{self.slug}"


def make_article(app: Flask, *, published: bool = True, **fields: Any) -> Made:
    """Store an article, public since an hour unless said otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "headline": f"Headline {number}",
        "slug": f"article-{number}",
        "source": "A first paragraph.\n\nA second one.",
        "section": "World",
    } | fields
    values.setdefault("published_at", utcnow() - timedelta(hours=1) + timedelta(milliseconds=number))
    options = {"amendment": values.pop("amendment", UPDATE), "publish": published}
    with app.app_context():
        media = Path(app.instance_path) / "media"
        saved = save(Manuscript(**values), actor=SHELL, now=utcnow(), media_folder=media, **options)
        db.session.commit()
        return Made(saved.article.id, saved.article.slug)


def make_comment(app: Flask, article: Made, *, status: str = "approved", **fields: Any) -> Made:
    """Store a comment in the state that is named, through the acts that a site uses; `created_at` may be given."""
    number = next(_numbers)
    created_at = fields.pop("created_at", utcnow())
    parent_id = fields.pop("parent_id", None)
    network = fields.pop("network", f"network-{number}")
    values = {"name": f"Reader {number}", "source": f"Comment number {number}."} | fields
    with app.test_request_context():
        row = db.session.get_one(Article, article.id)
        comment = submit(row, Draft(**values), parent_id=parent_id, sender=Sender(network), now=created_at)
        wanted = CommentStatus(status)
        if comment.status is not wanted:
            lock_article_of(comment.article_id)
            change_state(comment, wanted, action="comment.set", actor=SHELL, now=created_at)
        db.session.commit()
        return Made(comment.id, article.slug, comment.status.value, comment.version)


def comment_now(app: Flask, comment: Made) -> Comment:
    """The comment's row as it is in the store now, detached."""
    with app.app_context():
        row = db.session.get_one(Comment, comment.id)
        db.session.expunge(row)
        return row


def make_staff(app: Flask, role: Role = Role.MODERATOR, *, password_hash: str = "", **fields: Any) -> Made:
    """Store a member of staff; one who is to log in is better added with `davidson staff add`."""
    number = next(_numbers)
    values = {"email": f"staff-{number}@example.org", "name": f"Staff {number}"} | fields
    with app.app_context():
        staff = Staff(role=role, password_hash=password_hash, created_at=utcnow(), **values)
        db.session.add(staff)
        db.session.commit()
        return Made(staff.id)


Maker = Callable[..., Made]
