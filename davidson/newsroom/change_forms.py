"""The form that says what a change to an article was to readers."""

from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.articles.changes import MAX_NOTE, Amendment, ChangeKind
from davidson.newsroom.forms import one_line

KINDS = {
    ChangeKind.MINOR: "a slip of the pen mended: readers are not told",
    ChangeKind.UPDATE: "an update: something is new in it",
    ChangeKind.CORRECTION: "a correction: something was wrong in it",
}
"""What can be chosen, in the words of the page."""


class ChangeForm(StaffForm):
    """What a change was, and what readers are told of it; `version` is the article that the form was made for."""

    kind = StringField("What it was", filters=[one_line])
    note = TextAreaField("What readers are told", filters=[one_line])
    version = HiddenField()

    def validate_kind(self, field: StringField) -> None:
        if field.data not in KINDS:
            raise StopValidation("Choose what it was.")

    def validate_note(self, field: TextAreaField) -> None:
        length = len(field.data or "")
        if self.kind.data == ChangeKind.MINOR and length:
            raise StopValidation("Readers are not told of a slip of the pen: leave this empty, or choose another.")
        if self.kind.data in (ChangeKind.UPDATE, ChangeKind.CORRECTION) and not length:
            raise StopValidation("Say it in a sentence; readers see it at the article’s end.")
        if length > MAX_NOTE:
            raise StopValidation(f"This has {length:,} characters; at most {MAX_NOTE} are taken.")

    @property
    def amendment(self) -> Amendment:
        """Of a valid form only."""
        return Amendment(ChangeKind(self.kind.data or ""), self.note.data or "")


class NoteForm(StaffForm):
    """The number of the change of which nothing is to be said any more; `version` as with what is said."""

    number = IntegerField()
    version = HiddenField()
