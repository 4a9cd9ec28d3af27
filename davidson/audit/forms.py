"""What the page of the log is asked for, in its address."""

import re

from wtforms import SelectField, StringField
from wtforms.validators import StopValidation

from davidson.audit.queries import Wanted
from davidson.web.forms import FilterForm, clean

SUBJECT = re.compile(r"(?P<kind>[a-z-]+)[ :#]+(?P<key>[\w.@-]{1,100})")


class LogForm(FilterForm):
    """Which entries are looked for."""

    actor = SelectField("Who", filters=[clean], validate_choice=False)
    action = SelectField("What", filters=[clean], validate_choice=False)
    subject = StringField("About", filters=[clean])

    def offer(self, actors: list[tuple[str, str]], actions: list[tuple[str, str]]) -> None:
        """Let these be chosen from, and what was asked for in any case."""
        for field, offered in ((self.actor, actors), (self.action, actions)):
            known = {value for value, _ in offered}
            asked = [(field.data, field.data)] if field.data and field.data not in known else []
            field.choices = [("", "Anybody" if field is self.actor else "Anything"), *offered, *asked]

    def validate_subject(self, field: StringField) -> None:
        if field.data and not SUBJECT.fullmatch(field.data):
            raise StopValidation("Write what it is and its number, such as “comment 12”.")

    @property
    def wanted(self) -> Wanted:
        """What is looked for. Of a valid form only."""
        subject = SUBJECT.fullmatch(self.subject.data or "")
        return Wanted(
            actor=self.actor.data or "",
            action=self.action.data or "",
            subject=f"{subject['kind']}:{subject['key']}" if subject else "",
            since=self.begins_at,
            until=self.ends_at,
        )
