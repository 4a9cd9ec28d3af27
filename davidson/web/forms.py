"""What all the site's forms share."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto as ASK_REQUEST
from wtforms import StringField
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, TextInput

from davidson.text.normalise import normalise
from davidson.web.signing import settings


def clean(value: str | None) -> str:
    """What was sent, without what nobody sees (PostgreSQL cannot store NUL) and without space around it."""
    return normalise(value or "").strip()


class SiteForm(FlaskForm):
    """A form of text fields. A file that is sent in a field's place is not there: whoever takes one asks for it."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """The fields that this request sent, where it is asked; nothing of its files, and no JSON."""
            if formdata is not ASK_REQUEST:
                return formdata
            return request.form if request.method == "POST" else None


class FilterForm(SiteForm):
    """What a list is narrowed to, in its address. Days are those of the site's time zone, both of them included."""

    class Meta(SiteForm.Meta):
        csrf = False  # It only asks.

    since = StringField("From", filters=[clean], widget=DateInput())
    until = StringField("To", filters=[clean], widget=DateInput())

    def validate_since(self, field: StringField) -> None:
        _day(field)

    def validate_until(self, field: StringField) -> None:
        last, first = _day(field), _parsed(self.since.data)
        if last and first and last < first:
            raise StopValidation("This is before the day in “From”.")

    @property
    def begins_at(self) -> datetime | None:
        """The moment at which the first day begins. Of a valid form only."""
        first = _parsed(self.since.data)
        return _begin(first) if first else None

    @property
    def ends_at(self) -> datetime | None:
        """The moment at which the last day is over. Of a valid form only."""
        last = _parsed(self.until.data)
        return _begin(last + timedelta(days=1)) if last else None

    @property
    def in_address(self) -> dict[str, Any]:
        """What is asked for, as the address says it; what is not asked for is not there."""
        return {field.name: field.data for field in self if field.data}


def _parsed(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    # Around midnight another zone's day may lie outside of what a calendar holds.
    return day if date.min + timedelta(days=2) < day < date.max - timedelta(days=2) else None


def _day(field: StringField) -> date | None:
    day = _parsed(field.data)
    if field.data and day is None:
        field.widget = TextInput()  # What was typed comes back, and a field for days shows nothing else.
        raise StopValidation("Write a day such as 2026-11-23.")
    return day


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=settings().time_zone).astimezone(UTC)
