"""The console's board of claims, what is stuck, and what goes out from there."""

from __future__ import annotations

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import ClaimId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.claim import ClaimState
from caresmith.records.revenue.payer import payer_directory
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form
from functions.claims import acting, board, reopening
from functions.claims import models as m
from functions.claims.acting import Asked
from functions.claims.app import app
from functions.claims.pages import HOME, Html, page, posted_form, providers
from functions.claims.submission import starting


@app.get(HOME, include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list")
def board_page() -> Html:
    return _board(Form())


def _board(form: Form, status: int = 200) -> Html:
    actor, now = current_actor(), app.clock.now()
    query = app.current_event.query_string_parameters or {}
    asked = query.get("state", ClaimState.HELD)
    state = ClaimState(asked) if asked in set(ClaimState) else ClaimState.HELD
    chosen = {name: query.get(name, "")[:60] for name in ("payer", "provider", "after")}
    found = board.page(
        actor.practice_id,
        state,
        now,
        payer=chosen["payer"],
        provider=chosen["provider"],
        after=chosen["after"],
    )
    directory = payer_directory(actor.practice_id)
    return page(
        "board.html",
        status=status,
        found=found,
        counts=board.counts(actor.practice_id).counts,
        cards=patient_cards(actor.practice_id, [row.patient_id for row in found.rows]),
        payers={one.payer_id: one.facts.name for one in directory.payers},
        providers=providers(),
        chosen=chosen,
        form=form,
        finding=Form(),
        today=practice_setup(actor.practice_id).practice.day_at(now),
    )


@app.get(f"{HOME}/count", include_in_schema=False)
@requires(Permission.READ_CLAIMS, audited=False)
def count_part() -> Html:
    """The badge beside the menu's entry: what a biller has to look at."""
    practice = current_actor().practice_id
    waiting = board.count(practice, ClaimState.HELD, ClaimState.REJECTED)
    return count_badge(waiting + reopening.count(practice), "to see to")


@app.get(f"{HOME}/stuck", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list-stuck")
def stuck_page() -> Html:
    actor, now = current_actor(), app.clock.now()
    found = board.stuck(actor.practice_id, now)
    ids = [row.patient_id for rows in found.rows.values() for row in rows]
    ids += [row.patient_id for row in found.reopen]
    directory = payer_directory(actor.practice_id)
    return page(
        "stuck.html",
        found=found,
        cards=patient_cards(actor.practice_id, ids),
        payers={one.payer_id: one.facts.name for one in directory.payers},
        now=now,
    )


@app.post(f"{HOME}/approve", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="approve-many")
def approve_form() -> Html:
    """Each for itself: what may not go out stays, and the page says how many."""
    form, refused = posted_form(), 0
    chosen = form.values_of("claim")[: m.MOST_AT_ONCE]
    for one in chosen:
        claim, _, version = one.partition("@")
        try:
            asked = Asked.of(
                ClaimId(claim), int(version), actor=current_actor(), now=app.clock.now()
            )
            acting.approve(asked)
        except (DomainError, ValueError):
            refused += 1
    if refused or not chosen:
        said = (
            f"{refused} of {len(chosen)} could not be approved: look at their findings."
            if chosen
            else "Choose the claims that are to go out."
        )
        return _board(Form(errors={"": said}, title="Not all was approved."), 422)
    return web.redirect(f"{HOME}?state=approved#saved", app.current_event)


@app.post(f"{HOME}/send", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="send-now")
def send_form() -> Html:
    try:
        started = starting.send_now(actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _board(Form().refused(error), error.status)
    return web.redirect(f"{HOME}/files/{started.file_id}", app.current_event)
