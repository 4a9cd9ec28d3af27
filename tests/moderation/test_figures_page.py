"""The desk's page of figures: for moderators alone, drawn by the server, and no dearer after years than after a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, text

from davidson.accounts.models import Role
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from davidson.moderation.days import DAY, make_days
from davidson.moderation.decisions import Decision, decide
from davidson.moderation.figures import DayFigures
from davidson.moderation.models import ModerationDay
from tests.bulk import fill_queue
from tests.counting import queries_of
from tests.desks import browser, on_duty
from tests.factories import make_article, make_comment
from tests.moderation.test_scale import GROWING, check, explained
from tests.pages import Page, read

URL = "/staff/moderation/figures"
CHARTS = ["waiting", "oldest", "decided", "received", "refused", "held"]
BUSY = DayFigures(
    approved=4,
    received={"approved": 20, "pending": 9, "spam": 1},
    refused={"abuse": 3, "spam": 2},
    held_by={"links": 6, "strangers": 8},
    waits={"60": 5, "1300": 4},
    waiting=7,
    oldest=4000,
)


def midnight() -> datetime:
    return utcnow().replace(hour=0, minute=0, second=0, microsecond=0)


def store(app: Flask, days: Sequence[DayFigures]) -> None:
    """Days that end with yesterday."""
    with app.app_context():
        names = [(midnight() - (ago + 1) * DAY).date().isoformat() for ago in range(len(days))]
        rows = [{"day": name, "figures": day.as_json()} for name, day in zip(names, days, strict=True)]
        db.session.execute(insert(ModerationDay), rows)
        db.session.commit()


def drawn(page: Page) -> list[str]:
    return [svg.attributes["aria-labelledby"].partition("-")[0] for svg in page.all("svg")]


def rows(page: Page, chart: str) -> list[list[str]]:
    return [[cell.text for cell in row.children if not isinstance(cell, str)] for row in page.all(f"#{chart} tbody tr")]


def test_moderators_find_it_from_the_queue_and_others_do_not(app: Flask):
    page = read(on_duty(app), "/staff/moderation/")
    assert page.one("a.queue-head__figures").attributes["href"] == URL
    assert read(on_duty(app), URL).status == 200
    assert on_duty(app, Role.AUTHOR).get(URL).status_code == 403
    assert browser(app).get(URL).status_code in (302, 303)


def test_a_new_site_has_no_charts_yet(app: Flask):
    page = read(on_duty(app), URL)
    assert "when the first day is over" in page.one("main").text
    assert page.texts(".score__number") == ["0", "Nothing"]
    assert drawn(page) == []


def test_the_head_tells_what_waits_now_and_how_long_decisions_took(app: Flask):
    article = make_article(app, published_at=midnight() - 9 * DAY)
    for minutes in (1, 2, 3, 100):
        sent = midnight() - timedelta(hours=9)
        comment = make_comment(app, article, status="pending", source="See https://example.org/", created_at=sent)
        with app.app_context():
            now = sent + timedelta(minutes=minutes)
            decide(comment.id, Decision.APPROVE, version=None, actor=SHELL, now=now)
            db.session.commit()
    make_comment(app, article, status="pending", created_at=utcnow() - timedelta(hours=5, minutes=1))
    make_comment(app, article, status="pending")
    with app.app_context():
        make_days(midnight())
    page = read(on_duty(app), URL)
    assert page.texts(".score__number") == ["2", "5 h", "2 min", "100 min"]
    assert rows(page, "decided")[0][1:] == ["2 min", "100 min", "4"]


def test_every_chart_has_its_words_and_a_table_behind_it(app: Flask):
    store(app, [BUSY] * 40)
    page = read(on_duty(app), URL)
    assert drawn(page) == CHARTS
    for chart in CHARTS:
        assert page.one(f"#{chart} h2").text == page.one(f"#{chart} title").text
        assert page.one(f"#{chart} desc").text
        assert len(rows(page, chart)) == 30
    yesterday = (midnight() - DAY).date()
    assert rows(page, "waiting")[0] == [f"{yesterday.day} {yesterday:%b} {yesterday.year}", "7"]
    assert "style" not in page.html.partition("<main")[2]


@pytest.mark.parametrize(("days", "steps"), [("7", 7), ("30", 30), ("90", 90), ("365", 52)])
def test_the_span_is_in_the_address(app: Flask, days: str, steps: int):
    store(app, [BUSY] * 400)
    page = read(on_duty(app), f"{URL}?days={days}")
    assert len(rows(page, "received")) == steps
    here = [link.attributes["href"] for link in page.all("nav.queue-tabs a") if "aria-current" in link.attributes]
    assert here == [f"{URL}?days={days}"]


@pytest.mark.parametrize("days", ["", "0", "31", "-7", "seven", "7 ", "٧", "9" * 400, "\x00"])
def test_there_is_no_other_span(app: Flask, days: str):
    assert on_duty(app).get(URL, query_string={"days": days}).status_code == 404


def test_the_page_costs_the_same_after_a_day_and_after_a_thousand(app: Flask):
    desk = on_duty(app)

    def asked() -> list[str]:
        read(desk, f"{URL}?days=365")
        with queries_of(app) as statements:
            read(desk, f"{URL}?days=365")
        return statements

    store(app, [BUSY])
    few = asked()
    with app.app_context():
        db.session.query(ModerationDay).delete()
        db.session.commit()
    store(app, [BUSY] * 1000)
    assert asked() == few
    assert len(few) <= 6


def test_the_page_finds_its_days_by_an_index(app: Flask):
    store(app, [BUSY] * 1000)
    fill_queue(app, 1000)
    with app.app_context():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    desk = on_duty(app)
    for url in (f"{URL}?days=90", "/about/moderation"):
        with explained(app) as plans:
            read(desk, url)
        check(plans, growing=(*GROWING, "moderation_day"))
