"""The console's sheet editor. What is typed and refused stays typed."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import EncounterId, PatientId, SheetId, new_ulid
from caresmith.permissions import Permission
from caresmith.records.patient import PatientCard, patient_card
from caresmith.records.revenue.account import journal_of, journals_of
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, version_of
from functions.charges import entering, forms, laboratories, sheets
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.desk import OpenSheet
from functions.charges.pages import BASE, desk, form, page, setup
from functions.charges.payers import paying
from functions.charges.sheet_fields import fields

Html = Response[str]
_ONE = f"{BASE}/sheets/<sheet_id>"


def path_of(sheet: SheetId) -> str:
    return f"{BASE}/sheets/{sheet}"


# -- a new one --------------------------------------------------------------------


@app.get(f"{BASE}/sheets/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="begin")
def new_page() -> Html:
    actor = current_actor()
    first = next(iter(setup().locations), "")
    values = {
        "day": desk().today.isoformat(),
        "location_id": str(first),
        "rendering_id": str(actor.provider_id or ""),
        "who_pays": "chart",
        "form_key": new_ulid(),
    }
    return _new(Form(values))


def _new(given: Form, status: int = 200) -> Html:
    known = laboratories.listed(current_actor().practice_id)
    return page("new.html", status=status, laboratories=known, **fields(given))


@app.post(f"{BASE}/sheets/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="enter")
def new_form() -> Html:
    given = form()
    try:
        made = entering.enter(
            forms.entered(given, m.NewSheet),
            actor=current_actor(),
            now=app.clock.now(),
            key=given.values.get("form_key", "")[:26],
        )
    except FormRefused as refused:
        return _new(refused.form, refused.status)
    except DomainError as error:
        return _new(forms.tidied(given)[0].refused(error), error.status)
    return web.redirect(f"{path_of(made[0].sheet_id)}#saved", app.current_event)


# -- one sheet --------------------------------------------------------------------


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="read")
def sheet_page(sheet_id: SheetId) -> Html:
    return _sheet(sheet_id)


def _sheet(
    sheet: SheetId,
    given: Form | None = None,
    error: DomainError | None = None,
    voiding: Form | None = None,
) -> Html:
    actor = current_actor()
    opened = OpenSheet.load(actor.practice_id, sheet)
    read = sheets.shown(opened)
    who = paying(actor.practice_id, opened.patient_id)
    names = {str(user.user_id): user.display_name for user in users_of(actor.practice_id)}
    history = [
        (item, journal_of(item), names.get(item.by, "The system"))
        for item in journals_of(actor.practice_id, opened.patient_id)
        if item.sheet_id == sheet
    ]
    writes = actor.may(Permission.ENTER_CHARGES) and read.status != "void"
    if opened.released:
        writes = writes and actor.may(Permission.RELEASE_CHARGES)
    return page(
        "sheet.html",
        status=error.status if error else 200,
        card=_card(opened.patient_id),
        sheet=read,
        who=who,
        writes=writes,
        history=history,
        error=error,
        voiding=voiding or Form(),
        laboratories=laboratories.listed(actor.practice_id) if writes else [],
        **fields(given or forms.as_form(opened.content, read.version), who, opened.day),
    )


@app.post(_ONE, include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="change")
def sheet_form(sheet_id: SheetId) -> Html:
    actor, given = current_actor(), form()
    then = given.values.get("then", "")
    try:
        if then == "release" and not actor.may(Permission.RELEASE_CHARGES):
            then = ""
        entered = forms.entered(given, m.EnteredSheet)
        now = app.clock.now()
        made = entering.change(sheet_id, entered, version_of(given), actor=actor, now=now)
        if then == "release":
            sheets.release(sheet_id, made[0].version, actor=actor, now=now)
    except NotFound:
        raise
    except FormRefused as refused:
        return _sheet(sheet_id, refused.form, refused)
    except VersionConflict as error:
        shown = forms.tidied(given)[0].refused(error)
        shown.title = "Somebody changed this sheet meanwhile. Compare with what stands, then save."
        return _sheet(sheet_id, shown, error)
    except DomainError as error:
        return _sheet(sheet_id, forms.tidied(given)[0].refused(error), error)
    return web.redirect(f"{path_of(sheet_id)}#saved", app.current_event)


@app.post(f"{_ONE}/release", include_in_schema=False)
@requires(Permission.RELEASE_CHARGES, action="release")
def release_form(sheet_id: SheetId) -> Html:
    try:
        sheets.release(sheet_id, version_of(form()), actor=current_actor(), now=app.clock.now())
    except NotFound:
        raise
    except DomainError as error:
        return _sheet(sheet_id, error=error)
    return web.redirect(f"{path_of(sheet_id)}#saved", app.current_event)


@app.post(f"{_ONE}/void", include_in_schema=False)
@requires(Permission.VOID_CHARGES, action="void")
def void_form(sheet_id: SheetId) -> Html:
    given = form()
    try:
        sheets.void(
            sheet_id,
            parse(given, m.Voiding, ignore=("version",)),
            version_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except NotFound:
        raise
    except FormRefused as refused:
        return _sheet(sheet_id, error=refused, voiding=refused.form)
    except DomainError as error:
        return _sheet(sheet_id, error=error, voiding=given)
    return web.redirect(f"{path_of(sheet_id)}#saved", app.current_event)


@app.get(f"{BASE}/encounters/<encounter_id>", include_in_schema=False)
@requires(Permission.READ_CHARGES, action="read-of-encounter")
def encounter_page(encounter_id: EncounterId) -> Html:
    """The visit's sheet, or what it waits for."""
    found = sheets.of_encounter(encounter_id, actor=current_actor())
    if len(found) == 1:
        return web.redirect(path_of(found[0].sheet_id), app.current_event)
    return page("of_encounter.html", sheets=found, encounter_id=encounter_id)


def _card(patient: PatientId) -> PatientCard:
    card = patient_card(current_actor().practice_id, patient)
    if card is None:
        raise NotFound
    return card
