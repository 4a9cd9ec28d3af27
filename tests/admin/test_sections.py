"""The sections of the masthead are settings: named, ordered and shown at the desk or from the shell."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.articles.queries import MAX_SECTIONS
from tests.desks import audit_log, on_duty
from tests.factories import make_article
from tests.pages import Page, page_of, read

SECTIONS = "/staff/admin/sections"


@pytest.fixture
def paper(app: Flask) -> None:
    for name in ("World", "City", "Science"):
        make_article(app, section=name)


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return on_duty(app, Role.ADMIN)


def press(page: Page, section: str, label: str, **changed: str) -> Page:
    """Press a button in a section's row."""
    (row,) = [row for row in page.all("li.rows__row") if row.one("p.rows__name").text.split()[0] == section]
    (form, button) = next((f, b) for f in row.all("form") for b in f.all("button") if b.text.startswith(label))
    sent = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")} | changed
    if "name" in button.attributes:
        sent.setdefault(button.attributes["name"], button.attributes["value"])
    answer = page.client.post(form.attributes["action"], data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    return page_of(page.client, answer)


def typed_again(page: Page) -> str:
    """What stands in the one field for a new name that is open."""
    (fold,) = [fold for fold in page.all("details") if "open" in fold.attributes]
    return fold.one("input[name=name]").attributes["value"]


def masthead(app: Flask) -> list[str]:
    page = read(app.test_client(), "/")
    links = page.texts("ul.masthead__sections a")
    assert page.texts("details.masthead__menu a") == links
    assert page.texts("ul.footer__sections a") == [*links, "Archive", "Corrections"]
    return links


def test_only_admins_enter(app: Flask):
    for role in (Role.EDITOR, Role.AUTHOR, Role.MODERATOR):
        assert on_duty(app, role).get(SECTIONS).status_code == 403


def test_buttons_order_hide_show_and_rename_what_the_next_page_shows(app: Flask, admin: FlaskClient, paper: None):
    assert masthead(app) == ["World", "City", "Science"]
    answer = press(read(admin, SECTIONS), "Science", "Up")
    page = answer.follow()
    moved = page.all("li.rows__row")[1].attributes
    assert answer.headers["Location"] == f"{SECTIONS}#{moved['id']}" and moved["tabindex"] == "-1"
    assert page.texts(".flash") == ["Science was moved."]
    assert masthead(app) == ["World", "Science", "City"]
    page = press(page, "World", "Down").follow()
    assert masthead(app) == ["Science", "World", "City"]
    page = press(page, "World", "Hide").follow()
    assert masthead(app) == ["Science", "City"]
    assert "World" not in read(app.test_client(), "/").texts("h2.heading")
    assert read(app.test_client(), "/sections/world").one("h1").text == "World"
    assert len(read(app.test_client(), "/search?q=headline&section=world").all("article.card")) == 1
    page = press(page, "World", "Rename", name=" Abroad\u200b  today ").follow()
    assert page.texts(".flash") == ["The section is called Abroad today."]
    assert read(app.test_client(), "/sections/world").one("h1").text == "Abroad today"
    press(page, "Abroad", "Show")
    assert masthead(app) == ["Science", "Abroad today", "City"]
    told = [(entry.action, entry.details["section"]) for entry in audit_log(app) if entry.action.startswith("section.")]
    assert told == [
        ("section.move", "Science"),
        ("section.move", "World"),
        ("section.hide", "World"),
        ("section.rename", "Abroad today"),
        ("section.show", "Abroad today"),
    ]
    lines = read(admin, "/staff/audit").html
    assert "renamed the section" in lines and "was: World" in lines


def test_a_new_section_stands_last_and_appears_with_its_first_article(app: Flask, admin: FlaskClient, paper: None):
    page = read(admin, SECTIONS).submit("#section-form", name="Arts & Ideas").follow()
    assert page.texts("p.rows__name")[-1] == "Arts & Ideas"
    assert "appears with its first article" in page.texts("p.rows__note")[-1]
    press(page, "Arts", "Up")
    assert masthead(app) == ["World", "City", "Science"]
    make_article(app, section="Arts & Ideas")
    assert masthead(app) == ["World", "City", "Arts & Ideas", "Science"]


def test_an_article_joins_a_section_by_its_new_name_and_by_its_old_one(app: Flask, admin: FlaskClient, paper: None):
    press(read(admin, SECTIONS), "World", "Rename", name="Abroad")
    for name in ("Abroad", "World"):
        make_article(app, section=name, headline=f"Filed under {name}")
    assert masthead(app) == ["Abroad", "City", "Science"]
    shown = read(app.test_client(), "/sections/world").texts("h2.card__headline")
    assert {"Filed under Abroad", "Filed under World"} < set(shown)


def test_a_renamed_section_is_found_however_its_name_is_written(app: Flask, admin: FlaskClient, paper: None):
    press(read(admin, SECTIONS), "World", "Rename", name="Inter National")
    before = masthead(app)
    for name in ("inter national", "Inter-National", "INTER NATIONAL"):
        article = make_article(app, section=name)
        assert read(app.test_client(), article.url).one("p.story__section").text == "Inter National"
    assert masthead(app) == before


def test_a_bad_name_is_said_beside_its_field_and_kept(app: Flask, admin: FlaskClient, paper: None):
    page = read(admin, SECTIONS)
    for name, fault in (
        ("", "Enter a name of at most"),
        ("x" * 41, "Enter a name of at most"),
        ("\u200b –", "Enter a name with a letter"),
        ("city", "There is a section City already."),
        ("City!", "is that of City"),
    ):
        added, renamed = page.submit("#section-form", name=name), press(page, "World", "Rename", name=name)
        for answer in (added, renamed):
            assert answer.status == 422
            (said,) = answer.texts(".field__fault")
            assert fault in said
        assert added.form("#section-form")[1]["name"] == name
        assert typed_again(renamed) == name
    assert masthead(app) == ["World", "City", "Science"]


def test_what_another_changed_meanwhile_is_shown_and_not_overwritten(app: Flask, admin: FlaskClient, paper: None):
    mine = read(admin, SECTIONS)
    press(read(on_duty(app, Role.ADMIN), SECTIONS), "City", "Up")
    answers = [
        press(mine, "World", "Down"),
        press(mine, "World", "Hide"),
        press(mine, "World", "Rename", name="Abroad"),
        mine.submit("#section-form", name="Arts"),
    ]
    for answer in answers:
        assert answer.status == 409
        assert "Somebody changed the sections meanwhile" in answer.one(".notice").text
        assert [name.split()[0] for name in answer.texts("p.rows__name")] == ["City", "World", "Science"]
    assert typed_again(answers[2]) == "Abroad"
    assert answers[3].form("#section-form")[1]["name"] == "Arts"
    assert masthead(app) == ["City", "World", "Science"]


def test_what_no_page_offers_is_refused_and_changes_nothing(app: Flask, admin: FlaskClient, paper: None):
    page = read(admin, SECTIONS)
    for label, changed in (
        ("Down", {"place": "9"}),
        ("Down", {"place": "0"}),
        ("Down", {"place": "x"}),
        ("Down", {"place": "9" * 30}),
        ("Hide", {"shown": "perhaps"}),
        ("Hide", {"csrf_token": "forged"}),
    ):
        assert press(page, "World", label, **changed).status == 400, changed
    assert admin.get(f"{SECTIONS}/1/move").status_code == 405
    token = page.form("#section-form")[1]
    for path in (f"{SECTIONS}/{2**63 - 1}/move", f"{SECTIONS}/{2**63}/move", f"{SECTIONS}/x/move"):
        answer = admin.post(path, data=token | {"place": "1"}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 404
    assert masthead(app) == ["World", "City", "Science"]


def test_the_masthead_holds_so_many_and_the_page_says_which_are_too_many(app: Flask, admin: FlaskClient):
    for number in range(MAX_SECTIONS + 1):
        make_article(app, section=f"Section {number}")
    assert len(masthead(app)) == MAX_SECTIONS
    notes = read(admin, SECTIONS).texts("p.rows__note")
    assert ["no room" in note for note in notes] == [False] * MAX_SECTIONS + [True]


def test_the_shell_does_the_same(app: Flask, paper: None):
    def run(*arguments: str, code: int = 0) -> str:
        done = app.test_cli_runner().invoke(args=["section", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    assert [line.split()[1] for line in run("move", "science", "1").splitlines()] == ["science", "world", "city"]
    run("add", "Arts & Ideas")
    run("hide", "world")
    run("rename", "city", "Town")
    assert masthead(app) == ["Science", "Town"]
    found = [json.loads(line) for line in run("list", "--json").splitlines()]
    assert [(one["place"], one["slug"], one["name"], one["in_masthead"]) for one in found] == [
        (1, "science", "Science", True),
        (2, "world", "World", False),
        (3, "city", "Town", True),
        (4, "arts-ideas", "Arts & Ideas", True),
    ]
    assert "(hidden)" in run("list") and "(no article yet)" in run("list")
    assert "there is no section with the slug 'none'" in run("show", "none", code=1)
    assert "There is a section Town already." in run("add", "town", code=1)
    assert "there are 4 sections" in run("move", "world", "5", code=2)
    assert {entry.actor for entry in audit_log(app) if entry.action.startswith("section.")} == {"shell"}
