"""The console's pages of a patient's medications: the list, one of them, prescribing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import MedicationId, PatientId, PharmacyId, RefillId
from caresmith.permissions import Permission
from caresmith.records.clinical.coding import RXNORM
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, posted
from functions.medications import (
    changing,
    chart,
    checking,
    controlled,
    drugs,
    entering,
    listing,
    package,
    pharmacies,
    prescribing,
    refills,
    sending,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.chart import Entry
from functions.medications.errors import UnresolvedAlerts, invalid
from functions.medications.pages import WORK, fragment, page, person

Html = Response[str]
_LIST = f"{WORK}/<patient_id>"
_ONE = f"{_LIST}/entries/<medication_id>"


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
    form = _form()

    def prefer() -> None:
        where = form.values.get("pharmacy_id") or None
        try:
            asked = m.PreferredRequest(pharmacy_id=PharmacyId(where) if where else None)
        except ValueError:
            raise invalid("pharmacy_id", "is no pharmacy of this practice") from None
        pharmacies.prefer(
            patient_id, asked, _version(form), actor=current_actor(), now=app.clock.now()
        )

    return _changed(form, prefer, _desk, patient_id, after="/desk")


@app.post(f"{_LIST}/refills", include_in_schema=False)
@requires(Permission.TAKE_REFILL_REQUESTS, action="take-refill")
def refill_form(patient_id: PatientId) -> Html:
    form = _form()

    def take() -> None:
        wanted = ("medication_id", "drug", "asked_by", "note")
        kept = Form({name: form.values[name] for name in wanted if form.values.get(name)})
        asked = entering.read(kept, form, m.RefillRequest)
        refills.take(
            patient_id, asked, actor=current_actor(), now=app.clock.now(), key=RefillId.new()
        )

    return _changed(form, take, _desk, patient_id, after="/desk")


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
        "dispense_unit": "{tbl}",
        "refills": "0",
        "pharmacy_id": str(preferred or ""),
    }
    return _prescribe(patient_id, Form(begun))


def _prescribe(patient_id: PatientId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    known = pharmacies.directory(actor.practice_id).pharmacies
    return page(
        "prescribe.html",
        status=status,
        who=person(patient_id),
        form=form,
        drugs=drugs.listed(),
        pharmacies=[(one.pharmacy_id, one.facts.name) for one in known if one.facts.active],
        may=actor.provider_id is not None,
        **_looked_at(patient_id, form),
    )


@app.post(f"{_LIST}/prescribe/preview", include_in_schema=False)
@requires(Permission.READ_CHART, action="check")
def preview(patient_id: PatientId) -> Html:
    """The sig in words and the checks, while the form is filled in."""
    form = _form()
    return fragment("preview.html", form=form, **_looked_at(patient_id, form))


def _looked_at(patient_id: PatientId, form: Form) -> dict[str, Any]:
    """What the preview shows of a form in whatever state it is."""
    if not form.values.get("drug", "").strip():
        return {"checked": None, "wrong": "", "given": {}}
    shown = Form()
    try:
        draft = entering.read(entering.draft(form), shown, m.Draft)
    except FormRefused as refused:
        return {"checked": None, "wrong": next(iter(refused.form.errors.values())), "given": {}}
    checked = checking.check_draft(patient_id, draft, actor=current_actor(), now=app.clock.now())
    return {
        "checked": checked,
        "wrong": "",
        "given": _given(form),
        "coded": draft.drug.code_in(RXNORM),
    }


def _given(form: Form) -> dict[str, str]:
    """The reasons that were typed, by the warning they are for."""
    told = entering.reasons(form.values)
    return {
        told[name]: told[name.removesuffix("alert") + "reason"]
        for name in told
        if name.endswith(".alert")
    }


@app.post(f"{_LIST}/prescribe", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="prescribe")
def prescribe_form(patient_id: PatientId) -> Html:
    form, actor, now = _form(), current_actor(), app.clock.now()
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


# -- one medication -----------------------------------------------------------------------


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
        renewable=not entry.medication.reported
        and entry.medication.status in prescribing.RENEWABLE,
        pharmacies=[one for one in known if one.facts.active],
        names={one.pharmacy_id: one.facts.name for one in known},
        alerts=_renewal_alerts(patient_id, entry, form),
        given=_given(form),
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
    form = _form()

    def move() -> None:
        wanted = ("status", "reason")
        kept = Form({name: form.values[name] for name in wanted if form.values.get(name)})
        asked = entering.read(kept, form, m.StatusRequest)
        changing.move(
            patient_id,
            medication_id,
            asked,
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _changed(form, move, _one, patient_id, medication_id)


@app.post(f"{_ONE}/renewal", include_in_schema=False)
@requires(Permission.RENEW_MEDICATIONS, action="renew")
def renew_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = _form()

    def renew() -> None:
        asked = entering.read(entering.renewal(form), form, m.RenewalRequest)
        prescribing.renew(
            patient_id,
            medication_id,
            asked,
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
            renewal=MedicationId.new(),
        )

    return _changed(form, renew, _one, patient_id, medication_id)


@app.post(f"{_ONE}/sending", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="send")
def send_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = _form()

    def send() -> None:
        where = form.values.get("pharmacy_id", "")
        kept = Form({"pharmacy_id": where} if where else {})
        asked = entering.read(kept, form, m.SendRequest)
        sending.send(
            patient_id,
            medication_id,
            asked,
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _changed(form, send, _one, patient_id, medication_id)


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


# -- forms ------------------------------------------------------------------------------


def _form() -> Form:
    return posted(app.form_lists())


def _version(form: Form) -> int:
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)


def _changed(
    form: Form,
    change: Callable[[], None],
    again: Callable[..., Html],
    patient_id: PatientId,
    *more: Any,
    after: str = "",
) -> Html:
    """Carry a form out and go on to ``after``, else the list; with errors, back to its page."""
    try:
        change()
    except FormRefused:
        return again(patient_id, *more, form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return again(patient_id, *more, form.refused(error), error.status)
    return web.redirect(f"{WORK}/{patient_id}{after}#saved", app.current_event)
