"""A payer, and what was found out about the marked patient's policy: it must not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

COVERAGE_MARKS = ("Called-about-policy-ZQ", "Spoke-with-ZQ", "REF-ZQ-81")


def fill_coverage(full: Full, patient: str, coverage: str) -> dict[str, str]:
    """A payer, a call about the policy that is written down, and a line on the work list."""
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
    return {"payer_id": payer["payer_id"], "eligibility_id": check["eligibility_id"]}
