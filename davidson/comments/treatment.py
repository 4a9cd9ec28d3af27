"""How comments are treated, as readers are told: of all alike, for what a check will find is not told beforehand."""

from davidson.comments.draft import Wave
from davidson.config import CommentsMode

TREATMENT = {
    CommentsMode.HOLD_ALL: "A moderator reads each comment before it is published.",
    CommentsMode.HOLD_FIRST: "A first comment is read by a moderator before it is published, and so are some others.",
    CommentsMode.PUBLISH: "Most comments are published at once; some are read by a moderator first.",
    CommentsMode.CLOSED: "",
}
IN_A_WAVE = "Much spam is coming in, so a moderator reads each comment at present before it is published."
# What a wave makes no difference to.
_STRICT = frozenset({CommentsMode.HOLD_ALL, CommentsMode.CLOSED})


def treatment(mode: CommentsMode, wave: Wave | None) -> str:
    """What becomes of comments in that mode, and in the wave of spam that there is; nothing where none are taken."""
    return TREATMENT[mode] if wave is None or mode in _STRICT else IN_A_WAVE
