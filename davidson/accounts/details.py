"""What a member of staff goes by: an e-mail address and a name, as the store keeps them."""

from davidson.emails import normalised_email

MOST_NAME = 80


class BadDetail(ValueError):
    """An e-mail address or a name that cannot be one; the message is a sentence for whoever typed it."""


def normal_email(text: str) -> str:
    """An e-mail address as it is looked up: without blanks around it, in lower case.

    A NUL, which PostgreSQL refuses in any text, becomes a character that no address has.
    """
    return text.strip().lower().replace("\0", "\ufffd")


def valid_email(text: str) -> str:
    """The address as the store keeps it. Raises BadDetail where it is none."""
    email = normalised_email(text, on_any_network=True)
    if email is None:
        raise BadDetail("Enter an e-mail address such as name@example.org.")
    return normal_email(email)


def valid_name(text: str) -> str:
    """The name with single blanks. Raises BadDetail where it is empty, too long, or holds what cannot be printed."""
    name = " ".join(text.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise BadDetail(f"Enter a name of at most {MOST_NAME} characters.")
    return name
