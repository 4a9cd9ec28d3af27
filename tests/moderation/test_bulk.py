"""One decision on many comments: each with its own entry, a result that says what was skipped, and one undo for all."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from davidson.audit.log import SHELL
from davidson.audit.telling import told
from davidson.clock import utcnow
from davidson.comments.models import Comment
from davidson.database import db
from davidson.moderation import bulk as bulks
from davidson.moderation import bulk_views
from davidson.moderation.bulk import BATCH, Outcome, Seen, begin, go_on, result_of
from davidson.moderation.decisions import Decision
from tests.bulk import fill_queue
from tests.counting import queries_of
from tests.desks import audit_log, browser, hire, log_in, on_duty
from tests.factories import Made, comment_now, make_article, make_comment
from tests.moderation.test_queue import DESK, ids
from tests.moderation.test_scale import check, explained
from tests.pages import Page, read

SPAM = "Buy the best watches of the world at example.com today, cheap and fast"


def waiting(app: Flask, number: int, **fields: str) -> list[Made]:
    article = make_article(app)
    return [make_comment(app, article, status="pending", **fields) for _ in range(number)]


def tick(client: FlaskClient, made: list[Made], decision: str, **more: str) -> Page:
    """Tick cards of the queue and press a button of the form of many."""
    page = read(client, DESK)
    boxes = {box.attributes["value"] for box in page.all(".queue-card__tick")}
    picked = [f"{comment.id}:{comment.version}" for comment in made]
    assert boxes >= set(picked)
    return page.submit("#bulk-form", picked=picked, decision=decision, **more)  # type: ignore[arg-type]


def states(app: Flask, made: list[Made]) -> list[str]:
    return [comment_now(app, comment).status.value for comment in made]


def grace(app: Flask) -> FlaskClient:
    hire(app, email="grace@example.org", name="Grace")
    client = browser(app)
    assert log_in(client, "grace@example.org").status == 303
    return client


def test_what_is_ticked_is_decided_on_each_with_its_entry_and_undone_as_a_whole(app: Flask):
    made = waiting(app, 5)
    moderator = on_duty(app)
    page = tick(moderator, made[:4], "reject", reason="off-topic").follow()
    assert page.texts(".undo-line__said") == ["4 rejected."]
    assert states(app, made) == ["rejected"] * 4 + ["pending"]
    assert ids(page) == [made[4].id]
    entries = [entry for entry in audit_log(app) if entry.action == "comment.reject"]
    assert [entry.subject for entry in entries] == [f"comment:{one.id}" for one in made[:4]]
    assert {entry.reason for entry in entries} == {"off-topic"}
    assert all(entry.details["bulk"] for entry in entries)
    said = told(entries[0], names={}, reasons={})
    assert said.because == ("off-topic", f"one of many at once, in decision {entries[0].details['bulk']} of this kind")
    page = page.submit(".undo-line form", decision="undo").follow()
    assert page.texts(".undo-line__said") == ["4 undone."]
    assert states(app, made) == ["pending"] * 5
    assert page.all(".undo-line form") == []


def test_what_somebody_else_decided_is_skipped_and_they_are_named(app: Flask):
    made = waiting(app, 5)
    moderator, other = on_duty(app), grace(app)
    page = read(moderator, DESK)
    for comment in made[:2]:
        assert read(other, DESK).submit(f"#comment-{comment.id} form", decision="approve").status == 303
    picked = [f"{comment.id}:{comment.version}" for comment in made]
    page = page.submit("#bulk-form", picked=picked, decision="spam").follow()  # type: ignore[arg-type]
    assert page.texts(".undo-line__said") == ["3 marked as spam, 2 skipped: already decided by Grace."]
    assert states(app, made) == ["approved"] * 2 + ["spam"] * 3


def test_undoing_leaves_alone_what_has_changed_since_and_says_so(app: Flask):
    made = waiting(app, 3)
    page = tick(on_duty(app), made, "spam").follow()
    assert read(grace(app), f"{DESK}comments/{made[1].id}").submit(".queue-card form", decision="approve").status == 303
    page = page.submit(".undo-line form", decision="undo").follow()
    assert page.texts(".undo-line__said") == ["2 undone, 1 left alone: changed since."]
    assert states(app, made) == ["pending", "approved", "pending"]


def test_the_form_of_many_refuses_what_makes_no_sense(app: Flask):
    made = waiting(app, 2)
    moderator = on_duty(app)
    page = read(moderator, DESK)
    good = f"{made[0].id}:1"
    for sent in (
        {"decision": "approve"},
        {"decision": "approve", "picked": ["x"]},
        {"decision": "approve", "picked": [good, f"{'9' * 40}:1"]},
        {"decision": "undo", "picked": [good]},
        {"decision": "reject", "reason": "", "picked": [good]},
    ):
        answer = page.submit("#bulk-form", **sent)  # type: ignore[arg-type]
        assert answer.status == 422
        assert answer.one(".notice--fault").text
    assert page.submit("#bulk-form", csrf_token="forged", decision="spam", picked=[good]).status == 400  # type: ignore[arg-type]
    gone = page.submit("#bulk-form", decision="spam", picked=["999999:1"]).follow()  # type: ignore[arg-type]
    assert gone.texts(".undo-line__said") == ["0 marked as spam."]
    assert states(app, made) == ["pending"] * 2
    for path in ("bulks/0/undo", "bulks/99/go-on", "bulks/99/undo"):
        token = page.form("#bulk-form")[1]["csrf_token"]
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert moderator.post(f"{DESK}{path}", data={"csrf_token": token}, headers=headers).status_code == 404
    assert moderator.get(f"{DESK}bulks/99").status_code == 404


def test_a_link_ticks_the_whole_page_without_script(app: Flask):
    waiting(app, 3)
    moderator = on_duty(app)
    link = read(moderator, DESK).one(".bulk-bar__all").attributes["href"]
    boxes = read(moderator, link).all(".queue-card__tick")
    assert len(boxes) == 3 and all("checked" in box.attributes for box in boxes)


@pytest.mark.parametrize(("way", "number"), [("network", 4), ("link", 3), ("text", 3)])
def test_everything_like_a_comment_is_shown_and_decided_on_with_one_button(app: Flask, way: str, number: int):
    article, other = make_article(app), make_article(app)
    first = make_comment(app, article, status="pending", source=f"{SPAM} https://www.pills.example/a", network="wave")
    near = make_comment(app, other, status="pending", source=f"{SPAM}! http://pills.example/b", network="wave")
    far = make_comment(app, other, status="pending", source=f"{SPAM} now https://pills.example:8080", network="x")
    lone = make_comment(app, other, status="pending", source="Pills example, a word of mine.", network="wave")
    more = make_comment(app, other, status="pending", source="The best of the world.", network="wave")
    seen = make_comment(app, other, source=f"{SPAM} https://pills.example/z", network="wave")
    moderator = on_duty(app)
    page = read(moderator, f"{DESK}comments/{first.id}/like?by={way}")
    assert page.texts(".like__number") == [f"{number} comments"]
    late = make_comment(app, article, status="pending", source=f"{SPAM} https://pills.example/c", network="wave")
    page = page.submit("#like-form", decision="reject", reason="advertising").follow()
    assert page.texts(".undo-line__said") == [f"{number} rejected."]
    meant = {"network": [first, near, lone, more]}.get(way, [first, near, far])
    assert states(app, meant) == ["rejected"] * number
    others = [one for one in (far, lone, more) if one not in meant]
    assert states(app, [*others, late, seen]) == ["pending"] * (len(others) + 1) + ["approved"]


def test_everything_like_a_comment_begins_with_the_narrowest_likeness_and_the_comment_itself(app: Flask):
    article, moderator = make_article(app), on_duty(app)
    for number in range(6):
        make_comment(app, article, status="pending", source=f"Another thing altogether, {number}.", network="wave")

    def opened(comment: Made, *, by: str = "") -> tuple[str, list[str]]:
        page = read(moderator, f"{DESK}comments/{comment.id}/like{by}")
        assert page.texts(".like__examples a")[0] == f"#{comment.id}"
        return page.one("a.queue-tabs__tab[aria-current=page]").text, page.texts("a.queue-tabs__tab")

    # Where nothing else is alike, with the likeness that says most.
    alone = make_comment(app, article, status="pending", source="See https://books.example/a", network="alone")
    assert opened(alone) == ("Same text 1", ["Same network 1", "Same link 1", "Same text 1"])
    first = make_comment(app, article, status="pending", source=f"{SPAM} https://pills.example/a", network="wave")
    assert opened(first) == ("Same network 7", ["Same network 7", "Same link 1", "Same text 1"])
    make_comment(app, article, status="pending", source="Look: https://pills.example/b", network="x")
    assert opened(first) == ("Same link 2", ["Same network 7", "Same link 2", "Same text 1"])
    make_comment(app, article, status="pending", source=f"{SPAM}! https://pills.example/c", network="wave")
    assert opened(first) == ("Same text 2", ["Same network 8", "Same link 3", "Same text 2"])
    # Who asks for one of them waits for no other.
    assert opened(first, by="?by=network") == ("Same network 8", ["Same network 8", "Same link", "Same text"])


@pytest.mark.parametrize(
    "source", ["😀", "Hi", "http://[::1", "> only quoted\n> lines here", "((((" * 200, "a " * 2000]
)
def test_anything_may_be_compared(app: Flask, source: str):
    comment = make_comment(app, make_article(app), status="pending", source=source)
    moderator = on_duty(app)
    for by in ("network", "text", "link"):
        assert moderator.get(f"{DESK}comments/{comment.id}/like?by={by}").status_code in (200, 404)
    assert moderator.get(f"{DESK}comments/{comment.id}/like?by=nonsense").status_code == 404
    assert moderator.get(f"{DESK}comments/999/like").status_code == 404


def seen_of(app: Flask, number: int) -> list[Seen]:
    with app.app_context():
        columns = (Comment.id, Comment.version, Comment.article_id)
        rows = db.session.execute(select(*columns).where(Comment.status == "pending").limit(number))
        return [Seen(*row) for row in rows]


def test_many_are_decided_in_small_transactions_that_may_be_cut_short(app: Flask, monkeypatch: pytest.MonkeyPatch):
    fill_queue(app, 260)
    seen = seen_of(app, 3 * BATCH + 5)
    monkeypatch.setattr(bulk_views, "SECONDS", 0.0)
    with app.app_context():
        bulk_id = begin(seen, Decision.SPAM, reason="", what="of a test", actor=SHELL, now=utcnow())
        db.session.commit()

    def rows() -> tuple[int, int]:
        spam = [entry for entry in audit_log(app) if entry.action == "comment.spam"]
        with app.app_context():
            result = result_of(bulk_id)
            assert result is not None
            return len(spam), result.counts[Outcome.DONE]

    with app.app_context():
        go_on(bulk_id, actor=SHELL, seconds=0)
    assert rows() == (BATCH, BATCH)
    killed(app, bulk_id, monkeypatch)
    assert rows() == (BATCH, BATCH)  # The batch that was cut short left nothing, neither there nor here.
    moderator = on_duty(app)
    page = read(moderator, f"{DESK}bulks/{bulk_id}")
    assert page.texts(".undo-line__said") == [f"{BATCH} marked as spam; {2 * BATCH + 5} still to do."]
    monkeypatch.setattr(bulk_views, "SECONDS", 60.0)
    page = page.submit(f"form[action={DESK}bulks/{bulk_id}/go-on]").follow()
    assert page.texts(".undo-line__said") == [f"{len(seen)} marked as spam."]
    assert rows() == (len(seen), len(seen))


def killed(app: Flask, bulk_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on with a bulk in a process that dies in the middle of a batch."""
    met = [0]
    real: Callable[..., object] = bulks.decide

    def dying(*arguments: object, **more: object) -> object:
        met[0] += 1
        if met[0] > BATCH // 2:
            raise KeyboardInterrupt
        return real(*arguments, **more)

    with monkeypatch.context() as patch, app.app_context():
        patch.setattr(bulks, "decide", dying)
        with pytest.raises(KeyboardInterrupt):
            go_on(bulk_id, actor=SHELL, seconds=60)


def test_a_bulk_finds_its_rows_by_an_index_and_asks_few_queries_a_comment(app: Flask):
    fill_queue(app, 3_000, per_article=5)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.connection().exec_driver_sql("ANALYZE")
        db.session.execute(update(Comment).where(Comment.id % 3 == 0).values(source=SPAM))
        db.session.commit()
        some = db.session.scalar(select(Comment.id).where(Comment.status == "pending", Comment.id % 3 == 0).limit(1))
    moderator = on_duty(app)
    for by in ("network", "text"):
        with explained(app) as plans, queries_of(app) as statements:
            page = read(moderator, f"{DESK}comments/{some}/like?by={by}")
        check(plans)
        assert len([one for one in statements if "set_config" not in one]) <= 12
    assert page.texts(".like__number") == ["500 comments"]
    with explained(app) as plans, queries_of(app) as statements:
        assert page.submit("#like-form", decision="spam").status == 303
    check([plan for plan in plans if "learned_" not in plan[0] and "lesson" not in plan[0]])
    assert len(statements) <= 500 * 12  # Spam is counted too, for a wave of it, and learned.
