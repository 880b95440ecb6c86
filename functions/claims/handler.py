"""Routes of claims, what they hear on the bus, and the tasks of the submission's workflow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.claims.draft import NotSendable
from caresmith.dispatch import make_handler
from caresmith.errors import DomainError
from caresmith.events import (
    AuthorizationChanged,
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    ClaimMoved,
    ClaimsDue,
    ExchangeFileArrived,
    TurnPassed,
)
from caresmith.http import etag, reply, requires
from caresmith.ids import ClaimId, ExchangeFileId
from caresmith.permissions import Permission
from caresmith.records.revenue.claim import ClaimState
from functions.claims import (
    acting,
    attaching,
    board,
    consuming,
    finding,
    printing,
    rules_service,
    screens,
    viewing,
)
from functions.claims import models as m
from functions.claims.acting import Asked
from functions.claims.answers import filing, polling, reading
from functions.claims.app import app
from functions.claims.errors import StillFlawed
from functions.claims.scrubbing.payer_rules.model import PayerRule
from functions.claims.submission import gathering, sending, starting

__all__ = ["app", "handler", "screens"]

_Text = Annotated[str, Query(max_length=120)]
_RuleId = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]


# -- the board ------------------------------------------------------------------


@app.get("/claims")
@requires(Permission.READ_CLAIMS, action="list")
def list_claims(
    state: Annotated[ClaimState, Query()] = ClaimState.HELD,
    payer_id: _Text = "",
    provider_id: _Text = "",
    after: _Text = "",
) -> Response[m.BoardPage]:
    return reply(
        board.page(
            current_actor().practice_id,
            state,
            app.clock.now(),
            payer=payer_id,
            provider=provider_id,
            after=after,
        )
    )


@app.get("/claims/counts")
@requires(Permission.READ_CLAIMS, audited=False)
def count_claims() -> Response[m.Counts]:
    """Numbers alone: nobody's data."""
    return reply(board.counts(current_actor().practice_id))


@app.get("/claims/stuck")
@requires(Permission.READ_CLAIMS, action="list-stuck")
def list_stuck() -> Response[m.Stuck]:
    return reply(board.stuck(current_actor().practice_id, app.clock.now()))


# Whose claims they are must not stand in a URL's words, so a search is posted.
@app.post("/claims/search")
@requires(Permission.READ_CLAIMS, action="search")
def search_claims(request: m.Search) -> Response[m.FoundClaims]:
    return reply(finding.search(current_actor().practice_id, request))


# -- one claim --------------------------------------------------------------------


@app.get("/claims/<claim_id>")
@requires(Permission.READ_CLAIMS, action="read")
def read_claim(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _shown(claim_id)


@app.get("/claims/<claim_id>/x12")
@requires(Permission.READ_CLAIMS, action="read-x12")
def read_x12(claim_id: ClaimId) -> Response[Any]:
    """The claim as it would go out, for who helps with it."""
    try:
        text = viewing.as_x12(current_actor().practice_id, claim_id)
    except NotSendable as flawed:
        raise StillFlawed(str(flawed)) from None
    return Response(
        200,
        content_type="application/edi-x12; charset=us-ascii",
        headers={"Cache-Control": "no-store"},
        body=text,
    )


@app.get("/claims/<claim_id>/cms-1500")
@requires(Permission.READ_CLAIMS, action="print")
def print_claim(claim_id: ClaimId, form: Annotated[bool, Query()] = False) -> Response[Any]:
    """For the pre-printed red form; with ``form``, on a plain one of our own."""
    return printing.paper(current_actor().practice_id, claim_id, app.clock.now(), form=form)


@app.post("/claims/<claim_id>/fix")
@requires(Permission.WORK_CLAIMS, action="fix")
def fix(claim_id: ClaimId, request: m.FixRequest) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.fix(asked, request.key))


@app.post("/claims/<claim_id>/facts")
@requires(Permission.WORK_CLAIMS, action="edit")
def edit(claim_id: ClaimId, request: m.EditRequest) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.edit(asked, request.facts))


@app.post("/claims/<claim_id>/attachments")
@requires(Permission.WORK_CLAIMS, action="attach")
def attach(claim_id: ClaimId, request: m.Attach) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: attaching.attach(asked, request))


@app.post("/claims/<claim_id>/attachments/remove")
@requires(Permission.WORK_CLAIMS, action="detach")
def detach(claim_id: ClaimId, request: m.Detach) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: attaching.detach(asked, request))


@app.post("/claims/<claim_id>/override")
@requires(Permission.WORK_CLAIMS, action="override")
def override(claim_id: ClaimId, request: m.OverrideRequest) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.override(asked, request.key, request.reason))


@app.post("/claims/<claim_id>/hold")
@requires(Permission.WORK_CLAIMS, action="hold")
def hold(claim_id: ClaimId, request: m.Reason) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.hold(asked, request.reason))


@app.post("/claims/<claim_id>/let-go")
@requires(Permission.WORK_CLAIMS, action="let-go")
def let_go(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _acted(claim_id, acting.let_go)


@app.post("/claims/<claim_id>/redraft")
@requires(Permission.WORK_CLAIMS, action="redraft")
def redraft(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _acted(claim_id, acting.redraft)


@app.post("/claims/<claim_id>/rescrub")
@requires(Permission.WORK_CLAIMS, action="rescrub")
def rescrub(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _acted(claim_id, acting.rescrub)


@app.post("/claims/<claim_id>/approve")
@requires(Permission.SUBMIT_CLAIMS, action="approve")
def approve(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _acted(claim_id, acting.approve)


@app.post("/claims/<claim_id>/withdraw")
@requires(Permission.SUBMIT_CLAIMS, action="withdraw")
def withdraw(claim_id: ClaimId) -> Response[m.ClaimRead]:
    return _acted(claim_id, acting.withdraw)


@app.post("/claims/<claim_id>/void")
@requires(Permission.SUBMIT_CLAIMS, action="void")
def void(claim_id: ClaimId, request: m.Reason) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.void(asked, request.reason))


@app.post("/claims/<claim_id>/correct")
@requires(Permission.SUBMIT_CLAIMS, action="correct")
def correct(claim_id: ClaimId) -> Response[m.ClaimRead]:
    """The answer is the new claim."""
    return _shown(acting.correct(_asked(claim_id)), status=201)


@app.post("/claims/<claim_id>/anew", status_code=201)
@requires(Permission.SUBMIT_CLAIMS, action="send-anew")
def send_anew(claim_id: ClaimId, request: m.Reason) -> Response[m.ClaimRead]:
    """The answer is the new claim."""
    return _shown(acting.send_anew(_asked(claim_id), request.reason), status=201)


@app.post("/claims/<claim_id>/reopening")
@requires(Permission.SUBMIT_CLAIMS, action="ask-to-reopen")
def ask_to_reopen(claim_id: ClaimId, request: m.Reopening) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.ask_to_reopen(asked, request.way, request.note))


@app.post("/claims/<claim_id>/confirmed")
@requires(Permission.SUBMIT_CLAIMS, action="confirm")
def confirm(claim_id: ClaimId, request: m.Confirmed) -> Response[m.ClaimRead]:
    return _acted(
        claim_id,
        lambda asked: acting.confirm(asked, request.payer_control_number, request.note),
    )


@app.post("/claims/<claim_id>/resubmit")
@requires(Permission.SUBMIT_CLAIMS, action="resubmit")
def resubmit(claim_id: ClaimId, request: m.Reason) -> Response[m.ClaimRead]:
    return _acted(claim_id, lambda asked: acting.resubmit(asked, request.reason))


@app.post("/claims/<claim_id>/handed-over")
@requires(Permission.SUBMIT_CLAIMS, action="hand-over")
def handed_over(claim_id: ClaimId, request: m.HandedOver) -> Response[m.ClaimRead]:
    return _acted(
        claim_id, lambda asked: acting.mark_sent_elsewhere(asked, request.way, request.note)
    )


@app.post("/claims/<claim_id>/ask", status_code=201)
@requires(Permission.SUBMIT_CLAIMS, action="ask-status")
def ask(claim_id: ClaimId) -> Response[m.FileRead]:
    """What the payer answers is a file that is read like any other."""
    return reply(acting.ask(_asked(claim_id)), status=201)


@app.post("/claims/approvals")
@requires(Permission.SUBMIT_CLAIMS, action="approve-many")
def approve_many(request: m.ApproveMany) -> Response[m.ApprovedMany]:
    """Each for itself: one that may not go out keeps none of the others back."""
    answers = []
    for one in request.claims:
        try:
            acting.approve(
                Asked.of(one.claim_id, one.version, actor=current_actor(), now=app.clock.now())
            )
            answers.append(m.ApprovedOne(claim_id=one.claim_id, approved=True))
        except DomainError as error:
            answers.append(m.ApprovedOne(claim_id=one.claim_id, approved=False, reason=error.kind))
    return reply(m.ApprovedMany(claims=answers))


def _asked(claim_id: ClaimId) -> Asked:
    return Asked.of(claim_id, app.if_match(), actor=current_actor(), now=app.clock.now())


def _acted(claim_id: ClaimId, act: Callable[[Asked], None]) -> Response[m.ClaimRead]:
    act(_asked(claim_id))
    return _shown(claim_id)


def _shown(claim_id: ClaimId, status: int = 200) -> Response[m.ClaimRead]:
    read = viewing.read(current_actor().practice_id, claim_id)
    return reply(read, status=status, headers=etag(read.version))


# -- files --------------------------------------------------------------------------


@app.post("/claims/batches", status_code=202)
@requires(Permission.SUBMIT_CLAIMS, action="send-now")
def send_now() -> Response[m.SendStarted]:
    return reply(starting.send_now(actor=current_actor(), now=app.clock.now()), status=202)


@app.get("/claims/files")
@requires(Permission.READ_CLAIMS, action="list-files")
def list_files(day: Annotated[date | None, Query()] = None) -> Response[m.Files]:
    return reply(filing.list_files(current_actor().practice_id, day, app.clock.now()))


@app.post("/claims/files", status_code=201)
@requires(Permission.SUBMIT_CLAIMS, action="take-file")
def take_file() -> Response[m.Taken]:
    """A file that came another way; whatever it is, it is kept."""
    name = app.current_event.get_query_string_value("name", "") or ""
    taken = filing.take(name, app.raw_body(), "upload", actor=current_actor(), now=app.clock.now())
    return reply(taken, status=200 if taken.known else 201)


@app.get("/claims/files/<file_id>")
@requires(Permission.READ_CLAIMS, action="read-file")
def read_file(file_id: ExchangeFileId) -> Response[m.FileRead]:
    return reply(filing.read_file(current_actor().practice_id, file_id))


@app.get("/claims/files/<file_id>/content")
@requires(Permission.READ_CLAIMS, action="read-file-content")
def read_content(file_id: ExchangeFileId) -> Response[Any]:
    return filing.content(current_actor().practice_id, file_id)


# -- payer rules ------------------------------------------------------------------


@app.get("/claims/payer-rules")
@requires(Permission.READ_CLAIMS, audited=False)
def list_rules() -> Response[m.RulesRead]:
    return reply(rules_service.list_rules(current_actor().practice_id))


@app.post("/claims/payer-rules", status_code=201)
@requires(Permission.MANAGE_PAYER_RULES, action="add-rule")
def add_rule(rule: PayerRule) -> Response[m.RuleRead]:
    read = rules_service.add(rule, actor=current_actor(), now=app.clock.now())
    return reply(read, status=201, headers=etag(read.version))


@app.post("/claims/payer-rules/try")
@requires(Permission.MANAGE_PAYER_RULES, action="try-rule")
def try_rule(rule: PayerRule) -> Response[m.RuleTry]:
    return reply(rules_service.try_on(rule, actor=current_actor(), now=app.clock.now()))


@app.get("/claims/payer-rules/<payer_rule>")
@requires(Permission.READ_CLAIMS, audited=False)
def read_rule(payer_rule: _RuleId) -> Response[m.RuleRead]:
    read = rules_service.read_rule(current_actor().practice_id, payer_rule)
    return reply(read, headers=etag(read.version))


@app.put("/claims/payer-rules/<payer_rule>")
@requires(Permission.MANAGE_PAYER_RULES, action="change-rule")
def change_rule(payer_rule: _RuleId, rule: PayerRule) -> Response[m.RuleRead]:
    read = rules_service.change(
        rule.model_copy(update={"id": payer_rule}),
        app.if_match(),
        actor=current_actor(),
        now=app.clock.now(),
    )
    return reply(read, headers=etag(read.version))


handler = make_handler(
    app,
    consumers={
        ChargesReleased: consuming.on_charges,
        ChargesChanged: consuming.on_charges,
        ChargesVoided: consuming.on_charges,
        TurnPassed: consuming.on_turn,
        ClaimMoved: consuming.on_moved,
        AuthorizationChanged: consuming.on_authorization,
        ClaimsDue: starting.on_claims_due,
        ExchangeFileArrived: reading.on_file,
    },
    tasks={
        "gather": gathering.gather_slice,
        "build": sending.build,
        "deliver": sending.deliver,
        "mark-sent": sending.mark_sent,
        "await-answer": sending.await_answer,
        "overdue": sending.overdue,
        "give-back": sending.give_back,
        "poll": polling.poll,
        "read-answers": reading.go_on,
    },
    jobs={"poll-exchange": polling.poll_all},
)
