"""Routes of payments: files, remittances, what waits for a biller, paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.errors import invalid
from caresmith.events import ChargesChanged, ExchangeFileArrived, RemittanceFiled
from caresmith.http import etag, reply, requires
from caresmith.ids import ExchangeFileId, RemittanceId
from caresmith.permissions import Permission
from caresmith.records.revenue.remittance import RemittanceState
from functions.payments import (
    credit_routes,
    deciding,
    deciding_turns,
    denial_routes,
    filing,
    listing,
    manual,
    owed_routes,
    owed_screens,
    receiving,
    runs,
    screens,
    settings,
    settings_screens,
    turn_screens,
    work_screens,
)
from functions.payments import models as m
from functions.payments.app import app

__all__ = [
    "app",
    "credit_routes",
    "denial_routes",
    "handler",
    "owed_routes",
    "owed_screens",
    "screens",
    "settings_screens",
    "turn_screens",
    "work_screens",
]

_Position = Annotated[int, Path(ge=1, le=999_999)]
_CLAIM = "/payments/remittances/<remittance_id>/claims/<position>"


# -- files ----------------------------------------------------------------


@app.post("/payments/files", status_code=201)
@requires(Permission.POST_PAYMENTS, action="begin-upload")
def begin_upload(request: m.UploadRequest) -> Response[m.UploadForm]:
    item, (url, fields) = receiving.begin(
        request.name, request.bytes, actor=current_actor(), now=app.clock.now()
    )
    form = m.UploadForm(file_id=ExchangeFileId(item.file_id), url=url, fields=fields)
    return reply(form, status=201)


@app.post("/payments/files/<file_id>/complete", status_code=202)
@requires(Permission.POST_PAYMENTS, action="complete-upload")
def complete_upload(file_id: ExchangeFileId) -> Response[m.FileRead]:
    item = receiving.complete(file_id, actor=current_actor(), now=app.clock.now())
    return reply(listing.file(item), status=202)


@app.get("/payments/files/<file_id>")
@requires(Permission.READ_PAYMENTS, action="read-file")
def read_file(file_id: ExchangeFileId) -> Response[m.FileRead]:
    return reply(listing.file(receiving.read_file(current_actor().practice_id, file_id)))


# -- remittances ----------------------------------------------------------


@app.get("/payments/remittances")
@requires(Permission.READ_PAYMENTS, action="read-remittances")
def read_remittances(
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response[m.Remittances]:
    try:
        states = (RemittanceState(state),) if state else tuple(RemittanceState)
    except ValueError:
        raise invalid("state", "is no state of a remittance") from None
    return reply(listing.remittances(current_actor().practice_id, states))


@app.post("/payments/remittances", status_code=201)
@requires(Permission.POST_PAYMENTS, action="enter-remittance")
def enter_remittance(request: m.ManualRemittance) -> Response[m.RemittanceRead]:
    head = manual.enter(request, actor=current_actor(), clock=app.clock)
    found = listing.remittance(current_actor().practice_id, RemittanceId(head.remittance_id))
    return reply(found, status=201)


@app.get("/payments/remittances/<remittance_id>")
@requires(Permission.READ_PAYMENTS, action="read-remittance")
def read_remittance(remittance_id: RemittanceId) -> Response[m.RemittanceRead]:
    return reply(listing.remittance(current_actor().practice_id, remittance_id))


@app.post("/payments/remittances/<remittance_id>/post")
@requires(Permission.POST_PAYMENTS, action="post-remittance")
def post_remittance(remittance_id: RemittanceId) -> Response[m.RemittanceRead]:
    """Approve a remittance that waits, or go on with one that stopped."""
    actor = current_actor()
    listing.remittance(actor.practice_id, remittance_id)
    runs.go_on(remittance_id, actor=actor, clock=app.clock)
    return reply(listing.remittance(actor.practice_id, remittance_id))


@app.get("/payments/remittances/<remittance_id>/claims")
@requires(Permission.READ_PAYMENTS, action="read-remitted-claims")
def read_claims(
    remittance_id: RemittanceId, after: Annotated[int, Query(ge=0, le=999_999)] = 0
) -> Response[m.ClaimRows]:
    return reply(listing.claims(current_actor().practice_id, remittance_id, after))


@app.get(_CLAIM)
@requires(Permission.READ_PAYMENTS, action="read-remitted-claim")
def read_claim(remittance_id: RemittanceId, position: _Position) -> Response[m.ClaimRead]:
    return _claim(remittance_id, position)


def _claim(remittance_id: RemittanceId, position: int) -> Response[m.ClaimRead]:
    found = listing.claim(remittance_id, position, actor=current_actor())
    return reply(found, headers=etag(found.version))


def _decided(
    decide: Callable[..., object], remittance_id: RemittanceId, position: int, *said: Any
) -> Response[m.ClaimRead]:
    """The claim of the version that was seen, after what was decided of it."""
    decide(
        remittance_id,
        position,
        *said,
        version=app.if_match(),
        actor=current_actor(),
        clock=app.clock,
    )
    return _claim(remittance_id, position)


@app.post(f"{_CLAIM}/match")
@requires(Permission.POST_PAYMENTS, action="match")
def match(
    remittance_id: RemittanceId, position: _Position, request: m.MatchRequest
) -> Response[m.ClaimRead]:
    return _decided(deciding.match, remittance_id, position, request.claim_id, dict(request.lines))


@app.post(f"{_CLAIM}/park")
@requires(Permission.POST_PAYMENTS, action="park")
def park(
    remittance_id: RemittanceId, position: _Position, request: m.ReasonRequest
) -> Response[m.ClaimRead]:
    return _decided(deciding.park, remittance_id, position, request.reason)


@app.post(f"{_CLAIM}/take-out")
@requires(Permission.POST_PAYMENTS, action="un-post")
def take_out(
    remittance_id: RemittanceId, position: _Position, request: m.ReasonRequest
) -> Response[m.ClaimRead]:
    return _decided(deciding.take_out, remittance_id, position, request.reason)


@app.post(f"{_CLAIM}/elsewhere")
@requires(Permission.POST_PAYMENTS, action="other-system")
def elsewhere(
    remittance_id: RemittanceId, position: _Position, request: m.ReasonRequest
) -> Response[m.ClaimRead]:
    """Its claim is of an earlier system: the payment goes to that system's book."""
    return _decided(deciding.elsewhere, remittance_id, position, request.reason)


@app.post(f"{_CLAIM}/bring-back")
@requires(Permission.POST_PAYMENTS, action="bring-back")
def bring_back(
    remittance_id: RemittanceId, position: _Position, request: m.ReasonRequest
) -> Response[m.ClaimRead]:
    """It is a claim of ours after all."""
    return _decided(deciding.bring_back, remittance_id, position, request.reason)


@app.post(f"{_CLAIM}/seen", status_code=204)
@requires(Permission.POST_PAYMENTS, action="seen")
def seen(remittance_id: RemittanceId, position: _Position) -> Response[None]:
    deciding.seen(remittance_id, position, actor=current_actor(), clock=app.clock)
    return reply(None, status=204)


@app.get("/payments/unposted")
@requires(Permission.READ_PAYMENTS, action="read-unposted")
def read_unposted() -> Response[m.UnpostedList]:
    return reply(listing.unposted(current_actor().practice_id))


# -- settings -------------------------------------------------------------


@app.get("/payments/settings")
@requires(Permission.READ_PAYMENTS, action="read-settings")
def read_settings() -> Response[m.SettingsRead]:
    found, version = settings.read_settings(current_actor().practice_id)
    return reply(m.SettingsRead(settings=found, version=version), headers=etag(version))


@app.put("/payments/settings")
@requires(Permission.MANAGE_BILLING_RULES, action="change-settings")
def change_settings(request: settings.PaymentSettings) -> Response[m.SettingsRead]:
    version = settings.change_settings(request, app.if_match(), actor=current_actor())
    return reply(m.SettingsRead(settings=request, version=version), headers=etag(version))


def _check(event: Mapping[str, Any]) -> None:
    receiving.check_task(event, app.clock)


def _file(event: Mapping[str, Any]) -> None:
    filing.file_task(event, app.clock)


def _post(event: Mapping[str, Any]) -> None:
    runs.post_task(event, app.clock)


def _arrived(event: ExchangeFileArrived) -> None:
    receiving.arrived(event, app.clock)


def _charges_changed(event: ChargesChanged) -> None:
    deciding_turns.follow_charges(event, actor=current_actor(), clock=app.clock)


def _filed(event: RemittanceFiled) -> None:
    runs.filed(event, app.clock)


handler = make_handler(
    app,
    consumers={
        ExchangeFileArrived: _arrived,
        RemittanceFiled: _filed,
        ChargesChanged: _charges_changed,
    },
    tasks={"check-remittance": _check, "file-remittance": _file, "post-remittance": _post},
)
