"""The console's sheet editor. What is typed and refused stays typed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.codes.icd10cm import icd10cm
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import EncounterId, FavouriteId, PatientId, ProviderId, SheetId
from caresmith.permissions import Permission
from caresmith.records.patient import PatientCard, patient_card
from caresmith.records.revenue.account import journal_of, journals_of
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, rows_of
from functions.charges import favourites, forms, sheets
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.desk import OpenSheet
from functions.charges.drafting import plain
from functions.charges.fees import Asked, prices
from functions.charges.pages import BASE, desk, form, fragment, page, setup, version_of
from functions.charges.payers import Paying, paying
from functions.charges.records import read_settings

Html = Response[str]
_ONE = f"{BASE}/sheets/<sheet_id>"
_LEAST_LINES, _LEAST_DIAGNOSES, _MOST_ROWS = 3, 4, 24


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
    }
    return _new(Form(values))


def _new(given: Form, status: int = 200) -> Html:
    return page("new.html", status=status, **_fields(given))


@app.post(f"{BASE}/sheets/new", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="enter")
def new_form() -> Html:
    given = form()
    try:
        made = sheets.enter(
            forms.entered(given, m.NewSheet), actor=current_actor(), now=app.clock.now()
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
        **_fields(given or forms.as_form(opened.content, read.version), who, opened.day),
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
        made = sheets.change(sheet_id, entered, version_of(given), actor=actor, now=now)
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


# -- the fields, as they are typed ----------------------------------------------------


@app.post(f"{BASE}/sheets/form", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="type")
def fields_part() -> Html:
    """The fields anew, priced by the schedule, perhaps with one more line. Nothing is saved."""
    given = form()
    kind, _, what = given.values.get("add", "").partition(":")
    given.values = {k: v for k, v in given.values.items() if k != "add"}
    if kind == "favourite":
        given = _with_favourites(given, what)
    more = _MOST_ROWS if kind == "diagnoses" else 0
    return fragment("fields.html", **_fields(_priced(given), more=kind == "line", all_=bool(more)))


def _with_favourites(given: Form, what: str) -> Form:
    group, _, place = what.partition(".")
    try:
        found = favourites.read(FavouriteId(group), actor=current_actor())
        lines = [found.facts.lines[int(place)]] if place.isdecimal() else list(found.facts.lines)
    except (ValueError, IndexError):
        raise NotFound from None
    for line in lines:
        given = forms.with_favourite(given, line)
    return given


def _priced(given: Form) -> Form:
    """Amounts that nobody typed, by the standard charges of the day."""
    tidy, _ = forms.tidied(given)
    values = dict(tidy.values)
    day = _day(values.get("day") or values.get("sheet_day", ""))
    empty = [
        at
        for at in rows_of(tidy, "lines")
        if len(values.get(f"lines.{at}.code", "").strip()) == 5  # noqa: PLR2004 - a code's length
        and not values.get(f"lines.{at}.charge", "").strip()
    ]
    place = values.get("place_of_service") or "11"
    asked = [
        Asked(
            values[f"lines.{at}.code"].strip().upper(),
            tuple(values.get(f"lines.{at}.modifiers", "").upper().replace(",", " ").split()),
            _units(values.get(f"lines.{at}.units", "")),
            values.get(f"lines.{at}.place_of_service") or place,
            _day(values.get(f"lines.{at}.day", "")) or day or desk().today,
        )
        for at in empty
    ]
    for at, price in zip(empty, prices(current_actor().practice_id, asked, None), strict=True):
        if price.charge is not None:
            values[f"lines.{at}.charge"] = forms.dollars(price.charge)
    return Form(values, tidy.lists)


def _units(text: str) -> str:
    units = text.strip() or "1"
    try:
        m.EnteredLine(code="00000", units=units)
    except ValueError:
        return "1"
    return units


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _fields(
    given: Form,
    who: Paying | None = None,
    day: dt.date | None = None,
    *,
    more: bool = False,
    all_: bool = False,
) -> dict[str, Any]:
    """What the form's template needs."""
    practice, book = current_actor().practice_id, desk().codes
    lines = rows_of(given, "lines")
    lines = rows_of(given, "lines", least=max(_LEAST_LINES, len(lines) + 1 + more))
    diagnoses = rows_of(given, "diagnoses")
    room = _MOST_ROWS if all_ else max(_LEAST_DIAGNOSES, len(diagnoses) + 1)
    diagnoses = rows_of(given, "diagnoses", least=min(_MOST_ROWS, room))
    index = icd10cm()
    provider = setup().providers.get(_provider(given.values.get("rendering_id", "")))
    return {
        "form": given,
        "lines": lines,
        "diagnoses": diagnoses,
        "titles": {
            at: found.title
            for at in diagnoses
            if (code := given.values.get(f"diagnoses.{at}", ""))
            and (found := index.find(plain(code)))
        },
        "said": {
            at: book.words_of(given.values.get(f"lines.{at}.code", "").strip().upper())
            for at in lines
        },
        "total": forms.total(given, lines),
        "groups": favourites.groups_for(favourites.groups(practice), provider),
        "policies": [
            (c.coverage_id, f"{c.payer_name}, {c.member_id}")
            for c in (who.chart.on(day) if who and day else [])
        ],
        "settings": read_settings(practice)[0],
    }


def _provider(text: str) -> Any:
    try:
        return ProviderId(text)
    except ValueError:
        return None


def _card(patient: PatientId) -> PatientCard:
    card = patient_card(current_actor().practice_id, patient)
    if card is None:
        raise NotFound
    return card


# -- searching a code -----------------------------------------------------------------


@app.get(f"{BASE}/codes/picks", include_in_schema=False)
@requires(Permission.READ_CHARGES, action="pick-code", audited=False)
def code_picks(text: Annotated[str, Query(max_length=100)] = "") -> Html:
    asked = text.strip()
    here = desk()
    found = here.codes.search(asked, here.today, limit=10) if len(asked) > 1 else []
    loaded = bool(here.codes.lists)
    return fragment("picks.html", found=found, asked=asked, loaded=loaded)
