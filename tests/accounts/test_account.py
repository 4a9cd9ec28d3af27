"""One's own account: sessions and password."""

import pytest

from davidson.accounts.models import StaffSession
from davidson.database import db
from tests.desks import PASSWORD, audit_log, browser, hire, live_sessions, log_in
from tests.pages import read

EMAIL = "ada@example.org"
FRESH = "another violin 43 harbour"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ada(app):
    hire(app, email=EMAIL)
    client = browser(app)
    assert log_in(client, EMAIL).status == 303
    return client


def change(client, *, current=PASSWORD, new=FRESH, again=None):
    page = read(client, "/staff/account")
    return page.submit("main form.panel__form", current=current, new=new, again=new if again is None else again)


def another_browser(app, agent=FIREFOX):
    client = browser(app)
    client.environ_base["HTTP_USER_AGENT"] = agent
    assert log_in(client, EMAIL).status == 303
    return client


def test_all_of_ones_sessions_are_listed_and_the_present_one_is_marked(app, ada):
    another_browser(app)
    hire(app, email="somebody.else@example.org")
    log_in(browser(app), "somebody.else@example.org")
    names = read(ada, "/staff/account").texts(".rows__name")
    assert len(names) == 2
    assert "Firefox on Linux" in names
    assert [name for name in names if "This browser" in name] == [name for name in names if "Firefox" not in name]


def test_what_a_browser_calls_itself_is_shown_as_text(app, ada):
    another_browser(app, "<script>alert(1)</script>" + "x" * 5000)
    page = read(ada, "/staff/account")
    assert page.status == 200 and "<script>alert" not in page.html and len(page.html) < 20_000


def test_one_session_can_be_ended(app, ada):
    other = another_browser(app)
    read(ada, "/staff/account").submit("main .rows form")
    assert other.get("/staff/account").status_code == 303
    assert ada.get("/staff/account").status_code == 200


def test_the_session_of_somebody_else_cannot_be_ended(app, ada):
    hire(app, email="somebody.else@example.org")
    other = browser(app)
    log_in(other, "somebody.else@example.org")
    token = read(ada, "/staff/account").form("header form")[1]["csrf_token"]
    with app.app_context():
        theirs = db.session.scalars(db.select(StaffSession.id).order_by(StaffSession.id.desc())).first()
    for session_id in (theirs, 2**63 - 1, 2**63, 10**30):
        answer = ada.post(f"/staff/account/sessions/{session_id}/end", data={"csrf_token": token})
        assert answer.status_code == 404
    assert other.get("/staff/account").status_code == 200


def test_all_other_sessions_can_be_ended_at_once(app, ada):
    others = [another_browser(app) for _ in range(2)]
    token = read(ada, "/staff/account").form("header form")[1]["csrf_token"]
    ada.post("/staff/account/sessions/end-others", data={"csrf_token": token})
    assert [other.get("/staff/account").status_code for other in others] == [303, 303]
    assert ada.get("/staff/account").status_code == 200
    assert audit_log(app)[-1].action == "staff.end-other-sessions"


def test_a_new_password_works_and_the_old_one_no_longer(app, ada):
    assert change(ada).follow().texts(".flash") == ["Your password is changed. You are logged out everywhere else."]
    assert log_in(browser(app), EMAIL, PASSWORD).status == 422
    assert log_in(browser(app), EMAIL, FRESH).status == 303


def test_a_new_password_ends_every_session_and_a_copy_of_this_ones_cookie_too(app, ada):
    other = another_browser(app)
    thief = browser(app)
    thief.set_cookie("davidson_staff", ada.get_cookie("davidson_staff", path="/staff").value, path="/staff")
    change(ada)
    assert other.get("/staff/account").status_code == 303
    assert thief.get("/staff/account").status_code == 303
    assert ada.get("/staff/account").status_code == 200
    assert live_sessions(app) == 1


@pytest.mark.parametrize(
    ("typed", "field", "fault"),
    [
        ({"current": "wrong"}, "current", "This is not your current password."),
        ({"new": "short"}, "new", "Use at least 12 characters."),
        ({"new": "password1234"}, "new", "Choose another password: this one is among those tried first."),
        ({"again": "something else"}, "again", "This is not the same as the new password above."),
        ({"current": ""}, "current", "Enter your current password."),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_beside_its_field(app, ada, typed, field, fault):
    page = change(ada, **typed)
    assert page.status == 422
    control = page.one(f"input#{field}")
    assert control.attributes["aria-invalid"] == "true"
    assert page.one(f"#{field}-fault").text == fault
    assert f"{field}-fault" in control.attributes["aria-describedby"].split()
    assert FRESH not in page.html
    assert log_in(browser(app), EMAIL, PASSWORD).status == 303


def test_the_current_password_cannot_be_guessed_here_either(app, ada):
    statuses = [change(ada, current=f"wrong {number}").status for number in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    answer = change(ada)
    assert answer.status == 429 and int(answer.headers["Retry-After"]) > 0


def test_the_password_fields_work_with_password_managers(ada):
    page = read(ada, "/staff/account")
    fields = {name: page.one(f"input#{name}").attributes["autocomplete"] for name in ("current", "new", "again")}
    assert fields == {"current": "current-password", "new": "new-password", "again": "new-password"}


def test_a_change_of_password_is_written_down_without_it(app, ada):
    change(ada)
    entry = audit_log(app)[-1]
    assert (entry.actor, entry.action) == (EMAIL, "staff.password")
    assert FRESH not in str(entry.details) and "argon2" not in str(entry.details)
