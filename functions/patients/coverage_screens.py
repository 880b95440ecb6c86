"""The chart's pages of policies: enter one, change it, take over what the payer says of it."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict
from caresmith.http import requires
from caresmith.ids import CoverageId, PatientId
from caresmith.permissions import Permission
from caresmith.records.coverage import Coverage
from caresmith.records.revenue.payer import Directory, comparable, payer_directory
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, posted
from functions.patients import coverages, service
from functions.patients import models as m
from functions.patients.app import app
from functions.patients.pages import page

Html = Response[str]
_POLICIES = "/console/patients/<patient_id>/coverages"
_ONE = f"{_POLICIES}/<coverage_id>"


@app.get(f"{_POLICIES}/new", include_in_schema=False)
@requires(Permission.CHANGE_COVERAGE, action="read")
def new_coverage(patient_id: PatientId) -> Html:
    chart = service.read(patient_id, actor=current_actor())
    taken = {coverage.order for coverage in chart.coverages if not coverage.period.end}
    form = Form({"order": str(min(set(range(1, 10)) - taken, default=9))})
    return _page(chart, form, None)


@app.post(f"{_POLICIES}/new", include_in_schema=False)
@requires(Permission.CHANGE_COVERAGE, action="add-coverage")
def add_coverage(patient_id: PatientId) -> Html:
    def save(form: Form) -> None:
        coverages.add(patient_id, _policy(form), actor=current_actor(), now=app.clock.now())

    return _save(patient_id, None, save)


@app.get(_ONE, include_in_schema=False)
@requires(Permission.CHANGE_COVERAGE, action="read")
def coverage_page(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    chart = service.read(patient_id, actor=current_actor())
    policy = next((c for c in chart.coverages if c.coverage_id == coverage_id), None)
    if policy is None:
        return _to_chart(patient_id)
    shown = policy.model_dump(mode="json", exclude={"coverage_id", "subscriber_name"})
    shown["subscriber_given"], shown["subscriber_family"] = policy.subscriber_parts()
    return _page(chart, flat(shown), coverage_id)


@app.post(_ONE, include_in_schema=False)
@requires(Permission.CHANGE_COVERAGE, action="change-coverage")
def change_coverage(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    def save(form: Form) -> None:
        coverages.replace_one(
            patient_id,
            coverage_id,
            _policy(form),
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _save(patient_id, coverage_id, save)


@app.post(f"{_ONE}/take-over", include_in_schema=False)
@requires(Permission.CHANGE_COVERAGE, action="take-over-coverage")
def take_over(patient_id: PatientId, coverage_id: CoverageId) -> Html:
    """One click beside what the payer says, on the page of what it answered."""
    form = posted(app.form_lists())
    coverages.take_over(
        patient_id,
        coverage_id,
        parse(form, m.CoverageFacts, ignore=("version",)),
        _version(form),
        actor=current_actor(),
        now=app.clock.now(),
    )
    where = f"/console/coverage/patients/{patient_id}/coverages/{coverage_id}#saved"
    return web.redirect(where, app.current_event)


def _policy(form: Form) -> Coverage:
    """What was entered, linked to the payer that its name means. Raises FormRefused."""
    directory = payer_directory(current_actor().practice_id)
    given = {**form.values, "payer_id": _payer(form, directory)}
    entered = Form(given, form.lists, form.errors)
    return parse(entered, Coverage, ignore=("version",))


def _payer(form: Form, directory: Directory) -> str:
    """The id behind the name; the one that was there stays while its name does."""
    name, before = form.values.get("payer_name", ""), form.values.get("payer_id", "")
    for one in directory.payers:
        if one.payer_id == before and comparable(name) in one.facts.names:
            return before
    found = directory.named(name)
    return found.payer_id if found else ""


def _save(
    patient_id: PatientId, coverage_id: CoverageId | None, save: Callable[[Form], None]
) -> Html:
    form, status = posted(app.form_lists()), 422
    try:
        save(form)
        return _to_chart(patient_id, "#insurance")
    except FormRefused:
        pass
    except DomainError as error:
        form.refused(error)
        status = error.status
    return _page(service.read(patient_id, actor=current_actor()), form, coverage_id, status)


def _page(
    chart: m.PatientRead, form: Form, coverage_id: CoverageId | None, status: int = 200
) -> Html:
    known = payer_directory(current_actor().practice_id).payers
    return page(
        "coverage.html",
        status=status,
        chart=chart,
        form=form,
        coverage_id=coverage_id,
        payers=[one.facts.name for one in known if one.facts.active],
    )


def _to_chart(patient: PatientId, anchor: str = "") -> Html:
    return web.redirect(f"/console/patients/{patient}{anchor}", app.current_event)


def _version(form: Form) -> int:
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)
