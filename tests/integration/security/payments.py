"""A remittance about the marked patient: what a payer says of a person must not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caresmith.ids import PatientId
from tests.support.remittances import billed

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

PAYMENT_MARKS = ("Patient-of-payer-ZQ", "MEMBER-OF-PAYER-ZQ", "Why-parked-ZQ")


def fill_payments(full: Full, patient: str) -> dict[str, str]:
    """One claim that was denied, one that nobody knows and that was put aside."""
    practice = full.small.practice
    one = billed(practice, ("99213", 150_00), number="7700001", patient=PatientId(patient))
    denied = {"group": "CO", "reason": "50", "amount": 150_00}
    claim = {
        "control_number": "7700001",
        "status": "4",
        "charge": 150_00,
        "paid": 0,
        "patient": {"last": "Patient-of-payer-ZQ", "id": "MEMBER-OF-PAYER-ZQ"},
        "services": [
            {"code": "99213", "charge": 150_00, "paid": 0, "adjustments": [denied]},
        ],
    }
    made = full.made(
        "/payments/remittances",
        {
            "payer_name": "Lakeside",
            "trace": "ZQ-1",
            "amount": 0,
            "method": "NON",
            "paid_on": "2026-03-20",
            "claims": [{**claim, "control_number": "0"}, claim],
        },
    )
    remittance = made["remittance_id"]
    assert full.post(f"/payments/remittances/{remittance}/post", {}).status == 200
    path = f"/payments/remittances/{remittance}/claims/1"
    version = {"If-Match": '"1"'}
    parked = full.post(f"{path}/park", {"reason": "Why-parked-ZQ"}, headers=version)
    assert parked.status == 200, parked.text
    file = full.made("/payments/files", {"name": "era.835", "bytes": 10})
    return {
        "remittance_id": remittance,
        "claim_id": one.claims[0],
        "file_id": file["file_id"],
    }
