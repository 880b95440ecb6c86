"""The console's pages of a patient's policies: how they stand, what the payer says, verify."""

from __future__ import annotations

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import CoverageId, EligibilityId, PatientId
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse
from functions.coverage import models as m
from functions.coverage import telephone, viewing
from functions.coverage.app import app
from functions.coverage.pages import HOME, Html, fragment, page, posted_form
from functions.coverage.records import Origin
from functions.coverage.verifying import Ask, Ports, verify
from functions.coverage.viewing import Opened

_PATIENT = f"{HOME}/patients/<patient_id>"
_ONE = f"{_PATIENT}/coverages/<coverage_id>"


@app.get(f"{_PATIENT}/fragment", include_in_schema=False)
@requires(Permission.READ_COVERAGE, action="read-standings")
def standings_part(patient_id: PatientId) -> Html:
    """Under the policies of the chart's page."""
    found = viewing.of_patient(patient_id, actor=current_actor(), now=app.clock.now())
    return fragment("standings.html", found=found)


@app.get(f"{_PATIENT}/badge", include_in_schema=False)
@requires(Permission.READ_COVERAGE, action="read-standings")
def badge_part(patient_id: PatientId) -> Html:
    """In the panel of a visit: what holds today, in a line."""
    found = viewing.of_patient(patient_id, actor=current_actor(), now=app.clock.now())
    held = [one for one in found.standings if one.holds_today]
    return fragment("badge.html", patient_id=found.patient_id, held=held)


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_COVERAGE, action="read-coverage")
def coverage_page(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    return _coverage(patient_id, coverage_id, Form())


@app.get(f"{_ONE}/checks/<eligibility_id>", include_in_schema=False)
@requires(Permission.READ_COVERAGE, action="read-check")
def check_page(
    patient_id: PatientId, coverage_id: CoverageId, eligibility_id: EligibilityId
) -> Html:
    """An earlier check, with what the payer said then."""
    opened = viewing.open_policy(patient_id, coverage_id, actor=current_actor())
    check = viewing.check_of(opened, eligibility_id)
    return _page(opened, Form(), check=check)


@app.post(f"{_ONE}/verify", include_in_schema=False)
@requires(Permission.VERIFY_COVERAGE, action="verify")
def verify_form(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    form = posted_form()
    ask = Ask(Origin.BY_HAND, force=form.values.get("force") == "true")
    try:
        verify(
            patient_id, coverage_id, ask, actor=current_actor(), now=app.clock.now(), out=Ports()
        )
    except NotFound:
        raise
    except DomainError as error:
        return _coverage(patient_id, coverage_id, Form().refused(error), error.status)
    if form.values.get("back") == "work":
        return web.redirect(f"{HOME}#saved", app.current_event)
    return web.redirect(f"{HOME}/patients/{patient_id}/coverages/{coverage_id}", app.current_event)


@app.post(f"{_ONE}/telephone", include_in_schema=False)
@requires(Permission.VERIFY_COVERAGE, action="write-down-call")
def telephone_form(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    form = posted_form()
    wanted = ("outcome", "reference", "spoke_with", "note")
    try:
        said = parse(
            Form({name: form.values.get(name, "") for name in wanted}, errors=form.errors),
            m.TelephoneRequest,
        )
        telephone.write_down(
            patient_id, coverage_id, said, actor=current_actor(), now=app.clock.now()
        )
    except FormRefused:
        return _coverage(patient_id, coverage_id, form, 422)
    except NotFound:
        raise
    except DomainError as error:
        return _coverage(patient_id, coverage_id, form.refused(error), error.status)
    where = f"{HOME}/patients/{patient_id}/coverages/{coverage_id}#saved"
    return web.redirect(where, app.current_event)


def _coverage(
    patient_id: PatientId, coverage_id: CoverageId, form: Form, status: int = 200
) -> Html:
    opened = viewing.open_policy(patient_id, coverage_id, actor=current_actor())
    return _page(opened, form, status=status)


def _page(
    opened: Opened, form: Form, *, check: m.CheckRead | None = None, status: int = 200
) -> Html:
    """The page, with what one check of it says: an earlier one, or the last."""
    view = viewing.view_of(opened, app.clock.now())
    chart = opened.chart.patient_id
    return page(
        "coverage.html",
        status=status,
        view=view,
        check=check or view.last,
        earlier=bool(check and view.last and check.eligibility_id != view.last.eligibility_id),
        policy=opened.policy,
        name=opened.chart.chart.demographics.main_name().full(),
        form=form,
        here_path=f"{HOME}/patients/{chart}/coverages/{opened.policy.coverage_id}",
    )
