"""What the marked patient owes and pays: who paid, how, and why may not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

ACCOUNT_MARKS = (
    "Paid-by-ZQ",
    "Payment-note-ZQ",
    "Bounced-because-ZQ",
    "Given-up-ZQ",
    "Knee-ZQ",
    "Hip-ZQ",
)


def fill_accounts(full: Full, patient: str) -> dict[str, str]:
    """A payment, one that came back, a statement, a plan, estimates, an adjustment: their ids."""
    at = f"/accounts/patients/{patient}"
    check = full.made(
        f"{at}/payments", {"amount": 30_00, "method": "check", "reference": "Check-7"}
    )
    back = full.post(
        f"{at}/payments/{check['payment_id']}/returned", {"reason": "Bounced-because-ZQ"}
    )
    assert back.status == 200, back.text
    statement = full.made(f"{at}/statements", {})
    plan = full.made(f"{at}/plans", {"months": 2, "first_due": "2099-01-31"})
    payment = full.made(
        f"{at}/payments",
        {
            "amount": 10_00,
            "method": "cash",
            "received_from": "Paid-by-ZQ",
            "note": "Payment-note-ZQ",
        },
    )
    adjustment = full.made(f"{at}/adjustments", {"reason": "COURT", "note": "Given-up-ZQ"})
    estimate = full.made(
        f"{at}/estimates",
        {
            "service": "Knee-ZQ",
            "provider_id": full.small.ana,
            "items": [{"code": "99213", "charge": 150_00}],
        },
    )
    asked = full.made(f"{at}/estimates/asked", {"service": "Hip-ZQ"})
    return {
        "owed": asked["key"],
        "payment_id": payment["payment_id"],
        "statement_id": statement["statement_id"],
        "plan_id": plan["plan_id"],
        "adjustment_id": adjustment["adjustment_id"],
        "estimate_id": estimate["estimate_id"],
    }
