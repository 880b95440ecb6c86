"""Who pays in turn: a part of the charge sheet's and the claim's pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import ClaimId, PatientId, PracticeId, SheetId
from caresmith.permissions import Permission
from caresmith.records.coverage import covered_chart
from caresmith.web.forms import Form, FormRefused, parse, posted, told_apart
from functions.payments import deciding_turns
from functions.payments import models as m
from functions.payments.app import app
from functions.payments.errors import NotPosted
from functions.payments.pages import BASE, fragment
from functions.payments.preparing import Subject

Html = Response[str]
_TURNS = f"{BASE}/sheets/<sheet_id>/turns"


@dataclass(frozen=True)
class Asked:
    """One payer of a sheet, in its turn."""

    turn: int
    name: str
    answered: bool
    owes: bool
    given_up: bool


@app.get(_TURNS, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-turns")
def turns_part(sheet_id: SheetId) -> Html:
    return _turns(sheet_id)


@app.post(f"{_TURNS}/give-up", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="give-up-payer")
def give_up_form(sheet_id: SheetId) -> Html:
    form = posted(app.form_lists())

    def act(claim: ClaimId) -> None:
        said = parse(form, m.GivenUp)
        deciding_turns.give_up(
            claim, said.turn, said.reason, actor=current_actor(), clock=app.clock
        )

    return _act(sheet_id, "give_up", form, act)


@app.post(f"{_TURNS}/bill-next", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="bill-next-payer")
def bill_next_form(sheet_id: SheetId) -> Html:
    form = posted(app.form_lists())

    def act(claim: ClaimId) -> None:
        said = parse(form, m.Why)
        deciding_turns.bill_next(claim, said.reason, actor=current_actor(), clock=app.clock)

    return _act(sheet_id, "bill_next", form, act)


def _act(sheet: SheetId, name: str, form: Form, act: Callable[[ClaimId], None]) -> Html:
    subject = deciding_turns.answered(current_actor().practice_id, sheet)
    if subject is None:
        raise NotPosted
    try:
        act(ClaimId(subject.claim.claim_id))
    except FormRefused as refused:
        form.errors |= refused.form.errors
        return _turns(sheet, name, form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _turns(sheet, name, form.refused(error), error.status)
    return _turns(sheet, done=True)


def _turns(
    sheet: SheetId,
    opened: str = "",
    form: Form | None = None,
    status: int = 200,
    *,
    done: bool = False,
) -> Html:
    """Nothing where no payer has answered: until then the charge sheet alone decides."""
    practice = current_actor().practice_id
    subject = deciding_turns.answered(practice, sheet)
    payers = _payers(practice, subject) if subject else []
    last = max((one.turn for one in payers if one.answered), default=0)
    waits = next((one for one in payers if one.owes and one.turn > last), None)
    return fragment(
        "turns.html",
        status=status,
        sheet_id=sheet,
        payers=payers,
        waits=waits,
        following=next((one for one in payers if one.turn == last + 1), None),
        left=bool(subject and _left(subject)),
        forms=told_apart(
            {name: form if form and name == opened else Form() for name in ("give_up", "bill_next")}
        ),
        opened=opened,
        done=done,
    )


def _left(subject: Subject) -> bool:
    """Whether something is open that a next payer could be asked for."""
    return int(subject.sheet.insurance_cents) > 0 or int(subject.sheet.patient_cents) > 0


def _payers(practice: PracticeId, subject: Subject) -> list[Asked]:
    patient = PatientId(subject.sheet.patient_id)
    audit().about(patient)
    chart = covered_chart(practice, patient)
    audit().about(chart.patient_id)
    names = {one.coverage_id: one.payer_name for one in chart.coverages}
    answered, state = {one.turn for one in subject.standing}, subject.state
    return [
        Asked(
            turn=turn,
            name=names.get(coverage, "A policy that is no longer there"),
            answered=turn in answered,
            owes=turn == int(subject.sheet.turn),
            given_up=turn in state.skipped,
        )
        for turn, coverage in enumerate(subject.content.coverages, 1)
    ]
