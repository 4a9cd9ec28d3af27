"""The forms of log-in and of one's own account, and what all staff forms share."""

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired

from davidson.web.forms import SiteForm


class StaffForm(SiteForm):
    """A form of the staff area, with Flask-WTF's own token: bound to the session, sent as `csrf_token`."""

    @property
    def error_status(self) -> int:
        """400 where the token is missing or forged, 422 for what somebody typed."""
        return 400 if self.csrf_token.errors else 422


class LoginForm(StaffForm):
    """Who is there."""

    email = EmailField("E-mail", validators=[InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", validators=[InputRequired("Enter your password.")])
    next = HiddenField()


class PasswordForm(StaffForm):
    """A new password for oneself."""

    current = PasswordField("Current password", validators=[InputRequired("Enter your current password.")])
    new = PasswordField("New password", validators=[InputRequired("Enter a new password.")])
    again = PasswordField(
        "New password again", validators=[EqualTo("new", "This is not the same as the new password above.")]
    )
