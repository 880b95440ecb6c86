"""The console's pages of a patient's medications: the list, what the desk does, prescribing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, invalid
from caresmith.http import requires
from caresmith.ids import MedicationId, PatientId, PharmacyId, RefillId
from caresmith.permissions import Permission
from caresmith.records.clinical.coding import RXNORM
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, version_of
from functions.medications import (
    checking,
    entering,
    listing,
    pharmacies,
    prescribing,
    refills,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.entering import given_reasons
from functions.medications.errors import UnresolvedAlerts
from functions.medications.pages import WORK, fragment, page, person
from functions.medications.posting import changed, posted_form

Html = Response[str]
_LIST = f"{WORK}/<patient_id>"


# -- the list ------------------------------------------------------------------------


@app.get(_LIST, include_in_schema=False)
@requires(Permission.READ_CHART, action="list")
def list_page(patient_id: PatientId) -> Html:
    return _list(patient_id)


def _list(patient_id: PatientId) -> Html:
    actor = current_actor()
    preferred = pharmacies.preferred(actor.practice_id, patient_id)
    known = pharmacies.directory(actor.practice_id).pharmacies
    asked = refills.of_patient(actor.practice_id, patient_id).refills
    return page(
        "list.html",
        who=person(patient_id),
        listed=listing.medication_list(patient_id, actor=actor),
        asked=[one for one in asked if one.state == "received"],
        preferred=next((p for p in known if p.pharmacy_id == preferred.pharmacy_id), None),
    )


@app.get(f"{_LIST}/desk", include_in_schema=False)
@requires(Permission.TAKE_REFILL_REQUESTS, action="desk-form")
def desk_page(patient_id: PatientId) -> Html:
    """What the front desk does for a patient: takes a request down, notes the pharmacy."""
    return _desk(patient_id, Form())


def _desk(patient_id: PatientId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    known = pharmacies.directory(actor.practice_id).pharmacies
    sees = actor.may(Permission.READ_CHART)
    return page(
        "desk.html",
        status=status,
        who=person(patient_id),
        prescribed=listing.medication_list(patient_id, actor=actor).active if sees else [],
        preferred=pharmacies.preferred(actor.practice_id, patient_id),
        pharmacies=[(one.pharmacy_id, one.facts.name) for one in known if one.facts.active],
        form=form,
    )


@app.post(f"{_LIST}/pharmacy", include_in_schema=False)
@requires(Permission.MANAGE_PHARMACIES, action="prefer-pharmacy")
def prefer_form(patient_id: PatientId) -> Html:
    form = posted_form()

    def prefer() -> None:
        where = form.values.get("pharmacy_id") or None
        try:
            asked = m.PreferredRequest(pharmacy_id=PharmacyId(where) if where else None)
        except ValueError:
            raise invalid("pharmacy_id", "is no pharmacy of this practice") from None
        pharmacies.prefer(
            patient_id, asked, version_of(form), actor=current_actor(), now=app.clock.now()
        )

    return changed(form, prefer, _desk, patient_id, after="/desk")


@app.post(f"{_LIST}/refills", include_in_schema=False)
@requires(Permission.TAKE_REFILL_REQUESTS, action="take-refill")
def refill_form(patient_id: PatientId) -> Html:
    form = posted_form()

    def take() -> None:
        wanted = ("medication_id", "drug", "asked_by", "note")
        kept = Form({name: form.values[name] for name in wanted if form.values.get(name)})
        asked = entering.read(kept, form, m.RefillRequest)
        refills.take(
            patient_id, asked, actor=current_actor(), now=app.clock.now(), key=RefillId.new()
        )

    return changed(form, take, _desk, patient_id, after="/desk")


# -- prescribing -----------------------------------------------------------------------


@app.get(f"{_LIST}/prescribe", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="prescribe-form")
def prescribe_page(patient_id: PatientId) -> Html:
    preferred = pharmacies.preferred(current_actor().practice_id, patient_id).pharmacy_id
    begun = {
        "dose": "1",
        "unit": "{tbl}",
        "route": "26643006",
        "frequency": "daily",
        "refills": "0",
        "pharmacy_id": str(preferred or ""),
    }
    return _prescribe(patient_id, Form(begun))


def _prescribe(patient_id: PatientId, form: Form, status: int = 200) -> Html:
    who = person(patient_id)
    return prescription_page(
        patient_id,
        form,
        entering.draft(form),
        status,
        heading="Prescribe",
        verb="Prescribe",
        action=f"{who.path}/prescribe",
        back=who.path,
    )


def prescription_page(
    patient_id: PatientId,
    form: Form,
    draft: Form,
    status: int = 200,
    *,
    present: Mapping[str, str] | None = None,
    **words: str,
) -> Html:
    """The form of a prescription. ``present`` words what stands there and no list offers."""
    actor = current_actor()
    known = pharmacies.directory(actor.practice_id).pharmacies
    return page(
        "prescribe.html",
        status=status,
        who=person(patient_id),
        form=form,
        present={"route": "", "frequency": "", "timing": "", **(present or {})},
        pharmacies=[(one.pharmacy_id, one.facts.name) for one in known if one.facts.active],
        may=actor.provider_id is not None,
        **looked_at(patient_id, form, draft),
        **words,
    )


@app.post(f"{_LIST}/prescribe/preview", include_in_schema=False)
@requires(Permission.READ_CHART, action="check")
def preview(patient_id: PatientId) -> Html:
    """The sig in words and the checks, while the form is filled in."""
    form = posted_form()
    person(patient_id)
    return fragment("preview.html", form=form, **looked_at(patient_id, form, entering.draft(form)))


def looked_at(patient_id: PatientId, form: Form, entered: Form) -> dict[str, Any]:
    """What the preview shows of a form in whatever state it is."""
    if not form.values.get("drug", "").strip():
        return {"checked": None, "wrong": "", "given": {}}
    shown = Form()
    try:
        draft = entering.read(entered, shown, m.Draft)
    except FormRefused as refused:
        return {"checked": None, "wrong": next(iter(refused.form.errors.values())), "given": {}}
    checked = checking.check_draft(patient_id, draft, actor=current_actor(), now=app.clock.now())
    return {
        "checked": checked,
        "wrong": "",
        "given": given_reasons(form),
        "coded": draft.drug.code_in(RXNORM),
    }


@app.post(f"{_LIST}/prescribe", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="prescribe")
def prescribe_form(patient_id: PatientId) -> Html:
    form, actor, now = posted_form(), current_actor(), app.clock.now()
    try:
        asked = entering.read(entering.prescription(form), form, m.PrescriptionRequest)
        made = prescribing.prescribe(
            patient_id, asked, actor=actor, now=now, key=MedicationId.new()
        )
    except FormRefused as refused:
        return _prescribe(patient_id, refused.form, 422)
    except UnresolvedAlerts as refused:
        form.title = refused.title
        return _prescribe(patient_id, form.refused(refused), refused.status)
    except NotFound:
        raise
    except DomainError as refused:
        return _prescribe(patient_id, form.refused(refused), refused.status)
    return web.redirect(f"{WORK}/{patient_id}/entries/{made.id}#saved", app.current_event)
