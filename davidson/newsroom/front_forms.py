"""The forms by which editors order the front."""

import re
from datetime import datetime
from typing import cast

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.clock import utcnow
from davidson.homepage.places import SLOTS, Place
from davidson.newsroom.forms import one_line
from davidson.newsroom.moments import BadMoment, moment_in
from davidson.web.signing import settings

ADDRESS = re.compile(r"(?:https?://[^/]+)?/articles/([^/?#]+)/?(?:[?#].*)?")
# The choices of where, in the words of the page; the value holds the place and the slot.
WHERE = {
    "top-1": "as the lead",
    "top-2": "as the first second",
    "top-3": "as the other second",
    "section-1": "first in its section",
    "section-2": "second in its section",
    "section-3": "third in its section",
    "section-4": "fourth in its section",
}


class FrontForm(StaffForm):
    """What all of them send: the state that the front was in when it was looked at."""

    seen = HiddenField()


class MoveForm(FrontForm):
    """An article on the front, by its slug, that is to go up, down, or off its pin; `slot` is where it goes."""

    article = HiddenField()
    place = HiddenField()
    shown_in = IntegerField()
    slot = IntegerField()

    @property
    def is_sound(self) -> bool:
        """Whether the page could have sent this."""
        if not self.validate() or self.place.data not in set(Place):
            return False
        slots = range(1, SLOTS[Place(self.place.data)] + 1)
        return self.shown_in.data in slots and self.slot.data in slots


class PinForm(FrontForm):
    """An article by its address or slug, where it is to stand, and until when; empty for until it is taken off."""

    article = StringField("Article", filters=[one_line])
    where = StringField("Where", filters=[one_line])
    until = StringField("Until", filters=[one_line])

    @property
    def slug(self) -> str:
        """The slug that was typed, or that of the address."""
        typed = self.article.data or ""
        found = ADDRESS.fullmatch(typed)
        return found[1] if found else typed

    @property
    def place(self) -> Place:
        """Of a valid form only, as the slot."""
        return Place(cast(str, self.where.data).partition("-")[0])

    @property
    def slot(self) -> int:
        return int(cast(str, self.where.data).partition("-")[2])

    @property
    def until_at(self) -> datetime | None:
        """The moment in UTC."""
        return moment_in(self.until.data, settings().time_zone) if self.until.data else None

    def validate_article(self, field: StringField) -> None:
        if not field.data:
            raise StopValidation("Give the article’s address, as in /articles/its-name.")

    def validate_where(self, field: StringField) -> None:
        if field.data not in WHERE:
            raise StopValidation("Choose where.")

    def validate_until(self, field: StringField) -> None:
        try:
            moment = self.until_at
        except BadMoment as fault:
            raise StopValidation(str(fault)) from None
        if moment is not None and moment <= utcnow():
            raise StopValidation("That moment is over.")
