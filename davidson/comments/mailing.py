"""The acts of an author who wants mails about a comment, or no more of them. Nothing here commits."""

import secrets
from datetime import datetime, timedelta

from limits import parse
from sqlalchemy import update

from davidson.comments.models import Comment
from davidson.comments.notices import DECIDED, ask_to_confirm, tell_decision
from davidson.comments.states import lock_article_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.mail.models import Subscription
from davidson.web.limits import is_within
from davidson.web.signing import keyed_hash, settings

# The mail that asks for confirmation is the one that anybody can have sent to anybody.
MOST_TO_ADDRESS = parse("3 per day")
MOST_FROM_NETWORK = parse("10 per hour")


def ask_for_mail(comment_id: int, address: str, *, status: CommentStatus, network: str, now: datetime) -> None:
    """Let a comment's author be asked, by mail, to confirm that address; it is kept with the comment.

    `network` is the keyed hash of the asker's network, `status` what the author sees of the comment already. Where
    too many were asked for, that is noted in place of the mail.
    """
    subscription = db.session.get(Subscription, comment_id)
    if subscription is None:
        subscription = Subscription(comment_id=comment_id)
        db.session.add(subscription)
    # A link that another address was sent must not confirm this one.
    subscription.salt = secrets.token_urlsafe(16)
    subscription.confirmed_at = None
    subscription.told = status.value if status in DECIDED else ""
    _keep_address(comment_id, address)
    to_address = is_within(MOST_TO_ADDRESS, "mail", keyed_hash("mail-to", address.casefold()))
    from_network = is_within(MOST_FROM_NETWORK, "mail", keyed_hash("mail-from", network))
    subscription.asked_at = now if to_address and from_network else None
    if subscription.asked_at is not None:
        ask_to_confirm(subscription, now=now)


def ask_again(comment: Comment, address: str, *, network: str, now: datetime) -> None:
    """Ask for mails about a comment that is there, at that address or, without one, at the one it has."""
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    kept = address or comment.email
    if kept and comment.status is not CommentStatus.DELETED:
        ask_for_mail(comment.id, kept, status=comment.status, network=network, now=now)


def confirm(subscription: Subscription, comment: Comment, *, now: datetime) -> None:
    """Note that the address is its holder's own, who is then told at once what was decided in the meantime."""
    lock_article_of(comment.article_id)  # No decision may pass between the question and the note.
    db.session.refresh(comment)
    db.session.refresh(subscription)
    if not comment.email or subscription.confirmed_at is not None:
        return
    subscription.confirmed_at = now
    if comment.status in DECIDED and comment.status.value != subscription.told:
        tell_decision(comment, now=now, delay=timedelta(0))


def end_mails(subscription: Subscription) -> None:
    """Send no mails about the comment any more, and forget the address."""
    subscription.confirmed_at = subscription.asked_at = None
    _keep_address(subscription.comment_id, "")


def mail_state(comment: Comment) -> str:
    """How it stands with mails about a comment: `off`, `held` where too many were asked for, `asked` or `on`."""
    subscription = db.session.get(Subscription, comment.id)
    if subscription is None or not comment.email:
        return "off"
    if subscription.confirmed_at is not None:
        return "on"
    return "asked" if subscription.asked_at is not None else "held"


def mail_offer(comment: Comment, receipt: str) -> dict[str, str] | None:
    """What the receipt says of mails, and offers; None where there is nothing to offer.

    Never the address: whoever looks at a receipt on somebody's screen must not find out whose it is.
    """
    if not settings().offers_mail or comment.status is CommentStatus.DELETED:
        return None
    here = f"/comments/{receipt}/mail"
    return {
        "state": mail_state(comment),
        "ask_url": here,
        "end_url": f"{here}/end",
        "kept": "yes" if comment.email else "",
    }


def _keep_address(comment_id: int, address: str) -> None:
    """As a statement, for no page shows it, and a decision at work on the comment must not be disturbed."""
    db.session.execute(update(Comment).where(Comment.id == comment_id).values(email=address))
