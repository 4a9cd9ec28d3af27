"""The staff area is closed until somebody is let in."""

from urllib.parse import unquote

import pytest

from davidson.accounts.models import Role
from davidson.accounts.queries import staff_by_id
from davidson.admin.people import change_role, disable
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.database import db
from tests.desks import audit_log, browser, hire, live_sessions, log_in, on_duty
from tests.pages import read

OPEN = {"/staff/login"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def get_as_written(app, path):
    """Ask for a path as a server passes it on: percent-decoded and not resolved any further."""
    return browser(app).get("/", environ_overrides={"PATH_INFO": unquote(path), "REQUEST_URI": path, "RAW_URI": path})


def staff_addresses(app):
    """One address of every rule of the staff area."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/staff"):
            values = {
                name: 1 if type(converter).__name__ == "IntegerConverter" else "banned"
                for name, converter in rule._converters.items()
            }
            yield rule, app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods)))


def test_every_address_of_the_staff_area_sends_strangers_to_log_in(app):
    addresses = list(staff_addresses(app))
    assert len(addresses) > 12
    for rule, address in addresses:
        if rule.rule in OPEN:
            continue
        for method in rule.methods & set(METHODS):
            answer = browser(app).open(address, method=method)
            assert answer.status_code == 303, (method, address)
            assert answer.headers["Location"].startswith("/staff/login"), address


def test_a_stranger_changes_nothing_with_any_form(app):
    hire(app)
    before = len(audit_log(app))
    for rule, address in staff_addresses(app):
        if "POST" in rule.methods:
            browser(app).post(address, data={"csrf_token": "x", "role": "admin", "terms": "word"})
    assert len(audit_log(app)) == before


@pytest.mark.parametrize(
    "path",
    [
        "//staff/admin/",
        "/staff//admin/",
        "/%2fstaff/admin/",
        "/%2Fstaff%2Fadmin%2F",
        "/staff%2fadmin/",
        "/STAFF/admin/",
        "/Staff/Admin/",
        "/staff;/admin/",
        "/staff/admin;/",
        "/staff./admin/",
        "/staff/admin./",
        "/staff/./admin/",
        "/x/../staff/admin/",
        "/staff/admin",
        "/staff",
        "/staff/admin/%00",
        "/staff\\admin/",
        "/static/../staff/admin/",
    ],
)
def test_no_other_spelling_of_a_path_opens_a_door(app, path):
    answer = get_as_written(app, path)
    assert answer.status_code in (303, 308, 404), path
    if answer.status_code != 404:
        followed = browser(app).get(answer.headers["Location"], follow_redirects=True)
        assert followed.request.path == "/staff/login"


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        (Role.MODERATOR, ["/staff/admin/", "/staff/admin/words"]),
        (Role.EDITOR, ["/staff/admin/", "/staff/admin/words"]),
        (Role.AUTHOR, ["/staff/admin/", "/staff/admin/words", "/staff/audit"]),
        (Role.ADMIN, []),
    ],
)
def test_the_desks_of_others_are_closed(app, role, closed):
    client = on_duty(app, role)
    for address in ("/staff/admin/", "/staff/admin/words", "/staff/audit", "/staff/account"):
        page = read(client, address)
        assert page.status == (403 if address in closed else 200)
        assert page.headers["Cache-Control"] == "no-store"


def test_a_closed_desk_takes_no_forms_either(app):
    client = on_duty(app, Role.MODERATOR)
    token = read(client, "/staff/account").form("header form")[1]["csrf_token"]
    person = hire(app)
    before = len(audit_log(app))
    for act in ("role", "disable", "enable"):
        answer = client.post(f"/staff/admin/people/{person}/{act}", data={"csrf_token": token, "role": "admin"})
        assert answer.status_code == 403
    assert len(audit_log(app)) == before


def test_a_disabled_person_is_out_at_the_next_request(app):
    client = browser(app)
    person = hire(app, email="ada@example.org")
    log_in(client, "ada@example.org")
    assert client.get("/staff/account").status_code == 200
    with app.app_context():
        disable(staff_by_id(person), actor=SHELL, now=utcnow())
        db.session.commit()
    assert client.get("/staff/account").status_code == 303
    assert live_sessions(app) == 0


def test_another_role_counts_from_the_next_request(app):
    client = browser(app)
    person = hire(app, Role.AUTHOR, "ada@example.org")
    log_in(client, "ada@example.org")
    assert client.get("/staff/audit").status_code == 403
    with app.app_context():
        change_role(staff_by_id(person), Role.EDITOR, actor=SHELL, now=utcnow())
        db.session.commit()
    assert client.get("/staff/audit").status_code == 200


@pytest.mark.parametrize("token", [None, "", "forged", "a" * 5000, "\x00"])
def test_a_form_without_its_token_is_refused(app, token):
    client = on_duty(app)
    data = {} if token is None else {"csrf_token": token}
    assert client.post("/staff/logout", data=data).status_code == 400
    assert live_sessions(app) == 1


def test_a_form_with_the_token_of_somebody_else_is_refused(app):
    theirs = read(on_duty(app), "/staff/account").form("header form")[1]["csrf_token"]
    assert on_duty(app).post("/staff/logout", data={"csrf_token": theirs}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
    ],
)
def test_a_form_that_another_site_sends_is_refused_even_with_its_token(app, headers):
    client = on_duty(app)
    token = read(client, "/staff/account").form("header form")[1]["csrf_token"]
    assert client.post("/staff/logout", data={"csrf_token": token}, headers=headers).status_code == 400
    assert live_sessions(app) == 1


def test_a_token_counts_only_in_the_form_itself(app):
    client = on_duty(app)
    token = read(client, "/staff/account").form("header form")[1]["csrf_token"]
    assert client.post("/staff/logout", query_string={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "eyJzaWQiOiJ4In0.aaaa.bbbb", "é", "A" * 4000])
def test_a_forged_cookie_is_a_strangers(app, cookie):
    client = browser(app)
    client.set_cookie("davidson_staff", cookie, path="/staff")
    assert client.get("/staff/account").status_code == 303


@pytest.mark.parametrize(
    "path", ["/staff/login", "/staff/nowhere", "/staff/account", "/STAFF/x", "//staff/x", "/staff"]
)
def test_no_answer_of_the_staff_area_is_kept_or_listed_anywhere(app, path):
    answer = get_as_written(app, path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_pages_for_readers_know_nothing_of_who_is_logged_in(app):
    client = on_duty(app)
    page = read(client, "/")
    assert page.html == read(browser(app), "/").html
    assert "Cookie" not in page.headers.get("Vary", "")


def test_the_way_back_from_an_expired_form_is_its_page(app):
    answer = browser(app).post("/staff/logout", headers={"Referer": "http://localhost/staff/audit?before=9"})
    assert answer.headers["Location"] == "/staff/login?next=/staff/audit?before%3D9"
    answer = browser(app).post("/staff/logout", headers={"Referer": "https://evil.example/staff/audit"})
    assert answer.headers["Location"] == "/staff/login"


def test_the_desks_one_may_enter_are_named_on_every_page(app):
    links = {
        Role.MODERATOR: ["Moderation", "Bans", "Audit log"],
        Role.AUTHOR: ["Newsroom"],
        Role.EDITOR: ["Newsroom", "Front", "Moderation", "Bans", "Audit log"],
        Role.ADMIN: ["Moderation", "Bans", "Audit log", "Newsroom", "Front", "People", "Sections", "Words"],
    }
    for role, names in links.items():
        assert read(on_duty(app, role), "/staff/account").texts("nav.desk-nav a") == names
