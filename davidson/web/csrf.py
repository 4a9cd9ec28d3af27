"""The guard of forms on pages that every reader shares: a token alike for all, and the request's own origin.

A token per reader would need a cookie and make every page private. The reader's realm has no authority that a forged
post could borrow, so the token says only which form it is, and the origin that the form came from this site.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Request, request
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from davidson.web.signing import is_keyed_hash, keyed_hash, settings


class SharedFormCSRF(CSRF):
    """A WTForms `csrf_class`. The form's `csrf_context` is (purpose, subject); `Meta.check_origin` may be False."""

    context: tuple[str, str]
    check_origin: bool

    def setup_form(self, form: Any) -> Any:
        self.context = form.meta.csrf_context
        self.check_origin = getattr(form.meta, "check_origin", True)
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return keyed_hash("form", *self.context)

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        if not is_form_token(field.data or "", *self.context):
            raise ValidationError("This form is no longer valid. Please send it again.")
        if self.check_origin and not comes_from_this_site(request):
            raise ValidationError("This form was sent from another site.")


def is_form_token(value: str, purpose: str, subject: str) -> bool:
    """Whether `value` is the token of that form."""
    return is_keyed_hash(value, "form", purpose, subject)


def comes_from_this_site(sent: Request) -> bool:
    """Whether a request came from a page of this site, by the strongest header that it carries.

    `Sec-Fetch-Site` (W3C Fetch Metadata) outranks `Origin` (RFC 6454), that outranks `Referer`. A client that sends
    none of the three is no browser that could be tricked.
    """
    site = sent.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    for header in ("Origin", "Referer"):
        value = sent.headers.get(header)
        if value is not None:
            return _origin_of(value) == own_origin(sent)
    return True


def own_origin(sent: Request) -> str:
    """The site's origin: the configured one, else that of the request."""
    return settings().base_url or f"{sent.scheme}://{sent.host}".lower()


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
