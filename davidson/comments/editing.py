"""Another text for a comment, by its author.

While it waits it goes on waiting under the new text. Once it is approved, a new text that the site would publish by
itself takes the old one's place; any other waits beside it, and readers see the approved one until that is decided.
"""

from datetime import datetime, timedelta

from davidson.articles.models import Article
from davidson.articles.modes import mode_of
from davidson.audit.log import READER
from davidson.comments.draft import Draft
from davidson.comments.facts import facts_about, words_now
from davidson.comments.models import Comment, Proposal
from davidson.comments.proposals import propose, take_back
from davidson.comments.queries import proposal_for
from davidson.comments.reports import RULE as REPORTS
from davidson.comments.screening.rules import RULES_VERSION, Screening, screen
from davidson.comments.states import change_state, lock_article_of
from davidson.comments.status import CommentStatus
from davidson.config import CommentsMode
from davidson.database import db
from davidson.text.markup import RENDERER, render_comment
from davidson.web.signing import settings

EDIT_WINDOW = timedelta(minutes=15)
"""How long after its sending a comment may be edited that waits for nothing."""
# What these noticed lies in how the comment was sent, and what readers said of it; no other text takes it back.
KEPT_RULES = frozenset({"honeypot", "pace", REPORTS})


class NotEditable(Exception):
    """The comment was decided on or its time is over, so its text stays as it is."""


def is_editable(comment: Comment, proposal: Proposal | None, *, now: datetime) -> bool:
    """Whether its author may change the text: while that waits for a moderator, and for a while after sending it."""
    if comment.status is CommentStatus.APPROVED:
        return proposal is not None or _is_fresh(comment, now)
    return comment.status is CommentStatus.PENDING


def edit(comment: Comment, source: str, *, now: datetime) -> None:
    """Give a comment another text, screened anew. The same text sent twice changes nothing. The caller commits.

    An edit never lets readers see a comment that waits: whoever waits could otherwise try until the rules let
    something through. Raises NotEditable.
    """
    lock_article_of(comment.article_id)
    db.session.refresh(comment)
    proposal = proposal_for(comment.id)
    if source == text_to_edit(comment, proposal):
        return
    if not is_editable(comment, proposal, now=now):
        raise NotEditable(str(comment.id))
    screening = _screened(comment, source, now)
    is_seen = comment.status is CommentStatus.APPROVED
    if is_seen and proposal is not None and source == comment.source:
        take_back(comment, proposal, now=now)
    elif is_seen and not (screening.status is CommentStatus.APPROVED and _is_fresh(comment, now)):
        propose(comment, proposal, source, screening, now=now)
    else:
        if proposal is not None:
            db.session.delete(proposal)
        _replace(comment, source, screening, now=now)


def text_to_edit(comment: Comment, proposal: Proposal | None) -> str:
    """The author's newest text, with which an edit begins; that of `proposal` if one waits."""
    return proposal.source if proposal else comment.source


def _is_fresh(comment: Comment, now: datetime) -> bool:
    return now - comment.created_at <= EDIT_WINDOW


def _screened(comment: Comment, source: str, now: datetime) -> Screening:
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
    mode = mode_of(db.session.get_one(Article, comment.article_id).comments_mode)
    # Where comments were closed since, those that were taken go on: what is new about them waits.
    return screen(draft, facts, CommentsMode.HOLD_ALL if mode is CommentsMode.CLOSED else mode)


def _replace(comment: Comment, source: str, screening: Screening, *, now: datetime) -> None:
    comment.source, comment.html, comment.renderer = source, render_comment(source), RENDERER
    kept = [finding for finding in comment.findings if finding["rule"] in KEPT_RULES]
    comment.findings = [finding.as_json() for finding in screening.findings] + kept
    comment.rules_version = RULES_VERSION
    comment.edited_at = now
    is_spam = comment.status is CommentStatus.PENDING and screening.status is CommentStatus.SPAM
    to = CommentStatus.SPAM if is_spam else comment.status
    change_state(comment, to, action="comment.edit", actor=READER, now=now, details={"findings": comment.findings})
