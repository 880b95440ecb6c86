"""The fields of a sheet as they are typed: rows, fees, favourites, codes searched."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.codes.icd10cm import icd10cm
from caresmith.errors import NotFound
from caresmith.http import requires
from caresmith.ids import FavouriteId, ProviderId
from caresmith.permissions import Permission
from caresmith.records.revenue.pricing import Asked, prices
from caresmith.web.forms import Form, rows_of
from functions.charges import favourites, forms
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.drafting import plain
from functions.charges.pages import BASE, desk, form, fragment, setup
from functions.charges.payers import Paying

Html = Response[str]
_LEAST_LINES, _LEAST_DIAGNOSES, _MOST_ROWS = 3, 4, 24


@app.post(f"{BASE}/sheets/form", include_in_schema=False)
@requires(Permission.ENTER_CHARGES, action="type")
def fields_part() -> Html:
    """The fields anew, priced by the schedule, perhaps with one more line. Nothing is saved."""
    given = form()
    kind, _, what = given.values.get("add", "").partition(":")
    given.values = {k: v for k, v in given.values.items() if k != "add"}
    if kind == "favourite":
        given = _with_favourites(given, what)
    return fragment("fields.html", **fields(_priced(given), more=kind))


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
    day = typed_day(values.get("day") or values.get("sheet_day", ""))
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
            typed_units(values.get(f"lines.{at}.units", "")),
            values.get(f"lines.{at}.place_of_service") or place,
            typed_day(values.get(f"lines.{at}.day", "")) or day or desk().today,
        )
        for at in empty
    ]
    for at, price in zip(empty, prices(current_actor().practice_id, asked, None), strict=True):
        if price.charge is not None:
            values[f"lines.{at}.charge"] = forms.dollars(price.charge)
    return Form(values, tidy.lists)


def typed_units(text: str) -> str:
    units = text.strip() or "1"
    try:
        m.EnteredLine(code="00000", units=units)
    except ValueError:
        return "1"
    return units


def typed_day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def fields(
    given: Form,
    who: Paying | None = None,
    day: dt.date | None = None,
    *,
    more: str = "",
) -> dict[str, Any]:
    """What the form's template needs; ``more`` says of what there shall be another row."""
    practice, book = current_actor().practice_id, desk().codes
    lines = rows_of(given, "lines")
    lines = rows_of(given, "lines", least=max(_LEAST_LINES, len(lines) + 1 + (more == "line")))
    diagnoses = rows_of(given, "diagnoses")
    room = _MOST_ROWS if more == "diagnoses" else max(_LEAST_DIAGNOSES, len(diagnoses) + 1)
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
    }


def _provider(text: str) -> Any:
    try:
        return ProviderId(text)
    except ValueError:
        return None


# -- searching a code -----------------------------------------------------------------


@app.get(f"{BASE}/codes/picks", include_in_schema=False)
@requires(Permission.READ_CHARGES, action="pick-code", audited=False)
def code_picks(text: Annotated[str, Query(max_length=100)] = "") -> Html:
    asked = text.strip()
    here = desk()
    found = here.codes.search(asked, here.today, limit=10) if len(asked) > 1 else []
    loaded = bool(here.codes.lists)
    return fragment("picks.html", found=found, asked=asked, loaded=loaded)
