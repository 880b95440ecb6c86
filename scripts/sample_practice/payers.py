"""The sample practice's payers: those of its patients' policies, and whom a practice meets else.

All are fictional but Medicare, Medicaid and TRICARE, whose ids here are not their own.
"""

from __future__ import annotations

from typing import Any, Final

from caresmith.ids import PayerId
from caresmith.records.contact import Address
from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.premises import PRACTICE


def _at(box: int, city: str, state: str, postal_code: str) -> Address:
    return Address(
        lines=[f"PO Box {box}"], city=city, state=state, postal_code=postal_code, use="billing"
    )


_KNOWN: Final[dict[str, dict[str, Any]]] = {
    "Great Lakes Mutual Health": {
        "wire_id": "GLM01",
        "aliases": ("Great Lakes Mutual", "GLMH"),
        "filing": "12",
        "phone": "(312) 555-0110",
        "address": _at(4100, "Chicago", "IL", "60680"),
        "timely_days": 180,
        "corrected_days": 180,
        "appeal_days": 180,
        "authorization_codes": ("70551-70553", "73721"),
    },
    "Prairie State Health Plan": {
        "wire_id": "PSHP2",
        "aliases": ("Prairie State",),
        "filing": "HM",
        "phone": "(217) 555-0111",
        "address": _at(220, "Springfield", "IL", "62705"),
        "timely_days": 90,
        "corrected_days": 90,
        "appeal_days": 60,
        "authorization_codes": ("70450-70498", "70551-70553", "72141-72158", "J0178"),
    },
    "Wolverine Community Care": {
        "wire_id": "WCC77",
        "eligibility_id": "WCCELIG",
        "filing": "12",
        "phone": "(616) 555-0112",
        "address": _at(77, "Grand Rapids", "MI", "49501"),
        "timely_days": 365,
        "corrected_days": 365,
        "appeal_days": 180,
    },
    "Harborview Benefit Trust": {
        "wire_id": "HBT10",
        "filing": "CI",
        "phone": "(312) 555-0113",
        "address": _at(1010, "Chicago", "IL", "60690"),
        "ways": {"eligibility": "portal", "status": "portal", "remittance": "paper"},
        "timely_days": 365,
        "corrected_days": 365,
        "appeal_days": 180,
        "bilateral": "rt-and-lt",
    },
    "Midland Employers Health": {
        "wire_id": "MEH55",
        "filing": "CI",
        "phone": "(314) 555-0114",
        "timely_days": 180,
        "corrected_days": 180,
        "appeal_days": 180,
        "telehealth": {"modifier": "GT", "place": "02"},
    },
    "Illinois Medicaid": {
        "wire_id": "ILMCD",
        "type": "medicaid",
        "filing": "MC",
        "phone": "(217) 555-0115",
        "timely_days": 180,
        "corrected_days": 180,
        "appeal_days": 60,
        "bilateral": "50-on-second-line",
    },
    "Michigan Medicaid": {
        "wire_id": "MIMCD",
        "type": "medicaid",
        "filing": "MC",
        "phone": "(517) 555-0116",
        "timely_days": 365,
        "corrected_days": 365,
        "appeal_days": 60,
    },
    "Medicare Part B": {
        "wire_id": "MCPTB",
        "type": "medicare",
        "filing": "MB",
        "aliases": ("Medicare", "Original Medicare"),
        "phone": "(312) 555-0117",
        # 42 CFR 424.44(a): one calendar year. 42 CFR 405.942(a): 120 days.
        "timely_days": 365,
        "corrected_days": 365,
        "appeal_days": 120,
        "telehealth": {"modifier": "95", "place": "by-patient"},
    },
    "Lakeshore Senior Supplement": {
        "wire_id": "LSSUP",
        "type": "medigap",
        "filing": "CI",
        "phone": "(847) 555-0118",
        "timely_days": 450,
        "corrected_days": 450,
        "appeal_days": 180,
    },
    "TRICARE East": {
        "wire_id": "TRIEA",
        "type": "tricare",
        "filing": "CH",
        "phone": "(312) 555-0119",
        # 32 CFR 199.7(d)(1) and 199.10(b)(1).
        "timely_days": 365,
        "corrected_days": 365,
        "appeal_days": 90,
    },
    "State Compensation Fund": {
        "wire_id": "SCF99",
        "type": "workers-compensation",
        "filing": "WC",
        "address": _at(999, "Chicago", "IL", "60606"),
        "ways": {
            "eligibility": "paper",
            "claims": "paper",
            "status": "paper",
            "remittance": "paper",
        },
        "timely_days": 1095,
        "assignment": False,
        "taxonomy": False,
    },
    "Old Dominion Indemnity": {
        "wire_id": "ODI03",
        "filing": "15",
        "timely_days": 365,
        "active": False,
    },
}
_ids: Final = Dice("payers")
PAYERS: Final[dict[str, tuple[PayerId, PayerFacts]]] = {
    name: (_ids.id(PayerId), PayerFacts.model_validate({"name": name, **facts}))
    for name, facts in _KNOWN.items()
}
"""By name: the id, which stays from load to load, and the facts."""


def write_payers(bulk: Bulk) -> None:
    """The directory as ``functions/coverage`` keeps it."""
    for key, facts in PAYERS.values():
        bulk.add(
            PayerItem(
                payers_key(PRACTICE.id),
                key,
                payer_id=key,
                body=facts.model_dump_json(),
                active=facts.active,
            )
        )
