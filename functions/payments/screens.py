"""The console's pages of remittances: the list, one payment, one claim, what waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict, invalid
from caresmith.http import requires
from caresmith.ids import ClaimId, ExchangeFileId, PatientId, RemittanceId
from caresmith.permissions import Permission
from caresmith.records.patient import current_card
from caresmith.records.revenue.claim import claim_of_control
from caresmith.records.revenue.remittance import RemittanceState
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, FormRefused, parse, posted
from functions.payments import deciding, listing, receiving, runs
from functions.payments import models as m
from functions.payments.app import app
from functions.payments.denial_routes import today
from functions.payments.errors import NoFileYet
from functions.payments.pages import BASE, fragment, page
from functions.payments.store import MOST_BYTES

Html = Response[str]
_Position = Annotated[int, Path(ge=1, le=999_999)]
_ONE = f"{BASE}/remittances/<remittance_id>"
_CLAIM = f"{_ONE}/claims/<position>"
_OPEN = tuple(one for one in RemittanceState if one is not RemittanceState.POSTED)


@app.get(BASE, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-remittances")
def remittances_page() -> Html:
    practice = current_actor().practice_id
    return page(
        "remittances.html",
        opened=listing.remittances(practice, _OPEN).remittances,
        done=listing.remittances(practice, (RemittanceState.POSTED,)).remittances[:50],
        files=[listing.file(one) for one in receiving.files_of(practice, app.clock.now().date())],
    )


@app.get(f"{BASE}/count", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, audited=False)
def waiting_count() -> Html:
    """The badge beside the menu's entry."""
    return count_badge(listing.count_unposted(current_actor().practice_id), "waiting")


# -- uploading ----------------------------------------------------------------


@app.post(f"{BASE}/uploads", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="begin-upload")
def begin_upload() -> Html:
    """Where the page may post the file to; or a sentence that says why not."""
    form = posted(app.form_lists())
    size = form.value("bytes")
    if not size.isdecimal() or not 1 <= int(size) <= MOST_BYTES:
        return _json(422, {"errors": {"file": "A file of 1 byte to 300 MB is taken."}})
    name = form.value("filename").strip() or "remittance.835"
    item, (url, fields) = receiving.begin(
        name, int(size), actor=current_actor(), now=app.clock.now()
    )
    return _json(201, {"document_id": item.file_id, "url": url, "fields": fields})


@app.post(f"{BASE}/uploads/<file_id>/complete", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="complete-upload")
def complete_part(file_id: ExchangeFileId) -> Html:
    """What has become of the file. While it is looked at, the part asks again by itself."""
    try:
        item = receiving.complete(file_id, actor=current_actor(), now=app.clock.now())
    except NoFileYet:
        return fragment("upload_state.html", file=None)
    return fragment("upload_state.html", file=listing.file(item))


def _json(status: int, body: object) -> Html:
    return Response(
        status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(body),
    )


# -- one payment --------------------------------------------------------------


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-remittance")
def remittance_page(remittance_id: RemittanceId) -> Html:
    practice = current_actor().practice_id
    after = app.current_event.get_query_string_value("after", "0") or "0"
    place = int(after) if after.isdecimal() and len(after) <= 6 else 0  # noqa: PLR2004
    return page(
        "remittance.html",
        read=listing.remittance(practice, remittance_id),
        rows=listing.claims(practice, remittance_id, place),
    )


@app.post(f"{_ONE}/post", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="post-remittance")
def post_form(remittance_id: RemittanceId) -> Html:
    listing.remittance(current_actor().practice_id, remittance_id)
    runs.go_on(remittance_id, actor=current_actor(), clock=app.clock)
    return web.redirect(f"{BASE}/remittances/{remittance_id}", app.current_event)


# -- one claim ----------------------------------------------------------------


@app.get(_CLAIM, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-remitted-claim")
def claim_page(remittance_id: RemittanceId, position: _Position) -> Html:
    return _claim(remittance_id, position, Form())


def _claim(remittance_id: RemittanceId, position: int, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    read = listing.claim(remittance_id, position, actor=actor)
    card = current_card(actor.practice_id, PatientId(read.patient_id)) if read.patient_id else None
    return page(
        "claim.html",
        status=status,
        read=read,
        said=read.said,
        head=listing.remittance(actor.practice_id, remittance_id),
        card=card,
        form=form,
        choices=listing.line_choices(read, actor.practice_id),
    )


@app.post(f"{_CLAIM}/match", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="match")
def match_form(remittance_id: RemittanceId, position: _Position) -> Html:
    form = posted(app.form_lists())
    return _decide(remittance_id, position, form, lambda: _match(remittance_id, position, form))


def _match(remittance_id: RemittanceId, position: int, form: Form) -> Any:
    claim = _claim_of(form)
    lines = {
        int(name.removeprefix("line-")): (value,)
        for name, value in form.values.items()
        if name.startswith("line-") and name.removeprefix("line-").isdecimal() and value
    }
    return deciding.match(
        remittance_id,
        position,
        claim,
        lines,
        version=_version(form),
        actor=current_actor(),
        clock=app.clock,
    )


def _claim_of(form: Form) -> ClaimId | None:
    """The claim that was picked, or whose control number was typed."""
    if picked := form.value("claim_id"):
        try:
            return ClaimId(picked)
        except ValueError:
            raise invalid("claim_id", "There is no such claim.") from None
    if number := form.value("control_number").strip():
        found = claim_of_control(current_actor().practice_id, number)
        if found is None:
            raise invalid("control_number", "No claim has this number.")
        return found
    return None


@app.post(f"{_CLAIM}/park", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="park")
def park_form(remittance_id: RemittanceId, position: _Position) -> Html:
    return _with_reason(remittance_id, position, deciding.park)


@app.post(f"{_CLAIM}/take-out", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="un-post")
def take_out_form(remittance_id: RemittanceId, position: _Position) -> Html:
    return _with_reason(remittance_id, position, deciding.take_out)


@app.post(f"{_CLAIM}/elsewhere", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="other-system")
def elsewhere_form(remittance_id: RemittanceId, position: _Position) -> Html:
    return _with_reason(remittance_id, position, deciding.elsewhere)


@app.post(f"{_CLAIM}/bring-back", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="bring-back")
def bring_back_form(remittance_id: RemittanceId, position: _Position) -> Html:
    return _with_reason(remittance_id, position, deciding.bring_back)


@app.post(f"{_CLAIM}/seen", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="seen")
def seen_form(remittance_id: RemittanceId, position: _Position) -> Html:
    deciding.seen(remittance_id, position, actor=current_actor(), clock=app.clock)
    return web.redirect(f"{BASE}/unposted", app.current_event)


def _with_reason(remittance_id: RemittanceId, position: int, decide: Callable[..., Any]) -> Html:
    form = posted(app.form_lists())

    def carry_out() -> None:
        request = parse(form, m.ReasonRequest, ignore=("version",))
        decide(
            remittance_id,
            position,
            request.reason,
            version=_version(form),
            actor=current_actor(),
            clock=app.clock,
        )

    return _decide(remittance_id, position, form, carry_out)


def _decide(
    remittance_id: RemittanceId, position: int, form: Form, carry_out: Callable[[], Any]
) -> Html:
    """Carry it out and show the claim as it is now; or the page with what is in the way."""
    try:
        carry_out()
    except FormRefused as refused:
        return _claim(remittance_id, position, refused.form, 422)
    except DomainError as error:
        return _claim(remittance_id, position, form.refused(error), error.status)
    return web.redirect(f"{BASE}/remittances/{remittance_id}/claims/{position}", app.current_event)


def _version(form: Form) -> int:
    text = form.value("version")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)


# -- what waits ----------------------------------------------------------------


@app.get(f"{BASE}/unposted", include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-unposted")
def unposted_page() -> Html:
    return page("unposted.html", read=listing.unposted(current_actor().practice_id), today=today())
