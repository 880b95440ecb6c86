"""What Stripe's events mean here.

=============================================  ============  ==================================
 Stripe                                         ours          amount
=============================================  ============  ==================================
 checkout.session.completed (setup)             card-kept
 payment_intent.succeeded (of a plan)           charged       amount_received
 checkout.session.completed (paid),             paid          amount_total
   checkout.session.async_payment_succeeded
 checkout.session.expired,                      expired
   checkout.session.async_payment_failed
 charge.refunded                                refunded      amount_refunded: of all refunds
 charge.dispute.funds_withdrawn                 withdrawn     amount
 charge.dispute.funds_reinstated                reinstated    amount
=============================================  ============  ==================================
"""

from __future__ import annotations

from typing import Any

from caresmith.cards import PlanOf, Told
from caresmith.ids import PaymentId, PlanId, PracticeId


def meaning(event: dict[str, Any]) -> Told | None:
    """In our words; None where it concerns us not."""
    about = event["data"]["object"]
    kind = str(event["type"])
    if kind.startswith("checkout.session."):
        return _page(event["id"], kind, about)
    if kind == "payment_intent.succeeded":
        return _charged(event["id"], about)
    return _back(event["id"], kind, about)


def _charged(event: str, about: dict[str, Any]) -> Told | None:
    """Of a plan: those of a page are told with their page."""
    plan = _plan(about)
    if plan is None:
        return None
    return Told(
        event,
        "charged",
        _practice(about),
        int(about["amount_received"]),
        intent_id=str(about["id"]),
        plan=plan,
    )


def _page(event: str, kind: str, about: dict[str, Any]) -> Told | None:
    practice, page = _practice(about), str(about["id"])
    if kind == "checkout.session.completed" and about.get("mode") == "setup":
        return Told(
            event, "card-kept", practice, page_id=page, intent_id=str(about["setup_intent"])
        )
    if kind in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        if about.get("payment_status") != "paid":
            # A bank debit: it is paid when the processor says so.
            return None
        return Told(
            event,
            "paid",
            practice,
            int(about["amount_total"]),
            page_id=page,
            intent_id=str(about.get("payment_intent") or page),
        )
    if kind in ("checkout.session.expired", "checkout.session.async_payment_failed"):
        return Told(event, "expired", practice, page_id=page)
    return None


def _back(event: str, kind: str, about: dict[str, Any]) -> Told | None:
    """Money that went back, or came again."""
    practice, intent = _practice(about), str(about.get("payment_intent") or "")
    if kind == "charge.refunded":
        refunded = int(about["amount_refunded"])
        return Told(event, "refunded", practice, refunded, intent_id=intent)
    if kind in ("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"):
        return Told(
            event,
            "withdrawn" if kind.endswith("withdrawn") else "reinstated",
            practice,
            int(about["amount"]),
            intent_id=intent,
            dispute_id=str(about["id"]),
        )
    return None


def _plan(about: dict[str, Any]) -> PlanOf | None:
    told = about.get("metadata") or {}
    try:
        return PlanOf(
            PlanId(str(told.get("plan_id", ""))),
            PaymentId(str(told.get("payment_id", ""))),
        )
    except ValueError:
        return None


def _practice(about: dict[str, Any]) -> PracticeId | None:
    try:
        return PracticeId(str((about.get("metadata") or {}).get("practice_id", "")))
    except ValueError:
        return None
