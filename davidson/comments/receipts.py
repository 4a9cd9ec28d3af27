"""Receipts: a private address at which a comment's author, who has no account, follows it.

What may be done there is in `editing`, `withdrawing`, `appealing` and `disclosing`.

The receipt is an HMAC of a salt that the row keeps, so that the same form sent twice can be given the same one while
the store knows only its hash: who reads the store cannot act for a reader.
"""

from davidson.comments.models import Comment
from davidson.comments.queries import comment_by_receipt
from davidson.web.signing import digest_of, keyed_hash, settings


def receipt_of(salt: str, *, key: str | None = None) -> str:
    """The receipt made from a row's salt: 256 bits, 43 URL-safe characters."""
    return keyed_hash("receipt", salt, key=key)


def receipt_for(comment: Comment) -> str:
    """The receipt that the comment's author was given, under whichever key it was made."""
    return receipt_of_row(comment.receipt_salt or "", comment.receipt_hash)


def receipt_of_row(salt: str, receipt_hash: str | None) -> str:
    """The same, from what the comment's row keeps of it."""
    for key in settings().secret_keys:
        receipt = receipt_of(salt, key=key)
        if digest_of(receipt) == receipt_hash:
            return receipt
    raise LookupError("the key that made this comment's receipt is no longer known")


def comment_with_receipt(receipt: str) -> Comment | None:
    """The comment that the receipt belongs to."""
    return comment_by_receipt(digest_of(receipt))
