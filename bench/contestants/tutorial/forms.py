"""The tutorial's form, with the token that Flask-WTF keeps in the session, and what bleach leaves of a comment."""

import bleach
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional


class CommentForm(FlaskForm):
    body = TextAreaField(
        "Your comment (required)",
        [DataRequired(), Length(max=5000)],
        description="At most 5,000 characters; *italic*, **bold**, > quote and - list work. Be kind, stay with the"
        " subject; a moderator may read it first.",
    )
    name = StringField("Name (required)", [DataRequired(), Length(max=60)], description="Shown with your comment.")
    email = EmailField("E-mail (optional)", [Optional(), Email()], description="Never shown.")
    remember = BooleanField("Remember me here, so that moderators know my comments as one person’s")
    website = StringField("Leave this empty")
    parent = HiddenField()
    send = SubmitField("Send comment")


def cleaned(text: str) -> str:
    """A comment's HTML: its paragraphs, with the tags that are allowed and links made of addresses."""
    paragraphs = "".join(f"<p>{part}</p>" for part in text.replace("\r\n", "\n").split("\n\n"))
    return bleach.linkify(bleach.clean(paragraphs, tags={"p", "em", "strong", "blockquote"}))
