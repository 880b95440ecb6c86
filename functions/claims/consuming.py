"""What claims hear: charges released, changed, taken back; turns that passed; numbers that came;
what payers agree to."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from caresmith.actor import current_actor
from caresmith.errors import NotFound
from caresmith.events import (
    AuthorizationChanged,
    ChargesChanged,
    ChargesReleased,
    ChargesVoided,
    ClaimMoved,
    TurnPassed,
)
from functions.claims import agreeing
from functions.claims.app import app
from functions.claims.following import Follower, follow
from functions.claims.gathering import sheet_named
from functions.claims.making import Maker
from functions.claims.standing import OVER, UNDER_WAY

_PATIENT: Final = 0
_FIRST: Final = 1
_QUIET: Final = frozenset(state.value for state in OVER | UNDER_WAY)


def on_charges(event: ChargesReleased | ChargesChanged | ChargesVoided) -> None:
    follow(current_actor(), app.clock.now(), event.sheet_id)


def on_turn(event: TurnPassed) -> None:
    """The next payer's claim; where the payer before has forwarded its own, one to wait for."""
    if event.turn == _FIRST:
        return
    actor = current_actor()
    sheet = sheet_named(actor.practice_id, event.sheet_id)
    if sheet is None:
        return
    follower = Follower(Maker.of(actor, app.clock.now()))
    if event.turn == _PATIENT:
        follower.no_longer_awaited(sheet)
    elif event.crossed_over:
        follower.expect_turn(sheet, event.turn)
    else:
        follower.pass_turn(sheet, event.turn)


def on_moved(event: ClaimMoved) -> None:
    """A payer has answered: a claim that was behind its sheet may be corrected now."""
    if event.state in _QUIET:
        return
    maker = Maker.of(current_actor(), app.clock.now())
    with suppress(NotFound):
        Follower(maker).catch_up(maker.read(event.claim_id))


def on_authorization(event: AuthorizationChanged) -> None:
    """What a payer agrees to stands on file anew: claims may have waited for it, or rest on it."""
    agreeing.look_again(current_actor(), app.clock.now(), event.patient_id)
