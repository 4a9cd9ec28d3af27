"""What the cards of the queue send, and the forms for many of them."""

import re
from typing import Any

from flask import url_for
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import NumberRange, StopValidation

from davidson.accounts.forms import StaffForm
from davidson.comments.reasons import Reason
from davidson.comments.status import CommentStatus
from davidson.moderation.decisions import Decision
from davidson.moderation.filter_forms import QueueFilterForm
from davidson.web.forms import clean
from davidson.web.paging import MOST, BadCursor, Cursor

UNDO = "undo"
MAX_NOTE = 1000
_TICKED = re.compile(r"([1-9]\d{0,17}):([1-9]\d{0,17})", re.ASCII)


class PlaceForm(StaffForm):
    """Where in the queue something was done."""

    tab = StringField(filters=[clean])
    after = StringField(filters=[clean])
    filter = StringField(filters=[clean])

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

    def queue_url(self, **more: Any) -> str:
        """The page of the queue that it was done on, under the filter that it had."""
        after, asked = self.seen_after, QueueFilterForm.carried(self.filter.data).in_address
        return url_for("moderation.queue", status=self.seen_in, after=str(after) if after else None, **asked, **more)


class BulkForm(PlaceForm):
    """One decision on many comments."""

    decision = StringField(filters=[clean])
    reason = StringField(filters=[clean])

    def validate_decision(self, field: StringField) -> None:
        if field.data not in set(Decision):
            raise StopValidation("Choose one of the decisions.")

    def validate_reason(self, field: StringField) -> None:
        if self.decision.data == Decision.REJECT and field.data not in set(Reason):
            raise StopValidation("Choose a reason from the list; the authors are told it.")

    @property
    def chosen(self) -> Decision:
        """The decision. Of a valid form only."""
        return Decision(self.decision.data or "")


class TickedForm(BulkForm):
    """A decision on the comments that were ticked, each sent as its number and the version that was seen."""

    picked = SelectMultipleField(validate_choice=False)

    def validate_picked(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise StopValidation("Tick the comments that you mean first.")
        if not all(_TICKED.fullmatch(each) for each in field.data):
            raise StopValidation("This page did not say which comments it showed.")

    @property
    def ticked(self) -> dict[int, int]:
        """The versions of the comments, by their ids. Of a valid form only."""
        pairs = (each.split(":") for each in self.picked.data or ())
        return {int(comment_id): int(version) for comment_id, version in pairs}


class LikeForm(BulkForm):
    """A decision on everything like a comment, up to the newest one that was there when the page was made."""

    by = StringField(filters=[clean])
    newest = IntegerField(validators=[NumberRange(0, MOST)])


class DecisionForm(PlaceForm):
    """A decision on the version of a comment that was seen, and where in the queue it was seen."""

    decision = StringField(filters=[clean])
    version = StringField(filters=[clean])
    reason = StringField(filters=[clean])
    note = StringField(filters=[clean])

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


def tab_named(name: str) -> CommentStatus | None:
    """The tab with that name, if there is one."""
    return CommentStatus(name) if name in set(CommentStatus) else None


def number_in(text: str | None) -> int | None:
    """The number that a text is, if it is one that a row may have."""
    is_number = bool(text) and str(text).isascii() and str(text).isdigit() and len(str(text)) < 20
    return int(str(text)) if is_number and 0 < int(str(text)) <= MOST else None
