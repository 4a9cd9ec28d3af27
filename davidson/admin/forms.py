"""The forms of the admins' desk."""

from typing import Any

from wtforms import EmailField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, StopValidation

from davidson.accounts.details import BadDetail, valid_email, valid_name
from davidson.accounts.forms import StaffForm
from davidson.accounts.models import Role

ROLES: list[Any] = [role.value for role in Role]


class AddPersonForm(StaffForm):
    """Somebody new."""

    name = StringField("Name")
    email = EmailField("E-mail")
    role = SelectField("Role", choices=ROLES)
    password = PasswordField("First password", validators=[InputRequired("Enter a first password.")])

    def validate_name(self, field: Any) -> None:
        _as_field_error(valid_name, field)

    def validate_email(self, field: Any) -> None:
        _as_field_error(valid_email, field)


class RoleForm(StaffForm):
    """Another role for somebody."""

    role = SelectField("Role", choices=ROLES)


class TermsForm(StaffForm):
    """Terms for one of the wording lists."""

    terms = TextAreaField("Terms")


def _as_field_error(check: Any, field: Any) -> None:
    try:
        check(field.data or "")
    except BadDetail as fault:
        raise StopValidation(str(fault)) from None
