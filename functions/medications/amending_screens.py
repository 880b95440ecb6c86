"""The console's pages on which a medication is corrected, or reported in the patient's words."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import requires
from caresmith.ids import MedicationId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.coding import SNOMED
from caresmith.records.clinical.medication import MedicationStatus
from caresmith.web.forms import Form, FormRefused, version_of
from functions.medications import (
    amending,
    changing,
    chart,
    entering,
    prescribing,
    sig,
)
from functions.medications import models as m
from functions.medications.app import app
from functions.medications.chart import Entry
from functions.medications.pages import WORK, fragment, page, person
from functions.medications.posting import changed, posted_form
from functions.medications.screens import looked_at, prescription_page

Html = Response[str]
_LIST = f"{WORK}/<patient_id>"
_ONE = f"{_LIST}/entries/<medication_id>"

# -- a prescription that no pharmacy has -------------------------------------------------


@app.get(f"{_ONE}/correct", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="correct-form")
def correct_page(patient_id: PatientId, medication_id: MedicationId) -> Html:
    actor = current_actor()
    entry = chart.find(actor.practice_id, patient_id, medication_id)
    prescribing.check_correctable(entry, actor=actor)
    form = amending.prescription_form(entry.medication)
    form.values = {**form.values, "version": str(entry.read.version)}
    return _correct(patient_id, medication_id, form)


def _correct(
    patient_id: PatientId, medication_id: MedicationId, form: Form, status: int = 200
) -> Html:
    entry = chart.find(current_actor().practice_id, patient_id, medication_id)
    before = entry.medication
    code = before.route.code_in(SNOMED) if before.route else None
    shown = amending.prescription_form(before).values["frequency"]
    back = f"{WORK}/{patient_id}/entries/{medication_id}"
    return prescription_page(
        patient_id,
        form,
        _draft(entry, form),
        status,
        present={
            "route": before.route.words if before.route and code else "",
            "frequency": shown,
            "timing": f"As it is: {sig.timing_words(before.timing)}" if before.timing else "",
        },
        heading="Correct the prescription",
        verb="Save",
        action=f"{back}/correct",
        back=back,
    )


def _draft(entry: Entry, form: Form) -> Form:
    """Checked against all but itself."""
    draft = amending.draft(form, entry.medication)
    return Form({**draft.values, "instead_of": str(entry.id)}, draft.lists)


@app.post(f"{_ONE}/correct/preview", include_in_schema=False)
@requires(Permission.READ_CHART, action="check")
def correct_preview(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form = posted_form()
    entry = chart.find(current_actor().practice_id, patient_id, medication_id)
    return fragment("preview.html", form=form, **looked_at(patient_id, form, _draft(entry, form)))


@app.post(f"{_ONE}/correct", include_in_schema=False)
@requires(Permission.PRESCRIBE, action="correct")
def correct_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form, actor = posted_form(), current_actor()
    entry = chart.find(actor.practice_id, patient_id, medication_id)

    def correct() -> None:
        version = version_of(form)
        chart.expect(entry, version)
        entered = amending.prescription(form, entry.medication)
        asked = entering.read(entered, form, m.PrescriptionRequest)
        prescribing.correct(
            patient_id, medication_id, asked, version, actor=actor, now=app.clock.now()
        )

    after = f"/entries/{medication_id}"
    return changed(form, correct, _correct, patient_id, medication_id, after=after)


# -- what the patient, or another's record, says -----------------------------------------


@app.get(f"{_LIST}/report", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="report-form")
def report_page(patient_id: PatientId) -> Html:
    return _report(patient_id, Form({"status": MedicationStatus.ACTIVE.value}))


def _report(patient_id: PatientId, form: Form, status: int = 200) -> Html:
    who = person(patient_id)
    return page(
        "reported.html",
        status=status,
        who=who,
        form=form,
        heading="Report a medication",
        action=f"{who.path}/report",
        back=who.path,
    )


@app.post(f"{_LIST}/report", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="report")
def report_form(patient_id: PatientId) -> Html:
    form, actor = posted_form(), current_actor()

    def report() -> None:
        asked = _told(form, amending.reported)
        key = MedicationId.new()
        changing.report(patient_id, asked, actor=actor, now=app.clock.now(), key=key)

    return changed(form, report, _report, patient_id)


@app.get(f"{_ONE}/report", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="change-reported-form")
def reported_page(patient_id: PatientId, medication_id: MedicationId) -> Html:
    entry = chart.find(current_actor().practice_id, patient_id, medication_id)
    changing.check_reported(entry)
    form = amending.reported_form(entry.medication)
    form.values = {**form.values, "version": str(entry.read.version)}
    return _reported(patient_id, medication_id, form)


def _reported(
    patient_id: PatientId, medication_id: MedicationId, form: Form, status: int = 200
) -> Html:
    who = person(patient_id)
    back = f"{who.path}/entries/{medication_id}"
    return page(
        "reported.html",
        status=status,
        who=who,
        form=form,
        heading="Change what is reported",
        action=f"{back}/report",
        back=back,
    )


@app.post(f"{_ONE}/report", include_in_schema=False)
@requires(Permission.RECONCILE_MEDICATIONS, action="change-reported")
def reported_change_form(patient_id: PatientId, medication_id: MedicationId) -> Html:
    form, actor = posted_form(), current_actor()
    entry = chart.find(actor.practice_id, patient_id, medication_id)

    def change() -> None:
        version = version_of(form)
        chart.expect(entry, version)
        asked = _told(form, lambda given: amending.reported(given, entry.medication))
        changing.change_reported(
            patient_id, medication_id, asked, version, actor=actor, now=app.clock.now()
        )

    after = f"/entries/{medication_id}"
    return changed(form, change, _reported, patient_id, medication_id, after=after)


def _told(form: Form, entered: Callable[[Form], Form]) -> m.ReportedRequest:
    """Raises FormRefused, for a date that is none too."""
    asked = entering.read(entered(form), form, m.ReportedRequest)
    if form.errors:
        raise FormRefused(form)
    return asked
