"""How comments are treated, as readers are told: of all alike, for what a check will find is not told beforehand."""

from davidson.config import CommentsMode

TREATMENT = {
    CommentsMode.HOLD_ALL: "A moderator reads each comment before it is published.",
    CommentsMode.HOLD_FIRST: "A first comment is read by a moderator before it is published, and so are some others.",
    CommentsMode.PUBLISH: "Most comments are published at once; some are read by a moderator first.",
    CommentsMode.CLOSED: "",
}
