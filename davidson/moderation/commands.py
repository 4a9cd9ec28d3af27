"""`davidson comments …`: the comments, and decisions on them, from the shell."""

import json
from collections.abc import Callable

import click
from flask.cli import AppGroup

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.reasons import Reason
from davidson.comments.status import CommentStatus
from davidson.database import db
from davidson.moderation.decisions import OUTCOME, Decision, NoSuchComment, NotDecidable, Stale, decide, decide_each
from davidson.moderation.listing import ListedComment, all_comments, waiting_batches
from davidson.text.dates import iso
from davidson.text.excerpt import excerpt
from davidson.web.filters import count

BATCH = 100
LINE_LENGTH = 60

comments = AppGroup("comments", help="List comments, approve and reject them, mark them as spam.")


@comments.command("list")
@click.option(
    "--status", type=click.Choice([status.value for status in CommentStatus]), help="Only those in this state."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(status: str | None, as_json: bool) -> None:
    """List the comments, oldest first."""
    for comment in all_comments(CommentStatus(status) if status else None):
        click.echo(_as_json(comment) if as_json else _as_line(comment))


def _command(decision: Decision, help_text: str) -> Callable[..., None]:
    """The command of one decision; a rejection takes a reason, which the author is told."""

    def run(ids: tuple[int, ...], all_pending: bool, reason: str = "") -> None:
        if bool(ids) is all_pending:
            raise click.UsageError("give the numbers of comments, or --all-pending")
        if all_pending:
            _decide_all(decision, reason)
        else:
            _decide_some(ids, decision, reason)

    command = click.option("--all-pending", is_flag=True, help="Everything that waits now.")(run)
    command = click.argument("ids", nargs=-1, type=int, metavar="[ID]...")(command)
    if decision is Decision.REJECT:
        reasons = click.Choice([reason.value for reason in Reason])
        command = click.option(
            "--reason", type=reasons, default=Reason.OTHER.value, show_default=True, help="What its author is told."
        )(command)
    return comments.command(decision.value, help=help_text)(command)


approve = _command(Decision.APPROVE, "Let readers see the comments with these numbers.")
reject = _command(Decision.REJECT, "Refuse the comments with these numbers, or take them back.")
spam = _command(Decision.SPAM, "Mark the comments with these numbers as spam.")


def _decide_some(ids: tuple[int, ...], decision: Decision, reason: str) -> None:
    """Decide on each; what cannot be decided does not keep the others from it, and is named at the end."""
    unknown: list[str] = []
    refused: list[str] = []
    decided = 0
    for comment_id in dict.fromkeys(ids):
        try:
            done = decide(comment_id, decision, version=None, actor=SHELL, now=utcnow(), reason=reason)
            db.session.commit()
            decided += done.changed
        except NoSuchComment:
            unknown.append(str(comment_id))
        except NotDecidable as fault:
            refused.append(f"{comment_id} ({fault})")
        except Stale:
            refused.append(f"{comment_id} (changed just now)")
        finally:
            db.session.rollback()
    click.echo(_told(decided, decision))
    faults = [f"there is no comment {', '.join(unknown)}"] if unknown else []
    faults += [f"not possible for comment {', '.join(refused)}"] if refused else []
    if faults:
        raise click.ClickException("; ".join(faults))


def _decide_all(decision: Decision, reason: str) -> None:
    """Decide on what waits when the command starts: what comes in meanwhile was meant by nobody."""
    now = utcnow()
    decided = met = 0
    for batch in waiting_batches(now, size=BATCH):
        decided += decide_each(batch, decision, actor=SHELL, now=now, reason=reason)
        met += len(batch)
        db.session.commit()
    click.echo(_told(decided, decision))
    if met > decided:
        click.echo(f"{count(met - decided, 'comment')} left alone: somebody else changed them meanwhile", err=True)


def _told(decided: int, decision: Decision) -> str:
    return f"{count(decided, 'comment')} {OUTCOME[decision]}"


def _as_json(comment: ListedComment) -> str:
    return json.dumps(
        {
            "id": comment.id,
            "article": comment.article,
            "parent": comment.parent,
            "name": comment.name,
            "status": comment.status.value,
            "source": comment.source,
            "html": str(comment.html),
            "created_at": iso(comment.created_at),
            "version": comment.version,
            "reason": comment.reason,
            "findings": comment.findings,
        },
        ensure_ascii=False,
    )


def _as_line(comment: ListedComment) -> str:
    shown = excerpt(comment.html, LINE_LENGTH)
    return f"{comment.id:>6} {comment.status:<8} {comment.created_at:%Y-%m-%d %H:%M} {comment.article}: {shown}"
