"""`davidson screening …`: what the learned score learned, and how good it is."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.comments.screening.learned import MIN_LESSONS
from davidson.database import db, reading
from davidson.moderation.fitting import ROUNDS
from davidson.moderation.labelled import BadFile, Labelled, read_labelled
from davidson.moderation.measuring import FEW, Measured, measured
from davidson.moderation.precision import ScreeningFigures, screening_figures
from davidson.moderation.relearning import relearn
from davidson.moderation.training import (
    LearnedTooLittle,
    forget_everything,
    learn_examples,
    learned_examples,
    new_examples,
    number_known,
    number_stale,
    rehearse,
    scored,
)
from davidson.web.filters import count

screening = AppGroup("screening", help="Teach the screening from labelled comments, and try it.")
json_option = click.option("--json", "as_json", is_flag=True, help="As one JSON object.")


@screening.command("train")
@click.argument("file", type=click.Path(path_type=Path))
def train(file: Path) -> None:
    """Learn from the comments in FILE, CSV with the columns CONTENT, AUTHOR and CLASS (1 for spam, 0 for none).

    A text is learned once, however often it stands in files that were learned.
    """
    comments = _read(file)
    with reading():
        examples = new_examples(comments)
        if examples:
            examples += learned_examples()
            with click.progressbar(length=ROUNDS, label="Learning", file=sys.stderr) as bar:
                for _ in rehearse(examples):
                    bar.update(1)
        db.session.rollback()
    learned = learn_examples(examples, actor=SHELL, now=utcnow()) if examples else 0
    db.session.commit()
    click.echo(f"{count(learned, 'comment')} learned; {len(comments) - learned:,} are copies or were learned before")


@screening.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def evaluate(file: Path, as_json: bool) -> None:
    """Try the learned score on the comments in FILE, which has the form that `train` takes; nothing is learned."""
    comments = _read(file)
    with reading():
        try:
            found = measured(scored(comments))
        except LearnedTooLittle:
            fault = f"too little was learned to try it: it takes {MIN_LESSONS} comments of each kind; see `train`"
            raise click.ClickException(fault) from None
        except ValueError:
            raise click.ClickException(f"{file}: holds comments of one kind only, so nothing can be compared") from None
        known = number_known(comments)
    click.echo(json.dumps(found.as_json() | {"learned_before": known}) if as_json else _as_lines(found))
    if known:
        said = f"{known:,} of the {count(len(comments), 'comment')} were learned from; the figures flatter"
        click.echo(said, err=True)


@screening.command("figures")
@json_option
def figures(as_json: bool) -> None:
    """Say how right the learned score was about the last decisions, and what it may do by itself."""
    with reading():
        found = screening_figures()
    click.echo(json.dumps(found.as_json()) if as_json else _told(found))


@screening.command("rebuild")
def rebuild() -> None:
    """Learn anew what decisions taught before an upgrade that takes texts apart in another way.

    The worker does this too, once a day.
    """
    done = relearn(actor=SHELL, now=utcnow())
    if done.learned or done.gone:
        click.echo(f"{done.learned:,} learned anew; of {done.gone:,} the text is gone, and what it taught stays")
    else:
        click.echo("no decision was learned in an earlier way")
    with reading():
        stale = number_stale()
    if stale:
        click.echo(f"{count(stale, 'text')} of files can be learned anew by `train` with the same files", err=True)


@screening.command("reset")
@click.confirmation_option(prompt="Forget all that the screening learned?")
def reset() -> None:
    """Forget everything that was learned, from decisions and from files. Decisions stay."""
    lessons = forget_everything(actor=SHELL, now=utcnow())
    db.session.commit()
    click.echo(f"{count(lessons, 'lesson')} forgotten")


def _read(file: Path) -> list[Labelled]:
    try:
        return read_labelled(file)
    except BadFile as fault:
        raise click.ClickException(f"{file}: {fault}") from None


def _as_lines(found: Measured) -> str:
    return "\n".join(
        (
            f"comments    {found.spam + found.ham:,}: {found.spam:,} spam, {found.ham:,} not",
            f"threshold   {found.threshold:.2f}, the score from which a comment is held",
            f"precision   {found.precision:.4f}",
            f"recall      {found.recall:.4f}",
            f"ham held    {found.ham_held:.4f}",
            f"AUC         {found.auc:.4f}",
            f"at {FEW:.0%} ham   {found.caught_at_few:.4f} of the spam is caught, above {found.threshold_at_few:.4f}",
        )
    )


def _told(found: ScreeningFigures) -> str:
    precision = "none yet" if found.precision is None else f"{found.precision:.4f}"
    may = f"yes, from {found.threshold:.2f} on" if found.may_mark_spam else "no"
    return "\n".join(
        (
            f"lessons        {found.lessons_spam:,} spam, {found.lessons_ham:,} not",
            f"decisions      {found.decisions_in_all:,}, of which the last {found.decisions:,} are looked at",
            f"precision      {precision}, of {found.predicted:,} texts with {found.threshold:.2f} or more",
            f"marks spam     {may}",
        )
    )
