"""The form that says when an article stops taking comments."""

from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from wtforms import StringField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.newsroom.forms import one_line
from davidson.newsroom.moments import BadMoment, moment_in


class When(StrEnum):
    """What is chosen: what the site does, this moment, or another one."""

    SITE = "site"
    NOW = "now"
    AT = "at"


class ClosingForm(StaffForm):
    """When; `at` is in the site's time zone, as a browser's field for a date and a time sends it."""

    when = StringField(filters=[one_line])
    at = StringField("Moment", filters=[one_line])

    zone: ZoneInfo = ZoneInfo("UTC")

    @classmethod
    def sent(cls, zone: ZoneInfo) -> "ClosingForm":
        """The form as this request sent it, with times of that zone."""
        form = cls()
        form.zone = zone
        return form

    @classmethod
    def showing(cls, closes_at: datetime | None, zone: ZoneInfo) -> "ClosingForm":
        """The form with the article's own moment."""
        local = closes_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if closes_at else ""
        return cls(formdata=None, data={"when": When.AT if closes_at else When.SITE, "at": local})

    def validate_when(self, field: StringField) -> None:
        if field.data not in set(When):
            raise StopValidation("Choose when.")

    def validate_at(self, field: StringField) -> None:
        if self.when.data == When.AT:
            try:
                moment_in(field.data or "", self.zone)
            except BadMoment as fault:
                raise StopValidation(str(fault)) from None

    def chosen(self, now: datetime) -> datetime | None:
        """The moment; None for what the site does. Of a valid form only."""
        match When(self.when.data or ""):
            case When.SITE:
                return None
            case When.NOW:
                return now
            case When.AT:
                return moment_in(self.at.data or "", self.zone).astimezone(UTC)
