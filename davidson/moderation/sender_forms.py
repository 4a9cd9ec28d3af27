"""What moderators say of a sender: a note, and a ban with its end and its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.clock import utcnow
from davidson.comments.bans import SenderKind
from davidson.moderation.bans import LONGEST
from davidson.moderation.notes import MAX_NOTE
from davidson.newsroom.moments import BadMoment, moment_in
from davidson.web.forms import clean
from davidson.web.signing import settings

LENGTHS = {"1 day": timedelta(days=1), "1 week": timedelta(days=7), "30 days": timedelta(days=30)}
AT = "until the moment below"
CHOICES: list[Any] = [*LENGTHS, AT]
MAX_REASON = 300


class SenderForm(StaffForm):
    """A form about the network or the author token of a comment."""

    kind = HiddenField(filters=[clean])

    def validate_kind(self, field: HiddenField) -> None:
        if field.data not in set(SenderKind):
            raise StopValidation("This form did not say whether it is about a network or an author token.")


class NoteForm(SenderForm):
    """A note."""

    text = TextAreaField("Note", filters=[clean])

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data:
            raise StopValidation("Write something.")
        if len(field.data) > MAX_NOTE:
            raise StopValidation(f"A note has at most {MAX_NOTE:,} characters; this one has {len(field.data):,}.")


class BanForm(SenderForm):
    """A ban for some days, or until a moment in the site's time zone."""

    length = SelectField("For", choices=CHOICES, validate_choice=False)
    until = StringField("Until", filters=[clean])
    reason = StringField("Reason", filters=[clean])

    def validate_length(self, field: SelectField) -> None:
        if field.data not in CHOICES:
            raise StopValidation("Choose how long the ban is to hold.")

    def validate_until(self, field: StringField) -> None:
        if self.length.data != AT:
            return
        try:
            moment = moment_in(field.data or "", settings().time_zone)
        except BadMoment as fault:
            raise StopValidation(str(fault)) from None
        now = utcnow()
        if moment <= now:
            raise StopValidation("This moment is over.")
        if moment > now + LONGEST:
            raise StopValidation(f"A ban holds for at most {LONGEST.days} days.")

    def validate_reason(self, field: StringField) -> None:
        if not field.data:
            raise StopValidation("Say why, for the other moderators.")
        if len(field.data) > MAX_REASON:
            raise StopValidation(f"A reason has at most {MAX_REASON} characters.")

    def ends_at(self, now: datetime) -> datetime:
        """When the ban is over. Of a valid form only."""
        if self.length.data == AT:
            return moment_in(self.until.data or "", settings().time_zone)
        return now + LENGTHS[self.length.data]


@dataclass(frozen=True)
class SenderForms:
    """The forms about one sender, on a page that has those of another one too."""

    note: NoteForm
    ban: BanForm


def forms_about(kinds: Iterable[SenderKind], sent: SenderForm | None = None) -> dict[SenderKind, SenderForms]:
    """The forms for each of these kinds of sender, with one that was sent in its place; ids are told apart."""
    forms = {}
    for kind in kinds:
        own = sent if sent is not None and sent.kind.data == kind else None
        note = own if isinstance(own, NoteForm) else NoteForm(formdata=None)
        ban = own if isinstance(own, BanForm) else BanForm(formdata=None)
        for field in (note.text, ban.length, ban.until, ban.reason):
            field.id = f"{field.name}-{kind}"
        forms[kind] = SenderForms(note, ban)
    return forms
