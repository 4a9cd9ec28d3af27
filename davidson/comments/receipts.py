"""Receipts: a private address at which a comment's author, who has no account, follows it, edits it or withdraws it.

The receipt is an HMAC of a salt that the row keeps, so that the same form sent twice can be given the same one while
the store knows only its hash: who reads the store cannot act for a reader.
"""

from datetime import datetime

from davidson.audit.erasing import erase_words
from davidson.audit.log import READER
from davidson.comments.draft import Draft
from davidson.comments.facts import facts_about, words_now
from davidson.comments.forgetting import BLANK
from davidson.comments.lessons import forget_text_of_lessons
from davidson.comments.models import Comment
from davidson.comments.queries import comment_by_receipt
from davidson.comments.screening.rules import RULES_VERSION, screen
from davidson.comments.states import change_state, lock_article_of, subject_of
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from davidson.text.markup import RENDERER, render_comment
from davidson.web.signing import digest_of, keyed_hash, settings

# What these noticed lies in how the comment was sent; no other text takes it back.
RULES_OF_SENDING = frozenset({"honeypot", "pace"})
WITHDRAW = "comment.withdraw"


class NotEditable(Exception):
    """The comment was decided on, so its text stays as it is."""


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


def is_editable(comment: Comment) -> bool:
    """Whether its author may still change the text: while it waits for a moderator."""
    return comment.status is CommentStatus.PENDING


def edit(comment: Comment, source: str, *, now: datetime) -> None:
    """Give a waiting comment another text, screened anew; it goes on waiting. The caller commits.

    An edit never publishes by itself: whoever waits could otherwise try until the rules let something through.
    Raises NotEditable.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    if not is_editable(comment):
        raise NotEditable(str(comment.id))
    chosen = settings()
    draft = Draft(comment.name, source, email=comment.email)
    connection = db.session.connection()
    facts = facts_about(
        connection,
        words_now(connection),
        draft,
        article_id=comment.article_id,
        sender=comment.sender or "",
        author_key=comment.author_key,
        now=now,
        min_seconds=0,
        site_name=chosen.site_name,
        trust_after=chosen.trust_after,
        instead_of=comment.id,
    )
    # A site that closed its comments since goes on with those it took: they wait all the same.
    mode = CommentsMode.HOLD_ALL if chosen.comments is CommentsMode.CLOSED else chosen.comments
    screening = screen(draft, facts, mode)
    comment.source, comment.html, comment.renderer = source, render_comment(source), RENDERER
    of_sending = [finding for finding in comment.findings if finding["rule"] in RULES_OF_SENDING]
    comment.findings = [finding.as_json() for finding in screening.findings] + of_sending
    comment.rules_version = RULES_VERSION
    comment.edited_at = now
    status = CommentStatus.SPAM if screening.status is CommentStatus.SPAM else CommentStatus.PENDING
    change_state(comment, status, action="comment.edit", actor=READER, now=now, details={"findings": comment.findings})


def withdraw(comment: Comment, *, now: datetime) -> None:
    """Delete a comment for its author, for good: text, name, address and sender are blanked, in the log too.

    The row stays as a skeleton, for replies may hang on it. A second time changes nothing. The caller commits.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    if comment.status is CommentStatus.DELETED:
        return
    for column, value in BLANK.items():
        setattr(comment, column, value)
    erase_words(subject_of(comment.id), by=WITHDRAW)  # Findings quote the text, and so may a moderator's note.
    forget_text_of_lessons(comment.id)
    change_state(comment, CommentStatus.DELETED, action=WITHDRAW, actor=READER, now=now)
