"""What the accounts feature keeps beside the ledger.

==================================  =====================================  =========================
 access                              pk                                     sk
==================================  =====================================  =========================
 of an account, with the ledger      ``<practice>#account#<patient>``       ``plan#<id>``,
   (one query)                                                              ``adjustment#<id>``
   and what ``records/revenue/``                                            ``billing``,
   has of statements and pay links                                          ``statement#<id>``,
                                                                            ``paylink#<digest>``
 what waits for a second person      ``<practice>#approvals``               ``<adjustment>``
 runs of statements, by day          ``<practice>#statement-runs``          ``<day>#<slice>``
 plans that are paid off             ``<practice>#plans``                   ``<plan>``
 accounts at the agency              ``<practice>#collections``             ``<patient>``
 for whom somebody pays              ``<practice>#guarantor#<patient>``     ``<patient>``
 a page on which a card is left      ``<practice>#checkout#<id>``           ``card-page``
 whose card payment it is            ``card#<intent>``                      ``practice``
 what a card processor told          ``<practice>#told#<event>``            ``told``
 the rules                           ``<practice>#accounts``                ``settings``
==================================  =====================================  =========================

Estimates: :mod:`functions.accounts.estimating.records`.

In clear lie ids, days, states and amounts; what is said in words is sealed.
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import AdjustmentId, PatientId, PlanId, PracticeId
from caresmith.tables import RevenueItem

CARD_PAGE: Final = "card-page"
TOLD: Final = "told"


class RunItem(RevenueItem, discriminator="statement-run"):
    """One slice of a day's statements, as a file to print."""

    day = UnicodeAttribute()
    at = UnicodeAttribute()
    key = UnicodeAttribute()
    made = NumberAttribute()
    cents = NumberAttribute()
    unlinked = ListAttribute(of=UnicodeAttribute, default=list)
    """``<patient>#<statement>`` of those whose patients are told that it was printed."""


class PlanItem(RevenueItem, discriminator="payment-plan"):
    plan_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    state = UnicodeAttribute()
    """active, done, broken, ended"""
    total_cents = NumberAttribute()
    instalments = JSONAttribute()
    """``[[day, cents]]``, in their order."""
    paid_before = NumberAttribute()
    """What the patient had paid of all when the plan began: more is paid on the plan."""
    told_through = UnicodeAttribute(null=True)
    """Up to which due day somebody was told of a missed payment."""
    autopay = BooleanAttribute(default=False)
    """Whether the patient wants a card to pay it; that one does, ``card`` says."""
    card = JSONAttribute(null=True)
    """``{state, page, customer, method, agreed_at, agreed_by}``: ids of the processor's alone."""
    card_words = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``card``: how the patient knows it."""
    charging = JSONAttribute(null=True)
    """``{payment_id, cents, due, number, at}``: what was asked for and is not answered yet."""
    tries = JSONAttribute(null=True)
    """``{due, number, day, code, next}`` of the instalment that the card did not pay."""
    began = UnicodeAttribute()
    by = UnicodeAttribute()
    version = NumberAttribute()


class ListedPlanItem(RevenueItem, discriminator="listed-plan"):
    plan_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    by_card = BooleanAttribute(default=False)
    """Whether a card pays its instalments."""


class AdjustmentItem(RevenueItem, discriminator="adjustment"):
    """Money that is asked to be given up, and what became of it."""

    adjustment_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    state = UnicodeAttribute()
    """asked, posted, declined, reversed"""
    reason = UnicodeAttribute()
    lines = JSONAttribute()
    """``{sheet: {line: cents}}``"""
    cents = NumberAttribute()
    asked_by = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    decided_by = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    version = NumberAttribute()
    note = BinaryAttribute(legacy_encoding=False, null=True)


class ApprovalItem(RevenueItem, discriminator="approval"):
    adjustment_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    cents = NumberAttribute()
    reason = UnicodeAttribute()
    asked_by = UnicodeAttribute()
    asked_at = UnicodeAttribute()


class CollectedItem(RevenueItem, discriminator="in-collections"):
    patient_id = UnicodeAttribute()
    day = UnicodeAttribute()
    cents = NumberAttribute()
    by = UnicodeAttribute()


class GuarantorItem(RevenueItem, discriminator="pays-for"):
    patient_id = UnicodeAttribute()


class PaidForItem(RevenueItem, discriminator="paid-for"):
    """Who pays for a patient, to find the other item when that changes."""

    guarantor_id = UnicodeAttribute()


class CardPageItem(RevenueItem, discriminator="card-page"):
    """A page of the processor's on which a patient leaves a card for a plan."""

    patient_id = UnicodeAttribute()
    plan_id = UnicodeAttribute()
    made_at = UnicodeAttribute()
    by = UnicodeAttribute()


class IntentItem(RevenueItem, discriminator="card-intent"):
    """Leads from the processor's id of a payment to ours."""

    patient_id = UnicodeAttribute()
    payment_id = UnicodeAttribute()


class CardPracticeItem(RevenueItem, discriminator="card-practice"):
    """Whose payment it is, for what names the payment alone. The one key without a practice."""

    practice = UnicodeAttribute()


class ToldItem(RevenueItem, discriminator="card-told"):
    """What the processor told: acted on once."""

    kind = UnicodeAttribute()
    at = UnicodeAttribute()
    members = ListAttribute(of=UnicodeAttribute, default=list)


def plan_sort_key(plan: PlanId) -> str:
    return f"plan#{plan}"


def adjustment_sort_key(adjustment: AdjustmentId) -> str:
    return f"adjustment#{adjustment}"


def approvals_key(practice: PracticeId) -> str:
    return f"{practice}#approvals"


def runs_key(practice: PracticeId) -> str:
    return f"{practice}#statement-runs"


def plans_key(practice: PracticeId) -> str:
    return f"{practice}#plans"


def collections_key(practice: PracticeId) -> str:
    return f"{practice}#collections"


def guarantor_key(practice: PracticeId, patient: PatientId) -> str:
    return f"{practice}#guarantor#{patient}"


def card_key(intent: str) -> str:
    return f"card#{intent}"


def told_key(practice: PracticeId, event: str) -> str:
    return f"{practice}#told#{event}"
