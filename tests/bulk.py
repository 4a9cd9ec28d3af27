"""Many rows at once, for tests of lists: the acts would take minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from markupsafe import Markup
from sqlalchemy import insert, select, text

from davidson.articles.changes import ChangeKind
from davidson.articles.filing import file_articles
from davidson.articles.models import Article, Author, Authorship, Section, Tag, Tagging
from davidson.articles.revisions import Revision
from davidson.audit.models import AuditEntry
from davidson.clock import utcnow
from davidson.comments.models import Appeal, Comment, Proposal
from davidson.comments.pages import lay_out
from davidson.comments.states import subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from tests.factories import Made

DECIDED = (CommentStatus.APPROVED, CommentStatus.REJECTED, CommentStatus.SPAM)


def fill_articles(app: Flask, moments: Sequence[datetime], *, prefix: str = "filler") -> list[str]:
    """Store a published article for each moment, all in section "World", with tag "Filler" and by "Ann Author".

    Gives their slugs, in the order of the moments.
    """
    slugs = [f"{prefix}-{number}" for number in range(len(moments))]
    with app.app_context():
        section = _one(Section, "world", "World")
        tag, author = _one(Tag, "filler", "Filler"), _one(Author, "ann-author", "Ann Author")
        rows = [_article(slug, moment, section) for slug, moment in zip(slugs, moments, strict=True)]
        db.session.execute(insert(Article), rows)
        named = db.session.execute(select(Article.slug, Article.id).where(Article.slug.in_(slugs)))
        ids = {row.slug: row.id for row in named}
        places = [
            {"article_id": ids[slug], "position": 0, "listed_at": at} for slug, at in zip(slugs, moments, strict=True)
        ]
        db.session.execute(insert(Tagging), [place | {"tag_id": tag} for place in places])
        db.session.execute(insert(Authorship), [place | {"author_id": author} for place in places])
        file_articles(ids.values())
        db.session.commit()
    return slugs


def fill_corrections(app: Flask, slugs: Sequence[str]) -> None:
    """Let each of these articles have been corrected once, the first one first."""
    begin = utcnow() - timedelta(hours=1)
    said = {"headline": "Headline", "standfirst": "", "source": "Text.", "kind": None, "note": ""}
    corrected = {"number": 2, "source": "Another text.", "kind": ChangeKind.CORRECTION, "note": "Not so."}
    with app.app_context():
        found = db.session.execute(select(Article.slug, Article.id).where(Article.slug.in_(slugs)))
        ids = {row.slug: row.id for row in found}
        rows: list[dict[str, Any]] = []
        for number, slug in enumerate(slugs):
            first = said | {"article_id": ids[slug], "number": 1, "created_at": begin + timedelta(seconds=number)}
            rows += first, first | corrected
        db.session.execute(insert(Revision), rows)
        db.session.commit()


def fill_comments(app: Flask, article: Made, number: int) -> list[int]:
    """Store approved comments, a second apart; gives their ids, oldest first."""
    begin = utcnow() - timedelta(days=1)
    with app.app_context():
        db.session.execute(insert(Comment), [_comment(article, n, begin + timedelta(seconds=n)) for n in range(number)])
        row = db.session.get_one(Article, article.id)
        row.comment_count += number
        lay_out(row)
        db.session.commit()
        return list(db.session.scalars(select(Comment.id).where(Comment.article_id == article.id).order_by(Comment.id)))


def fill_queue(app: Flask, number: int, *, per_article: int = 20) -> None:
    """Store comments under many articles, each sent and the older half decided, with their entries in the log.

    A tenth came from one network with one author token. What waits was sent last, as on any site.
    """
    begin = utcnow() - timedelta(days=1)
    moments = [begin - timedelta(seconds=n) for n in range(number // per_article)]
    slugs = fill_articles(app, moments, prefix="discussed")
    with app.app_context():
        ids = db.session.scalars(select(Article.id).where(Article.slug.in_(slugs))).all()
        rows = [
            _comment(Made(ids[n % len(ids)]), n, begin + timedelta(seconds=n))
            | {
                "status": CommentStatus.PENDING if n >= number // 2 else DECIDED[n % len(DECIDED)],
                "sender": "crowd" if n % 10 == 0 else f"network-{n}",
                "author_key": "crowd" if n % 10 == 0 else f"key-{n}",
                "version": 1 if n >= number // 2 else 2,
            }
            for n in range(number)
        ]
        db.session.execute(insert(Comment), rows)
        stored = db.session.execute(select(Comment.id, Comment.version, Comment.status, Comment.created_at)).all()
        db.session.execute(insert(AuditEntry), [_entry(row, 1) for row in stored])
        db.session.execute(insert(AuditEntry), [_entry(row, 2) for row in stored if row.version > 1])
        db.session.commit()


def fill_thread(app: Flask, head: Made, number: int, *, deep: bool = False) -> list[int]:
    """Store so many replies to a comment that begins a thread, a second apart; or each one to the reply before it.

    Gives their ids, oldest first, which follow the head's. Their states take turns; one network and token sent all.
    """
    with app.app_context():
        row = db.session.get_one(Comment, head.id)
        replies = [
            _comment(Made(row.article_id), n, row.created_at + timedelta(seconds=n))
            | {
                "id": head.id + n,
                "thread_id": head.id,
                "parent_id": head.id + n - 1 if deep else head.id,
                "status": (CommentStatus.PENDING, *DECIDED)[n % 4],
                "sender": "threadful",
                "author_key": "token-of-a-threadful",
            }
            for n in range(1, number + 1)
        ]
        if replies:
            db.session.execute(insert(Comment), replies)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT setval(pg_get_serial_sequence('comment', 'id'), max(id)) FROM comment"))
            db.session.execute(text("ANALYZE"))
        db.session.commit()
    return [reply["id"] for reply in replies]


def fill_requests(app: Flask) -> None:
    """Let another text wait for every approved comment that is stored, and an appeal for every rejected one."""
    with app.app_context():
        approved = select(Comment).where(Comment.status == CommentStatus.APPROVED)
        texts = [
            {
                "comment_id": comment.id,
                "source": "Another text.",
                "html": Markup("<p>Another text.</p>"),
                "renderer": 1,
                "findings": [],
                "rules_version": 1,
                "proposed_at": comment.created_at,
            }
            for comment in db.session.scalars(approved)
        ]
        refused = select(Comment).where(Comment.status == CommentStatus.REJECTED)
        appeals = [
            {"comment_id": comment.id, "text": "Why?", "sent_at": comment.created_at, "outcome": "open"}
            for comment in db.session.scalars(refused)
        ]
        db.session.execute(insert(Proposal), texts)
        db.session.execute(insert(Appeal), appeals)
        db.session.commit()


def _entry(comment: Any, version: int) -> dict[str, object]:
    return {
        "at": comment.created_at,
        "actor": "shell" if version > 1 else "reader",
        "action": "comment.set" if version > 1 else "comment.submit",
        "subject": subject_of(comment.id),
        "version": version,
        "to_state": comment.status.value if version > 1 else "pending",
        "details": {},
    }


def _one(kind: type[Section] | type[Tag] | type[Author], slug: str, name: str) -> int:
    row = db.session.scalar(select(kind).where(kind.slug == slug))
    if row is None:
        row = kind(slug=slug, name=name)
        db.session.add(row)
        db.session.flush()
    return row.id


def _article(slug: str, at: datetime, section: int) -> dict[str, object]:
    return {
        "slug": slug,
        "headline": f"Headline of {slug}",
        "source": "Text.\n",
        "html": Markup("<p>Text.</p>"),
        "renderer": 1,
        "section_id": section,
        "created_at": at,
        "published_at": at,
        "version": 1,
    }


def _comment(article: Made, number: int, at: datetime) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "name": f"Reader {number}",
        "source": f"Filling comment {number}.",
        "html": Markup("<p>Filling comment {}.</p>").format(number),
        "renderer": 1,
        "status": CommentStatus.APPROVED,
        "findings": [],
        "rules_version": 1,
        "created_at": at,
        "decided_at": at,
        "version": 1,
    }
