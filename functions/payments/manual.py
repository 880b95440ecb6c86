"""A payment explained on paper is typed in: the very same records, the very same posting."""

from __future__ import annotations

import datetime as dt

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Clock
from caresmith.errors import FieldError, invalid
from caresmith.ids import RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.payer import payer_directory
from caresmith.records.revenue.remittance import RemittanceItem, get_remittance
from caresmith.transactions import TransactionCancelled
from caresmith.x12.flaws import Place
from caresmith.x12.remittance.model import ProviderAdjustment
from functions.payments import runs
from functions.payments.checking import Checked
from functions.payments.errors import DoesNotAddUp, KnownRemittance
from functions.payments.filing import filed_now, keep_adjustments, keep_claims
from functions.payments.models import ManualRemittance
from functions.payments.receiving import add_head, head_of


def enter(request: ManualRemittance, *, actor: Actor, clock: Clock) -> RemittanceItem:
    """Keep it and post it. Raises DoesNotAddUp, KnownRemittance."""
    now = clock.now()
    _adds_up(request)
    if request.paid_on > runs.today(actor.practice_id, now) + dt.timedelta(days=31):
        raise invalid("paid_on", "The day of the payment lies too far ahead.")
    one = Checked(
        ordinal=1,
        payer_name=request.payer_name,
        payer_tax_id=request.payer_tax_id,
        trace=request.trace,
        amount=request.amount,
        method=request.method,
        paid_on=request.paid_on,
        claims=len(request.claims),
        adjustments=len(request.adjustments),
    )
    remittance = one.identity(actor.practice_id)
    head = head_of(one, remittance, payer_directory(actor.practice_id), actor, now)
    head.filed = 0
    try:
        add_head(head, actor)
    except TransactionCancelled:
        raise KnownRemittance from None
    keep_claims(head, list(enumerate(request.claims, 1)), actor)
    keep_adjustments(head, _adjustments(request), actor)
    audit().record(remittance)
    filed_now(head, actor, now)
    return _fresh(actor, remittance, head)


def _fresh(actor: Actor, remittance: RemittanceId, head: RemittanceItem) -> RemittanceItem:
    return get_remittance(actor.practice_id, remittance) or head


def _adds_up(request: ManualRemittance) -> None:
    """TR3 1.10.2: the claims less the provider adjustments are what was paid."""
    paid = sum(one.paid.cents for one in request.claims)
    less = sum(one.amount.cents for one in request.adjustments)
    if paid - less != request.amount.cents:
        sentence = (
            f"The claims come to {Money(paid)} and adjustments take {Money(less)}: that is "
            f"{Money(paid - less)}, and the payment is {request.amount}."
        )
        raise DoesNotAddUp(fields=[FieldError("amount", sentence)])


def _adjustments(request: ManualRemittance) -> list[ProviderAdjustment]:
    year_end = dt.date(request.paid_on.year, 12, 31)
    return [
        ProviderAdjustment("", year_end, one.reason, one.reference, one.amount, Place())
        for one in request.adjustments
    ]
