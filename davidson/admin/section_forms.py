"""The forms by which admins order the masthead's sections."""

from wtforms import HiddenField, IntegerField, StringField

from davidson.accounts.forms import StaffForm


class SectionsForm(StaffForm):
    """What all of them send: the state that the sections were in when they were looked at."""

    seen = HiddenField()


class NameForm(SectionsForm):
    """What a section is to be called."""

    name = StringField("Name")


class PlaceForm(SectionsForm):
    """Where in the order it is to stand, from 1 on."""

    place = IntegerField()


class ShownForm(SectionsForm):
    """Whether it is to stand in the masthead."""

    shown = StringField()

    @property
    def is_sound(self) -> bool:
        """Whether the page could have sent this."""
        return bool(self.validate()) and self.shown.data in ("yes", "no")
