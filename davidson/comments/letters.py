"""What the mails about a comment say, looked up when they are sent: what is gone or undone by then is not said."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask
from markupsafe import escape

from davidson.articles.cards import article_path
from davidson.articles.models import Article
from davidson.clock import utcnow
from davidson.comments.cards import comment_url
from davidson.comments.mailing import end_mails
from davidson.comments.models import Comment
from davidson.comments.notices import CONFIRM, DECISION, KIND, REPLY, Notice
from davidson.comments.reasons import reason_text
from davidson.comments.receipts import receipt_for
from davidson.comments.status import CommentStatus
from davidson.database import db, reading
from davidson.mail.letter import Letter, Link, Quote
from davidson.mail.links import url_of
from davidson.mail.models import Subscription
from davidson.mail.sending import Mail, send_once
from davidson.outbox.draining import do
from davidson.text.excerpt import excerpt
from davidson.web.signing import settings

EXCERPT_LENGTH = 280
HEADLINE_LENGTH = 100

OUTCOMES = {
    CommentStatus.APPROVED: "published",
    CommentStatus.REJECTED: "not published",
    CommentStatus.SPAM: "not published: taken for advertising",
}


def init_letters(app: Flask) -> None:
    """Let the outbox send what `notices` asks for."""
    do(app, KIND, _send)


def _send(payloads: list[dict[str, Any]]) -> None:
    now = utcnow()
    for notice in map(Notice.of, payloads):
        send_once(notice.key, partial(mail_about, notice, now=now), now=now)


def mail_about(notice: Notice, *, now: datetime) -> Mail | None:
    """The mail to that effect; None where it is to be said no longer."""
    try:
        with reading():
            if not _is_wanted(notice):
                return None
            comment = db.session.get_one(Comment, notice.comment_id)
            to, letter = comment.email, _letter(notice, comment, now)
    finally:
        db.session.rollback()
    return Mail(
        key=notice.key,
        to=to,
        letter=letter,
        is_wanted=lambda: _is_wanted(notice, to=to, is_final=True),
        take_back=lambda: _take_back(notice),
        forget=lambda: _forget(notice, to),
    )


def _is_wanted(notice: Notice, *, to: str = "", is_final: bool = False) -> bool:
    """Whether the author is still to be told, at that address if one is given. If it is final, that counts as told."""
    # Locked before all else is read, so that of two workers with the same news the second sees what the first noted.
    subscription = db.session.get(
        Subscription, notice.comment_id, populate_existing=True, with_for_update=True if is_final else None
    )
    comment = db.session.get(Comment, notice.comment_id, populate_existing=True)
    if subscription is None or comment is None or not comment.email or (to and comment.email != to):
        return False
    is_confirmed = subscription.confirmed_at is not None
    if notice.about == CONFIRM:
        asked_at = subscription.asked_at
        return not is_confirmed and asked_at is not None and asked_at.isoformat() == notice.detail
    if notice.about == REPLY:
        return is_confirmed and _is_answered(comment, int(notice.detail))
    is_news = is_confirmed and comment.status.value == notice.status != subscription.told
    if is_news and is_final:
        subscription.told = notice.status
    return is_news


def _is_answered(comment: Comment, reply_id: int) -> bool:
    """Whether readers see that reply, by somebody else."""
    reply = db.session.get(Comment, reply_id, populate_existing=True)
    if reply is None or reply.status is not CommentStatus.APPROVED:
        return False
    is_own = reply.email == comment.email or (reply.author_key and reply.author_key == comment.author_key)
    return not is_own


def _take_back(notice: Notice) -> None:
    subscription = db.session.get(Subscription, notice.comment_id)
    if subscription is not None and notice.about == DECISION:
        subscription.told = ""


def _forget(notice: Notice, to: str) -> None:
    """The server says that there is no such address."""
    comment = db.session.get(Comment, notice.comment_id)
    subscription = db.session.get(Subscription, notice.comment_id)
    if comment is not None and subscription is not None and comment.email == to:
        end_mails(subscription)


def _letter(notice: Notice, comment: Comment, now: datetime) -> Letter:
    article = db.session.get_one(Article, comment.article_id)
    link = url_of(db.session.get_one(Subscription, comment.id))
    if notice.about == CONFIRM:
        return _question(article, link)
    if notice.about == REPLY:
        reply = db.session.get_one(Comment, int(notice.detail))
        return _news_of_reply(article, comment, reply, link, now)
    return _news_of_decision(article, comment, link, now)


def _question(article: Article, link: str) -> Letter:
    """The one mail that goes to an address nobody has confirmed: it holds no word of whoever typed that in."""
    name = settings().site_name
    asked = (
        f"Somebody, most likely you, has commented on an article in {name} and wants a mail at this address when a"
        " moderator has decided on the comment, and when it is answered."
    )
    parts = (
        asked,
        Link("The article:", _absolute(article_path(article.slug))),
        Link("If that was you, please open this page and press the button on it:", link),
        "If it was not, do nothing, and no other mail will come. On the same page you can have the address erased.",
    )
    return Letter(f"Please confirm: mails about your comment in {name}", parts, unsubscribe_url=_end_url(link))


def _news_of_decision(article: Article, comment: Comment, link: str, now: datetime) -> Letter:
    headline = _short(article.headline)
    outcome = OUTCOMES[comment.status]
    parts: list[str | Link | Quote] = [f"Your comment on “{headline}” was {outcome}."]
    if comment.status is CommentStatus.REJECTED and comment.reason:
        parts.append(f"The moderator’s reason: {reason_text(comment.reason)}")
    parts += ["You wrote:", Quote(excerpt(comment.html, EXCERPT_LENGTH))]
    where = comment_url(article, comment, now)
    if where:
        parts.append(Link("It stands here:", _absolute(where)))
    elif comment.status is not CommentStatus.APPROVED:
        parts += _receipt_link(comment)
    return Letter(f"Your comment was {outcome}: {headline}", (*parts, _way_out(link)), unsubscribe_url=_end_url(link))


def _news_of_reply(article: Article, comment: Comment, reply: Comment, link: str, now: datetime) -> Letter:
    headline = _short(article.headline)
    parts: list[str | Link | Quote] = [
        f"{reply.name} has answered your comment on “{headline}”:",
        Quote(excerpt(reply.html, EXCERPT_LENGTH)),
        "You wrote:",
        Quote(excerpt(comment.html, EXCERPT_LENGTH)),
    ]
    where = comment_url(article, reply, now)
    if where:
        parts.append(Link("Read the answer, or go on with the discussion:", _absolute(where)))
    return Letter(f"Your comment was answered: {headline}", (*parts, _way_out(link)), unsubscribe_url=_end_url(link))


def _short(headline: str) -> str:
    return excerpt(escape(headline), HEADLINE_LENGTH)  # As HTML, for in a headline an asterisk is one.


def _receipt_link(comment: Comment) -> list[Link]:
    """The way to the receipt, which its holder should keep private; none where the key that made it is gone."""
    try:
        receipt = receipt_for(comment)
    except LookupError:
        return []
    label = (
        "Your receipt, with all that you can do about it. Whoever has this address can do it too, so pass it to nobody:"
    )
    return [Link(label, _absolute(f"/comments/{receipt}"))]


def _way_out(link: str) -> Link:
    return Link("To get no more mails about this comment, and have your address erased:", link)


def _end_url(link: str) -> str:
    return f"{link}/unsubscribe"


def _absolute(path: str) -> str:
    return f"{settings().base_url}{path}"
