"""The reader's forms. They are alike for every reader, so their token is too (see `davidson.web.csrf`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from davidson.comments.appealing import MAX_APPEAL_LENGTH
from davidson.comments.models import Comment
from davidson.comments.screening.names import owned_name
from davidson.emails import ascii_email, normalised_email
from davidson.text.excerpt import excerpt
from davidson.text.normalise import normalise
from davidson.text.sanitise import MAX_COMMENT_LENGTH
from davidson.web.csrf import SharedFormCSRF, comes_from_this_site, is_form_token
from davidson.web.forms import SiteForm
from davidson.web.signing import settings

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


def fault_of_name(name: str) -> str:
    """What is wrong with a name; empty for a sound one."""
    if not name:
        return "Please give a name."
    return f"A name has at most {MAX_NAME_LENGTH} characters." if len(name) > MAX_NAME_LENGTH else ""


def fault_of_owned(name: str, owned: tuple[str, ...]) -> str:
    """What is wrong with a name that is, or passes for, one of those that nobody else may go by."""
    if owned_name(name, owned) is None:
        return ""
    return "This is the name of the site or of somebody who works here, or looks like it. Please choose another."


def fault_of_email(email: str) -> str:
    """What is wrong with an e-mail address, which may be left empty."""
    if email and (len(email) > MAX_EMAIL_LENGTH or normalised_email(email) is None):
        return "This is not an e-mail address. You may also leave it empty."
    return ""


def fault_of_wish(wants_mail: bool, email: str) -> str:
    """What is wrong with asking for mails at an address that is one."""
    if wants_mail and not email:
        return "Please give the address that mails are to go to."
    if wants_mail and ascii_email(email) is None:
        return "Mails cannot be sent to this address: before the @ it may have plain letters, digits and signs only."
    return ""


def fault_of_body(body: str) -> str:
    """What is wrong with a comment, which has something to read in it and at most 5,000 characters."""
    if not normalise(body).strip():
        return "Please write something."
    if len(body) > MAX_COMMENT_LENGTH:
        return f"This has {len(body):,} characters; at most {MAX_COMMENT_LENGTH:,} are taken. Please shorten it."
    return ""


def fault_of_appeal(text: str) -> str:
    """What is wrong with an appeal."""
    if not normalise(text).strip():
        return "Please say why the comment should be published."
    if len(text) > MAX_APPEAL_LENGTH:
        return f"This has {len(text):,} characters; at most {MAX_APPEAL_LENGTH:,} are taken. Please shorten it."
    return ""


def parent_id_of(parent: str) -> int | None:
    """The id of the comment to answer, None for the article itself, 0 for what can be no id."""
    if not parent:
        return None
    is_number = parent.isascii() and parent.isdigit() and len(parent) < 20
    return int(parent) if is_number and int(parent) <= MAX_ID else 0


def finding(fault_of: Callable[[str], str]) -> Callable[[FlaskForm, Field], None]:
    """A validator of WTForms from such a function."""

    def validate(form: FlaskForm, field: Field) -> None:
        fault = fault_of(field.data or "")
        if fault:
            raise StopValidation(fault)

    return validate


class SharedForm(SiteForm):
    """A form whose token and page are alike for every reader."""

    class Meta(SiteForm.Meta):
        csrf_class = SharedFormCSRF
        csrf_context: Any = None


class CommentForm(SharedForm):
    """What a reader fills in below an article."""

    name = StringField("Name", filters=[one_line], validators=[finding(fault_of_name)])
    email = StringField("E-mail", filters=[one_line], validators=[finding(fault_of_email)])
    body = TextAreaField("Comment", filters=[as_typed], validators=[finding(fault_of_body)])
    mail = BooleanField("Mail me about the decision and replies")
    remember = BooleanField("Remember me here")
    website = StringField("Website")
    parent = HiddenField(filters=[one_line])
    started = HiddenField()

    action: str
    owned: tuple[str, ...] = ()
    replying_to: Answered | None
    fields: Markup | None = None

    @classmethod
    def on(cls, slug: str, *, action: str, replying_to: Comment | None = None) -> "CommentForm":
        """The form below the article `slug`, filled with what this request sent, if it sent a form."""
        form = cls(meta={"csrf_context": ("comment", slug)})
        form.action, form.replying_to = action, None
        if not settings().offers_mail:
            del form.mail
        if replying_to is not None:
            form.answer(replying_to)
        return form

    def validate_email(self, field: Field) -> None:
        """An address is needed where mails are wanted."""
        fault = fault_of_wish(bool(self.mail and self.mail.data), field.data or "")
        if fault:
            raise StopValidation(fault)

    def validate_name(self, field: Field) -> None:
        """Nobody goes by a name of `owned`."""
        fault = fault_of_owned(field.data or "", self.owned)
        if fault:
            raise StopValidation(fault)

    def answer(self, comment: Comment) -> None:
        """Make this a reply to that comment."""
        self.parent.data = str(comment.id)
        self.replying_to = Answered(comment.id, comment.name, excerpt(comment.html, EXCERPT_LENGTH))

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
        return parent_id_of(self.parent.data or "")


class SoundComment(NamedTuple):
    """What a reader sent with a form in which there is no fault."""

    name: str
    email: str
    body: str
    website: str
    parent_id: int | None
    started: str
    remember: bool
    wants_mail: bool


def sound_comment(slug: str) -> SoundComment | None:
    """What this request sent, where `CommentForm.on(slug)` finds no fault in it; None where it finds one.

    Fields, filters and faults are the form's. But the form's object, which the page needs that shows it again, takes as
    long to make as the comment takes to store.
    """
    sent = request.form
    if not (is_form_token(sent.get("csrf_token", ""), "comment", slug) and comes_from_this_site(request)):
        return None
    name, email, body = one_line(sent.get("name")), one_line(sent.get("email")), as_typed(sent.get("body"))
    wants_mail = settings().offers_mail and is_ticked(sent.get("mail"))
    if fault_of_name(name) or fault_of_email(email) or fault_of_wish(wants_mail, email) or fault_of_body(body):
        return None
    return SoundComment(
        name=name,
        email=email,
        body=body,
        website=sent.get("website", ""),
        parent_id=parent_id_of(one_line(sent.get("parent"))),
        started=sent.get("started", ""),
        remember=is_ticked(sent.get("remember")),
        wants_mail=wants_mail,
    )


def is_ticked(value: str | None) -> bool:
    """Whether a check box was ticked, as WTForms reads it."""
    return value is not None and value not in BooleanField.false_values


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
    """Another text for a comment."""

    body = TextAreaField("Comment", filters=[as_typed], validators=[finding(fault_of_body)])

    @classmethod
    def with_text(cls, receipt: str, source: str) -> "EditForm":
        """The form filled with the comment's text, or with what this request sent."""
        return cls(meta={"csrf_context": ("receipt", receipt)}, data={"body": source})


class AppealForm(ReceiptForm):
    """What its author says against a comment's refusal."""

    appeal = TextAreaField("Appeal", filters=[as_typed], validators=[finding(fault_of_appeal)])

    @classmethod
    def of(cls, receipt: str) -> "AppealForm":
        """The form on that receipt's page, empty or with what this request sent."""
        return cls(meta={"csrf_context": ("receipt", receipt)})


def sent_text(name: str) -> str:
    """A field of this request as it was typed, without asking a form: for answers that store nothing."""
    return as_typed(request.form.get(name))
