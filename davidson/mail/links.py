"""The links in mails about a comment. Who holds one holds the mail, and needs no other authority."""

from davidson.database import db
from davidson.mail.models import Subscription
from davidson.web.paging import MOST
from davidson.web.signing import is_keyed_hash, keyed_hash, settings


def path_of(subscription: Subscription) -> str:
    """The page on which the mails are confirmed and ended; 256 bits of it cannot be guessed."""
    number = str(subscription.comment_id)
    return f"/mail/{number}/{keyed_hash('subscription', number, subscription.salt)}"


def url_of(subscription: Subscription) -> str:
    """The same as an address for a mail."""
    return f"{settings().base_url}{path_of(subscription)}"


def subscription_at(comment_id: int, token: str) -> Subscription | None:
    """The subscription that such a path belongs to."""
    subscription = db.session.get(Subscription, comment_id) if comment_id <= MOST else None
    if subscription is None or not is_keyed_hash(token, "subscription", str(comment_id), subscription.salt):
        return None
    return subscription
