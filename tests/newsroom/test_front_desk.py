"""The editors' page of the front: buttons that work without script."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from davidson.accounts.models import Role
from davidson.clock import utcnow
from tests.desks import on_duty
from tests.factories import Made, make_article
from tests.pages import Page, page_of, read

FRONT = "/staff/newsroom/front"


@pytest.fixture
def stories(app: Flask) -> list[Made]:
    now = utcnow()
    return [
        make_article(app, headline=f"No. {number}", slug=f"no-{number}", published_at=now - timedelta(hours=number))
        for number in range(1, 10)
    ]


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    return on_duty(app, Role.EDITOR)


def press(page: Page, number: int, label: str) -> Page:
    """Press a button of the slot of that number, counted from 1 over the whole page."""
    form = page.all("form.front-slot__acts")[number - 1]
    (button,) = [each for each in form.all("button") if each.text.startswith(label)]
    sent = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    sent[button.attributes["name"]] = button.attributes["value"]
    action = button.attributes.get("formaction", form.attributes["action"])
    answer = page.client.post(action, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    return page_of(page.client, answer)


def top(page: Page) -> list[str]:
    return page.texts(".front-slot__headline")[:3]


def test_only_editors_enter(app: Flask):
    assert on_duty(app, Role.AUTHOR).get(FRONT).status_code == 403
    assert on_duty(app, Role.MODERATOR).get(FRONT).status_code == 403
    for role in (Role.EDITOR, Role.ADMIN):
        assert on_duty(app, role).get(FRONT).status_code == 200


def test_an_empty_front_says_so(editor: FlaskClient):
    assert read(editor, FRONT).texts(".empty__title") == ["Nothing is published yet"]


def test_a_button_leads_back_to_the_row_that_it_moved(editor: FlaskClient, stories: list[Made]):
    """So that it can be moved further without looking for it; the fragment names a row that can have the focus."""
    page = read(editor, FRONT)
    row = page.all("li.front-slot")[0].attributes
    answer = press(page, 1, "Down")
    assert answer.headers["Location"] == f"{FRONT}#{row['id']}"
    moved = answer.follow().all("li.front-slot")[1].attributes
    assert (moved["id"], moved["tabindex"]) == (row["id"], "-1")


def test_buttons_move_pin_and_unpin(app: Flask, editor: FlaskClient, stories: list[Made]):
    page = press(read(editor, FRONT), 1, "Down").follow()
    assert page.texts(".flash") == ["“No. 1” was moved."]
    assert top(page) == ["No. 2", "No. 1", "No. 3"]
    assert read(app.test_client(), "/").texts(".front__top h2.card__headline") == top(page)
    page = press(press(page, 3, "Up").follow(), 1, "Pin here").follow()
    assert top(page) == ["No. 2", "No. 3", "No. 1"]
    assert {note.split(" · ")[0] for note in page.texts(".front-slot__note")[:3]} == {"Pinned"}
    for headline in ("No. 2", "No. 3", "No. 1"):
        page = press(page, top(page).index(headline) + 1, "Unpin").follow()
        assert page.texts(".flash") == [f"“{headline}” stands by its age again."]
    assert top(page) == ["No. 1", "No. 2", "No. 3"]


def test_the_ends_of_a_place_have_no_button_beyond_them(editor: FlaskClient, stories: list[Made]):
    forms = read(editor, FRONT).all("form.front-slot__acts")
    labels = [[button.text.partition(":")[0] for button in form.all("button")] for form in forms]
    assert labels[:4] == [["Down", "Pin here"], ["Up", "Down", "Pin here"], ["Up", "Pin here"], ["Down", "Pin here"]]
    assert labels[-1][0] == "Up" and "Down" not in labels[-1]


@pytest.mark.parametrize("address", ["/articles/no-9", "no-9", "https://paper.example/articles/no-9?page=2#comments"])
def test_an_article_is_pinned_by_its_address(app: Flask, editor: FlaskClient, stories: list[Made], address: str):
    page = read(editor, FRONT).submit("#pin-form", article=address, where="top-2").follow()
    assert top(page) == ["No. 1", "No. 9", "No. 2"]
    moment = (utcnow() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = page.submit("#pin-form", article=address, where="section-1", until=moment).follow()
    assert top(page) == ["No. 1", "No. 2", "No. 3"]
    (pinned,) = [note for note in page.texts(".front-slot__note") if note.startswith("Pinned until")]
    assert f"{utcnow() + timedelta(days=1):%H:%M}"[:2] in pinned


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"article": "", "where": "top-1"}, "Give the article’s address"),
        ({"article": "nobody", "where": "top-1"}, "There is no such article"),
        ({"article": "no-1", "where": "elsewhere"}, "Choose where"),
        ({"article": "no-1", "where": "top-1", "until": "soon"}, "Give a date and a time"),
        ({"article": "no-1", "where": "top-1", "until": "2001-01-01T10:00"}, "That moment is over"),
        ({"article": "x" * 9000 + "\x00", "where": "top-1"}, "There is no such article"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_kept(editor: FlaskClient, stories: list[Made], sent, fault: str):
    page = read(editor, FRONT).submit("#pin-form", **sent)
    assert page.status == 422
    assert any(fault in each for each in page.texts(".field__fault"))
    kept = page.form("#pin-form")[1]
    assert kept["article"] == sent["article"].replace("\x00", "")
    assert top(page) == ["No. 1", "No. 2", "No. 3"]


def test_a_draft_waits_in_its_own_list_and_can_be_let_go(app: Flask, editor: FlaskClient, stories: list[Made]):
    draft = make_article(app, headline="To come", published=False, published_at=None)
    page = read(editor, FRONT).submit("#pin-form", article=draft.slug, where="top-1").follow()
    assert top(page) == ["No. 1", "No. 2", "No. 3"]
    assert page.texts(".front-slot__headline")[-1] == "To come"
    assert press(page, len(page.all("form.front-slot__acts")), "Unpin").follow().texts(".front-slot__headline")[-1] != (
        "To come"
    )


def test_what_was_changed_by_another_meanwhile_is_shown_and_not_overwritten(app: Flask, editor, stories: list[Made]):
    mine = read(editor, FRONT)
    press(read(on_duty(app, Role.ADMIN), FRONT), 2, "Up")
    for answer in (press(mine, 1, "Down"), mine.submit("#pin-form", article="no-9", where="top-1")):
        assert answer.status == 409
        assert "Somebody changed the front meanwhile" in answer.one(".notice").text
        assert top(answer) == ["No. 2", "No. 1", "No. 3"]
    assert answer.form("#pin-form")[1]["article"] == "no-9"


@pytest.mark.parametrize("rubbish", [{"slot": "9"}, {"slot": "x"}, {"place": "moon"}, {"shown_in": "0"}, {"slot": ""}])
def test_a_move_that_no_page_offers_is_refused(editor: FlaskClient, stories: list[Made], rubbish: dict[str, str]):
    page = read(editor, FRONT)
    form = page.all("form.front-slot__acts")[0]
    sent = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")} | {"slot": "2"} | rubbish
    answer = editor.post(f"{FRONT}/move", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert top(read(editor, FRONT)) == ["No. 1", "No. 2", "No. 3"]
