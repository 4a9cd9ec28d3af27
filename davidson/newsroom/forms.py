"""The form of the editors' desk."""

from wtforms import TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.text.normalise import normalise

MAX_REASON = 500


def one_line(value: str | None) -> str:
    """What was typed, in one line, without what nobody sees."""
    return " ".join(normalise(value or "").split())


class RetractionForm(StaffForm):
    """Why an article is taken back; readers are shown it."""

    reason = TextAreaField("Reason", filters=[one_line])

    def validate_reason(self, field: TextAreaField) -> None:
        if not field.data:
            raise StopValidation("Please give a reason; readers see it in the article’s place.")
        if len(field.data) > MAX_REASON:
            raise StopValidation(f"This has {len(field.data):,} characters; at most {MAX_REASON} are taken.")
