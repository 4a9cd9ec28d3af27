"""The admins' page of the sections: what stands in the masthead, in which order, and what it is called."""

from collections.abc import Callable

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from davidson.accounts.guard import on_duty, staff_blueprint
from davidson.accounts.models import Desk
from davidson.admin.queries import all_sections, section_by_id
from davidson.admin.section_forms import NameForm, PlaceForm, SectionsForm, ShownForm
from davidson.admin.sections import (
    BadName,
    NoSuchPlace,
    SectionsChanged,
    add_section,
    move_section,
    rename_section,
    show_section,
    state_of_sections,
)
from davidson.articles.models import Section
from davidson.articles.queries import MAX_SECTIONS
from davidson.audit.log import Act, Actor
from davidson.clock import utcnow
from davidson.database import db
from davidson.web.paging import MOST

CHANGED = "Somebody changed the sections meanwhile. This is how they stand now; nothing of yours was done yet."
SECTION = f"/<int(max={MOST}):section_id>"
# In the place of the id of a section that there is not yet.
NEW = 0

bp = staff_blueprint("sections", __name__, desk=Desk.ADMIN, at="/admin/sections")


@bp.get("")
def show() -> ResponseReturnValue:
    """All sections in their order."""
    return _page({})


@bp.post("")
def add() -> ResponseReturnValue:
    """A new section, last in the order."""
    form = NameForm()
    return _changed_by(form, lambda act: f"{add_section(form.name.data or '', act=act).name} is added.")


@bp.post(f"{SECTION}/rename")
def rename(section_id: int) -> ResponseReturnValue:
    """Another name for a section."""
    form, section = NameForm(), _section(section_id)

    def act_on(act: Act) -> str:
        rename_section(section, form.name.data or "", act=act)
        return f"The section is called {section.name}."

    return _changed_by(form, act_on, section_id)


@bp.post(f"{SECTION}/move")
def move(section_id: int) -> ResponseReturnValue:
    """Another place in the order."""
    form, section = PlaceForm(), _section(section_id)

    def act_on(act: Act) -> str:
        try:
            move_section(section, form.place.data or 0, act=act)
        except NoSuchPlace:
            abort(400)
        return f"{section.name} was moved."

    return _changed_by(form, act_on, section_id)


@bp.post(f"{SECTION}/shown")
def set_shown(section_id: int) -> ResponseReturnValue:
    """Into the masthead or out of it."""
    form, section = ShownForm(), _section(section_id)
    if not form.is_sound:
        abort(400)
    is_shown = form.shown.data == "yes"

    def act_on(act: Act) -> str:
        show_section(section, is_shown, act=act)
        return f"{section.name} is {'in' if is_shown else 'not in'} the masthead."

    return _changed_by(form, act_on, section_id)


def _section(section_id: int) -> Section:
    return section_by_id(section_id) or abort(404)


def _changed_by(form: SectionsForm, change: Callable[[Act], str], section_id: int = NEW) -> ResponseReturnValue:
    """Make a change, say what it was and lead back to its row; else the page again, with a name that was sent in it."""
    act = Act(Actor(on_duty().id, on_duty().email), utcnow(), seen=form.seen.data or "")
    sent = {section_id: form} if isinstance(form, NameForm) else {}
    try:
        said = change(act)
        db.session.commit()
    except BadName as fault:
        sent[section_id].name.errors = [str(fault)]
        return _again(sent, status=422)
    except (SectionsChanged, IntegrityError):
        return _again(sent, status=409, problem=CHANGED)
    flash(said)
    return redirect(url_for(".show", _anchor=f"section-{section_id}" if section_id != NEW else None), 303)


def _again(sent: dict[int, NameForm], *, status: int, problem: str = "") -> Response:
    db.session.rollback()
    return make_response(_page(sent, problem=problem), status)


def _page(sent: dict[int, NameForm], *, problem: str = "") -> str:
    sections = all_sections()
    for section_id, form in sent.items():
        form.name.id = f"name-{section_id}" if section_id != NEW else "name"
    in_line = [section.id for section in sections if section.in_masthead and section.listed_from]
    return render_template(
        "admin/sections.html",
        sections=sections,
        sent=sent,
        form=sent.get(NEW) or NameForm(formdata=None),
        crowded=set(in_line[MAX_SECTIONS:]),
        room=MAX_SECTIONS,
        seen=state_of_sections(),
        problem=problem,
    )
