"""The schema is what the migrations build, on both stores, up and down, with rows in place."""

from datetime import timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.engine import URL

from davidson.clock import utcnow
from davidson.database import Base, db
from davidson.operations.schema import MIGRATIONS, newest_revision
from tests.conftest import migrate, run_davidson
from tests.desks import on_duty
from tests.factories import make_article, make_comment
from tests.pages import read


def test_no_difference_lies_between_models_and_schema(store: URL, tmp_path: Path):
    checked = run_davidson("db", "check", url=store, instance=tmp_path / "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_going_down_and_up_again_leaves_an_equal_schema(store: URL, app: Flask, tmp_path: Path):
    def tables() -> set[str]:
        with app.app_context():
            names = set(inspect(db.engine).get_table_names())
            db.engine.dispose()
        return names

    before = tables()
    migrate(store, tmp_path / "down", "downgrade", "base")
    assert tables() == {"alembic_version"}
    migrate(store, tmp_path / "up", "upgrade")
    assert tables() == before


def test_every_sqlite_table_is_strict(app: Flask):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            assert set(inspect(db.engine).get_table_names()) >= set(Base.metadata.tables)
            return
        strict = {
            row.name: row.strict for row in db.session.execute(text("SELECT name, strict FROM pragma_table_list"))
        }
        assert {name for name in Base.metadata.tables if not strict[name]} == set()


def test_sqlite_is_durable_and_checks_its_keys(app: Flask):
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            read = [db.session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
            assert read == ["wal", 2]
            assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        else:
            assert db.session.execute(text("SHOW timezone")).scalar() == "UTC"


def test_the_newest_revision_is_known_without_alembic():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert newest_revision() == scripts.get_current_head()


def test_what_was_stored_before_is_filed_and_counted_by_the_revisions(app: Flask, store: URL, tmp_path: Path):
    """Articles and comments of the release before the indexes of words and the sums of spam, which revisions fill."""
    article = make_article(app, section="Town", source="Another text.")
    said = {"section": "Town", "authors": ("Ann Author",), "source": "A heron.\n\nAn *ib*is in 東京都."}
    make_article(app, slug=article.slug, **said)
    make_article(app, headline="A heron to come", published_at=utcnow() + timedelta(hours=1))
    make_article(app, headline="A heron of a draft", published=False)
    made = {
        status: make_comment(app, article, status=status, source=f"A pelican, {status}.")
        for status in ("pending", "approved", "rejected", "spam")
    }
    with app.app_context():
        db.engine.dispose()
    migrate(store, tmp_path / "down", "downgrade", "0012")
    migrate(store, tmp_path / "up", "upgrade")
    moderator = on_duty(app)
    for status, comment in made.items():
        page = read(moderator, f"/staff/moderation/?status={status}&q=pelican&section=town")
        assert [card.attributes["id"] for card in page.all(".queue-card")] == [f"comment-{comment.id}"]
    found = read(app.test_client(), "/search?q=heron+ibis+東京&section=town&author=Ann+Author")
    assert [link.attributes["href"] for link in found.all(".card__headline a")] == [article.url]
    assert len(read(app.test_client(), "/search?q=heron").all(".card")) == 1
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM article_words")).scalar_one() == 2
        assert db.session.execute(text("SELECT sum(number) FROM spam_count")).scalar_one() == 1
        of_article = text("SELECT kind FROM revision WHERE article_id = :id ORDER BY number")
        kinds = db.session.execute(of_article, {"id": article.id}).scalars().all()
        assert kinds == [None, None]
    # What an earlier release knew to have been changed is not read again: it may have been taken back since.
    history = read(app.test_client(), f"{article.url}/history")
    assert history.texts("p.empty") == ["Nothing was changed."] and "Another text" not in history.html
