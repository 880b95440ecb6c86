"""The console's pages of what insurance owes of a visit, and of what waits for a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import AdjustmentId, SheetId
from caresmith.permissions import Permission
from caresmith.records.patient import current_card, patient_cards
from caresmith.records.revenue.decided import REASONS, Whose
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, posted, version_of
from functions.payments import models as m
from functions.payments import owed
from functions.payments.app import app
from functions.payments.owed_routes import approvals, shown
from functions.payments.pages import BASE, page

Html = Response[str]
_SHEET = f"{BASE}/sheets/<sheet_id>"
_DECISION = f"{_SHEET}/decisions/<adjustment_id>"


@app.get(_SHEET, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-owed")
def owed_page(sheet_id: SheetId) -> Html:
    return _owed(sheet_id, Form())


def _owed(sheet_id: SheetId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    read = shown(actor.practice_id, sheet_id)
    return page(
        "owed.html",
        status=status,
        read=read,
        card=current_card(actor.practice_id, read.patient_id),
        staff=_names(),
        reasons=_reasons(),
        form=form,
    )


def _reasons() -> list[tuple[str, str]]:
    may = current_actor().may(Permission.WRITE_OFF)
    says = {Whose.PATIENT: "The patient pays", Whose.NOBODY: "Give it up"}
    return [
        (one.code, f"{says[one.whose]}: {one.words[:1].lower()}{one.words[1:]}")
        for one in REASONS.values()
        if may or one.whose is Whose.PATIENT
    ]


def _names() -> dict[str, str]:
    return {str(one.user_id): one.display_name for one in users_of(current_actor().practice_id)}


@app.post(_SHEET, include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="decide-owed")
def owed_form(sheet_id: SheetId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.DecisionRequest, ignore=("version",), money=("amount",))
        owed.decide(
            sheet_id, request, version=version_of(form), actor=current_actor(), clock=app.clock
        )

    return _posted(sheet_id, act)


@app.post(f"{_DECISION}/approve", include_in_schema=False)
@requires(Permission.GIVE_UP_DENIALS, action="approve-decision")
def approve_form(sheet_id: SheetId, adjustment_id: AdjustmentId) -> Html:
    def act(_: Form) -> None:
        owed.approve(sheet_id, adjustment_id, actor=current_actor(), clock=app.clock)

    return _posted(sheet_id, act)


@app.post(f"{_DECISION}/decline", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="decline-decision")
def decline_form(sheet_id: SheetId, adjustment_id: AdjustmentId) -> Html:
    def act(_: Form) -> None:
        owed.decline(sheet_id, adjustment_id, actor=current_actor(), clock=app.clock)

    return _posted(sheet_id, act)


@app.post(f"{_DECISION}/reverse", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="reverse-decision")
def reverse_form(sheet_id: SheetId, adjustment_id: AdjustmentId) -> Html:
    def act(form: Form) -> None:
        why = parse(form, m.ReasonRequest).reason
        owed.reverse(sheet_id, adjustment_id, why, actor=current_actor(), clock=app.clock)

    return _posted(sheet_id, act)


def _posted(sheet_id: SheetId, act: Callable[[Form], None]) -> Html:
    form = posted(app.form_lists())
    try:
        act(form)
    except FormRefused as refused:
        return _owed(sheet_id, refused.form, 422)
    except DomainError as error:
        return _owed(sheet_id, form.refused(error), error.status)
    return web.redirect(f"{BASE}/sheets/{sheet_id}", app.current_event)


@app.get(f"{BASE}/approvals", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-approvals")
def approvals_page() -> Html:
    practice = current_actor().practice_id
    found = approvals(practice)
    known: Any = patient_cards(practice, [one.patient_id for one in found])
    return page("approvals.html", approvals=found, cards=known, staff=_names())
