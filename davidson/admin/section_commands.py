"""`davidson section …`: the masthead's sections from the shell."""

import json

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from davidson.admin.queries import all_sections, section_by_slug
from davidson.admin.sections import BadName, NoSuchPlace, add_section, move_section, rename_section, show_section
from davidson.articles.models import Section
from davidson.audit.log import SHELL, Act
from davidson.clock import utcnow
from davidson.database import db, reading
from davidson.text.dates import iso

sections = AppGroup("section", help="Order, name and show the sections of the masthead.")
slug_of_section = click.argument("slug")


@sections.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_all(as_json: bool) -> None:
    """List the sections in their order."""
    with reading():
        _print(as_json=as_json)


@sections.command("add")
@click.argument("name")
def add(name: str) -> None:
    """Add a section called NAME, last in the order."""
    try:
        add_section(name, act=_act())
        _finish()
    except BadName as fault:
        raise click.ClickException(str(fault)) from None
    except IntegrityError:
        raise click.ClickException("an article made a section of that name just now") from None


@sections.command("rename")
@slug_of_section
@click.argument("name")
def rename(slug: str, name: str) -> None:
    """Call the section SLUG by another NAME; its address stays."""
    try:
        rename_section(_known(slug), name, act=_act())
    except BadName as fault:
        raise click.ClickException(str(fault)) from None
    _finish()


@sections.command("move")
@slug_of_section
@click.argument("place", type=click.IntRange(min=1))
def move(slug: str, place: int) -> None:
    """Put the section SLUG in a PLACE of the order, 1 for the first."""
    try:
        move_section(_known(slug), place, act=_act())
    except NoSuchPlace:
        raise click.UsageError(f"there are {len(all_sections())} sections") from None
    _finish()


@sections.command("hide")
@slug_of_section
def hide(slug: str) -> None:
    """Take the section SLUG out of the masthead; its page stays."""
    show_section(_known(slug), False, act=_act())
    _finish()


@sections.command("show")
@slug_of_section
def show(slug: str) -> None:
    """Put the section SLUG into the masthead again."""
    show_section(_known(slug), True, act=_act())
    _finish()


def _act() -> Act:
    return Act(SHELL, utcnow())


def _known(slug: str) -> Section:
    section = section_by_slug(slug)
    if section is None:
        raise click.ClickException(f"there is no section with the slug {slug!r}")
    return section


def _finish() -> None:
    """Commit, and print the sections as they are by now."""
    db.session.commit()
    _print(as_json=False)


def _print(*, as_json: bool) -> None:
    for place, section in enumerate(all_sections(), 1):
        click.echo(_as_json(section, place) if as_json else _as_line(section, place))


def _as_json(section: Section, place: int) -> str:
    known = {"place": place, "slug": section.slug, "name": section.name, "in_masthead": section.in_masthead}
    since = iso(section.listed_from) if section.listed_from else None
    return json.dumps(known | {"listed_from": since}, ensure_ascii=False)


def _as_line(section: Section, place: int) -> str:
    notes = [] if section.in_masthead else ["hidden"]
    notes += [] if section.listed_from else ["no article yet"]
    told = f"  ({', '.join(notes)})" if notes else ""
    return f"{place:>2}  {section.slug:<24} {section.name}{told}"
