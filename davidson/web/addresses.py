"""Addresses of this site for readers elsewhere: in feeds, sitemaps and what machines read of a page."""

from davidson.web.signing import settings


def absolute(path: str) -> str:
    """An address with the site's origin where one is set, else relative to where the document was asked for.

    Not with the request's own host: the document is kept, and another reader's client would be given that.
    """
    return f"{settings().base_url}{path}"
