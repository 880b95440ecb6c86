"""The set-up's pages: what there is, and one form for each kind of thing."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.records.practice import KINDS as STORED
from caresmith.records.practice import Practice, Thing, practice_setup
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, posted, without_empty_rows
from functions.admin import models as m
from functions.admin import setup
from functions.admin.app import app
from functions.admin.fields import KINDS, PRACTICE, RULE, Kind
from functions.admin.pages import page
from functions.admin.repeating import in_words

Html = Response[str]

_STORED: Final = {
    "locations": "location",
    "rooms": "room",
    "providers": "provider",
    "appointment-types": "type",
    "availability-rules": "rule",
}


def _form() -> Form:
    form = posted(app.form_lists())
    return without_empty_rows(form, {})


def _version(form: Form) -> int:
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)


def _kind(path: str) -> Kind:
    kind = KINDS.get(path)
    # Who only keeps the schedules reaches working hours and nothing else.
    if kind is None or (kind is not RULE and not current_actor().may(Permission.MANAGE_PRACTICE)):
        raise NotFound
    return kind


def _shown(
    kind: Kind, form: Form, *, thing_id: str = "", version: int = 0, status: int = 200
) -> Html:
    return page(
        "thing.html",
        status=status,
        kind=kind,
        form=form,
        thing_id=thing_id,
        version=version,
        setup=practice_setup(current_actor().practice_id),
    )


@app.get("/console/admin", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, audited=False)
def overview() -> Html:
    known = practice_setup(current_actor().practice_id, fresh=True)
    return page("overview.html", setup=known, kinds=KINDS, in_words=in_words)


@app.get("/console/admin/practice", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="read-practice")
def practice_page() -> Html:
    kept = setup.read(Practice, current_actor().practice_id, actor=current_actor())
    return _shown(PRACTICE, flat(kept.thing), version=kept.version)


@app.post("/console/admin/practice", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="change-practice")
def change_practice() -> Html:
    form, actor = _form(), current_actor()
    try:
        kept = setup.read(Practice, actor.practice_id, actor=actor)
        # What the form does not show stays as it is.
        unshown = {"closed_on": list(kept.thing.closed_on), "open_on": list(kept.thing.open_on)}
        draft = parse(form, m.PracticeDraft, ignore=("version", "id"))
        given = {**dict(draft), **unshown, "id": actor.practice_id}
        thing = Practice.model_validate({**given, "federal_holidays": _ticked(form)})
        setup.replace(thing, _version(form), actor=actor, now=app.clock.now())
    except FormRefused:
        return _shown(PRACTICE, form, version=_number(form), status=422)
    except DomainError as error:
        return _shown(PRACTICE, form.refused(error), version=_number(form), status=error.status)
    return web.redirect("/console/admin", app.current_event)


def _ticked(form: Form) -> bool:
    return form.values.get("federal_holidays") == "true"


def _number(form: Form) -> int:
    text = form.values.get("version", "")
    return int(text) if text.isdecimal() else 0


@app.get("/console/admin/things/<kind_path>/new", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, action="new-setup")
def new_thing(kind_path: str) -> Html:
    kind = _kind(kind_path)
    return _shown(kind, kind.shown(Form({"active": "true", "colour": "#206bc4"})))


@app.post("/console/admin/things/<kind_path>/new", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, action="add-setup")
def add_thing(kind_path: str) -> Html:
    kind, form = _kind(kind_path), _form()
    try:
        draft: Any = _draft(form, kind)
        thing: Any = m.new_thing(STORED[_STORED[kind_path]], draft)
        setup.add(thing, actor=current_actor(), now=app.clock.now())
    except FormRefused:
        return _shown(kind, form, status=422)
    except DomainError as error:
        return _shown(kind, form.refused(error), status=error.status)
    return web.redirect(f"/console/admin#{kind_path}", app.current_event)


@app.get("/console/admin/things/<kind_path>/<thing_id>", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, action="read-setup")
def thing_page(kind_path: str, thing_id: str) -> Html:
    kind = _kind(kind_path)
    thing, version = _found(kind, thing_id)
    return _shown(kind, kind.shown(flat(thing)), thing_id=thing_id, version=version)


def _found(kind: Kind, thing_id: str) -> tuple[Thing, int]:
    known = practice_setup(current_actor().practice_id, fresh=True)
    things: dict[str, Thing] = getattr(known, kind.attribute)
    if thing_id not in things:
        raise NotFound
    return things[thing_id], known.versions[thing_id]


@app.post("/console/admin/things/<kind_path>/<thing_id>", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, action="change-setup")
def change_thing(kind_path: str, thing_id: str) -> Html:
    kind, form = _kind(kind_path), _form()
    before, _ = _found(kind, thing_id)
    try:
        draft: Any = _draft(form, kind)
        shown = {field.name.partition(".")[0] for field in kind.fields}
        kept = {k: v for k, v in dict(before).items() if k not in shown}
        thing: Any = type(before).model_validate({**dict(draft), **kept})
        setup.replace(thing, _version(form), actor=current_actor(), now=app.clock.now())
    except FormRefused:
        return _shown(kind, form, thing_id=thing_id, version=_number(form), status=422)
    except DomainError as error:
        form.refused(error)
        return _shown(kind, form, thing_id=thing_id, version=_number(form), status=error.status)
    return web.redirect(f"/console/admin#{kind_path}", app.current_event)


@app.post("/console/admin/things/<kind_path>/<thing_id>/delete", include_in_schema=False)
@requires(Permission.MANAGE_SCHEDULES, action="delete-setup")
def delete_thing(kind_path: str, thing_id: str) -> Html:
    kind, form = _kind(kind_path), _form()
    thing, _ = _found(kind, thing_id)
    try:
        setup.remove(
            type(thing), thing.id, _version(form), actor=current_actor(), now=app.clock.now()
        )
    except DomainError as error:
        again = kind.shown(flat(thing)).refused(error)
        return _shown(kind, again, thing_id=thing_id, version=_number(form), status=error.status)
    return web.redirect(f"/console/admin#{kind_path}", app.current_event)


def _draft(form: Form, kind: Kind) -> Any:
    """The thing that the posted form describes. Raises FormRefused."""
    entered = kind.entered(_complete(form, kind))
    return parse(entered, kind.draft, ignore=("version", *kind.boxes))


def _complete(form: Form, kind: Kind) -> Form:
    """A box that is not ticked is not posted: it says no."""
    boxes = {field.name for field in kind.fields if field.widget == "checkbox"}
    form.values = {**dict.fromkeys(boxes, "false"), **form.values}
    return form
