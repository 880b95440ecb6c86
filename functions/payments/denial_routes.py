"""Routes of denials and deposits."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.errors import invalid
from caresmith.http import etag, reply, requires
from caresmith.ids import ClaimId, RemittanceId
from caresmith.money import Money
from caresmith.permissions import Permission
from functions.payments import (
    appealing,
    carrying,
    causes,
    deciding_turns,
    deposits,
    patterns,
    runs,
    working,
)
from functions.payments import models as m
from functions.payments.app import app

_Line = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,2}$")]
_Month = Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
_DENIAL = "/payments/denials/<claim_id>/<line>"


def today() -> dt.date:
    return runs.today(current_actor().practice_id, app.clock.now())


@app.get("/payments/denials")
@requires(Permission.READ_PAYMENTS, action="read-denials")
def read_denials(
    group: Annotated[Literal["open", "lost"], Query()] = "open",
) -> Response[m.Denials]:
    """Open ones, or those that are lost and still owed."""
    found = working.queue(current_actor().practice_id, today(), group)
    return reply(m.Denials(denials=found))


@app.get("/payments/denials/causes")
@requires(Permission.READ_PAYMENTS, action="read-causes")
def read_causes(month: _Month, by: Annotated[causes.By, Query()] = "cause") -> Response[m.Causes]:
    return reply(causes.causes(current_actor().practice_id, month, by))


@app.get("/payments/denials/patterns")
@requires(Permission.READ_PAYMENTS, action="read-patterns")
def read_patterns(month: _Month) -> Response[m.Patterns]:
    found = patterns.proposals(current_actor().practice_id, month)
    return reply(m.Patterns(month=month, patterns=found))


@app.get(_DENIAL)
@requires(Permission.READ_PAYMENTS, action="read-denial")
def read_denial(claim_id: ClaimId, line: _Line) -> Response[m.DenialRead]:
    found = working.read(current_actor().practice_id, claim_id, line, today())
    return reply(found, headers=etag(found.version))


@app.post(_DENIAL)
@requires(Permission.MANAGE_DENIALS, action="change-denial")
def change_denial(
    claim_id: ClaimId, line: _Line, request: m.DenialChange
) -> Response[m.DenialRead]:
    found = working.change(
        claim_id, line, request, version=app.if_match(), actor=current_actor(), clock=app.clock
    )
    return reply(found, headers=etag(found.version))


@app.get(f"{_DENIAL}/letter")
@requires(Permission.MANAGE_DENIALS, action="read-appeal-letter")
def read_letter(claim_id: ClaimId, line: _Line) -> Response[Any]:
    """The appeal as PDF, as it would be sent now."""
    body = appealing.drafted(claim_id, line, actor=current_actor(), clock=app.clock)
    return _pdf(body, f"appeal-{claim_id}-{line}.pdf")


@app.post(f"{_DENIAL}/letters", status_code=201)
@requires(Permission.MANAGE_DENIALS, action="send-appeal-letter")
def send_letter(claim_id: ClaimId, line: _Line, request: m.LetterRequest) -> Response[m.DenialRead]:
    """The letter went out as it reads now: it is kept, and the denial is appealed."""
    found = appealing.send(
        claim_id, line, request, version=app.if_match(), actor=current_actor(), clock=app.clock
    )
    return reply(found, status=201, headers=etag(found.version))


@app.get(f"{_DENIAL}/letters/<number>")
@requires(Permission.READ_PAYMENTS, action="read-sent-letter")
def read_sent_letter(
    claim_id: ClaimId, line: _Line, number: Annotated[int, Path(ge=1, le=9999)]
) -> Response[Any]:
    """A letter as it was sent."""
    body = appealing.kept_letter(current_actor().practice_id, claim_id, line, number)
    return _pdf(body, f"appeal-{claim_id}-{line}-{number}.pdf")


def _pdf(body: bytes, name: str) -> Response[Any]:
    answer = Response[Any](
        200,
        content_type="application/pdf",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
        body=b64encode(body).decode(),
    )
    answer.base64_encoded = True
    return answer


# -- money ----------------------------------------------------------------


@app.get("/payments/deposits")
@requires(Permission.READ_PAYMENTS, action="read-deposits")
def read_deposits() -> Response[m.DepositList]:
    return reply(deposit_list())


def deposit_list() -> m.DepositList:
    practice = current_actor().practice_id
    found, without = deposits.listed(practice, today())
    return m.DepositList(
        deposits=found,
        without_money=without,
        carried=[
            m.CarriedRead(
                remittance_id=RemittanceId(one.remittance_id),
                number=int(one.number),
                payer_name=one.payer_name,
                reason=one.reason,
                words=carrying.words(one),
                reference=one.reference,
                amount=Money(int(one.amount_cents)),
                paid_on=dt.date.fromisoformat(one.paid_on),
            )
            for one in carrying.carried(practice)
        ],
    )


@app.post("/payments/deposits", status_code=201)
@requires(Permission.POST_PAYMENTS, action="add-deposit")
def add_deposit(request: m.DepositRequest) -> Response[m.DepositList]:
    if request.amount.cents <= 0:
        raise invalid("amount", "A deposit is more than nothing.")
    row = deposits.Row(request.day, request.amount, request.reference, request.description)
    deposits.add([row], actor=current_actor(), now=app.clock.now())
    return reply(deposit_list(), status=201)


@app.post("/payments/deposits/import", status_code=201)
@requires(Permission.POST_PAYMENTS, action="import-deposits")
def import_deposits(request: m.DepositFile) -> Response[m.DepositList]:
    """A bank's export, as CSV. All of its lines are taken, or none."""
    rows = deposits.read_csv(request.csv)
    deposits.add(rows, actor=current_actor(), now=app.clock.now())
    return reply(deposit_list(), status=201)


@app.post("/payments/deposits/<day>/<deposit_id>/match")
@requires(Permission.POST_PAYMENTS, action="match-deposit")
def match_deposit(
    day: dt.date,
    deposit_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")],
    request: m.DepositMatch,
) -> Response[m.DepositRead]:
    item = deposits.match(day, deposit_id, request.remittance_id, actor=current_actor())
    return reply(deposits.read(item))


@app.post("/payments/carried/<remittance_id>/<number>", status_code=204)
@requires(Permission.POST_PAYMENTS, action="explain-carried")
def explain_carried(
    remittance_id: RemittanceId,
    number: Annotated[int, Path(ge=1, le=99_999)],
    request: m.Explanation,
) -> Response[None]:
    carrying.explain(
        remittance_id,
        number,
        request.claim_id,
        request.reason,
        actor=current_actor(),
        clock=app.clock,
    )
    return reply(None, status=204)


@app.post("/payments/claims/<claim_id>/give-up")
@requires(Permission.POST_PAYMENTS, action="give-up-payer")
def give_up(claim_id: ClaimId, request: m.GivenUp) -> Response[m.TurnRead]:
    """A later payer is not waited for: what it was to be asked is the patient's."""
    turn = deciding_turns.give_up(
        claim_id,
        request.turn,
        request.reason,
        wait=request.wait,
        actor=current_actor(),
        clock=app.clock,
    )
    return reply(m.TurnRead(turn=turn))


@app.post("/payments/claims/<claim_id>/bill-next")
@requires(Permission.POST_PAYMENTS, action="bill-next-payer")
def bill_next(claim_id: ClaimId, request: m.Why) -> Response[m.TurnRead]:
    """The payer behind the last one that has answered gets its claim."""
    turn = deciding_turns.bill_next(
        claim_id, request.reason, actor=current_actor(), clock=app.clock
    )
    return reply(m.TurnRead(turn=turn))
