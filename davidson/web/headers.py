"""What every answer carries, static files and errors included: security headers and a request id; and the host check.

It is the outermost layer, so that no view, library or error can answer without it.
"""

import re
from collections.abc import Iterable
from random import getrandbits
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
SECURITY_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
HSTS = ("Strict-Transport-Security", "max-age=31536000")
# Probes of a load balancer ask by address, not by the site's name.
ANY_HOST = ("/healthz", "/readyz", "/metrics")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Headers:
    """A WSGI layer: adds the headers that an answer lacks, and refuses requests for another host with 421."""

    def __init__(self, app: "WSGIApplication", *, base_url: str, trusted_proxies: int) -> None:
        self.app = app
        self.host = urlsplit(base_url).netloc
        headers = (*SECURITY_HEADERS, HSTS) if base_url.startswith("https://") else SECURITY_HEADERS
        self.headers = {header[0].lower(): header for header in headers}
        self.trusts_proxy = trusted_proxies > 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request_id = environ["davidson.request_id"] = self._request_id(environ)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name.lower() for name, _ in headers}
            added = [header for name, header in self.headers.items() if name not in present]
            return start_response(status, [*headers, *added, ("X-Request-ID", request_id)], exc_info)

        environ["davidson.misdirected"] = bool(
            self.host and _host_of(environ) != self.host and environ.get("PATH_INFO") not in ANY_HOST
        )
        if environ["davidson.misdirected"] and environ.get("PATH_INFO", "").startswith("/static/"):
            # Static files are answered ahead of Flask, which has a page for this.
            start("421 Misdirected Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        return self.app(environ, start)

    def _request_id(self, environ: "WSGIEnvironment") -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        if self.trusts_proxy and REQUEST_ID.fullmatch(given):
            return str(given)
        # It tells requests apart and guards nothing: the system's randomness would let go of the interpreter's lock.
        return f"{getrandbits(64):016x}"


def _host_of(environ: "WSGIEnvironment") -> str:
    """The host that a request names, without its scheme's own port, which proxies like to add."""
    own_port = ":443" if environ.get("wsgi.url_scheme") == "https" else ":80"
    return str(environ.get("HTTP_HOST", "")).lower().removesuffix(own_port)
