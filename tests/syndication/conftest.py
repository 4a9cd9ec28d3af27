"""A site that knows its address."""

import pytest
from flask import Flask

from tests.syndication.reading import ORIGIN, Reader


@pytest.fixture
def app(make_app) -> Flask:
    made: Flask = make_app(base_url=ORIGIN)
    made.test_client_class = Reader
    return made
