"""Under the numbers of a sheet that is typed: what is on file and fits."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import CoverageId, LocationId, PatientId, ProviderId, SheetId
from caresmith.permissions import Permission
from caresmith.records.revenue.sheet import WhoPays
from caresmith.web.forms import Form, rows_of
from functions.charges import models as m
from functions.charges import on_file
from functions.charges.app import app
from functions.charges.desk import Desk, OpenSheet
from functions.charges.drafting import plain
from functions.charges.pages import BASE, desk, form, fragment
from functions.charges.payers import Paying, paying
from functions.charges.sheet_fields import typed_day, typed_units

_CODE = 5


@app.post(f"{BASE}/sheets/authorizations", include_in_schema=False)
@requires(Permission.READ_AUTHORIZATIONS, action="read-fitting-authorizations")
def on_file_part(sheet_id: Annotated[SheetId | None, Query()] = None) -> Response[str]:
    """For the sheet as it is typed. Nothing is saved."""
    given, here = form(), desk()
    opened = OpenSheet.load(here.practice, sheet_id) if sheet_id else None
    patient = opened.patient_id if opened else _patient(given)
    found = m.AuthorizationsThatFit(offers=[], prefill={}, numbers={})
    if patient is not None:
        who = paying(current_actor().practice_id, patient)
        found = on_file.fitting(here, who, _charged(here, who, given, opened), sheet_id)
    return fragment("on_file.html", found=found)


def _patient(given: Form) -> PatientId | None:
    with suppress(ValueError):
        return PatientId(given.values.get("patient_id", ""))
    return None


def _charged(here: Desk, who: Paying, given: Form, opened: OpenSheet | None) -> on_file.Charged:
    values = given.values
    day = typed_day(values.get("sheet_day") or values.get("day", "")) or here.today
    diagnoses = [plain(values.get(f"diagnoses.{at}", "")) for at in rows_of(given, "diagnoses")]
    services = []
    for at in rows_of(given, "lines"):
        row = f"lines.{at}"
        code = values.get(f"{row}.code", "").strip().upper()
        if len(code) == _CODE:
            services.append(
                on_file.charged_service(
                    here.setup,
                    code,
                    typed_day(values.get(f"{row}.day", "")) or day,
                    typed_units(values.get(f"{row}.units", "")),
                    _provider(values.get(f"{row}.rendering_id") or values.get("rendering_id", "")),
                    diagnoses,
                )
            )
    return on_file.Charged(
        _coverages(who, given, day, opened),
        _location(values.get("location_id", "")),
        tuple(services),
        values.get("prior_authorization", ""),
        values.get("referral_number", ""),
    )


def _coverages(
    who: Paying, given: Form, day: dt.date, opened: OpenSheet | None
) -> tuple[CoverageId, ...]:
    """Who pays by what is typed; nobody while that is no answer yet."""
    chosen = []
    for at in rows_of(given, "coverages"):
        with suppress(ValueError):
            chosen.append(CoverageId(given.values.get(f"coverages.{at}", "")))
    try:
        asked = WhoPays(given.values.get("who_pays", WhoPays.CHART))
        if opened and opened.released and asked is opened.content.who_pays is WhoPays.CHART:
            return opened.content.coverages
        accident = opened.content.accident if opened else None
        return who.coverages(asked, chosen, day, accident)
    except (ValueError, DomainError):
        return ()


def _provider(text: str) -> ProviderId | None:
    with suppress(ValueError):
        return ProviderId(text)
    return None


def _location(text: str) -> LocationId | None:
    with suppress(ValueError):
        return LocationId(text)
    return None
