"""`davidson comments …`: the same decisions from a shell, with the same record."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.decisions import Decision, decide_each
from davidson.moderation.listing import all_comments, waiting_batches
from tests.conftest import run_davidson
from tests.desks import audit_log
from tests.factories import Made, comment_now, make_article, make_comment


def run(app: Flask, *arguments: str) -> Result:
    """`davidson comments` with these arguments."""
    return app.test_cli_runner().invoke(args=["comments", *arguments])


def states(app: Flask, *made: Made) -> list[str]:
    return [comment_now(app, comment).status.value for comment in made]


def test_comments_are_listed_one_json_object_a_line(app: Flask):
    sent = datetime(2026, 11, 23, 20, 48, 5, 123456, tzinfo=UTC)
    article = make_article(app, published_at=sent)
    first = make_comment(app, article, name="Zoë", source="*Well* said.\n\nIndeed.", created_at=sent)
    reply = make_comment(app, article, status="pending", parent_id=first.id)
    lines = [json.loads(line) for line in run(app, "list", "--json").output.splitlines()]
    assert [line["id"] for line in lines] == [first.id, reply.id]
    assert lines[0] | {"findings": []} == {
        "id": first.id,
        "article": article.slug,
        "parent": None,
        "name": "Zoë",
        "status": "approved",
        "source": "*Well* said.\n\nIndeed.",
        "html": "<p><em>Well</em> said.</p>\n<p>Indeed.</p>",
        "created_at": "2026-11-23T20:48:05Z",
        "version": 2,
        "reason": "",
        "findings": [],
    }
    assert lines[1]["parent"] == first.id
    assert {finding["rule"] for finding in lines[1]["findings"]} >= {"strangers"}


def test_comments_are_listed_by_state_and_in_plain_lines(app: Flask):
    article = make_article(app)
    made = {status: make_comment(app, article, status=status) for status in CommentStatus}
    for status, comment in made.items():
        lines = run(app, "list", "--status", status.value).output.splitlines()
        assert len(lines) == 1
        assert lines[0].split()[:2] == [str(comment.id), status]
        assert article.slug in lines[0]
    assert run(app, "list", "--status", "open").exit_code == 2


def test_a_long_list_is_read_in_batches(app: Flask):
    article = make_article(app)
    made = [make_comment(app, article).id for _ in range(7)]
    with app.app_context():
        assert [comment.id for comment in all_comments(None, size=3)] == made


def test_all_that_waits_is_met_once_however_it_is_decided(app: Flask):
    articles = [make_article(app) for _ in range(2)]
    waiting = [make_comment(app, articles[number % 2], status="pending") for number in range(5)]
    met: list[tuple[int, int]] = []
    with app.app_context():
        for batch in waiting_batches(utcnow(), size=2):
            decide_each(batch[:1], Decision.SPAM, actor=SHELL, now=utcnow())
            db.session.commit()
            met += batch
    assert sorted(met) == [(comment.id, 1) for comment in waiting]


@pytest.mark.parametrize(("decision", "state"), [("approve", "approved"), ("reject", "rejected"), ("spam", "spam")])
def test_a_decision_is_taken_on_each_number(app: Flask, decision: str, state: str):
    article = make_article(app)
    one, two, three = (make_comment(app, article, status="pending") for _ in range(3))
    done = run(app, decision, str(one.id), str(three.id), str(one.id))
    assert (done.exit_code, done.output) == (0, f"2 comments {state}\n")
    assert states(app, one, two, three) == [state, "pending", state]
    last = audit_log(app)[-1]
    assert (last.action, last.actor, last.actor_id) == (f"comment.{decision}", "shell", None)
    assert last.reason == comment_now(app, three).reason == ("other" if decision == "reject" else "")


def test_a_rejection_takes_a_reason(app: Flask):
    comment = make_comment(app, make_article(app))
    assert run(app, "reject", str(comment.id), "--reason", "nonsense").exit_code == 2
    assert run(app, "reject", str(comment.id), "--reason", "abuse").exit_code == 0
    assert comment_now(app, comment).reason == "abuse"
    assert run(app, "approve", str(comment.id), "--reason", "abuse").exit_code == 2


def test_all_that_waits_is_decided(app: Flask):
    articles = [make_article(app) for _ in range(2)]
    waiting = [make_comment(app, articles[number % 2], status="pending") for number in range(5)]
    others = [make_comment(app, articles[0], status=status) for status in ("rejected", "spam", "deleted", "approved")]
    done = run(app, "approve", "--all-pending")
    assert (done.exit_code, done.output) == (0, "5 comments approved\n")
    assert states(app, *waiting) == ["approved"] * 5
    assert states(app, *others) == ["rejected", "spam", "deleted", "approved"]
    entries = [entry for entry in audit_log(app) if entry.action == "comment.approve"]
    assert {entry.subject for entry in entries} == {f"comment:{comment.id}" for comment in waiting}
    assert run(app, "approve", "--all-pending").output == "no comments approved\n"


def test_numbers_that_are_none_are_named_and_the_rest_is_done(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    done = run(app, "approve", "98", str(comment.id), str(2**64))
    assert done.exit_code == 1
    assert done.stderr == f"Error: there is no comment 98, {2**64}\n"
    assert states(app, comment) == ["approved"]


def test_what_cannot_be_decided_is_named_too(app: Flask):
    article = make_article(app)
    gone, fine = make_comment(app, article, status="deleted"), make_comment(app, article, status="pending")
    done = run(app, "spam", str(gone.id), str(fine.id))
    assert done.exit_code == 1
    assert done.stderr == f"Error: not possible for comment {gone.id} (deleted)\n"
    assert states(app, gone, fine) == ["deleted", "spam"]


@pytest.mark.parametrize("arguments", [(), ("--all-pending", "1"), ("one",), ("--everything",)])
def test_wrong_usage_is_told(app: Flask, arguments: tuple[str, ...]):
    assert run(app, "approve", *arguments).exit_code == 2


def test_the_same_decision_twice_is_recorded_once(app: Flask):
    comment = make_comment(app, make_article(app), status="pending")
    assert run(app, "spam", str(comment.id)).output == "1 comment spam\n"
    assert run(app, "spam", str(comment.id)).output == "no comments spam\n"
    assert comment_now(app, comment).version == 2


@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "spam", "deleted"])
def test_the_shell_lists_each_state_by_the_interfaces_word(app, store, tmp_path, status):
    article = make_article(app)
    made = {one: make_comment(app, article, status=one) for one in ("pending", "approved", "rejected", "spam")}
    listed = run_davidson("comments", "list", "--status", status, "--json", url=store, instance=tmp_path / "instance")
    assert listed.returncode == 0, listed.stderr
    ids = [json.loads(line)["id"] for line in listed.stdout.splitlines()]
    assert ids == ([made[status].id] if status in made else [])
