"""Rules of addresses that are compiled when the first address is built."""

from flask import Flask, url_for

from davidson.web.rules import LazyRule


def test_any_name_may_be_asked_for_in_an_address():
    app = Flask(__name__)
    app.url_rule_class = LazyRule
    app.add_url_rule("/found/<int:place>", "found", lambda place: str(place))
    with app.test_request_context():
        for _ in range(2):
            address = url_for("found", place=3, rule="links", values="1", made="2", self="4")
            assert address == "/found/3?rule=links&values=1&made=2&self=4"
    assert app.test_client().get("/found/7").text == "7"
