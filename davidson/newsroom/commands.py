"""`davidson article …`: articles from the shell."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from davidson.articles.cards import article_path
from davidson.articles.changes import MAX_NOTE, Amendment, ChangeKind, NotReadYet
from davidson.articles.closing import close_comments, closing_of
from davidson.articles.manuscript import Manuscript
from davidson.articles.models import Article
from davidson.articles.modes import AS_THE_SITE, mode_of, set_mode
from davidson.articles.picture_words import PictureUnsaid
from davidson.articles.publishing import NotPublished, article_to_change, retract
from davidson.articles.rendering import number_outdated, outdated_articles
from davidson.articles.rerendering import catch_up_with_pictures, render_each
from davidson.articles.saving import Saved, save
from davidson.audit.log import SHELL
from davidson.clock import utcnow
from davidson.config import CommentsMode
from davidson.database import db
from davidson.media.files import media_folder
from davidson.media.opening import NotAPicture
from davidson.newsroom.credits import names_no_owner
from davidson.newsroom.frontmatter import BadManuscript
from davidson.newsroom.importing import read_manuscript
from davidson.newsroom.moments import BadMoment, moment_in
from davidson.newsroom.queries import ArticleState, all_articles
from davidson.text.bounds import TextTooLong
from davidson.text.dates import iso
from davidson.text.normalise import normalise
from davidson.web.filters import count
from davidson.web.signing import settings

articles = AppGroup("article", help="Add, list and take back articles.")


@articles.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--publish", is_flag=True, help="Make it public, from its published_at on or from now.")
@click.option("--minor", is_flag=True, help="A slip of the pen mended: readers are not told of an update.")
@click.option(
    "--update", "update", metavar="TEXT", help="Tell readers what is new in an article that they may have read."
)
@click.option("--correction", metavar="TEXT", help="Tell readers what was wrong in it; /corrections lists it too.")
def add(file: Path, publish: bool, minor: bool, update: str | None, correction: str | None) -> None:
    """Add the article in FILE, Markdown with a front matter, or update the one with its slug; print its path."""
    amendment = _amendment(minor=minor, update=update, correction=correction)
    try:
        manuscript = read_manuscript(file, zone=settings().time_zone)
    except BadManuscript as fault:
        raise click.ClickException(str(fault)) from None
    try:
        saved = save(
            manuscript,
            actor=SHELL,
            now=utcnow(),
            media_folder=media_folder(),
            publish=publish,
            amendment=amendment,
        )
        db.session.commit()
    except NotAPicture as fault:
        place = manuscript.picture.place if manuscript.picture else file
        raise click.ClickException(f"{place}: {fault}") from None
    except PictureUnsaid as fault:
        raise click.ClickException(f"{_place_of(fault, manuscript, file)}: {fault}") from None
    except NotReadYet:
        raise click.ClickException(
            f"{file}: readers do not see this article now, so there is no change to tell"
        ) from None
    except TextTooLong as fault:
        raise click.ClickException(f"{file}: {fault}") from None
    except IntegrityError:
        raise click.ClickException(f"{file}: somebody else added the same at the same moment; run it again") from None
    for remark in _remarks(saved, manuscript, file):
        click.echo(remark, err=True)
    click.echo(article_path(saved.article.slug))
    if faults := catch_up_with_pictures():
        raise click.ClickException("\n".join(faults))


@articles.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(as_json: bool) -> None:
    """List the articles, newest first."""
    for row in all_articles(utcnow()):
        click.echo(_as_json(row) if as_json else _as_line(row))


@articles.command("render")
def render() -> None:
    """Make the HTML of articles anew that an earlier release rendered otherwise, or whose pictures have other files.

    It may run beside the site, and be stopped and started anew at any time: until an article has its new HTML, its page
    shows the old one. Readers are told of no change.
    """
    number = number_outdated()
    with click.progressbar(
        outdated_articles(), length=number, label="Rendering", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        faults = render_each(bar)
    click.echo(f"{count(number - len(faults), 'article')} rendered anew")
    if faults:
        raise click.ClickException("\n".join(faults))


@articles.command("unpublish")
@click.argument("slug")
@click.option("--reason", required=True, help="Why; readers are shown it.")
def unpublish(slug: str, reason: str) -> None:
    """Take the article SLUG back: its page says why, and it leaves every list at once."""
    said = _one_line(reason)
    if not said:
        raise click.UsageError("--reason takes a text")
    article = article_to_change(slug)
    if article is None:
        raise click.ClickException(f"there is no article with the slug {slug!r}")
    try:
        retract(article, reason=said, actor=SHELL, now=utcnow())
    except NotPublished:
        raise click.ClickException(f"{slug!r} is not published") from None
    db.session.commit()
    click.echo(f"{article_path(slug)} was taken back")


@articles.command("comments")
@click.argument("slug")
@click.option(
    "--close",
    "when",
    metavar="now|site|MOMENT",
    help="Stop taking comments now, when the site's setting says, or at a moment such as '2026-12-03 18:00'.",
)
@click.option(
    "--mode",
    type=click.Choice([AS_THE_SITE, *(mode.value for mode in CommentsMode)]),
    help="Which comments wait for a moderator; 'site' leaves it to the site's setting.",
)
def comments(slug: str, when: str | None, mode: str | None) -> None:
    """Say how long the article SLUG takes comments, and which of them wait for a moderator."""
    now = utcnow()
    if when is None and mode is None:
        raise click.UsageError("give --close, --mode or both")
    at = _moment_of(when, now) if when else None
    article = article_to_change(slug)
    if article is None:
        raise click.ClickException(f"there is no article with the slug {slug!r}")
    if when:
        close_comments(article, at, actor=SHELL, now=now)
    if mode:
        set_mode(article, None if mode == AS_THE_SITE else CommentsMode(mode), actor=SHELL, now=now)
    told = _comments_told(article)
    db.session.commit()
    click.echo(f"{article_path(slug)} {told}")


def _remarks(saved: Saved, manuscript: Manuscript, file: Path) -> Iterator[str]:
    """What whoever added a manuscript may not have meant."""
    credit = manuscript.picture.credit if manuscript.picture else ""
    if credit and names_no_owner(credit):
        yield f"Warning: {file}: the credit {credit!r} names no owner of the picture"
    if saved.new_section:
        yield f"A new section: {saved.new_section}"
    if saved.text_changed and not saved.is_new:
        yield "The article that was at this address already has this text now."
    if saved.article.published_at is None:
        yield "A draft: readers see it once it is added with --publish."


def _amendment(*, minor: bool, update: str | None, correction: str | None) -> Amendment:
    """What is said of a change."""
    if minor + (update is not None) + (correction is not None) > 1:
        raise click.UsageError("give one of --minor, --update and --correction")
    if minor:
        return Amendment(ChangeKind.MINOR)
    if correction is not None:
        return Amendment(ChangeKind.CORRECTION, _note("--correction", correction))
    return Amendment() if update is None else Amendment(ChangeKind.UPDATE, _note("--update", update))


def _note(option: str, text: str) -> str:
    said = _one_line(text)
    if not 0 < len(said) <= MAX_NOTE:
        raise click.UsageError(f"{option} takes a text of 1 to {MAX_NOTE} characters")
    return said


def _one_line(text: str) -> str:
    return " ".join(normalise(text).split())


def _place_of(fault: PictureUnsaid, manuscript: Manuscript, file: Path) -> str:
    """Where a manuscript says too little of a picture."""
    if fault.line is not None:
        return f"{file}, line {manuscript.first_line + fault.line}"
    picture = manuscript.picture
    if picture is None:
        return ""
    return picture.alt_place if fault.field == "alt" else picture.credit_place


def _moment_of(when: str, now: datetime) -> datetime | None:
    """The moment that was named; None for the one that the site's setting makes."""
    try:
        return {"now": now, "site": None}[when] if when in ("now", "site") else moment_in(when, settings().time_zone)
    except BadMoment as fault:
        raise click.UsageError(f"--close: {fault}") from None


def _comments_told(article: Article) -> str:
    """Until when an article takes comments, and in which mode if it has one of its own."""
    mode = mode_of(article.comments_mode)
    if mode is CommentsMode.CLOSED:
        return "takes no comments"
    closes_at = closing_of(article.published_at, article.comments_close_at)
    until = f" until {iso(closes_at)}" if closes_at else ""
    return f"takes comments{until}{f', {mode}' if article.comments_mode else ''}"


def _as_json(row: ArticleState) -> str:
    return json.dumps(
        {
            "slug": row.slug,
            "headline": row.headline,
            "state": row.state,
            "section": row.section,
            "published_at": iso(row.published_at) if row.published_at else None,
            "retracted_at": iso(row.retracted_at) if row.retracted_at else None,
            "comments": row.comment_count,
            "path": article_path(row.slug),
        },
        ensure_ascii=False,
    )


def _as_line(row: ArticleState) -> str:
    moment = f"{row.published_at:%Y-%m-%d %H:%M}" if row.published_at else ""
    return f"{row.state:<10} {moment:<16} {row.slug}"
