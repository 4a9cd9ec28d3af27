"""What a card of the queue sends."""

from wtforms import StringField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.comments.reasons import Reason
from davidson.comments.status import CommentStatus
from davidson.moderation.decisions import Decision
from davidson.web.forms import clean
from davidson.web.paging import MOST, BadCursor, Cursor

UNDO = "undo"
MAX_NOTE = 1000


class DecisionForm(StaffForm):
    """A decision on the version of a comment that was seen, and where in the queue it was seen."""

    decision = StringField(filters=[clean])
    version = StringField(filters=[clean])
    reason = StringField(filters=[clean])
    note = StringField(filters=[clean])
    tab = StringField(filters=[clean])
    after = StringField(filters=[clean])
    filter = StringField(filters=[clean])

    def validate_decision(self, field: StringField) -> None:
        if field.data not in {*Decision, UNDO}:
            raise StopValidation("Choose one of the decisions.")

    def validate_version(self, field: StringField) -> None:
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= MOST):
            raise StopValidation("This page did not say which version of the comment it showed.")

    def validate_reason(self, field: StringField) -> None:
        if self.decision.data == Decision.REJECT and field.data not in set(Reason):
            raise StopValidation("Choose a reason from the list; the author is told it.")

    def validate_note(self, field: StringField) -> None:
        if len(field.data or "") > MAX_NOTE:
            raise StopValidation(f"A note has at most {MAX_NOTE:,} characters.")

    @property
    def chosen(self) -> Decision | None:
        """The decision; None where the last one is to be undone. Of a valid form only."""
        return None if self.decision.data == UNDO else Decision(self.decision.data or "")

    @property
    def seen_version(self) -> int:
        """The version that the sender saw. Of a valid form only."""
        return int(self.version.data or "")

    @property
    def seen_in(self) -> CommentStatus | None:
        """The tab that the card was shown in; None where it was shown alone."""
        return tab_named(self.tab.data or "")

    @property
    def seen_after(self) -> Cursor | None:
        """Where the page began that the card was on; None for the first one."""
        try:
            return Cursor.parse(self.after.data) if self.after.data else None
        except BadCursor:
            return None


def tab_named(name: str) -> CommentStatus | None:
    """The tab with that name, if there is one."""
    return CommentStatus(name) if name in set(CommentStatus) else None
