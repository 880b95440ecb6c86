"""The pages of good-faith estimates: what waits, the estimate's form, and what became of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import AppointmentTypeId, EstimateId, PatientId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.people import person_of
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, parse, rows_of, told_apart, without_empty_rows
from functions.accounts import models as m
from functions.accounts.app import app
from functions.accounts.estimating import asking, assisting, billing, giving, listing, making
from functions.accounts.estimating import reading as estimates
from functions.accounts.pages import BASE, Html, dollars, file, form_sent, page, told
from functions.accounts.screens import account, path_of

HOME: Final = f"{BASE}/estimates"
_ACCOUNT: Final = f"{BASE}/patients/<patient_id>"
_ESTIMATE: Final = f"{_ACCOUNT}/estimates/<estimate_id>"
_ROWS: Final = {"items": ("code", "charge")}
_SPARE: Final = 2
"""Empty rows that the form offers besides those that say something."""


# -- what waits ---------------------------------------------------------------


@app.get(HOME, include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="list-estimates")
def work_page() -> Html:
    actor = current_actor()
    found = listing.work_list(actor=actor, now=app.clock.now())
    rows = [*found.owed, *found.to_give, *found.above]
    cards = patient_cards(actor.practice_id, [row.patient_id for row in rows])
    return page("estimates.html", here=HOME, work=found, cards=cards)


@app.get(f"{HOME}/count", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, audited=False)
def work_count() -> Html:
    return count_badge(listing.count(current_actor().practice_id), "to see to")


# -- making one -----------------------------------------------------------------


@app.get(f"{_ACCOUNT}/estimates/new", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="draft-estimate")
def new_page(patient_id: PatientId) -> Html:
    """An estimate of what is owed (``owed``), of a kind of visit (``type_id``), or an empty one."""
    said = app.current_event.query_string_parameters or {}
    setup = practice_setup(current_actor().practice_id)
    kind = next((one for one in setup.types if one == said.get("type_id")), None)
    drafted = making.draft(
        patient_id,
        owed=said.get("owed", ""),
        kind=kind,
        actor=current_actor(),
        now=app.clock.now(),
    )
    return _new(patient_id, _filled(drafted), kind=kind)


def _filled(drafted: m.EstimateDraft) -> Form:
    values = {
        name: "" if value is None else str(value)
        for name, value in drafted.model_dump(mode="json", exclude={"items"}).items()
    }
    for place, line in enumerate(drafted.items):
        row = {
            "code": line.code,
            "words": line.words,
            "units": str(line.units),
            "charge": "" if line.charge is None else dollars(line.charge),
        }
        values |= {f"items.{place}.{name}": text for name, text in row.items()}
    return Form(values)


def _new(
    patient: PatientId,
    form: Form,
    *,
    kind: AppointmentTypeId | None = None,
    aid: Form | None = None,
    status: int = 200,
) -> Html:
    practice = current_actor().practice_id
    setup = practice_setup(practice)
    forms = told_apart({"aid": aid or Form(), "estimate": form})
    return page(
        "estimate.html",
        status=status,
        here=HOME,
        card=person_of(practice, patient).card,
        form=forms["estimate"],
        aid=forms["aid"],
        kind=kind or "",
        kinds=[(one.id, one.name) for one in setup.types.values() if one.active],
        providers=[(one.id, one.display_name) for one in setup.providers.values() if one.active],
        places=[(one.id, one.name) for one in setup.locations.values() if one.active],
        rows=rows_of(form, "items", least=len(rows_of(form, "items")) + _SPARE),
    )


@app.post(f"{_ACCOUNT}/estimates", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="make-estimate")
def make_form(patient_id: PatientId) -> Html:
    form = without_empty_rows(form_sent(), _ROWS)
    codes = [code for code in form.value("diagnoses").replace(",", " ").split() if code]
    said = Form(
        {k: v for k, v in form.values.items() if k != "diagnoses"},
        {**form.lists, "diagnoses": codes},
        form.errors,
    )
    try:
        money = tuple(f"items.{place}.charge" for place in range(40))
        request = parse(said, m.EstimateRequest, ignore=("discount_percent",), money=money)
        made = making.make(patient_id, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _new(patient_id, told(form, error), status=error.status)
    return web.redirect(f"{path_of(patient_id)}#estimate-{made.estimate_id}", app.current_event)


@app.post(f"{_ACCOUNT}/assistance", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="set-assistance")
def assistance_form(patient_id: PatientId) -> Html:
    """What the household has: the estimate's page then has the discount in its prices."""
    form = form_sent()
    kept = ("owed", "type_id")
    try:
        request = parse(form, m.Assistance, ignore=kept, money=("income",))
        assisting.assist(patient_id, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        drafted = making.draft(patient_id, actor=current_actor(), now=app.clock.now())
        return _new(patient_id, _filled(drafted), aid=told(form, error), status=error.status)
    said = "&".join(
        f"{name}={form.value(name)}" for name in kept if form.value(name).isidentifier()
    )
    where = f"{path_of(patient_id)}/estimates/new"
    return web.redirect(f"{where}?{said}" if said else where, app.current_event)


# -- what became of it --------------------------------------------------------------


@app.get(_ESTIMATE, include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="read-estimate")
def estimate_file(patient_id: PatientId, estimate_id: EstimateId) -> Html:
    body = estimates.file_of(patient_id, estimate_id, actor=current_actor())
    return file(body, f"estimate-{estimate_id[-8:]}.pdf")


@app.post(f"{_ESTIMATE}/given", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="give-estimate")
def give_form(patient_id: PatientId, estimate_id: EstimateId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.Given)
        giving.give(patient_id, estimate_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "given", act)


@app.post(f"{_ESTIMATE}/looked-at", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="look-at-estimate")
def look_form(patient_id: PatientId, estimate_id: EstimateId) -> Html:
    def act(form: Form) -> None:
        reason = parse(form, m.Reason).reason
        billing.looked_at(patient_id, estimate_id, reason, actor=current_actor())

    return _acted(patient_id, "looked", act)


@app.post(f"{_ACCOUNT}/estimates/asked", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="ask-for-estimate")
def ask_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.EstimateAsked)
        asking.ask(patient_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "asked", act)


@app.post(f"{_ACCOUNT}/estimates/owed/<owed>/off", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="drop-estimate")
def drop_form(patient_id: PatientId, owed: str) -> Html:
    def act(form: Form) -> None:
        reason = parse(form, m.Reason).reason
        asking.drop(patient_id, owed, reason, actor=current_actor())

    return _acted(patient_id, "drop", act)


@app.post(f"{_ACCOUNT}/self-pay", include_in_schema=False)
@requires(Permission.MAKE_ESTIMATES, action="set-self-pay")
def self_pay_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        # An empty box is not posted.
        form.values = {"pays_self": "false", **form.values}
        request = parse(form, m.SelfPay)
        asking.set_self_pay(patient_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "self_pay", act)


def _acted(patient: PatientId, name: str, act: Callable[[Form], Any]) -> Html:
    form = form_sent()
    try:
        act(form)
    except DomainError as error:
        return account(patient, {name: told(form, error)}, name, error.status)
    return web.redirect(f"{path_of(patient)}#estimates", app.current_event)
