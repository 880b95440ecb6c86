"""The console's ways to a claim: by its number, from its patient, from its charge sheet."""

from __future__ import annotations

from typing import Any

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import PatientId, SheetId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_card
from caresmith.records.revenue.payer import payer_directory
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse
from functions.claims import finding
from functions.claims import models as m
from functions.claims.app import app
from functions.claims.pages import HOME, Html, fragment, page, posted_form


@app.post(f"{HOME}/find", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="search")
def find_form() -> Html:
    """On to the claim of that number, or to those of the patient who was picked."""
    form, practice = posted_form(), current_actor().practice_id
    try:
        asked = _asked(form)
        found = finding.search(practice, asked)
    except FormRefused as refused:
        return page("find.html", status=refused.status, finding=form)
    except DomainError as error:
        return page("find.html", status=error.status, finding=form.refused(error))
    if asked.patient_id is not None:
        return web.redirect(f"{HOME}/patients/{asked.patient_id}", app.current_event)
    return web.redirect(f"{HOME}/{found.rows[0].claim_id}", app.current_event)


def _asked(form: Form) -> m.Search:
    """Raises FormRefused, the errors in ``form``."""
    wanted = {name: form.values.get(name, "") for name in ("patient_id", "control_number")}
    if not any(text.strip() for text in wanted.values()):
        form.errors["control_number"] = "Choose a patient, or write a claim's number."
        raise FormRefused(form)
    return parse(Form(wanted, errors=form.errors), m.Search)


@app.get(f"{HOME}/patients/<patient_id>", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list-of-patient")
def patient_page(patient_id: PatientId) -> Html:
    practice = current_actor().practice_id
    found = finding.of_patient(practice, patient_id)
    return page(
        "of_patient.html",
        found=found,
        patient_id=patient_id,
        card=patient_card(practice, patient_id),
        **_payers(),
    )


@app.get(f"{HOME}/patients/<patient_id>/sheets/<sheet_id>", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list-of-sheet")
def sheet_part(patient_id: PatientId, sheet_id: SheetId) -> Html:
    """Beside a charge sheet: what was made of it."""
    found = finding.of_sheet(current_actor().practice_id, patient_id, sheet_id)
    return fragment("of_sheet.html", found=found, **_payers())


def _payers() -> dict[str, Any]:
    known = payer_directory(current_actor().practice_id).payers
    return {"payers": {one.payer_id: one.facts.name for one in known}}
