"""What the cards of new texts and of appeals send."""

from wtforms import StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.moderation.appeals import Verdict
from davidson.moderation.proposals import TextDecision
from davidson.web.forms import clean
from davidson.web.paging import MOST

MAX_ANSWER = 1000


class SeenForm(StaffForm):
    """A form that names the version of the comment that was seen."""

    version = StringField(filters=[clean])

    def validate_version(self, field: StringField) -> None:
        text = field.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= MOST):
            raise StopValidation("This page did not say which version of the comment it showed.")

    @property
    def seen_version(self) -> int:
        """The version that the sender saw. Of a valid form only."""
        return int(self.version.data or "")


class TextDecisionForm(SeenForm):
    """A decision on a new text."""

    decision = StringField(filters=[clean])

    def validate_decision(self, field: StringField) -> None:
        if field.data not in set(TextDecision):
            raise StopValidation("Choose one of the decisions.")

    @property
    def chosen(self) -> TextDecision:
        """The decision. Of a valid form only."""
        return TextDecision(self.decision.data or "")


class AnswerForm(SeenForm):
    """The answer to an appeal."""

    verdict = StringField(filters=[clean])
    answer = TextAreaField(filters=[clean])

    def validate_verdict(self, field: StringField) -> None:
        if field.data not in set(Verdict):
            raise StopValidation("Choose whether to uphold the appeal or to dismiss it.")

    def validate_answer(self, field: TextAreaField) -> None:
        if not field.data:
            raise StopValidation("Please write an answer; the author reads it on the receipt.")
        if len(field.data) > MAX_ANSWER:
            raise StopValidation(f"This has {len(field.data):,} characters; at most {MAX_ANSWER:,} are taken.")

    @property
    def chosen(self) -> Verdict:
        """The verdict. Of a valid form only."""
        return Verdict(self.verdict.data or "")
