"""What the page of the log is asked for, in its address."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import DateInput, TextInput

from davidson.audit.queries import Wanted
from davidson.text.normalise import normalise
from davidson.web.forms import SiteForm
from davidson.web.signing import settings

SUBJECT = re.compile(r"(?P<kind>[a-z-]+)[ :#]+(?P<key>[\w.@-]{1,100})")


def clean(value: str | None) -> str:
    """What was sent, without what nobody sees and without space around it."""
    return normalise(value or "").strip()


class FilterForm(SiteForm):
    """Which entries are looked for. Days are those of the site's time zone, both of them included."""

    class Meta(SiteForm.Meta):
        csrf = False  # It only asks.

    actor = SelectField("Who", filters=[clean], validate_choice=False)
    action = SelectField("What", filters=[clean], validate_choice=False)
    subject = StringField("About", filters=[clean])
    since = StringField("From", filters=[clean], widget=DateInput())
    until = StringField("To", filters=[clean], widget=DateInput())

    def offer(self, actors: list[tuple[str, str]], actions: list[tuple[str, str]]) -> None:
        """Let these be chosen from, and what was asked for in any case."""
        for field, offered in ((self.actor, actors), (self.action, actions)):
            known = {value for value, _ in offered}
            asked = [(field.data, field.data)] if field.data and field.data not in known else []
            field.choices = [("", "Anybody" if field is self.actor else "Anything"), *offered, *asked]

    def validate_subject(self, field: StringField) -> None:
        if field.data and not SUBJECT.fullmatch(field.data):
            raise StopValidation("Write what it is and its number, such as “comment 12”.")

    def validate_since(self, field: StringField) -> None:
        _day(field)

    def validate_until(self, field: StringField) -> None:
        last, first = _day(field), _parsed(self.since.data)
        if last and first and last < first:
            raise StopValidation("This is before the day in “From”.")

    @property
    def wanted(self) -> Wanted:
        """What is looked for. Of a valid form only."""
        subject = SUBJECT.fullmatch(self.subject.data or "")
        first, last = _parsed(self.since.data), _parsed(self.until.data)
        return Wanted(
            actor=self.actor.data or "",
            action=self.action.data or "",
            subject=f"{subject['kind']}:{subject['key']}" if subject else "",
            since=_begin(first) if first else None,
            until=_begin(last + timedelta(days=1)) if last else None,
        )

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
