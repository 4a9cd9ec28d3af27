"""What tests of comments share."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.comments.waves import NOON


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock, at noon till somebody moves it."""
    with time_machine.travel(NOON, tick=False) as moving:
        yield moving
