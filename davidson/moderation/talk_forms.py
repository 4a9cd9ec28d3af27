"""What the page of a comment in its discussion sends: a reply of the staff, and the mark of an editor's pick."""

from wtforms import StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.comments.forms import as_typed, fault_of_body, finding
from davidson.web.paging import MOST


class ReplyForm(StaffForm):
    """A reply under one's own name."""

    body = TextAreaField("Reply", filters=[as_typed], validators=[finding(fault_of_body)])


class PickForm(StaffForm):
    """Whether the version of a comment that was seen is a pick: `pick` is `yes` or `no`."""

    version = StringField()
    pick = StringField()

    def validate_version(self, field: StringField) -> None:
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= MOST):
            raise StopValidation("This page did not say which version of the comment it showed.")

    def validate_pick(self, field: StringField) -> None:
        if field.data not in ("yes", "no"):
            raise StopValidation("Choose whether it is a pick.")

    @property
    def seen_version(self) -> int:
        """The version that the sender saw. Of a valid form only."""
        return int(self.version.data or "")
