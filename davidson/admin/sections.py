"""The one door to changes of sections: what they are called, their order, and which stand in the masthead.

Their addresses stay as they were born. Nothing here commits.
"""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import func, select

from davidson.admin.queries import all_sections
from davidson.articles.models import Section
from davidson.audit.log import Act, record
from davidson.database import db
from davidson.text.normalise import normalise
from davidson.text.slug import slugify

MOST_NAME = 40
# The advisory lock of the sections; any number that nothing else in the database takes.
SECTIONS_LOCK = 7_266_012


class BadName(ValueError):
    """No section can be called that; the message is a sentence for whoever typed it."""


class NoSuchPlace(ValueError):
    """There are not so many sections."""


class SectionsChanged(Exception):
    """Somebody changed the sections since they were looked at."""


def state_of_sections() -> str:
    """What the sections are at this moment, in short: a change of any of them makes it another."""
    return _state(all_sections())


def add_section(name: str, *, act: Act) -> Section:
    """A new section, last in the masthead; it appears there with its first article. The caller commits.

    Raises BadName and SectionsChanged; the store refuses one that an article makes meanwhile (IntegrityError).
    """
    sections = _locked(act)
    section = Section(name=_free_name(name, sections), position=max((row.position for row in sections), default=0) + 1)
    section.slug = slugify(section.name)
    db.session.add(section)
    db.session.flush()
    _log("section.add", section, act)
    return section


def rename_section(section: Section, name: str, *, act: Act) -> None:
    """Call a section otherwise; its address stays. The caller commits. Raises BadName and SectionsChanged."""
    others = [row for row in _locked(act) if row is not section]
    new, old = _free_name(name, others), section.name
    if new != old:
        section.name = new
        _log("section.rename", section, act, was=old)


def move_section(section: Section, place: int, *, act: Act) -> None:
    """Put a section in a place of the order, from 1 on. The caller commits. Raises NoSuchPlace and SectionsChanged."""
    sections = _locked(act)
    if not 1 <= place <= len(sections):
        raise NoSuchPlace(str(place))
    if sections[place - 1] is section:
        return
    order = [row for row in sections if row is not section]
    order.insert(place - 1, section)
    for position, row in enumerate(order, 1):
        row.position = position
    _log("section.move", section, act, place=place)


def show_section(section: Section, is_shown: bool, *, act: Act) -> None:
    """Let a section stand in the masthead, the foot and on the front, or not. Its own page and articles stay.

    The caller commits. Raises SectionsChanged.
    """
    _locked(act)
    if section.in_masthead is not is_shown:
        section.in_masthead = is_shown
        _log("section.show" if is_shown else "section.hide", section, act)


def _locked(act: Act) -> Sequence[Section]:
    """The sections, no other act being at work on them; on SQLite a writer is alone anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(SECTIONS_LOCK)))
    sections = all_sections()
    if act.seen is not None and act.seen != _state(sections):
        raise SectionsChanged
    return sections


def _state(sections: Sequence[Section]) -> str:
    told = "\n".join(f"{row.id} {row.in_masthead} {row.name}" for row in sections)
    return sha256(told.encode()).hexdigest()[:16]


def _free_name(text: str, others: Sequence[Section]) -> str:
    """The name in one line, if no other section is called that or has the address that it would give."""
    name = " ".join(normalise(text).split())
    if not name or len(name) > MOST_NAME:
        raise BadName(f"Enter a name of at most {MOST_NAME} characters.")
    if not any(map(str.isalnum, name)):
        raise BadName("Enter a name with a letter or a digit.")
    for other in others:
        if other.name.casefold() == name.casefold():
            raise BadName(f"There is a section {other.name} already.")
        if other.slug == slugify(name):
            raise BadName(f"The address of that name, /sections/{other.slug}, is that of {other.name}.")
    return name


def _log(action: str, section: Section, act: Act, **details: str | int) -> None:
    known: dict[str, str | int] = {"section": section.name, "slug": section.slug}
    record(action, actor=act.actor, subject=f"section:{section.id}", at=act.now, details=known | details)
