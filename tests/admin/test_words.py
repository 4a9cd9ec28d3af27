"""The admins' page of the wording lists."""

import pytest

from davidson.accounts.models import Role
from davidson.admin.queries import all_terms
from davidson.admin.words import MOST_TERMS
from tests.desks import audit_log, on_duty
from tests.pages import read


@pytest.fixture
def admin(app):
    return on_duty(app, Role.ADMIN)


def lists(app):
    with app.app_context():
        return {term.term: term.kind for term in all_terms()}


def add(client, kind, text):
    return read(client, "/staff/admin/words").submit(f"form[action=/staff/admin/words/{kind}]", terms=text)


def remove(client, term):
    page = read(client, "/staff/admin/words")
    button = next(button for button in page.all("button") if button.text.startswith(f"Remove {term}"))
    token = page.form("header form")[1]["csrf_token"]
    return client.post(button.attributes["formaction"], data={"csrf_token": token})


def test_many_terms_are_added_at_once_one_a_line(app, admin):
    page = add(admin, "banned", "  Spell   Caster\r\n\r\nwin a prize\nwin a prize\n\u200bfree money\u202e\n").follow()
    assert lists(app) == {"Spell Caster": "banned", "win a prize": "banned", "free money": "banned"}
    assert page.texts(".flash") == ["3 added to the banned terms."]
    assert [entry.details["term"] for entry in audit_log(app) if entry.action == "term.add"] == [
        "Spell Caster",
        "win a prize",
        "free money",
    ]


def test_a_term_of_the_other_list_moves_and_a_known_one_stays(app, admin):
    add(admin, "suspect", "casino\nforex")
    page = add(admin, "banned", "CASINO\nnew one").follow()
    assert lists(app) == {"casino": "banned", "forex": "suspect", "new one": "banned"}
    assert page.texts(".flash") == ["1 added to the banned terms, 1 moved from the other list."]
    add(admin, "banned", "Casino")
    moves = [(entry.from_state, entry.to_state) for entry in audit_log(app) if entry.action == "term.move"]
    assert moves == [("suspect", "banned")]


def test_a_term_can_be_removed(app, admin):
    add(admin, "suspect", "casino\nforex")
    assert remove(admin, "casino").status_code == 303
    assert lists(app) == {"forex": "suspect"}
    entry = audit_log(app)[-1]
    assert (entry.action, entry.from_state, entry.details) == ("term.remove", "suspect", {"term": "casino"})


@pytest.mark.parametrize(
    "text", ["", "  \n ", "fine\n" + "x" * 101, "fine\n...", "\n".join(map(str, range(MOST_TERMS + 1)))]
)
def test_terms_that_cannot_stand_there_are_all_refused_and_kept_in_the_form(app, admin, text):
    page = add(admin, "banned", text)
    assert page.status == 422
    assert page.one("#terms-banned-fault").text
    assert page.form("form[action=/staff/admin/words/banned]")[1]["terms"].split() == text.split()
    assert page.form("form[action=/staff/admin/words/suspect]")[1]["terms"] == ""
    assert lists(app) == {}


def test_a_new_site_can_begin_with_the_starter_lists(app, admin):
    page = read(admin, "/staff/admin/words").submit("main form[action=/staff/admin/words/starter]").follow()
    assert set(lists(app).values()) == {"banned", "suspect"}
    assert not page.all("main form[action=/staff/admin/words/starter]")


def test_a_term_is_shown_as_text(app, admin):
    page = add(admin, "banned", "<script>alert(1)</script>").follow()
    assert "<script>" not in page.html


def test_there_are_only_two_lists(app, admin):
    token = read(admin, "/staff/admin/words").form("header form")[1]["csrf_token"]
    for path in ("/staff/admin/words/good", "/staff/admin/words/7/remove", f"/staff/admin/words/{10**30}/remove"):
        assert admin.post(path, data={"csrf_token": token, "terms": "x"}).status_code == 404
