"""Taking a comment back, and erasing it: two acts of its author, and both are for good.

They are two because they promise different things. What is withdrawn leaves every page at once, while its author and
the moderators can still read what was said: an author may want to keep it, and a newsroom may have to answer for it.
What is erased is gone for everybody. Either may come first, and a withdrawn comment can be erased at any time.
"""

from datetime import datetime

from davidson.audit.erasing import erase_words
from davidson.audit.log import READER
from davidson.comments.forgetting import BLANK, end_requests, forget_requests
from davidson.comments.lessons import forget_text_of_lessons
from davidson.comments.mailing import end_mails
from davidson.comments.models import Comment
from davidson.comments.states import change_state, lock_article_of, subject_of
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.mail.models import Subscription

ERASE = "comment.erase"


def withdraw(comment: Comment, *, now: datetime) -> None:
    """Take a comment off every page for its author. A second time changes nothing. The caller commits.

    A tombstone stays where it has replies. What still waited about it, a new text or an appeal, waits no longer, and
    no mails come of it any more.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    if comment.status is CommentStatus.DELETED:
        return
    end_requests([comment.id], now=now)
    _end_mails(comment)
    comment.fingerprint = None  # The same form may be sent anew.
    change_state(comment, CommentStatus.DELETED, action="comment.withdraw", actor=READER, now=now)


def erase(comment: Comment, *, now: datetime) -> None:
    """Delete a comment's text, name, address and sender for its author, in the log too. The caller commits.

    The row stays as a skeleton, for replies may hang on it. A second time changes nothing.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    if comment.is_erased:
        return
    forget_requests([comment.id], now=now)
    _end_mails(comment)
    for column, value in BLANK.items():
        setattr(comment, column, value)
    erase_words(subject_of(comment.id), by=ERASE)  # Findings quote the text, and so may a moderator's note.
    forget_text_of_lessons(comment.id)
    change_state(comment, CommentStatus.DELETED, action=ERASE, actor=READER, now=now)


def _end_mails(comment: Comment) -> None:
    subscription = db.session.get(Subscription, comment.id)
    if subscription is not None:
        end_mails(subscription)
