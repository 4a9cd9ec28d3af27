"""A form is sound by the short way if and only if the form itself finds no fault, and both read the same in it."""

from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask

from davidson.comments.forms import CommentForm, parent_id_of, sound_comment
from davidson.web.signing import keyed_hash

SOUND = {"name": "Ada", "email": "", "body": "At last.", "website": "", "parent": "", "started": "", "remember": None}
OTHER = {
    "name": ["", " ", "A" * 60, "A" * 61, "  Zoë \u200b Ó\n", "\u202e", None],
    "email": ["ada@example.org", " ada@example.org ", "ada", "a" * 300 + "@example.org", "ada@example", None],
    "body": ["", " \u200b\n", "x" * 5000, "x" * 5001, "a\r\nb\rc\0", "é" * 4999, None],
    "parent": ["7", " 7 ", "0", "-1", "٣", "9" * 30, "x", None],
    "website": ["https://example.org", None],
    "started": ["1.x", None],
    "remember": ["y", "", "false", "False", "0", "on"],
}
TOKENS = ("right", "", "x", None)
ORIGINS = ({}, {"Origin": "http://localhost"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"})
VARIED = [SOUND | {name: value} for name, values in OTHER.items() for value in values]
VARIED += [SOUND | {"mail": mail, "email": email} for mail in ("y", "", "false") for email in ("ada@example.org", "")]
VARIED += [SOUND | {"mail": "y", "email": "ä@example.org"}]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """A site with every field that there is."""
    return make_app(smtp_url="smtp://127.0.0.1:1", base_url="http://localhost")


@pytest.mark.parametrize(("token", "headers"), list(product(TOKENS, ORIGINS)))
def test_the_short_way_and_the_form_agree(app: Flask, token: str | None, headers: dict[str, str]):
    if token == "right":
        with app.test_request_context():
            token = keyed_hash("form", "comment", "slug")
    for fields in (SOUND, *VARIED):
        sent = {name: value for name, value in (fields | {"csrf_token": token}).items() if value is not None}
        with app.test_request_context("/articles/slug/comments", method="POST", data=sent, headers=headers):
            form, short = CommentForm.on("slug", action=""), sound_comment("slug")
            assert form.validate_on_submit() is (short is not None), fields
            if short is not None:
                assert short == (
                    form.name.data,
                    form.email.data or "",
                    form.body.data,
                    form.website.data or "",
                    form.parent_id(),
                    form.started.data or "",
                    form.remember.data,
                    form.mail.data,
                )


@pytest.mark.parametrize(("text", "id_"), [("", None), ("12", 12), ("0", 0), ("12x", 0), ("٣", 0), (str(2**63), 0)])
def test_the_id_of_the_comment_that_is_answered(text: str, id_: int | None):
    assert parent_id_of(text) == id_
