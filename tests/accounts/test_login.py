"""Logging in and out."""

import re
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher

from davidson.accounts.models import Role, Staff
from davidson.accounts.queries import staff_by_email
from davidson.admin.people import disable
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from tests.desks import PASSWORD, audit_log, browser, hire, live_sessions, log_in, on_duty
from tests.pages import Page, read

EMAIL = "ada@example.org"


def cookie_of(client):
    return client.get_cookie("davidson_staff", path="/staff")


def without_tokens(html):
    return re.sub(r'value="[\w.-]{60,}"', "", html)


@pytest.mark.parametrize(
    ("role", "desk"),
    [
        (Role.MODERATOR, "/staff/moderation/"),
        (Role.AUTHOR, "/staff/newsroom/"),
        (Role.EDITOR, "/staff/newsroom/"),
        (Role.ADMIN, "/staff/moderation/"),
    ],
)
def test_everyone_comes_to_their_own_desk(app, client, role, desk):
    hire(app, role, EMAIL)
    assert log_in(client, EMAIL).headers["Location"] == "/staff/"
    assert client.get("/staff/").headers["Location"] == desk


def test_the_address_may_be_typed_in_capitals_and_with_blanks(app, client):
    hire(app, email=EMAIL)
    assert log_in(client, "  Ada@Example.ORG ").status == 303


def test_one_comes_back_to_the_page_that_was_asked_for(app, client):
    hire(app, email=EMAIL)
    asked = client.get("/staff/audit?subject=staff%3A1")
    assert log_in(client, EMAIL, url=asked.headers["Location"]).headers["Location"] == "/staff/audit?subject=staff%3A1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/staff/\\evil.example",
        "/staff//evil.example",
        "/staff/../articles/x",
        "/staff/%2e%2e/",
        "/staffing",
        "/articles/x",
        "javascript:alert(1)",
        "/staff/logout",
        "/staff/login?next=/staff/login",
        "\t/staff/account",
        "/staff/account\r\nSet-Cookie: a=b",
        "/staff/" + "a" * 400,
    ],
)
def test_one_is_never_sent_elsewhere_after_logging_in(app, client, elsewhere):
    hire(app, email=EMAIL)
    page = read(client, "/staff/login", query_string={"next": elsewhere})
    page.submit("main form", email=EMAIL, password=PASSWORD, next=elsewhere)
    fresh = browser(app)
    sent = read(fresh, "/staff/login").submit("main form", email=EMAIL, password=PASSWORD, next=elsewhere)
    assert sent.headers["Location"] == "/staff/"


def test_whatever_was_wrong_the_answer_is_the_same(app):
    hire(app, email=EMAIL)
    hire(app, email="gone@example.org")
    with app.app_context():
        disable(staff_by_email("gone@example.org"), actor=SHELL, now=utcnow())
        db.session.commit()
    answers = set()
    tries = [(EMAIL, "not my password"), ("nobody@example.org", PASSWORD), ("gone@example.org", PASSWORD)]
    for email, password in tries:
        page = log_in(browser(app), email, password)
        assert page.status == 422
        answers.add(without_tokens(page.html).replace(email, "EMAIL"))
    assert len(answers) == 1


def test_a_wrong_log_in_keeps_the_address_and_forgets_the_password(app, client):
    page = log_in(client, "somebody@example.org", "a wrong password")
    assert page.form("main form")[1]["email"] == "somebody@example.org"
    assert page.form("main form")[1]["password"] == ""
    assert "a wrong password" not in page.html
    assert page.texts(".notice__title") == ["This e-mail address and this password do not belong together."]


def test_an_empty_form_says_beside_each_field_what_lacks(client, app):
    page = log_in(client, "", "")
    assert page.status == 422
    assert page.texts(".field__fault") == ["Enter your e-mail address.", "Enter your password."]
    for field in page.all("input.field__control"):
        assert field.attributes["aria-invalid"] == "true" and field.attributes["aria-describedby"]


def test_the_form_works_with_password_managers(client, app):
    page = read(client, "/staff/login")
    assert page.one("input#email").attributes["autocomplete"] == "username"
    assert page.one("input#password").attributes["autocomplete"] == "current-password"


def test_the_first_field_has_the_focus_unless_something_went_wrong(client, app):
    def focused(page: Page) -> list[str]:
        return [
            each.attributes.get("id", each.attributes.get("role", ""))
            for each in page.tree
            if "autofocus" in each.attributes
        ]

    assert focused(read(client, "/staff/login")) == ["email"]
    assert focused(read(client, "/staff/login").submit("main form", email="", password="")) == ["alert"]
    assert focused(log_in(client, "nobody@example.org")) == ["alert"]


def test_log_in_without_its_token_or_from_another_site_is_refused_and_keeps_the_address(app, client):
    hire(app, email=EMAIL)
    refused = client.post("/staff/login", data={"email": EMAIL, "password": PASSWORD})
    assert refused.status_code == 400 and EMAIL in refused.text
    page = read(client, "/staff/login")
    sent = page.submit("main form", headers={"Sec-Fetch-Site": "cross-site"}, email=EMAIL, password=PASSWORD)
    assert sent.status == 400
    assert live_sessions(app) == 0


def test_logging_in_brings_a_new_session_and_a_new_form_token(app, client):
    hire(app, email=EMAIL)
    before = read(client, "/staff/login").form("main form")[1]["csrf_token"]
    log_in(client, EMAIL)
    first = cookie_of(client).value
    assert client.post("/staff/logout", data={"csrf_token": before}).status_code == 400
    read(client, "/staff/account").submit("header form")
    log_in(client, EMAIL)
    assert cookie_of(client).value != first


def test_the_cookie_is_for_the_staff_area_alone_and_hidden_from_scripts(app, client):
    hire(app, email=EMAIL)
    cookie = log_in(client, EMAIL).headers["Set-Cookie"]
    assert re.match(r"davidson_staff=[^;]+; ", cookie)
    assert {"Path=/staff", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_the_cookie_is_secure_over_https(make_app):
    configured = make_app(base_url="https://news.example.org")
    answer = configured.test_client().get("/staff/login", base_url="https://news.example.org")
    assert "Secure" in answer.headers["Set-Cookie"]
    proxied = make_app(trusted_proxies=1)
    answer = proxied.test_client().get("/staff/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]
    untrusted = make_app()
    answer = untrusted.test_client().get("/staff/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" not in answer.headers["Set-Cookie"]


def test_the_store_and_the_cookie_hold_different_things(app, client):
    hire(app, email=EMAIL)
    log_in(client, EMAIL)
    with client.session_transaction(base_url="http://localhost/staff/") as session:
        secret = session["sid"]
    assert len(secret) == 43
    with app.app_context():
        kept = db.session.execute(db.text("SELECT token_hash, agent, network FROM staff_session")).one()
    assert secret not in str(kept) and "127.0.0.1" not in str(kept)


def test_logging_out_ends_the_session_in_the_store_too(app, client):
    hire(app, email=EMAIL)
    log_in(client, EMAIL)
    stolen = cookie_of(client).value
    read(client, "/staff/account").submit("header form")
    assert live_sessions(app) == 0
    thief = browser(app)
    thief.set_cookie("davidson_staff", stolen, path="/staff")
    assert thief.get("/staff/account").status_code == 303
    assert read(client, "/staff/login").texts(".flash") == ["You are logged out."]


def test_logging_in_once_more_from_an_older_tab_ends_the_session_this_browser_had(app, client):
    hire(app, email=EMAIL)
    older_tab = read(client, "/staff/login")
    log_in(client, EMAIL)
    first = cookie_of(client).value
    stale = older_tab.submit("main form", email=EMAIL, password=PASSWORD)
    assert stale.status == 400 and stale.form("main form")[1]["email"] == EMAIL
    assert stale.submit("main form", password=PASSWORD).status == 303
    assert cookie_of(client).value != first
    assert live_sessions(app) == 1


@pytest.mark.parametrize(("away", "status"), [(timedelta(hours=11), 200), (timedelta(hours=13), 303)])
def test_a_session_ends_after_half_a_day_without_use(app, client, away, status):
    hire(app, email=EMAIL)
    log_in(client, EMAIL)
    with time_machine.travel(utcnow() + away, tick=False):
        assert client.get("/staff/account").status_code == status


def test_a_session_in_use_ends_after_fourteen_days_and_is_swept_at_the_next_log_in(app, client):
    hire(app, email=EMAIL)
    log_in(client, EMAIL)
    start = utcnow()
    for hours in range(10, 14 * 24, 10):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            page = read(client, "/staff/account")
            assert page.status == 200
            token = page.all("input[name=csrf_token]")[0].attributes["value"]
            assert client.post("/staff/account/sessions/end-others", data={"csrf_token": token}).status_code == 303
    with time_machine.travel(start + timedelta(days=14, minutes=1), tick=False):
        assert client.get("/staff/account").status_code == 303
        assert live_sessions(app) == 1
        log_in(browser(app), EMAIL)
        assert live_sessions(app) == 1


def test_a_hash_with_older_parameters_is_replaced_at_log_in(app, client):
    person = hire(app, email=EMAIL)
    with app.app_context():
        older = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)
        db.session.get_one(Staff, person).password_hash = older
        db.session.commit()
    assert log_in(client, EMAIL).status == 303
    with app.app_context():
        assert "m=47104" in db.session.get_one(Staff, person).password_hash
    assert log_in(browser(app), EMAIL).status == 303


def test_logging_in_and_out_is_written_down(app, client):
    hire(app, email=EMAIL)
    log_in(client, EMAIL)
    read(client, "/staff/account").submit("header form")
    log = [(entry.actor, entry.action) for entry in audit_log(app)]
    assert log == [("shell", "staff.add"), (EMAIL, "staff.login"), (EMAIL, "staff.logout")]


def test_hostile_log_ins_are_answered_calmly(app, client):
    token = read(client, "/staff/login").form("main form")[1]["csrf_token"]
    for email in ("\x00", "a" * 60_000, "'; DROP TABLE staff; --", "\u202e@\ud7ff", "{{ 7 * 7 }}", "<script>"):
        answer = client.post("/staff/login", data={"csrf_token": token, "email": email, "password": "x"})
        assert answer.status_code in (422, 429), email[:20]
        assert "<script" not in answer.text


def test_those_who_are_in_need_not_log_in_again(app):
    client = on_duty(app)
    assert client.get("/staff/login").headers["Location"] == "/staff/"
