"""What other features tell: charges and answers of payers, charts that change.

Whatever is told twice or late finds the account in order and changes nothing.
"""

from __future__ import annotations

from caresmith.actor import current_actor
from caresmith.events import PatientsMerged, RevenueEvent, TurnPassed
from functions.accounts import payments
from functions.accounts.app import app


def on_charges(event: RevenueEvent) -> None:
    """Charges arose, changed or went: money that waits pays them, what lies too much comes off."""
    payments.settle(event.patient_id, actor=current_actor(), now=app.clock.now())


def on_turn(event: TurnPassed) -> None:
    """A payer is done; where it is the patient's turn, what they paid ahead is applied."""
    on_charges(event)


def on_merge(event: PatientsMerged) -> None:
    """Two charts are one person's: what one has unapplied pays what the other owes."""
    payments.settle(event.patient_id, actor=current_actor(), now=app.clock.now())
