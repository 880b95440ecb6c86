"""The console's pages beside the list: what waits, pharmacies, reconciliation."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.clock import Instant
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import MedicationId, PatientId, PharmacyId, ReconciliationId, RefillId
from caresmith.permissions import Permission
from caresmith.records.clinical import entries
from caresmith.records.clinical.encounter import VisitLine
from caresmith.records.clinical.layout import Kind
from caresmith.records.patient import patient_cards
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, FormRefused, flat, version_of
from functions.medications import (
    chart,
    entering,
    listing,
    pharmacies,
    reconciling,
    refills,
    work,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.pages import WORK, page, person
from functions.medications.posting import posted_form
from functions.medications.safety.knowledge import knowledge

Html = Response[str]
_PHARMACIES = f"{WORK}/pharmacies"
_FACTS = ("name", "npi", "ncpdp_id", "phone", "fax", "address", "fhir_endpoint")
_ROWS = 3
"""Empty rows for what the list lacks."""


# -- what waits -----------------------------------------------------------------------


@app.get(WORK, include_in_schema=False)
@requires(Permission.READ_CHART, action="read-work")
def work_page() -> Html:
    practice = current_actor().practice_id
    found = work.work_list(practice)
    cards = patient_cards(practice, [one.patient_id for one in found.items])
    return page("work.html", work=found, cards=cards)


@app.get(f"{WORK}/count", include_in_schema=False)
@requires(Permission.READ_CHART, audited=False)
def work_count() -> Html:
    """The badge beside the menu's entry."""
    return count_badge(work.count(current_actor().practice_id), "waiting")


@app.get(f"{WORK}/<patient_id>/refills/<refill_id>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-refill")
def refill_page(patient_id: PatientId, refill_id: RefillId) -> Html:
    return _refill(patient_id, refill_id, Form())


def _refill(patient_id: PatientId, refill_id: RefillId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    read = refills.read(actor.practice_id, patient_id, refill_id)
    line = None
    if read.medication_id is not None:
        entry = chart.find(actor.practice_id, patient_id, read.medication_id)
        line = listing.one(entry)
        if not form.values and line.content.dispense:
            form = Form(
                {
                    "dispense": f"{line.content.dispense.value.normalize():f}",
                    "dispense_unit": line.content.dispense.unit,
                    "refills": "0",
                }
            )
    return page(
        "refill.html", status=status, who=person(patient_id), read=read, line=line, form=form
    )


@app.post(f"{WORK}/<patient_id>/refills/<refill_id>/decision", include_in_schema=False)
@requires(Permission.RENEW_MEDICATIONS, action="decide-refill")
def decide_form(patient_id: PatientId, refill_id: RefillId) -> Html:
    form = posted_form()
    given = form.values
    kept = {name: given[name] for name in ("decision", "reason") if given.get(name)}
    if given.get("decision") == "approved":
        kept |= {f"renewal.{name}": v for name, v in entering.renewal(form).values.items()}
    try:
        asked = entering.read(Form(kept), form, m.RefillDecision)
        refills.decide(
            patient_id,
            refill_id,
            asked,
            version_of(form),
            actor=current_actor(),
            now=app.clock.now(),
            renewal=MedicationId.new(),
        )
    except FormRefused as refused:
        form.errors = {k.removeprefix("renewal."): v for k, v in refused.form.errors.items()}
        return _refill(patient_id, refill_id, form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _refill(patient_id, refill_id, form.refused(error), error.status)
    return web.redirect(f"{WORK}#saved", app.current_event)


# -- pharmacies ------------------------------------------------------------------------


@app.get(_PHARMACIES, include_in_schema=False)
@requires(Permission.MANAGE_PHARMACIES, audited=False)
def pharmacies_page() -> Html:
    return _pharmacies(Form())


def _pharmacies(form: Form, status: int = 200) -> Html:
    known = pharmacies.directory(current_actor().practice_id).pharmacies
    return page("pharmacies.html", status=status, pharmacies=known, form=form)


@app.post(_PHARMACIES, include_in_schema=False)
@requires(Permission.MANAGE_PHARMACIES, action="add-pharmacy")
def add_pharmacy_form() -> Html:
    form = posted_form()
    try:
        facts = entering.read(_facts(form), form, m.PharmacyFacts)
        pharmacies.add(facts, actor=current_actor(), key=PharmacyId.new())
    except FormRefused:
        return _pharmacies(form, 422)
    return web.redirect(f"{_PHARMACIES}#saved", app.current_event)


@app.get(f"{_PHARMACIES}/<pharmacy_id>", include_in_schema=False)
@requires(Permission.MANAGE_PHARMACIES, action="read-pharmacy")
def pharmacy_page(pharmacy_id: PharmacyId) -> Html:
    known = pharmacies.find(current_actor().practice_id, pharmacy_id)
    return page("pharmacy.html", pharmacy=known, form=flat(known.facts))


@app.post(f"{_PHARMACIES}/<pharmacy_id>", include_in_schema=False)
@requires(Permission.MANAGE_PHARMACIES, action="change-pharmacy")
def change_pharmacy_form(pharmacy_id: PharmacyId) -> Html:
    form, actor = posted_form(), current_actor()
    known = pharmacies.find(actor.practice_id, pharmacy_id)
    try:
        facts = entering.read(_facts(form), form, m.PharmacyFacts)
        pharmacies.change(pharmacy_id, facts, version_of(form), actor=actor)
    except FormRefused:
        return page("pharmacy.html", status=422, pharmacy=known, form=form)
    return web.redirect(f"{_PHARMACIES}#saved", app.current_event)


def _facts(form: Form) -> Form:
    kept = {name: form.values[name] for name in _FACTS if form.values.get(name)}
    return Form({**kept, "active": "true" if form.values.get("active") == "true" else "false"})


# -- reconciliation -----------------------------------------------------------------------


@app.get(f"{WORK}/<patient_id>/reconcile", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="reconcile-form")
def reconcile_page(patient_id: PatientId) -> Html:
    return _reconcile(patient_id, Form())


def _reconcile(patient_id: PatientId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    listed = listing.medication_list(patient_id, actor=actor)
    done = reconciling.of_patient(actor.practice_id, patient_id).reconciliations
    return page(
        "reconcile.html",
        status=status,
        who=person(patient_id),
        listed=listed,
        twins=_twins(listed),
        visits=_visits(patient_id),
        done=done[:5],
        rows=range(_ROWS),
        form=form,
    )


def _twins(listed: m.MedicationList) -> set[str]:
    """Entries whose drug stands on the other side as well."""
    known = {
        line.id: knowledge().resolve(line.content.drug).ingredients
        for line in [*listed.active, *listed.reported]
    }
    pairs = [
        (one.id, other.id)
        for one in listed.active
        for other in listed.reported
        if known[one.id] & known[other.id]
    ]
    return {key for pair in pairs for key in pair}


def _visits(patient_id: PatientId) -> list[tuple[str, Instant, Any]]:
    """Open visits of the patient, the latest first."""
    practice = current_actor().practice_id
    found = [
        entries.open_entry(practice, item, VisitLine)
        for item in entries.read_now(practice, patient_id, Kind.ENCOUNTER)
    ]
    found.sort(key=lambda one: one.content.start, reverse=True)
    return [(one.id, one.content.start, one.content.provider_id) for one in found]


@app.post(f"{WORK}/<patient_id>/reconcile", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="reconcile")
def reconcile_form(patient_id: PatientId) -> Html:
    form = posted_form()
    try:
        asked = entering.read(entering.reconciliation(form), form, m.ReconciliationRequest)
        reconciling.reconcile(
            patient_id,
            asked,
            actor=current_actor(),
            now=app.clock.now(),
            key=ReconciliationId.new(),
        )
    except FormRefused:
        return _reconcile(patient_id, form, 422)
    except NotFound:
        raise
    except DomainError as error:
        return _reconcile(patient_id, form.refused(error), error.status)
    return web.redirect(f"{WORK}/{patient_id}#saved", app.current_event)
