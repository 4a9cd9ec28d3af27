"""What a filled store is given beside its rows: moderation's figures by the day, corrections, and a long history."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

from bench.fill import Filled
from davidson.comments.reasons import Reason
from davidson.moderation.figures import DayFigures
from davidson.moderation.rulenames import RULE_NAMES
from davidson.sqlite import sqlite_driver

YEAR = 365
EVERY, CHANGES = 20, 100
CORRECTED = """INSERT OR IGNORE INTO revision (article_id, number, headline, standfirst, source, created_at, kind, note)
SELECT article_id, 2, headline, standfirst, source || ' So it is.', created_at, 'correction', 'A name was wrong.'
FROM revision WHERE number = 1 AND article_id % ? = 0"""
CHANGED = """INSERT OR IGNORE INTO revision (article_id, number, headline, standfirst, source, created_at, kind, note)
SELECT article_id, ?, headline, standfirst, source || ' And more.', created_at, 'update', 'There is more to say.'
FROM revision WHERE number = ? AND article_id = ?"""


def count_days(filled: Filled) -> None:
    """A year of figures of moderation that end with yesterday, as the worker would have counted them."""
    figures = DayFigures(
        approved=40,
        received={"approved": 200, "pending": 60, "spam": 5},
        refused={str(reason): 3 for reason in Reason} | {"spam": 9},
        held_by=dict.fromkeys(RULE_NAMES, 12),
        waits={str(seconds): 1 for seconds in range(100, 1000, 15)},
        waiting=30,
        oldest=9000,
    )
    today = datetime.now(UTC).date()
    days = [((today - timedelta(days=ago)).isoformat(), json.dumps(figures.as_json())) for ago in range(1, YEAR + 1)]
    with closing(sqlite_driver.connect(filled.url.database)) as connection:
        connection.executemany("INSERT OR IGNORE INTO moderation_day (day, figures) VALUES (?, ?)", days)
        connection.commit()


def add_changes(filled: Filled) -> None:
    """A correction in one article of twenty, and a hundred changes of the longest."""
    with closing(sqlite_driver.connect(filled.url.database)) as connection:
        connection.execute(CORRECTED, (EVERY,))
        changed = [(number, number - 1, filled.plan.all_articles) for number in range(2, CHANGES + 2)]
        connection.executemany(CHANGED, changed)
        connection.commit()
