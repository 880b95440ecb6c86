"""The console's pages of denials, their causes, deposits, and paper remittances."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError, invalid
from caresmith.http import requires
from caresmith.ids import ClaimId, PatientId, RemittanceId
from caresmith.permissions import Permission
from caresmith.records.patient import current_card, patient_cards
from caresmith.records.revenue.claim import claim_of_control
from caresmith.records.revenue.denial import DENIAL_MOVES, LOST, OPEN, STILL_OPEN, DenialState
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, FormRefused, parse, posted, version_of
from functions.payments import (
    appealing,
    carrying,
    causes,
    deposits,
    manual,
    paper,
    patterns,
    working,
)
from functions.payments import models as m
from functions.payments.app import app
from functions.payments.denial_routes import deposit_list, today
from functions.payments.letters import DEFAULT_TEXT
from functions.payments.pages import BASE, DENIALS, page
from functions.payments.wording import DENIAL_STATES

Html = Response[str]
_Line = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,2}$")]
_DENIAL = f"{DENIALS}/<claim_id>/<line>"


@app.get(DENIALS, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-denials")
def denials_page() -> Html:
    practice = current_actor().practice_id
    wanted = app.current_event.get_query_string_value("list", "")
    group = LOST if wanted == LOST else OPEN
    found = working.queue(practice, today(), group)
    cause = app.current_event.get_query_string_value("cause", "") or ""
    shown = [one for one in found if not cause or one.cause == cause]
    return page(
        "denials.html",
        here=DENIALS,
        group=group,
        denials=shown,
        cards=patient_cards(practice, [one.patient_id for one in shown]),
        staff=_staff(),
        causes=sorted({one.cause for one in found}),
        cause=cause,
        total=sum(one.cents for one in shown),
    )


@app.get(f"{DENIALS}/count", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, audited=False)
def denials_count() -> Html:
    return count_badge(working.count_open(current_actor().practice_id), "to work")


@app.get(_DENIAL, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-denial")
def denial_page(claim_id: ClaimId, line: _Line) -> Html:
    return _denial(claim_id, line, Form())


def _denial(claim_id: ClaimId, line: str, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    denial = working.read(actor.practice_id, claim_id, line, today())
    return page(
        "denial.html",
        status=status,
        here=DENIALS,
        denial=denial,
        card=current_card(actor.practice_id, PatientId(denial.patient_id)),
        staff=_staff(),
        moves=_moves(denial.state),
        form=Form({**_shown(denial).values, **form.values}, form.lists, form.errors, form.title),
    )


def _shown(denial: m.DenialRead) -> Form:
    return Form(
        {"letter": denial.letter or DEFAULT_TEXT, "assignee": denial.assignee or "", "note": ""}
    )


def _moves(state: DenialState) -> list[tuple[str, str]]:
    may = current_actor().may(Permission.GIVE_UP_DENIALS)
    wanted = DENIAL_MOVES[state]
    return [
        (one.value, DENIAL_STATES[one.value])
        for one in DenialState
        if one in wanted and (may or DenialState.WRITTEN_OFF not in (one, state))
    ]


@app.post(_DENIAL, include_in_schema=False)
@requires(Permission.MANAGE_DENIALS, action="change-denial")
def denial_form(claim_id: ClaimId, line: _Line) -> Html:
    form = posted(app.form_lists())
    try:
        wanted = parse(form, m.DenialChange, ignore=("version",))
        done = working.change(
            claim_id,
            line,
            wanted,
            version=version_of(form),
            actor=current_actor(),
            clock=app.clock,
        )
    except FormRefused as refused:
        return _denial(claim_id, line, refused.form, 422)
    except DomainError as error:
        return _denial(claim_id, line, form.refused(error), error.status)
    to = f"{DENIALS}/{claim_id}/{line}" if done.state in STILL_OPEN else DENIALS
    return web.redirect(to, app.current_event)


@app.post(f"{_DENIAL}/letters", include_in_schema=False)
@requires(Permission.MANAGE_DENIALS, action="send-appeal-letter")
def letter_form(claim_id: ClaimId, line: _Line) -> Html:
    form = posted(app.form_lists())
    try:
        wanted = parse(form, m.LetterRequest, ignore=("version",))
        appealing.send(
            claim_id,
            line,
            wanted,
            version=version_of(form),
            actor=current_actor(),
            clock=app.clock,
        )
    except FormRefused as refused:
        return _denial(claim_id, line, refused.form, 422)
    except DomainError as error:
        return _denial(claim_id, line, form.refused(error), error.status)
    return web.redirect(f"{DENIALS}/{claim_id}/{line}", app.current_event)


def _staff() -> dict[str, str]:
    return {
        str(one.user_id): one.display_name
        for one in users_of(current_actor().practice_id)
        if one.is_active
    }


@app.get(f"{BASE}/causes", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-causes")
def causes_page() -> Html:
    event = app.current_event
    month = event.get_query_string_value("month", "") or ""
    by = event.get_query_string_value("by", "cause") or "cause"
    now = today()
    months = [_month(now, back) for back in range(12)]
    if month not in months:
        month = months[0]
    wanted: Any = by if by in causes.BY else "cause"
    practice = current_actor().practice_id
    return page(
        "causes.html",
        here=DENIALS,
        read=causes.causes(practice, month, wanted),
        months=months,
        by=wanted,
        patterns=patterns.proposals(practice, month),
    )


def _month(day: dt.date, back: int) -> str:
    at = day.year * 12 + day.month - 1 - back
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


# -- money ------------------------------------------------------------------------


@app.get(f"{BASE}/deposits", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-deposits")
def deposits_page() -> Html:
    return _deposits(Form())


def _deposits(form: Form, status: int = 200) -> Html:
    read = deposit_list()
    return page(
        "deposits.html",
        status=status,
        form=form,
        unexplained=[one for one in read.deposits if one.remittance_id is None],
        matched=[one for one in read.deposits if one.remittance_id is not None][:50],
        without_money=read.without_money,
        carried=read.carried,
    )


@app.post(f"{BASE}/deposits/import", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="import-deposits")
def import_form() -> Html:
    form = posted(app.form_lists())
    try:
        request = parse(form, m.DepositFile)
        deposits.add(deposits.read_csv(request.csv), actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        return _deposits(refused.form, 422)
    except DomainError as error:
        form.errors["csv"] = " ".join(one.message for one in error.fields) or error.title
        return _deposits(form, error.status)
    return web.redirect(f"{BASE}/deposits", app.current_event)


@app.post(f"{BASE}/deposits/<day>/<deposit_id>/match", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="match-deposit")
def deposit_form(day: dt.date, deposit_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]) -> Html:
    form = posted(app.form_lists())
    try:
        request = parse(form, m.DepositMatch)
        deposits.match(day, deposit_id, request.remittance_id, actor=current_actor())
    except FormRefused as refused:
        return _deposits(refused.form, 422)
    except DomainError as error:
        return _deposits(form.refused(error), error.status)
    return web.redirect(f"{BASE}/deposits", app.current_event)


@app.post(f"{BASE}/carried/<remittance_id>/<number>", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="explain-carried")
def carried_form(
    remittance_id: RemittanceId, number: Annotated[int, Path(ge=1, le=99_999)]
) -> Html:
    form = posted(app.form_lists())
    try:
        claim = None
        if typed := form.value("control_number").strip():
            claim = claim_of_control(current_actor().practice_id, typed)
            if claim is None:
                raise invalid("control_number", "No claim has this number.")
        request = parse(form, m.ReasonRequest, ignore=("control_number",))
        carrying.explain(
            remittance_id, number, claim, request.reason, actor=current_actor(), clock=app.clock
        )
    except FormRefused as refused:
        return _deposits(refused.form, 422)
    except DomainError as error:
        return _deposits(form.refused(error), error.status)
    return web.redirect(f"{BASE}/deposits", app.current_event)


# -- paper --------------------------------------------------------------------------


@app.get(f"{BASE}/paper", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="read-paper-form")
def paper_page() -> Html:
    numbers = app.current_event.get_query_string_value("claims", "") or ""
    return _paper(numbers, Form({"method": "CHK"}))


def _paper(numbers: str, form: Form, status: int = 200) -> Html:
    found, unknown = paper.claims_of(current_actor().practice_id, numbers)
    return page(
        "paper.html",
        status=status,
        numbers=numbers,
        claims=found,
        unknown=unknown,
        reasons=paper.REASONS,
        statuses=paper.STATUSES,
        plb=paper.PLB,
        plb_rows=range(1, paper.PLB_ROWS + 1),
        alone=not numbers.strip() and (bool(form.errors) or _wants_alone()),
        form=form,
    )


def _wants_alone() -> bool:
    return app.current_event.get_query_string_value("alone", "") == "1"


@app.post(f"{BASE}/paper", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="enter-remittance")
def paper_form() -> Html:
    form = posted(app.form_lists())
    numbers = form.value("claims")
    try:
        request = paper.request_of(current_actor().practice_id, form)
        head = manual.enter(request, actor=current_actor(), clock=app.clock)
    except FormRefused as refused:
        return _paper(numbers, refused.form, 422)
    except DomainError as error:
        return _paper(numbers, form.refused(error), error.status)
    return web.redirect(f"{BASE}/remittances/{head.remittance_id}", app.current_event)
