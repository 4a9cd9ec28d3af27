"""The desk's page of an article's changes: what readers are told of them, said after they were made."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from flask import Flask, before_render_template
from flask.testing import FlaskClient
from sqlalchemy import event, update

from davidson.accounts.models import Role
from davidson.articles.changes import MAX_NOTE, Amendment, ChangeKind
from davidson.articles.publishing import article_to_change, retract
from davidson.articles.revisions import Revision
from davidson.articles.saving import UPDATE
from davidson.audit.log import SHELL
from davidson.audit.telling import told
from davidson.clock import utcnow
from davidson.database import db, is_reading
from tests.desks import audit_log, on_duty
from tests.factories import Made, make_article
from tests.pages import Page, read

NOTE = "It was built in 1912, not in 1911."


def desk(article: Made) -> str:
    return f"/staff/newsroom/articles/{article.id}/changes"


def bridge(app: Flask, source: str, slug: str = "bridge", **fields: object) -> Made:
    return make_article(app, slug=slug, headline="The bridge", source=source, **fields)


def take_article_back(app: Flask, article: Made) -> None:
    with app.app_context():
        row = article_to_change(article.slug)
        assert row is not None
        retract(row, reason="It was not true.", actor=SHELL, now=utcnow())
        db.session.commit()


@contextmanager
def whole_versions_read() -> Iterator[list[str]]:
    """The statements that read what versions said."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if re.match(r"SELECT [^(]*\brevision\.source", statement):
            found.append(statement)

    event.listen(engine := db.engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def time_of(page: Page, word: str) -> list[str]:
    return [time for time in page.texts("p.story__time") if time.startswith(word)]


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    return on_duty(app, Role.EDITOR)


def test_a_correction_said_at_the_desk_shows_wherever_one_from_a_file_does(app, client, editor):
    article = bridge(app, "Built in 1911.")
    bridge(app, "Built in 1912.")
    assert desk(article) in {link.attributes["href"] for link in read(editor, "/staff/newsroom/").all("main a")}
    page = read(editor, desk(article))
    assert [element.text for element in page.tree if element.tag in {"ins", "del"}] == ["1911", "1912"]
    sent = page.submit("#change-form", kind="correction", note=f" {NOTE}\u200b ")
    assert "Readers are told." in sent.follow().one("main").text

    story = read(client, article.url)
    assert story.texts("section.story-notes bdi") == [NOTE] and time_of(story, "Corrected")
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Correction"] and history.texts("p.change__note") == [NOTE]
    assert len(history.all("p.change__place")) == 1  # It is said of the change, which is not told twice.
    assert read(client, "/corrections").texts("p.change__note") == [NOTE]
    entry = audit_log(app)[-1]
    assert (entry.action, entry.reason, entry.details["kind"]) == ("article.tell", NOTE, "correction")
    assert "told readers of a change to “The bridge”" in told(entry, names={}, reasons={}).sentence

    # What is said then stands for itself, and either note can be taken back.
    page = read(editor, desk(article))
    assert page.all("#kind-minor") == []
    assert page.submit("#change-form", kind="update", note="Another picture shows it.").status == 303
    assert len(read(client, article.url).all("section.story-notes p")) == 2
    undone = read(editor, desk(article)).submit("#note-3", number="3").follow()
    assert "The note was taken back" in undone.one("main").text
    assert read(client, article.url).texts("section.story-notes bdi") == [NOTE]
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Note", "Correction"]
    assert history.texts("p.change__note") == ["A note was taken back.", NOTE]
    assert audit_log(app)[-1].details["note_was"] == "Another picture shows it."
    assert read(editor, desk(article)).submit("#note-2", number="2").status == 303
    story = read(client, article.url)
    assert story.all("section.story-notes") == [] and time_of(story, "Updated")
    assert read(client, "/corrections").texts("p.change__note") == []
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Note", "Update"]
    assert history.texts("p.change__note") == ["A note was taken back.", "A note on this change was taken back."]
    assert len(history.all("p.change__place")) == 1 and NOTE not in history.html


def test_a_change_called_a_slip_of_the_pen_is_announced_no_more(app, client, editor):
    article = bridge(app, "Built by Ada.")
    bridge(app, "Built by Ada and Bea.", amendment=Amendment(ChangeKind.CORRECTION, NOTE))
    corrected = time_of(read(client, article.url), "Corrected")
    bridge(app, "Built by Ada and Béa.")
    assert time_of(read(client, article.url), "Updated")
    assert read(editor, desk(article)).submit("#change-form", kind="minor").status == 303
    assert time_of(read(client, article.url), "Corrected") == corrected != []
    assert read(client, f"{article.url}/history").texts("h2.change__kind") == ["Small change", "Correction"]
    # It may be called something else, for readers are told nothing of it yet.
    assert read(editor, desk(article)).submit("#change-form", kind="update", note="Names Béa.").status == 303
    assert read(client, article.url).texts("section.story-notes bdi") == [NOTE, "Names Béa."]


def test_a_change_whose_note_was_taken_back_is_told_anew_but_never_silently(app, client, editor):
    article = bridge(app, "Built in 1911.")
    bridge(app, "Built in 1912.", amendment=Amendment(ChangeKind.CORRECTION, "It was bilt in 1912."))
    page = read(editor, desk(article)).submit("#note-2", number="2").follow()
    assert page.all("#kind-minor") == [] and "a note on it was taken back" in page.one("main").text
    refused = page.submit("#change-form", kind="minor")
    assert refused.status == 422 and "told already" in refused.one("#kind-fault").text
    assert page.submit("#change-form", kind="correction", note=NOTE).status == 303
    assert read(client, "/corrections").texts("p.change__note") == [NOTE]
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Correction"] and history.texts("p.change__note") == [NOTE]

    # Where it was published again the history begins, and tells of a note there too.
    take_article_back(app, article)
    bridge(app, "Built in 1912, then.", amendment=Amendment(note="Taken back by mistake."))
    assert read(editor, desk(article)).submit("#note-3", number="3").status == 303
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Note", "Published again"] and "mistake" not in history.html
    assert history.texts("p.change__note")[0] == "A note was taken back."


def test_a_note_that_was_taken_back_hides_no_silent_change_before_it(app, client, editor):
    article = bridge(app, "Built in 1911.")
    bridge(app, "Built in 1912.", amendment=Amendment(ChangeKind.MINOR))
    bridge(app, "Built in 1912.", amendment=Amendment(note="Another picture shows it."))
    page = read(editor, desk(article)).submit("#note-3", number="3").follow()
    assert [element.text for element in page.tree if element.tag in {"ins", "del"}] == ["1911", "1912"]
    assert page.submit("#change-form", kind="correction", note=NOTE).status == 303
    history = read(client, f"{article.url}/history")
    assert history.texts("h2.change__kind") == ["Note", "Correction"] and len(history.all("p.change__place")) == 1


def test_what_nobody_saw_becoming_another_is_no_update(app, client, editor):
    """Neither is an article's first version, also where it is dated back, nor what was written while it was away."""
    bridge(app, "Bilt in 1911.", slug="draft", published=False)
    bridge(app, "Built in 1910.", slug="draft", published=False)
    for slug in ("bridge", "draft"):
        slip = bridge(app, "Built in 1911.", slug=slug)
        bridge(app, "Built in 1912.", slug=slug)
        assert read(editor, desk(slip)).submit("#change-form", kind="minor").status == 303
        assert time_of(read(client, slip.url), "Updated") == []

    pictured = bridge(app, "Built in 1911.", slug="pictured")
    away = bridge(app, "Built in 1911.", slug="away")
    take_article_back(app, away)
    bridge(app, "Built in 1912.", slug="away", published=False)
    bridge(app, "Built in 1912.", slug="away")
    for article, number in ((pictured, "2"), (away, "4")):
        assert read(editor, desk(article)).submit("#change-form", kind="update", note=NOTE).status == 303
        assert time_of(read(client, article.url), "Updated")
        assert read(editor, desk(article)).submit(f"#note-{number}", number=number).status == 303
        assert time_of(read(client, article.url), "Updated") == []


def test_what_readers_saw_change_under_older_releases_stays_an_update(app, client, editor):
    article = bridge(app, "Built in 1911.")
    bridge(app, "Built in 1912.")
    with app.app_context():
        db.session.execute(update(Revision).values(kind=None))
        db.session.commit()
    bridge(app, "Built in 1913.")
    assert read(editor, desk(article)).submit("#change-form", kind="minor").status == 303
    assert time_of(read(client, article.url), "Updated")


def test_versions_are_read_whole_only_to_be_compared(app, editor):
    for year in range(1911, 1915):
        article = bridge(app, f"Built in {year}.", amendment=UPDATE if year == 1911 else Amendment(note=f"Not {year}."))
    with app.app_context(), whole_versions_read() as read_by_saving:
        bridge(app, "Built in 1915.")
    assert read_by_saving == []
    with app.app_context(), whole_versions_read() as read_by_showing:
        page = read(editor, desk(article))
    assert len(page.all("main li.rows__row")) == 3 and len(read_by_showing) == 2  # The last one and the one before.


@pytest.mark.parametrize(
    ("kind", "note", "field", "fault"),
    [
        ("", NOTE, "kind", "Choose what it was"),
        ("again", NOTE, "kind", "Choose what it was"),
        ("correction", " \u200b ", "note", "Say it in a sentence"),
        ("update", "x" * (MAX_NOTE + 1), "note", "501 characters"),
        ("minor", NOTE, "note", "leave this empty"),
        ("minor", "", "kind", "told already"),
    ],
)
def test_what_cannot_be_told_is_said_beside_its_field(app, client, editor, kind, note, field, fault):
    article = bridge(app, "Built in 1911.")
    page = read(editor, desk(article)).submit("#change-form", kind=kind, note=note)
    assert page.status == 422 and fault in page.one(f"#{field}-fault").text
    assert page.form("#change-form")[1]["note"] == ("" if note.startswith(" ") else note)
    assert read(client, article.url).all("section.story-notes") == []


def test_nothing_is_told_of_what_nobody_reads_or_what_somebody_changed(app, client, editor):
    draft = bridge(app, "To come.", slug="draft", published_at=utcnow() + timedelta(days=1))
    assert read(editor, desk(draft)).all("#change-form") == []
    article = bridge(app, "Built in 1911.")
    page = read(editor, desk(article))
    sent = dict(page.form("#change-form")[1], kind="update", note=NOTE)
    refused = editor.post(desk(draft), data=sent | {"version": "1"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 409 and NOTE in refused.text

    bridge(app, "Built in 1912.")
    late = page.submit("#change-form", kind="update", note=NOTE)
    assert late.status == 409 and "Somebody changed the article meanwhile" in late.one("[role=alert]").text
    assert late.submit("#change-form").status == 303  # What was typed is still there.

    # A fault in what was typed does not make the form one for what somebody changed since.
    page = read(editor, desk(article))
    bridge(app, "Built in 1913.")
    faulty = page.submit("#change-form", kind="update", note="")
    assert faulty.status == 422
    assert faulty.submit("#change-form", kind="update", note="Names the year.").status == 409
    assert read(client, article.url).texts("section.story-notes bdi") == [NOTE]
    taken = page.submit("#note-2", number="2")
    assert taken.status == 409 and "nothing was taken back yet" in taken.one("[role=alert]").text
    assert read(client, article.url).texts("section.story-notes bdi") == [NOTE]

    gone = read(editor, desk(article))
    assert gone.submit("#note-2", number="2").status == 303
    assert gone.submit("#note-2", number="2").status == 409
    sent = read(editor, desk(article)).form("#change-form")[1]
    for number, status in (("1", 409), ("2", 409), ("0", 400), ("x", 400), ("9" * 30, 400), ("", 400)):
        refused = editor.post(
            f"{desk(article)}/take-back", data=sent | {"number": number}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert refused.status_code == status and ("taken back already" in refused.text) is (status == 409)


def test_a_refusal_is_shown_while_others_write(app, store, editor):
    article = bridge(app, "Built in 1911.")
    bridge(app, "Built in 1912.", amendment=Amendment(note=NOTE))
    bridge(app, "Built in 1913.")
    page = read(editor, desk(article))
    free: list[bool] = []

    def note(_app: object, **_: object) -> None:
        if store.drivername.startswith("sqlite"):
            with closing(sqlite3.connect(str(store.database), timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
        free.append(is_reading())

    with before_render_template.connected_to(note, app):
        assert page.submit("#change-form", kind="update", note="").status == 422
        assert page.submit("#change-form", kind="update", note=NOTE, version="1").status == 409
        assert page.submit("#note-2", number="2", version="1").status == 409
        assert page.submit("#note-2", number="3").status == 409
    assert free == [True] * 4


def test_only_editors_tell_and_only_with_the_forms_token(app, client, editor):
    article = bridge(app, "Built in 1911.")
    assert on_duty(app, Role.AUTHOR).get(desk(article)).status_code == 403
    assert on_duty(app, Role.MODERATOR).get(desk(article)).status_code == 403
    assert app.test_client().get(desk(article)).status_code == 303
    for path in (desk(Made(10**6)), desk(Made(10**30)), "/staff/newsroom/articles/0/changes"):
        assert editor.get(path).status_code == 404
    page = read(editor, desk(article))
    assert page.submit("#change-form", csrf_token="forged", kind="update", note=NOTE).status == 400
    assert read(client, article.url).all("section.story-notes") == []
