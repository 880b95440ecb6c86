"""A payer, and what was found out about the marked patient's policy: it must not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

COVERAGE_MARKS = (
    *("Called-about-policy-ZQ", "Spoke-with-ZQ", "REF-ZQ-81"),
    *("AUTH-NUMBER-ZQ", "Agreed-with-ZQ", "CALL-ZQ-44", "note-about-authorization-ZQ"),
)


def fill_coverage(full: Full, patient: str, coverage: str) -> dict[str, str]:
    """A payer, a call about the policy, a line on the work list, and an authorization."""
    payer = full.made("/coverage/payers", {"name": "Some Health", "wire_id": "SOME1"})
    path = f"/coverage/patients/{patient}/coverages/{coverage}"
    check = full.made(
        f"{path}/telephone",
        {
            "outcome": "inactive",
            "reference": "REF-ZQ-81",
            "spoke_with": "Spoke-with-ZQ",
            "note": "Called-about-policy-ZQ",
        },
    )
    authorization = full.made(
        f"/coverage/patients/{patient}/authorizations",
        {
            "coverage_id": coverage,
            "status": "approved",
            "number": "AUTH-NUMBER-ZQ",
            "codes": ["70551"],
            "diagnoses": ["G43909"],
            "last": "2099-12-31",
            "approved": 1,
            "agent": "Agreed-with-ZQ",
            "call_reference": "CALL-ZQ-44",
            "note": "note-about-authorization-ZQ",
        },
    )
    return {
        "payer_id": payer["payer_id"],
        "eligibility_id": check["eligibility_id"],
        "authorization_id": authorization["authorization_id"],
    }
