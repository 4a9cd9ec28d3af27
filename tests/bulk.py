"""Many rows at once, for tests of lists: the acts would take minutes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup
from sqlalchemy import insert, select

from davidson.articles.models import Article, Author, Authorship, Section, Tag, Tagging
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.comments.pages import lay_out
from davidson.comments.status import CommentStatus
from davidson.database import db
from tests.factories import Made


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
        db.session.commit()
    return slugs


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


def _comment(article: Made, number: int, at: datetime) -> dict[str, object]:
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
