"""The console's pages of authorizations on file: a patient's, one of them, those running out."""

from __future__ import annotations

from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.codes.icd10cm import dotted
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import AuthorizationId, CoverageId, PatientId, new_ulid
from caresmith.permissions import Permission
from caresmith.records.coverage import CoveredChart, covered_chart
from caresmith.records.patient import patient_cards
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.authorization import Authorization
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, version_of
from functions.coverage import authorizing, running_out
from functions.coverage.app import app
from functions.coverage.models import AuthorizationShown
from functions.coverage.pages import HOME, Html, fragment, page, posted_form

_RUNNING_OUT: Final = f"{HOME}/authorizations"
_PATIENT: Final = f"{HOME}/patients/<patient_id>"
_EVERY: Final = f"{_PATIENT}/authorizations"
_ONE: Final = f"{_EVERY}/<authorization_id>"
_LISTS: Final = ("codes", "diagnoses")
_NO_DIAGNOSIS: Final = "ICD-10-CM codes: a letter, two characters, then up to four."
_DAYS, _LEFT, _MOST = 14, 2, 999


def path_of(patient: PatientId) -> str:
    return f"{HOME}/patients/{patient}/authorizations"


# -- those that run out -------------------------------------------------------------------


@app.get(_RUNNING_OUT, include_in_schema=False)
@requires(Permission.READ_AUTHORIZATIONS, action="list-running-out")
def running_out_page() -> Html:
    asked = app.current_event.query_string_parameters or {}
    days, left = _count(asked.get("days"), _DAYS), _count(asked.get("left"), _LEFT)
    practice = current_actor().practice_id
    found = running_out.running_out(practice, days, left, app.clock.now())
    cards = patient_cards(practice, [one.patient_id for one in found.items])
    audit().about(*cards)
    form = Form({"days": str(days), "left": str(left)})
    return page("running_out.html", here=_RUNNING_OUT, found=found, cards=cards, form=form)


def _count(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) <= _MOST else usual


# -- a patient's ----------------------------------------------------------------------------


@app.get(f"{_EVERY}/fragment", include_in_schema=False)
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorizations")
def authorizations_part(patient_id: PatientId) -> Html:
    """Under the policies of the chart's page."""
    found = authorizing.of_patient(patient_id, actor=current_actor(), now=app.clock.now())
    return fragment("authorizations_part.html", found=found)


@app.get(_EVERY, include_in_schema=False)
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorizations")
def authorizations_page(patient_id: PatientId) -> Html:
    found = authorizing.of_patient(patient_id, actor=current_actor(), now=app.clock.now())
    chart = _chart(found.patient_id)
    return page("authorizations.html", found=found, name=_name(chart))


@app.get(f"{_EVERY}/new", include_in_schema=False)
@requires(Permission.CHANGE_AUTHORIZATIONS, action="begin-authorization")
def new_authorization_page(patient_id: PatientId) -> Html:
    chart = _chart(patient_id)
    today = practice_setup(current_actor().practice_id).practice.day_at(app.clock.now())
    first = next((one.coverage_id for one in chart.on(today)), "")
    blank = {
        "coverage_id": str(first),
        "status": "approved",
        "first": today.isoformat(),
        "form_key": new_ulid(),
    }
    return _page(chart, None, Form(blank))


@app.post(f"{_EVERY}/new", include_in_schema=False)
@requires(Permission.CHANGE_AUTHORIZATIONS, action="add-authorization")
def add_authorization_form(patient_id: PatientId) -> Html:
    form = posted_form()
    try:
        made = authorizing.add(
            patient_id,
            _told(form),
            actor=current_actor(),
            now=app.clock.now(),
            key=form.values.get("form_key", "")[:26],
        )
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _refused(_chart(patient_id), None, form, error)
    return web.redirect(f"{path_of(made.patient_id)}#saved", app.current_event)


# -- one of them ------------------------------------------------------------------------------


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_AUTHORIZATIONS, action="read-authorization")
def authorization_page(patient_id: PatientId, authorization_id: AuthorizationId) -> Html:
    one = _one(patient_id, authorization_id)
    return _page(_chart(patient_id), one, _as_typed(one))


@app.post(_ONE, include_in_schema=False)
@requires(Permission.CHANGE_AUTHORIZATIONS, action="change-authorization")
def change_authorization_form(patient_id: PatientId, authorization_id: AuthorizationId) -> Html:
    form = posted_form()
    try:
        authorizing.change(
            patient_id,
            authorization_id,
            _told(form),
            version_of(form),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        one = _one(patient_id, authorization_id)
        return _refused(_chart(patient_id), one, form, error)
    return web.redirect(f"{path_of(patient_id)}#saved", app.current_event)


def _one(patient: PatientId, key: AuthorizationId) -> AuthorizationShown:
    return authorizing.read(patient, key, actor=current_actor(), now=app.clock.now())


def _chart(patient: PatientId) -> CoveredChart:
    audit().about(patient)
    chart = covered_chart(current_actor().practice_id, patient)
    audit().about(chart.patient_id)
    return chart


def _name(chart: CoveredChart) -> str:
    return chart.chart.demographics.main_name().full()


def _page(
    chart: CoveredChart, one: AuthorizationShown | None, form: Form, status: int = 200
) -> Html:
    practice = current_actor().practice_id
    setup = practice_setup(practice)
    return page(
        "authorization.html",
        status=status,
        one=one,
        form=form,
        name=_name(chart),
        every=path_of(chart.patient_id),
        policies=_policies(chart, one),
        providers=[(key, provider.display_name) for key, provider in setup.providers.items()],
        locations=[(key, place.name) for key, place in setup.locations.items()],
        versions=authorizing.versions(practice, one.authorization_id) if one else [],
        people={str(user.user_id): user.display_name for user in users_of(practice)} if one else {},
    )


def _policies(chart: CoveredChart, one: AuthorizationShown | None) -> list[tuple[CoverageId, str]]:
    every = [(c.coverage_id, f"{c.payer_name}, {c.member_id}") for c in chart.coverages]
    if one and one.coverage_id not in {key for key, _ in every}:
        every.append((one.coverage_id, "A policy that is no longer in the chart"))
    return every


def _refused(
    chart: CoveredChart, one: AuthorizationShown | None, form: Form, error: DomainError
) -> Html:
    if not isinstance(error, FormRefused):
        form.refused(error)
    if isinstance(error, VersionConflict):
        form.title = "Somebody changed it meanwhile. Compare with what stands, then save."
    return _page(chart, one, form, error.status)


def _told(form: Form) -> Authorization:
    """Raises FormRefused; its errors stand at the fields that the page shows."""
    lists = {name: _words(form.values.get(name, "")) for name in _LISTS}
    lists["diagnoses"] = [code.replace(".", "").upper() for code in lists["diagnoses"]]
    plain = {k: v for k, v in form.values.items() if k not in (*_LISTS, "version", "form_key")}
    try:
        return parse(Form(plain, lists, form.errors), Authorization)
    except FormRefused:
        for path in [path for path in form.errors if path.startswith("diagnoses.")]:
            form.errors[path] = _NO_DIAGNOSIS
        raise


def _words(text: str) -> list[str]:
    return text.replace(",", " ").replace(";", " ").split()


def _as_typed(one: AuthorizationShown) -> Form:
    told = Authorization(**{name: getattr(one, name) for name in Authorization.model_fields})
    values: dict[str, Any] = dict(flat(told).values)
    values = {k: v for k, v in values.items() if k.partition(".")[0] not in _LISTS}
    values["codes"] = " ".join(one.codes)
    values["diagnoses"] = " ".join(map(dotted, one.diagnoses))
    return Form(values)
