"""The forms by which mails are asked for and confirmed."""

from wtforms import StringField

from davidson.comments.forms import ReceiptForm, fault_of_email, fault_of_wish, finding, one_line


def _fault_of_address(email: str) -> str:
    """What is wrong with an address to mail to; empty means the one that was given before."""
    if fault_of_email(email):
        return "This is not an e-mail address."
    return fault_of_wish(bool(email), email)


class WishForm(ReceiptForm):
    """On a receipt: mails are wanted, at that address."""

    email = StringField("E-mail", filters=[one_line], validators=[finding(_fault_of_address)])


class ConfirmForm(ReceiptForm):
    """On the page that a mail leads to. Its address is the authority."""

    @classmethod
    def of(cls, token: str) -> "ConfirmForm":
        """The form on the page with that token."""
        return cls(meta={"csrf_context": ("confirm", token)})
