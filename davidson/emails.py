"""E-mail addresses, by the rules of RFC 5321 section 4.1.2 and RFC 6531. Nothing is asked of the domain name system."""

from typing import TYPE_CHECKING

from davidson.later import Later

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = Later("email_validator")


def normalised_email(text: str, *, on_any_network: bool = False) -> str | None:
    """The address as it is best written; None where it is none. A network of one's own may have other domains."""
    found = _validated(text, on_any_network)
    return found.normalized if found else None


def ascii_email(text: str, *, on_any_network: bool = False) -> str | None:
    """The address as every server takes it; None where its local part is beyond ASCII (RFC 6531), or it is none."""
    found = _validated(text, on_any_network)
    return found.ascii_email if found else None


def _validated(text: str, on_any_network: bool) -> "email_validator.ValidatedEmail | None":
    try:
        return email_validator.validate_email(text, check_deliverability=False, globally_deliverable=not on_any_network)
    except email_validator.EmailNotValidError:
        return None
