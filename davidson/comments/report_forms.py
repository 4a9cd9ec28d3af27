"""What a reader sends who reports a comment."""

from wtforms import StringField
from wtforms.validators import StopValidation

from davidson.comments.forms import SharedForm, one_line
from davidson.comments.reasons import Reason
from davidson.comments.reports import REPORTABLE


class ReportForm(SharedForm):
    """Why a comment should not be there."""

    reason = StringField(filters=[one_line])

    action: str

    @classmethod
    def on(cls, comment_id: int, *, action: str) -> "ReportForm":
        """The form about that comment, filled with what this request sent, if it sent a form."""
        form = cls(meta={"csrf_context": ("report", str(comment_id))})
        form.action = action
        return form

    def validate_reason(self, field: StringField) -> None:
        if field.data not in set(REPORTABLE):
            raise StopValidation("Please choose a reason.")

    @property
    def chosen(self) -> Reason:
        """The reason. Of a valid form only."""
        return Reason(self.reason.data or "")

    @property
    def error_status(self) -> int:
        """400 where the request is not this site's form, else 422."""
        return 400 if self.csrf_token.errors else 422
