"""`davidson serve`, `davidson demo` and `davidson doctor`."""

from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from davidson.clock import utcnow
from davidson.config import Settings
from davidson.database import db, reading
from davidson.operations.check import Verdict
from davidson.operations.demosite import SiteHasContent, fill_site, has_content
from davidson.operations.doctor import check_up
from davidson.operations.fetching import NoAnswer
from davidson.operations.privacy import Crawl
from davidson.operations.serving import CannotListen, address_of, listening, run_gunicorn
from davidson.operations.upgrading import StoreNotReady, bring_up_to_date, require_current
from davidson.web.filters import count
from davidson.web.signing import settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(1, 1000), help="How many processes answer; 2 unless gunicorn is told.")
@with_appcontext
def serve(host: str, port: int, workers: int | None) -> None:
    """Run the site with gunicorn.

    The embedded store is brought up to date first, and what it held is copied aside. A PostgreSQL store is never
    changed: where its schema is not this release's, the site does not start.
    """
    chosen = settings()
    try:
        with listening(host, port) as listener:
            _make_ready(chosen)
            click.echo(f"{chosen.site_name} at {address_of(listener)} (Ctrl-C stops)")
            run_gunicorn(listener, chosen, workers=workers)
    except (CannotListen, StoreNotReady) as error:
        raise click.ClickException(str(error)) from None


def _make_ready(chosen: Settings) -> None:
    if chosen.embedded:
        copy = bring_up_to_date()
        if copy:
            click.echo(f"The store was brought up to date; what it held before is in {copy}", err=True)
    else:
        require_current()
    db.engine.dispose()


@click.command()
@click.option("--privacy", "url", metavar="URL", help="Look at a running site from outside instead, as a reader does.")
@click.option(
    "--pages", type=click.IntRange(1), default=500, show_default=True, help="How many pages of it to look at, at most."
)
@with_appcontext
def doctor(url: str | None, pages: int) -> None:
    """Check the site's surroundings, one line each.

    The settings, the store and its schema, the folders, the mail server and the clock. Exits 1 if anything fails.

    With --privacy, whether the site at URL lets its readers alone: requests to other sites, cookies, scripts that could
    store something, lacking headers, links that lead nowhere. Exits 1 with one line for each that was found.
    """
    if url is not None:
        _look_from_outside(url, pages)
        return
    failed = 0
    for check in check_up(current_app):
        click.echo(f"{check.verdict:<4}  {check.name:<14}  {check.text}")
        failed += check.verdict is Verdict.FAIL
    if failed:
        raise click.exceptions.Exit(1)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _look_from_outside(url: str, pages: int) -> None:
    if not _is_address(url):
        raise click.UsageError("--privacy: give an address such as https://example.org/")
    crawl = Crawl(url, most_pages=pages)
    number = 0
    try:
        for found in crawl.findings():
            click.echo(f"{found.place}  {found.what}")
            number += 1
    except NoAnswer as fault:
        raise click.ClickException(f"{url} gives no answer: {fault}") from None
    seen = crawl.seen
    click.echo(
        f"Looked at {count(seen.pages, 'page')} and {count(seen.files, 'file')}: {count(number, 'finding')}.", err=True
    )
    if seen.left:
        click.echo(f"{seen.left:,} pages more are linked; --pages takes a larger number.", err=True)
    if number:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--if-empty", is_flag=True, help="Leave a site that has content as it is, without complaint.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Fill an empty site with a demo newspaper and print how its staff log in."""
    chosen = settings()
    try:
        _make_ready(chosen)
        with reading():
            if if_empty and has_content():
                return
            db.session.rollback()
        media_folder = chosen.instance / "media"
        log_ins = fill_site(
            now=utcnow(), media_folder=media_folder, progress=lambda headline: click.echo(f"+ {headline}")
        )
    except StoreNotReady as error:
        raise click.ClickException(str(error)) from None
    except SiteHasContent:
        raise click.ClickException("the site has content already; the demo fills empty sites only") from None
    db.session.commit()
    click.echo("\nThe demo's staff log in at /staff/login. These passwords are kept nowhere else:")
    for one in log_ins:
        click.echo(f"  {one.role:<10} {one.email:<34} {one.password}")
    click.echo("")
