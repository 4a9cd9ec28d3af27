"""`davidson media …`: pictures from the shell."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from davidson.articles.cards import picture_of
from davidson.articles.picturing import keep_picture, renew_picture, store_picture
from davidson.articles.rerendering import catch_up_with_pictures
from davidson.audit.log import SHELL, record
from davidson.clock import utcnow
from davidson.database import db
from davidson.media.files import media_folder
from davidson.media.models import Media
from davidson.media.opening import NotAPicture
from davidson.media.pictures import Drawn, draw
from davidson.media.queries import all_pictures, known_focus, number_of_pictures
from davidson.media.rendering import CannotRender, is_whole, redraw
from davidson.media.renditions import MAX_BYTES, TOO_LARGE, Focus, focus_from
from davidson.web.filters import count

media = AppGroup("media", help="Add pictures, and make their sizes anew.")


class _FocusType(click.ParamType):  # type: ignore[type-arg]
    """A focal point."""

    name = "x,y"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Focus:
        try:
            return focus_from(value)
        except ValueError:
            self.fail("takes two numbers from 0 to 100, percent from the left and the top: 50,40", param, ctx)


@media.command("add")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--focus", type=_FocusType(), help="What must be seen however it is cut, in percent: 50,40.")
def add(files: tuple[Path, ...], focus: Focus | None) -> None:
    """Add pictures and make their sizes; print the address of each. The same picture again changes its focus alone."""
    for file in files:
        drawn = _drawn(file, focus)
        now = utcnow()
        media_id = store_picture(drawn, now=now)
        shown = picture_of(drawn.renditions, alt="")
        address = shown.src if shown else ""
        record("media.add", actor=SHELL, subject=f"media:{media_id}", at=now, details={"address": address})
        db.session.commit()
        click.echo(address)
    if faults := catch_up_with_pictures():
        raise click.ClickException("\n".join(faults))


@media.command(hidden=True)
def take() -> None:
    """Keep the picture on standard input for a web server, which loads nothing that draws; tell its id or its fault.

    Somebody waits for the answer, so texts in which it stands are left to `davidson media render`.
    """
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        drawn = draw(data, folder=media_folder(), focus=known_focus(data))
    except NotAPicture as fault:
        click.echo(json.dumps({"fault": str(fault)}))
        return
    media_id = keep_picture(drawn, now=utcnow())
    db.session.commit()
    click.echo(json.dumps({"id": media_id}))


def _drawn(file: Path, focus: Focus | None) -> Drawn:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise NotAPicture(TOO_LARGE)
        data = file.read_bytes()
        return draw(data, folder=media_folder(), focus=focus or known_focus(data))
    except NotAPicture as fault:
        raise click.ClickException(f"{file}: {fault}") from None


@media.command()
@click.option("--picture", "beginning", metavar="DIGEST", help="Only those whose digest begins so.")
def render(beginning: str | None) -> None:
    """Make the files of pictures that an earlier release made otherwise, or that were lost.

    What is there is left alone. It may run beside the site, and be stopped and started anew at any time: until a
    picture has its new files, pages show the old ones.
    """
    made = failed = 0
    is_watched = sys.stderr.isatty()
    pictures, length = all_pictures(beginning or ""), number_of_pictures(beginning or "")
    with click.progressbar(pictures, length=length, label="Rendering", file=sys.stderr, hidden=not is_watched) as bar:
        for picture in bar:
            try:
                is_made = _rendered(picture)
            except CannotRender as fault:
                failed += 1
                click.echo(f"Error: {fault}", err=True)
            else:
                made += is_made
                if is_made and not is_watched:
                    click.echo(f"+ {picture.digest[:20]}")
    faults = catch_up_with_pictures()
    for text in faults:
        click.echo(f"Error: {text}", err=True)
    click.echo(f"{count(length, 'picture')}: {made:,} made, {length - made - failed:,} as they should be")
    if failed or faults:
        raise click.exceptions.Exit(1)


def _rendered(picture: Media) -> bool:
    """Make a picture's files unless they are there; says whether they lacked."""
    if is_whole(picture, media_folder()):
        return False
    renew_picture(redraw(picture, media_folder()), now=utcnow())
    db.session.commit()
    return True
