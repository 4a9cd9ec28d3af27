"""The reader's forms. They are alike for every reader, so their token is too (see `davidson.web.csrf`)."""

from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.comments.draft import Draft
from davidson.comments.models import Comment
from davidson.text.excerpt import excerpt
from davidson.text.normalise import normalise
from davidson.text.sanitise import MAX_COMMENT_LENGTH
from davidson.web.csrf import SharedFormCSRF
from davidson.web.forms import SiteForm

MAX_NAME_LENGTH = 60
MAX_EMAIL_LENGTH = 254
EXCERPT_LENGTH = 160
MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Answered:
    """The comment that a reply is for, as the form shows it."""

    id: int
    name: str
    excerpt: str


def as_typed(value: str | None) -> str:
    """What was typed, with the line ends of a text area (CRLF, by the HTML standard) as they were typed.

    NUL is dropped: no text has it and PostgreSQL cannot store it.
    """
    return (value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def one_line(value: str | None) -> str:
    """What was typed into a field of one line, without what nobody sees and without the spaces around it."""
    return " ".join(normalise(as_typed(value)).split())


def body_is_sound(form: FlaskForm, field: Field) -> None:
    """A comment has something to read in it and at most 5,000 characters."""
    if not normalise(field.data or "").strip():
        raise StopValidation("Please write something.")
    if len(field.data) > MAX_COMMENT_LENGTH:
        raise StopValidation(
            f"This has {len(field.data):,} characters; at most {MAX_COMMENT_LENGTH:,} are taken. Please shorten it."
        )


class SharedForm(SiteForm):
    """A form whose token and page are alike for every reader."""

    class Meta(SiteForm.Meta):
        csrf_class = SharedFormCSRF
        csrf_context: Any = None


class CommentForm(SharedForm):
    """What a reader fills in below an article."""

    name = StringField("Name", filters=[one_line])
    email = StringField("E-mail", filters=[one_line])
    body = TextAreaField("Comment", filters=[as_typed], validators=[body_is_sound])
    remember = BooleanField("Remember me here")
    website = StringField("Website")
    parent = HiddenField(filters=[one_line])
    started = HiddenField()

    action: str
    replying_to: Answered | None
    fields: Markup | None = None

    @classmethod
    def on(cls, slug: str, *, action: str, replying_to: Comment | None = None) -> "CommentForm":
        """The form below the article `slug`, filled with what this request sent, if it sent a form."""
        form = cls(meta={"csrf_context": ("comment", slug)})
        form.action, form.replying_to = action, None
        if replying_to is not None:
            form.answer(replying_to)
        return form

    def answer(self, comment: Comment) -> None:
        """Make this a reply to that comment."""
        self.parent.data = str(comment.id)
        self.replying_to = Answered(comment.id, comment.name, excerpt(comment.html, EXCERPT_LENGTH))

    def validate_name(self, field: StringField) -> None:
        if not field.data:
            raise StopValidation("Please give a name.")
        if len(field.data) > MAX_NAME_LENGTH:
            raise StopValidation(f"A name has at most {MAX_NAME_LENGTH} characters.")

    def validate_email(self, field: StringField) -> None:
        if not field.data:
            return
        try:
            if len(field.data) > MAX_EMAIL_LENGTH:
                raise EmailNotValidError
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise StopValidation("This is not an e-mail address. You may also leave it empty.") from None

    @property
    def token(self) -> str:
        """What its hidden field sends, so that the post is known for this form's."""
        token: str = self.csrf_token.current_token
        return token

    @property
    def error_status(self) -> int:
        """400 where the request is not this site's form, else 422."""
        return 400 if self.csrf_token.errors else 422

    @property
    def is_foreign(self) -> bool:
        """Whether it was the token or the origin that failed."""
        return bool(self.csrf_token.errors)

    def parent_id(self) -> int | None:
        """The id of the comment to answer, None for the article itself, 0 for what can be no id."""
        text: str = self.parent.data or ""
        if not text:
            return None
        is_number = text.isascii() and text.isdigit() and len(text) < 20
        return int(text) if is_number and int(text) <= MAX_ID else 0

    def draft(self, *, seconds: float | None) -> Draft:
        """What was typed; `seconds` is how long the form was open."""
        return Draft(
            name=self.name.data or "",
            source=self.body.data or "",
            email=self.email.data or "",
            website=self.website.data or "",
            seconds=seconds,
        )


class ReceiptForm(SharedForm):
    """The buttons of a receipt. Its address is the authority, so the request's origin adds nothing.

    A browser sends `Origin: null` from a page without referrer, which receipts are.
    """

    class Meta(SharedForm.Meta):
        check_origin = False

    @classmethod
    def of(cls, receipt: str) -> "ReceiptForm":
        """The form on that receipt's page."""
        return cls(meta={"csrf_context": ("receipt", receipt)})


class EditForm(ReceiptForm):
    """Another text for a comment that waits."""

    body = TextAreaField("Comment", filters=[as_typed], validators=[body_is_sound])

    @classmethod
    def with_text(cls, receipt: str, source: str) -> "EditForm":
        """The form filled with the comment's text, or with what this request sent."""
        return cls(meta={"csrf_context": ("receipt", receipt)}, data={"body": source})


def sent_text(name: str) -> str:
    """A field of this request as it was typed, without asking a form: for answers that store nothing."""
    return as_typed(request.form.get(name))
