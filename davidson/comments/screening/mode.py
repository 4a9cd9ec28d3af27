"""How much of its commenting a site wants to see before it is public."""

import enum

from davidson.comments.draft import Facts
from davidson.comments.screening.finding import Finding
from davidson.comments.screening.strangers import RULE as STRANGERS
from davidson.comments.screening.strangers import first_comment
from davidson.comments.status import CommentStatus

RULE = "mode"
BY_MODE = frozenset({RULE, STRANGERS})
"""The rules whose findings are there or not as the mode is."""


class Mode(enum.StrEnum):
    """The values of DAVIDSON_COMMENTS under which comments are taken at all."""

    HOLD_ALL = "hold-all"
    HOLD_FIRST = "hold-first"
    PUBLISH = "publish"


def held_by_mode(facts: Facts, mode: Mode) -> Finding | None:
    """Hold every comment, a stranger's, or none, as the site is configured."""
    match mode:
        case Mode.HOLD_ALL:
            return Finding(RULE, CommentStatus.PENDING, "On this site every comment waits for a moderator.")
        case Mode.HOLD_FIRST:
            return first_comment(facts)
        case Mode.PUBLISH:
            return None
