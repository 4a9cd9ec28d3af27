"""The admins' page of people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event

from davidson.accounts.models import Role
from davidson.accounts.queries import everybody
from davidson.database import db
from tests.desks import PASSWORD, audit_log, browser, hire, log_in, on_duty
from tests.pages import read

EMAIL = "joe@example.org"


@pytest.fixture
def admin(app):
    return on_duty(app, Role.ADMIN)


def act(client, person, name, **values):
    token = read(client, "/staff/account").form("header form")[1]["csrf_token"]
    return client.post(f"/staff/admin/people/{person}/{name}", data={"csrf_token": token, **values})


def people(app):
    with app.app_context():
        return {person.email: (person.role, person.disabled_at is None) for person in everybody()}


def add(client, **values):
    given = {"name": "Joe", "email": EMAIL, "role": "author", "password": PASSWORD} | values
    return read(client, "/staff/admin/").submit("main form.panel__form", **given)


def test_somebody_added_here_can_log_in(app, admin):
    page = add(admin).follow()
    assert page.texts(".flash") == ["Joe is added."]
    assert any("Joe" in name for name in page.texts(".rows__name"))
    assert log_in(browser(app), EMAIL).status == 303
    entry = next(entry for entry in audit_log(app) if entry.details.get("email") == EMAIL)
    assert (entry.action, entry.to_state) == ("staff.add", "author") and "@" in entry.actor


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "taken@example.org"}, "email"),
        ({"email": "TAKEN@example.org"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "joejoejoejoe"}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(app, admin, typed, field):
    hire(app, email="taken@example.org")
    page = add(admin, **typed)
    assert page.status == 422
    assert page.one(f"#{field}-fault").text
    assert page.one(f"#{field}").attributes["aria-invalid"] == "true"
    kept = {"name": "Joe", "email": EMAIL, "role": "author"} | typed
    sent = page.form("main form.panel__form")[1]
    assert {name: sent[name] for name in ("email", "role")} == {name: kept[name] for name in ("email", "role")}
    assert sent["password"] == ""
    assert EMAIL not in people(app)


def test_a_role_can_be_changed(app, admin):
    person = hire(app, Role.AUTHOR, EMAIL)
    assert act(admin, person, "role", role="editor").status_code == 303
    assert people(app)[EMAIL] == (Role.EDITOR, True)
    entry = audit_log(app)[-1]
    assert (entry.action, entry.subject, entry.from_state, entry.to_state) == (
        "staff.role",
        f"staff:{person}",
        "author",
        "editor",
    )


def test_a_role_that_is_none_and_a_person_who_is_not_there_change_nothing(app, admin):
    person = hire(app, Role.AUTHOR, EMAIL)
    assert act(admin, person, "role", role="owner").status_code == 422
    assert act(admin, person, "role").status_code == 422
    for name in ("role", "disable", "enable"):
        assert act(admin, 4711, name, role="editor").status_code == 404
        assert act(admin, 10**30, name, role="editor").status_code == 404
    assert people(app)[EMAIL] == (Role.AUTHOR, True)


def test_a_disabled_person_is_out_and_an_enabled_one_may_log_in_again(app, admin):
    person = hire(app, email=EMAIL)
    client = browser(app)
    log_in(client, EMAIL)
    act(admin, person, "disable")
    assert client.get("/staff/account").status_code == 303
    assert log_in(browser(app), EMAIL).status == 422
    act(admin, person, "enable")
    assert client.get("/staff/account").status_code == 303
    assert log_in(browser(app), EMAIL).status == 303


def test_doing_again_what_is_done_is_not_written_down(app, admin):
    person = hire(app, Role.AUTHOR, EMAIL)
    act(admin, person, "disable")
    before = len(audit_log(app))
    act(admin, person, "disable")
    act(admin, person, "role", role="author")
    assert len(audit_log(app)) == before


@pytest.mark.parametrize(("name", "values"), [("disable", {}), ("role", {"role": "editor"})])
def test_the_last_admin_stays_and_is_told_why(app, name, values):
    person = hire(app, Role.ADMIN, EMAIL)
    client = browser(app)
    log_in(client, EMAIL)
    page = read(client, "/staff/admin/")
    action = f"/staff/admin/people/{person}/{name}"
    answer = page.submit(f"form[action={action}]", **values)
    assert answer.status == 422
    assert answer.one(f"#person-{person}-fault").text == "This is the last admin. Make another one first."
    assert people(app)[EMAIL] == (Role.ADMIN, True)


def test_a_disabled_admin_does_not_count_as_another_one(app, admin):
    other = hire(app, Role.ADMIN, EMAIL)
    assert act(admin, other, "disable").status_code == 303
    assert [entry.action for entry in audit_log(app)][-1] == "staff.disable"
    last = next(email for email, (role, active) in people(app).items() if role is Role.ADMIN and active)
    page = read(admin, "/staff/admin/")
    mine = next(row for row in page.all(".rows__row") if last in row.text).attributes["id"].removeprefix("person-")
    assert act(admin, mine, "disable").status_code == 422


def test_two_admins_who_disable_each_other_at_once_leave_one(app):
    for _ in range(5):
        ids = [hire(app, Role.ADMIN) for _ in range(2)]
        clients = []
        with app.app_context():
            emails = {person.id: person.email for person in everybody()}
        for person in ids:
            client = browser(app)
            log_in(client, emails[person])
            clients.append((client, read(client, "/staff/account").form("header form")[1]["csrf_token"]))
        start = Barrier(2)

        def disable_the_other(number, ids=ids, clients=clients, start=start):
            client, token = clients[number]
            start.wait()
            address = f"/staff/admin/people/{ids[1 - number]}/disable"
            return client.post(address, data={"csrf_token": token}).status_code

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(disable_the_other, range(2)))
        left = [email for email, (role, active) in people(app).items() if role is Role.ADMIN and active]
        assert len(left) == 1, answers
        assert 303 in answers
        with app.app_context():
            for person in everybody():
                person.role = Role.AUTHOR
            db.session.commit()


def test_the_page_asks_the_store_as_often_for_many_people_as_for_few(app, admin):
    def queries():
        asked = []

        def count(*arguments):
            asked.append(arguments[2])

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            assert admin.get("/staff/admin/").status_code == 200
            event.remove(db.engine, "before_cursor_execute", count)
        return len([statement for statement in asked if statement.startswith("SELECT")])

    few = queries()
    for _ in range(15):
        hire(app)
    assert queries() == few <= 3
