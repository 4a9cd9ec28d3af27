"""The form that says which comments of an article wait for a moderator."""

from wtforms import StringField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.articles.modes import AS_THE_SITE, mode_of
from davidson.config import CommentsMode

CHOICES = (
    (CommentsMode.HOLD_ALL, "Every comment waits"),
    (CommentsMode.HOLD_FIRST, "Comments of strangers wait, and those that a check finds suspect"),
    (CommentsMode.PUBLISH, "Only comments that a check finds suspect wait"),
    (CommentsMode.CLOSED, "No comments are taken"),
)
"""The modes in words, the strictest of those that take comments first."""


class ModeForm(StaffForm):
    """A mode of the article's own, or what the site does."""

    mode = StringField()

    @classmethod
    def showing(cls, own: CommentsMode | None) -> "ModeForm":
        """The form with what is set for the article."""
        return cls(formdata=None, data={"mode": own or AS_THE_SITE})

    def validate_mode(self, field: StringField) -> None:
        if field.data not in {AS_THE_SITE, *CommentsMode}:
            raise StopValidation("Choose which comments wait.")

    @property
    def chosen(self) -> CommentsMode | None:
        """The mode; None for what the site does. Of a valid form only."""
        return None if self.mode.data == AS_THE_SITE else CommentsMode(self.mode.data or "")

    @property
    def can_be_tried(self) -> bool:
        """Whether comments are taken under what was chosen; else the form has the fault. Of a valid form only."""
        if mode_of(self.chosen) is not CommentsMode.CLOSED:
            return True
        self.mode.errors = ["There is nothing to try: no comments are taken then."]
        return False
