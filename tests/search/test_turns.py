"""How many searches take turns, and how many wait."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from davidson.search.turns import NoTurn, Turns
from tests.sink import eventually


def test_one_waits_and_whoever_else_comes_is_refused_at_once():
    turns = Turns(patience=20)

    def search() -> str:
        try:
            with turns.take("a reader"):
                return "searched"
        except NoTurn:
            return "refused"

    def waits() -> bool:
        with turns._changed:
            return turns._waiting == 1

    with ThreadPoolExecutor() as pool, turns.take("another"):
        with turns.take("a third"):
            first = pool.submit(search)
            eventually(waits)
            with pytest.raises(NoTurn), turns.take("a fourth"):
                pass
            # Whoever had waited as well would have been refused after the one who came before.
            assert waits() and not first.done()
        assert first.result() == "searched"
    assert search() == "searched"


def test_a_sender_has_one_turn():
    turns = Turns(patience=0.1)
    with turns.take("a reader"), pytest.raises(NoTurn), turns.take("a reader"):
        pass
    with turns.take("a reader"):
        pass
