"""The console's page of one medication: stop, hold, renew, send, print."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import requires
from caresmith.ids import MedicationId, PatientId
from caresmith.permissions import Permission
from caresmith.web.forms import Form, version_of
from functions.medications import (
    changing,
    chart,
    checking,
    controlled,
    entering,
    listing,
    package,
    pharmacies,
    prescribing,
    sending,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.chart import Entry
from functions.medications.entering import given_reasons
from functions.medications.pages import WORK, page, person
from functions.medications.posting import changed, posted_form

Html = Response[str]
_ONE = f"{WORK}/<patient_id>/entries/<medication_id>"


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CHART, action="read")
def one_page(patient_id: PatientId, medication_id: MedicationId) -> Html:
    return _one(patient_id, medication_id, Form())


def _one(patient_id: PatientId, medication_id: MedicationId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    entry = chart.find(actor.practice_id, patient_id, medication_id)
    known = pharmacies.directory(actor.practice_id).pharmacies
    return page(
        "medication.html",
        status=status,
        who=person(patient_id),
        line=listing.one(entry),
        former=listing.former(patient_id, medication_id, actor=actor).versions,
        moves=changing.MOVES[entry.medication.status],
        tellable=entry.medication.reported and entry.medication.status in changing.TELLABLE,
        renewable=not entry.medication.reported
        and entry.medication.status in prescribing.RENEWABLE,
        pharmacies=[one for one in known if one.facts.active],
        names={one.pharmacy_id: one.facts.name for one in known},
        alerts=_renewal_alerts(patient_id, entry, form),
        given=given_reasons(form),
        form=form,
    )


def _renewal_alerts(patient_id: PatientId, entry: Entry, form: Form) -> list[Any]:
    """The warnings that a refused renewal has to be given reasons for."""
    if "dispense" not in form.values or not form.errors:
        return []
    asked = checking.Asked(entry.medication.drug, entry.medication, (entry.id,))
    found = checking.findings(patient_id, asked, actor=current_actor(), now=app.clock.now())
    return [alert for alert in found.alerts if alert.needs_reason]


@app.post(f"{_ONE}/status", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="move")
def move_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = posted_form()

    def move() -> None:
        wanted = ("status", "reason")
        kept = Form({name: form.values[name] for name in wanted if form.values.get(name)})
        asked = entering.read(kept, form, m.StatusRequest)
        changing.move(
            patient_id,
            medication_id,
            asked,
            version_of(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return changed(form, move, _one, patient_id, medication_id)


@app.post(f"{_ONE}/renewal", include_in_schema=False)
@requires(Permission.RENEW_MEDICATIONS, action="renew")
def renew_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = posted_form()

    def renew() -> None:
        asked = entering.read(entering.renewal(form), form, m.RenewalRequest)
        prescribing.renew(
            patient_id,
            medication_id,
            asked,
            version_of(form),
            actor=current_actor(),
            now=app.clock.now(),
            renewal=MedicationId.new(),
        )

    return changed(form, renew, _one, patient_id, medication_id)


@app.post(f"{_ONE}/sending", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="send")
def send_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = posted_form()

    def send() -> None:
        where = form.values.get("pharmacy_id", "")
        kept = Form({"pharmacy_id": where} if where else {})
        asked = entering.read(kept, form, m.SendRequest)
        sending.send(
            patient_id,
            medication_id,
            asked,
            version_of(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return changed(form, send, _one, patient_id, medication_id)


@app.post(f"{_ONE}/sending/outcome", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="confirm-sending")
def confirm_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    """What the pharmacy says by telephone of a prescription that went out."""
    form = posted_form()

    def confirm() -> None:
        outcome = form.values.get("outcome", "")
        kept = Form({"outcome": outcome} if outcome else {})
        asked = entering.read(kept, form, m.ConfirmRequest)
        sending.confirm(
            patient_id, medication_id, asked, actor=current_actor(), now=app.clock.now()
        )

    after = f"/entries/{medication_id}"
    return changed(form, confirm, _one, patient_id, medication_id, after=after)


@app.get(f"{_ONE}/print", include_in_schema=False)
@requires(Permission.READ_CHART, action="print")
def print_page(patient_id: PatientId, medication_id: MedicationId) -> Html:
    """A prescription on paper, which the prescriber signs by hand (21 CFR 1306.05)."""
    practice = current_actor().practice_id
    entry = chart.find(practice, patient_id, medication_id)
    of = package.gather(practice, entry)
    return page(
        "print.html",
        of=of,
        m=entry.medication,
        name=of.patient.demographics.main_name().full(),
        most=controlled.MOST_REFILLS,
    )
