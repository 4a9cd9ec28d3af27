"""Bans: what they hold and until when, who hears of them, and what is left of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.bans import Ban
from davidson.comments.models import Comment
from davidson.comments.withdrawing import erase
from davidson.config import CommentsMode
from davidson.database import db
from davidson.moderation.bans import LONGEST, PAGE_SIZE, BannedAlready, NoSuchBan, end_ban
from tests.comments.sending import PUBLISHED, WAITS, newest, send
from tests.counting import queries_of
from tests.desks import audit_log, browser, on_duty
from tests.factories import Made, make_article, make_comment
from tests.moderation.senders import NETWORK, ONE, TOKEN, ban, ban_in_store, page_of_comment, section
from tests.pages import read

BANS = "/staff/moderation/bans"
UNTIL = "until the moment below"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(comments=CommentsMode.PUBLISH)


@pytest.fixture
def article(app: Flask) -> Made:
    return make_article(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A moderator called Ada Lovelace."""
    return on_duty(app)


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return browser(app, address="192.0.2.7")


def newest_comment(app: Flask, article: Made) -> Made:
    with app.app_context():
        row = db.session.query(Comment).order_by(Comment.id.desc()).first()
        assert row is not None
        return Made(row.id, article.slug, row.status.value, row.version)


def shown(client: FlaskClient, article: Made) -> list[str]:
    return read(client, article.url).texts("div.comment__text")


def test_what_comes_from_a_banned_network_waits_and_nothing_of_it_is_lost(app, article, client, reader):
    send(reader, article, "Before.")
    assert ban(client, newest_comment(app, article)).status == 303
    neighbour = browser(app, address="192.0.2.200")
    for number, one in enumerate((reader, neighbour)):
        assert send(one, article, f"Held, number {number}.").status == 303
        state, findings = newest(app)
        assert (state, set(findings)) == (WAITS, {"ban"})
        assert findings["ban"]["detail"].startswith("This network is banned until 20")
    send(browser(app, address="192.0.3.7"), article, "From next door.")
    assert newest(app) == (PUBLISHED, {})
    assert shown(reader, article) == ["Before.", "From next door."]
    queue = read(client, "/staff/moderation/")
    assert queue.texts(".queue-card__text") == ["Held, number 0.", "Held, number 1."]
    assert "This network is banned until" in queue.html


def test_a_token_is_banned_whatever_network_it_comes_from(app, article, client, reader):
    send(reader, article, "Before.", remember="y")
    assert ban(client, newest_comment(app, article), TOKEN).status == 303
    reader.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    send(reader, article, "From elsewhere.")
    state, findings = newest(app)
    assert (state, findings["ban"]["detail"][:30]) == (WAITS, "This author token is banned un")
    send(browser(app, address="192.0.2.7"), article, "Somebody else on that network.")
    assert newest(app) == (PUBLISHED, {})


def test_a_ban_ends_by_itself_at_its_second(app, article, reader):
    end = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)
    send(reader, article, "Before.")
    ban_in_store(app, newest_comment(app, article), now=end - timedelta(days=1), ends_at=end)
    for moment, state in ((end - timedelta(microseconds=1), WAITS), (end, PUBLISHED)):
        with time_machine.travel(moment, tick=False):
            send(reader, article, f"At {moment}.")
        assert newest(app)[0] == state


def test_the_reader_is_told_that_it_is_held_and_nothing_of_a_ban(app, article, client, reader):
    send(reader, article, "Before.")
    first = newest_comment(app, article)
    held = send(reader, article, "One that is held for https://example.org/a and https://example.org/b.").follow()
    ban(client, first, reason="A nuisance.")
    answer = send(reader, article, "One of those.")
    receipt = answer.follow()
    assert (
        receipt.texts("p.notice__title") == held.texts("p.notice__title") == ["Received, and waiting for a moderator"]
    )
    # What a receipt says of networks, it says of every one.
    assert receipt.html.casefold().count("network") == held.html.casefold().count("network")
    for page in (receipt.html, str(answer.headers), read(reader, article.url).html):
        words = page.casefold()
        assert not [word for word in ("banned", " ban ", "nuisance") if word in words]


def test_a_ban_says_until_when_why_and_by_whom_on_the_page_and_in_the_list(app, article, client):
    comment = make_comment(app, article, name="Bo")
    done = ban(client, comment, length="30 days", reason="Insults under *five* names.").follow()
    assert done.texts(".flash") == ["What comes from this network waits for a moderator from now on."]
    told = section(done).one(".ban-told")
    end = (utcnow() + timedelta(days=30)).strftime("%-d %B %Y")
    assert told.texts(".ban-told__until")[0].startswith(f"Banned until {end}")
    assert told.texts(".ban-told__reason") == ["Insults under *five* names."]
    assert told.texts(".ban-told__by")[0].startswith("Ada Lovelace, ")
    assert section(done).all(f"form#ban-form-{NETWORK}") == []
    (row,) = read(client, BANS).all("li.rows__row")
    assert row.one("h2").text == f"The network of comment #{comment.id}, Bo"
    assert row.one(".ban-told").text == told.text


def test_a_ban_is_ended_early_from_the_page_and_from_the_list(app, article, client, reader):
    send(reader, article, "Before.")
    comment = newest_comment(app, article)
    for leave in ("the page", "the list"):
        ban(client, comment)
        page = page_of_comment(client, comment) if leave == "the page" else read(client, BANS)
        (button,) = [form for form in page.all("form") if form.attributes["action"].endswith("/end")]
        answer = page.submit(f"form[action={button.attributes['action']}]")
        way_back = f"{ONE}{comment.id}#senders" if leave == "the page" else BANS
        assert answer.headers["Location"] == way_back
        assert read(client, BANS).texts(".empty") == ["No ban holds."]
        again = page.submit(f"form[action={button.attributes['action']}]").follow()
        assert again.texts(".flash")[-1] == "That ban is over already."
        send(reader, article, f"After {leave}.")
        assert newest(app)[0] == PUBLISHED


def test_every_act_is_in_the_log_and_the_log_holds_no_hash(app, article, client):
    comment = make_comment(app, article, network="the-hash")
    ban(client, comment, reason="A wave.")
    with app.app_context():
        ban_id = db.session.query(Ban.id).scalar()
    read(client, BANS).submit(f"form[action={BANS}/{ban_id}/end]")
    placed, ended = audit_log(app)[-2:]
    assert (placed.action, placed.subject, placed.to_state, placed.reason) == (
        "ban.place",
        f"ban:{ban_id}",
        "network",
        "A wave.",
    )
    assert (ended.action, ended.subject, ended.from_state) == ("ban.end", f"ban:{ban_id}", "network")
    assert not [entry for entry in audit_log(app) if entry.subject.startswith("ban") and "hash" in str(entry.details)]
    page = read(client, f"/staff/audit?subject=ban:{ban_id}")
    assert page.texts("td.table__said") == [
        f"Ada Lovelace ended ban {ban_id} on a network early.",
        f"Ada Lovelace placed ban {ban_id} on a network.",
    ]
    assert "A wave." in page.html and f"comment: {comment.id}" in page.html
    assert {"ban: place", "ban: end"} <= set(page.texts("option"))
    assert "ban.place" in client.get("/staff/audit/entries.csv?action=ban.place").text
    assert app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": " \n"}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"length": "400"}, "length"),
        ({"length": UNTIL, "until": ""}, "until"),
        ({"length": UNTIL, "until": "tomorrow"}, "until"),
        ({"length": UNTIL, "until": "2020-01-01T00:00"}, "until"),
        ({"length": UNTIL, "until": "2999-01-01T00:00"}, "until"),
    ],
)
def test_a_faulty_ban_comes_back_with_what_was_typed(app, article, client, values: dict[str, str], field: str):
    comment = make_comment(app, article)
    filled = {"length": "1 week", "until": "", "reason": "A wave."} | values
    page = page_of_comment(client, comment).submit(f"#ban-form-{NETWORK}", **filled)
    assert page.status == 422
    assert page.one(f"p#{field}-{NETWORK}-fault").text
    sent = page.form(f"#ban-form-{NETWORK}")[1]
    kept = {name: value for name, value in filled.items() if name != "length" and value.strip()}
    assert {name: sent[name] for name in kept} == kept
    assert page.form(f"#ban-form-{NETWORK}")[0] == f"{ONE}{comment.id}/bans"
    assert read(client, BANS).texts(".empty") == ["No ban holds."]


def test_an_end_is_typed_in_the_sites_own_zone(make_app: Callable[..., Flask]):
    app = make_app(time_zone=ZoneInfo("Pacific/Auckland"))
    comment = make_comment(app, make_article(app))
    local = (utcnow() + timedelta(days=3)).astimezone(ZoneInfo("Pacific/Auckland")).replace(second=0, microsecond=0)
    assert ban(on_duty(app), comment, length=UNTIL, until=f"{local:%Y-%m-%dT%H:%M}").status == 303
    with app.app_context():
        assert db.session.query(Ban.ends_at).scalar() == local


def test_a_second_ban_on_what_is_banned_is_refused_and_one_after_it_is_not(app, article, client):
    comment, now = make_comment(app, article), utcnow()
    page = page_of_comment(client, comment)
    first = ban_in_store(app, comment)
    late = page.submit(f"#ban-form-{NETWORK}", length="1 week", reason="I too.")
    assert late.status == 409 and "A ban on it holds already." in late.html
    with pytest.raises(BannedAlready):
        ban_in_store(app, comment)
    later = now + timedelta(days=2)
    assert ban_in_store(app, comment, now=later, ends_at=later + LONGEST) == first


def test_what_is_not_known_is_not_banned_and_what_was_typed_comes_back(app, article, client):
    comment = make_comment(app, article)
    page = page_of_comment(client, comment)
    with app.test_request_context():
        erase(db.session.get_one(Comment, comment.id), now=utcnow())
        db.session.commit()
    answer = page.submit(f"#ban-form-{NETWORK}", length="1 week", reason="Insults.")
    assert answer.status == 409
    assert "not known any more" in answer.html and "Insults." in answer.html
    nonsense = page.submit(f"#ban-form-{NETWORK}", kind="planet", reason="Insults.")
    assert nonsense.status == 422
    assert page_of_comment(client, comment).all("section.sender-record") == []


@pytest.mark.parametrize("path", [f"{ONE}7/bans", f"{ONE}{2**63}/bans", f"{BANS}/7/end", f"{BANS}/{2**70}/end"])
def test_nothing_is_banned_and_no_ban_ended_that_is_not_there(app, client, path: str):
    values = {"kind": "network", "length": "1 day", "reason": "A wave."}
    token = read(client, BANS).form("form[action=/staff/logout]")[1]
    before = len(audit_log(app))
    assert client.post(path, data=values | token).status_code == (303 if path.endswith("end") else 404)
    assert client.post(path, data=values).status_code == 400  # Without the token of the session.
    assert len(audit_log(app)) == before


def test_authors_have_no_part_in_it(app, article):
    comment, author = make_comment(app, article), on_duty(app, Role.AUTHOR)
    for path in (BANS, f"{ONE}{comment.id}/sender", f"{ONE}{comment.id}/thread"):
        assert author.get(path).status_code == 403


def test_bans_follow_one_another_by_their_ends_without_gap_or_repeat(app, article, client):
    now = utcnow().replace(microsecond=0)
    for number in range(2 * PAGE_SIZE + 3):
        ends_at = now + timedelta(hours=1 + number // 3)
        ban_in_store(app, make_comment(app, article), now=now, ends_at=ends_at)
    over = ban_in_store(app, make_comment(app, article), now=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    seen, url = [], BANS
    while url:
        page = read(client, url)
        seen.append([int(row.attributes["id"].removeprefix("ban-")) for row in page.all("li.rows__row")])
        url = next((link.attributes["href"] for link in page.all("a.pager__link--forward")), "")
    assert [len(each) for each in seen] == [PAGE_SIZE, PAGE_SIZE, 3]
    flat = [one for each in seen for one in each]
    assert flat == sorted(flat) and over not in flat
    assert client.get(f"{BANS}?after=x").status_code == 404
    with queries_of(app) as statements:
        read(client, BANS)
    assert len(statements) <= 3  # The session, the bans and the sections of the masthead.


def test_a_comment_costs_no_statement_more_for_the_bans(app, article, reader):
    """What is asked about a sender's bans is part of a question that is asked anyway."""
    for one in ("A first one.", "A second one."):
        with queries_of(app) as statements:
            send(reader, article, one)
    about_bans = [one for one in statements if "FROM ban" in one]
    assert len(about_bans) == 1 and "json" in about_bans[0]


def test_two_moderators_who_ban_at_once_place_one_ban(app, article):
    comment = make_comment(app, article)
    ban_id = ban_in_store(app, comment)
    with app.app_context():
        end_ban(ban_id, actor=SHELL, now=utcnow())
        with pytest.raises(NoSuchBan):
            end_ban(ban_id, actor=SHELL, now=utcnow())
        db.session.commit()
        assert db.session.query(Ban).count() == 1
