"""The forms that say what a picture shows, whose it is and what must be seen of it, and that bring another one."""

import re
from os import SEEK_END
from typing import IO

from flask import request
from wtforms import FileField, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.accounts.forms import StaffForm
from davidson.articles.describing import PictureWords
from davidson.articles.models import Article
from davidson.articles.picture_words import fault_of_alt, fault_of_credit
from davidson.media.models import Media
from davidson.media.renditions import MAX_BYTES, TOO_LARGE, Focus
from davidson.newsroom.forms import one_line

LONGEST = {"alt": 1000, "caption": 1000, "credit": 200}
PERCENT = re.compile("[0-9]{1,3}", re.ASCII)


class PictureForm(StaffForm):
    """What is said of an article's picture; `version` is the article that the form was made for."""

    alt = TextAreaField(filters=[one_line])
    caption = TextAreaField(filters=[one_line])
    credit = StringField(filters=[one_line])
    focus_x = StringField(filters=[one_line])
    focus_y = StringField(filters=[one_line])
    version = HiddenField()

    headline = ""
    is_published = False

    @classmethod
    def sent(cls, article: Article) -> "PictureForm":
        """The form as this request sent it, for that article."""
        form = cls()
        form.headline, form.is_published = article.headline, article.published_at is not None
        return form

    @classmethod
    def showing(cls, article: Article, media: Media) -> "PictureForm":
        """The form with what is said now."""
        said = {"alt": article.image_alt, "caption": article.image_caption, "credit": article.image_credit}
        focus = {"focus_x": str(media.focus_x), "focus_y": str(media.focus_y)}
        return cls(formdata=None, data={**said, **focus, "version": str(article.version)})

    def validate_alt(self, field: TextAreaField) -> None:
        _check_length(field, "alt")
        if self.is_published and (
            fault := fault_of_alt(field.data or "", told=(self.caption.data or "", self.headline))
        ):
            raise StopValidation(sentence(fault))

    def validate_caption(self, field: TextAreaField) -> None:
        _check_length(field, "caption")

    def validate_credit(self, field: StringField) -> None:
        _check_length(field, "credit")
        if self.is_published and (fault := fault_of_credit(field.data or "")):
            raise StopValidation(sentence(fault))

    def validate_focus_x(self, field: StringField) -> None:
        _check_percent(field)

    def validate_focus_y(self, field: StringField) -> None:
        _check_percent(field)

    @property
    def words(self) -> PictureWords:
        """What is said of the picture. Of a valid form only."""
        return PictureWords(self.alt.data or "", self.caption.data or "", self.credit.data or "")

    @property
    def focus(self) -> Focus:
        """What must be seen of it. Of a valid form only."""
        return Focus(int(self.focus_x.data or ""), int(self.focus_y.data or ""))


class NewPictureForm(StaffForm):
    """Another picture for an article and what is said of it; `version` is the article that the form was made for.

    Both forms stand on one page, so these fields have names of their own.
    """

    new_file = FileField()
    new_alt = TextAreaField(filters=[one_line])
    new_caption = TextAreaField(filters=[one_line])
    new_credit = StringField(filters=[one_line])
    version = HiddenField()

    headline = ""

    @classmethod
    def sent(cls, article: Article) -> "NewPictureForm":
        """The form as this request sent it, for that article."""
        form = cls()
        form.headline = article.headline
        return form

    def validate_new_file(self, _field: FileField) -> None:
        sent = request.files.get("new_file")
        if not sent or not sent.filename:
            raise StopValidation("Choose a file.")
        if sent.stream.seek(0, SEEK_END) > MAX_BYTES:
            raise StopValidation(sentence(TOO_LARGE))

    def validate_new_alt(self, field: TextAreaField) -> None:
        _check_length(field, "alt")
        told = (self.new_caption.data or "", self.headline, *self._file_names)
        if fault := fault_of_alt(field.data or "", told=told):
            raise StopValidation(sentence(fault))

    def validate_new_caption(self, field: TextAreaField) -> None:
        _check_length(field, "caption")

    def validate_new_credit(self, field: StringField) -> None:
        _check_length(field, "credit")
        if fault := fault_of_credit(field.data or ""):
            raise StopValidation(sentence(fault))

    @property
    def file_sent(self) -> IO[bytes]:
        """The file. Of a valid form only."""
        return request.files["new_file"].stream

    @property
    def words(self) -> PictureWords:
        """What is said of the picture. Of a valid form only."""
        return PictureWords(self.new_alt.data or "", self.new_caption.data or "", self.new_credit.data or "")

    @property
    def _file_names(self) -> tuple[str, ...]:
        sent = request.files.get("new_file")
        name = (sent.filename if sent else None) or ""
        return (name, name.rpartition(".")[0])


def _check_length(field: StringField, name: str) -> None:
    length, most = len(field.data or ""), LONGEST[name]
    if length > most:
        raise StopValidation(f"This has {length:,} characters; at most {most:,} are taken.")


def _check_percent(field: StringField) -> None:
    if not (PERCENT.fullmatch(field.data or "") and int(field.data or "") <= 100):
        raise StopValidation("Give a whole number from 0 to 100.")


def sentence(fault: str) -> str:
    """A fault as it stands beside a field."""
    return f"{fault[0].upper()}{fault[1:]}."
