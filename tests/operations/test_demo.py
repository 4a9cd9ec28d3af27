"""The demo fills an empty site, all of it or nothing, and leaves a site in use alone."""

import re
from collections import Counter
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from davidson.articles.models import Article
from davidson.audit.models import AuditEntry
from davidson.comments.models import Comment
from davidson.comments.status import CommentStatus
from davidson.database import db
from tests.conftest import run_davidson
from tests.factories import make_article
from tests.pages import read


def run_demo(store: URL, app: Flask, *flags: str, **settings: str) -> "object":
    return run_davidson("demo", *flags, url=store, instance=Path(app.instance_path), **settings)


def test_the_demo_is_a_paper_with_comments_in_every_state(store: URL, app: Flask, client: FlaskClient, drawn_demo):
    drawn_demo(Path(app.instance_path))
    done = run_demo(store, app)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^  (?:admin|editor|author|moderator)\s+\S+@example\.org\s+\S{16}$", done.stdout, re.M)) == 4
    with app.app_context():
        states = Counter(db.session.scalars(select(Comment.status)))
        assert set(states) == set(CommentStatus) - {CommentStatus.DELETED}
        assert db.session.scalar(select(func.count()).select_from(Article)) == 23
        approved = select(func.count()).where(Comment.article_id == Article.id, Comment.status == "approved")
        assert db.session.execute(select(Article.comment_count, approved.scalar_subquery())).all() == [
            (count, count) for count in db.session.scalars(select(Article.comment_count))
        ]
        newest = select(func.max(AuditEntry.version)).where(AuditEntry.subject == "comment:" + Comment.id.cast(db.Text))
        assert all(
            version == logged
            for version, logged in db.session.execute(select(Comment.version, newest.scalar_subquery()))
        )
    front = read(client, "/")
    links = {link.attributes["href"] for link in front.all("a") if link.attributes["href"].startswith("/articles/")}
    assert len(links) == 23
    for link in links:
        assert read(client, link).status == 200


def test_the_demo_refuses_a_site_that_has_content(store: URL, app: Flask):
    make_article(app)
    done = run_demo(store, app)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == ["Error: the site has content already; the demo fills empty sites only"]
    assert run_demo(store, app, "--if-empty").returncode == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Article)) == 1


def test_the_demo_of_a_site_without_comments_has_articles_only(store: URL, app: Flask, drawn_demo):
    drawn_demo(Path(app.instance_path))
    assert run_demo(store, app, DAVIDSON_COMMENTS="closed").returncode == 0
    with app.app_context():
        assert db.session.scalar(select(Comment.id).limit(1)) is None
