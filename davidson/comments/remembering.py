"""The author token: what a reader's device keeps when asked to, so that trust can grow without an account.

It is set only by the answer to a POST and read only when a comment is sent. No page that readers share depends on it.
"""

from flask import Request, Response

from davidson.web.signing import digest_of, is_keyed_hash, keyed_hash, settings

COOKIE = "davidson_author"
PATH = "/articles"
YEAR = 365 * 24 * 3600


def author_token(request: Request) -> str | None:
    """The author token that this device keeps, if it is one of ours."""
    token, _, signature = request.cookies.get(COOKIE, "").partition(".")
    return token if token and is_keyed_hash(signature, "author", token) else None


def author_key(token: str | None) -> str | None:
    """What the store keeps of an author token."""
    return digest_of(token) if token else None


def new_author_token(salt: str) -> str:
    """A token of 256 bits for the author of the comment with that receipt salt: a resend is given the same one."""
    return keyed_hash("author-token", salt)


def remember(response: Response, token: str, *, secure: bool) -> None:
    """Let the device keep the token for a year."""
    response.set_cookie(
        COOKIE,
        f"{token}.{keyed_hash('author', token)}",
        max_age=YEAR,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=secure or settings().https,
    )


def forget(response: Response) -> None:
    """Let the device forget the token."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict")
