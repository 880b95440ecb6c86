"""A chart with something of every kind, each with words that must not leak."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

MARKS = (
    "Asthma-ZQ",
    "Peanut-ZQ",
    "vitals-note-ZQ",
    "Lot-ZQ",
    "procedure-note-ZQ",
    "Great-aunt-ZQ",
    "smokes-ZQ",
    "care-plan-ZQ",
    "task-words-ZQ",
    "order-note-ZQ",
    "visit-reason-ZQ",
    "words-of-the-note-ZQ",
    "words-beside-ZQ",
    "no-charge-reason-ZQ",
    "Drug-ZQ",
    "sig-words-ZQ",
    "refill-note-ZQ",
    "reconciled-note-ZQ",
)
"""Values of the clinical record that must stand nowhere but in answers to who may read them."""

_NOW = datetime.now(UTC).isoformat()
_LOINC = "http://loinc.org"


def _entries(provider: str) -> dict[str, dict[str, Any]]:
    pulse = {"codings": [{"system": _LOINC, "code": "8867-4"}]}
    vaccine = {"codings": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}]}
    return {
        "conditions": {"code": {"text": "Asthma-ZQ"}},
        "allergies": {"substance": {"text": "Peanut-ZQ"}},
        "vitals": {
            "at": _NOW,
            "measurements": [{"code": pulse, "quantity": {"value": "72", "unit": "/min"}}],
            "note": "vitals-note-ZQ",
        },
        "immunizations": {"vaccine": vaccine, "given_on": "2025-10-02", "lot": "Lot-ZQ"},
        "procedures": {
            "code": {"text": "Appendectomy"},
            "performed": "2011",
            "note": "procedure-note-ZQ",
        },
        "family-history": {"relationship": {"text": "Great-aunt-ZQ"}},
        "social-history": {"code": {"text": "Tobacco"}, "text": "smokes-ZQ", "on": "2026-01-10"},
        "care-plans": {"title": "Plan", "text": "care-plan-ZQ", "starts": "2026-01-10"},
        "tasks": {"what": "task-words-ZQ"},
        "orders": {
            "code": {"text": "Hemoglobin A1c"},
            "category": "108252007",
            "ordered_at": _NOW,
            "requester_id": provider,
            "note": "order-note-ZQ",
        },
    }


_NAMED = {
    "conditions": "condition_id",
    "allergies": "allergy_id",
    "vitals": "vitals_id",
    "immunizations": "immunization_id",
    "procedures": "procedure_id",
    "family-history": "family_history_id",
    "social-history": "social_history_id",
    "care-plans": "care_plan_id",
    "tasks": "chart_task_id",
    "orders": "order_id",
}


def _medications(full: Full, patient: str, visit: str) -> dict[str, str]:
    """A medication, a request to refill it, a reconciliation, a pharmacy; returns their ids."""
    told = full.made(
        f"/medications/{patient}/reported",
        {"drug": {"text": "Drug-ZQ"}, "sig": "sig-words-ZQ"},
    )
    refill = full.made(
        f"/medications/{patient}/refills",
        {"drug": "Drug-ZQ", "asked_by": "patient", "note": "refill-note-ZQ"},
    )
    known = {"medication_id": told["id"], "version": 1, "action": "keep"}
    full.made(
        f"/medications/{patient}/reconciliations",
        {
            "encounter_id": visit,
            "source": "patient",
            "known": [known],
            "note": "reconciled-note-ZQ",
        },
    )
    pharmacy = full.made("/medications/pharmacies", {"name": "Corner Drugs"})
    return {
        "medication_id": told["id"],
        "refill_id": refill["refill_id"],
        "pharmacy_id": pharmacy["pharmacy_id"],
    }


def fill_chart(full: Full, patient: str) -> dict[str, str]:
    """Put entries, a visit and two editors' texts into the chart; returns their ids."""
    ids = {}
    for path, content in _entries(full.small.ana).items():
        made = full.made(f"/charts/{patient}/{path}", {"content": content})
        ids[_NAMED[path]] = made["id"]
    visit = full.made(
        "/encounters",
        {
            "patient_id": patient,
            "provider_id": full.small.ana,
            "location_id": full.small.east,
            "reason": "visit-reason-ZQ",
        },
    )
    ids["encounter_id"] = visit["encounter_id"]
    ids |= _medications(full, patient, visit["encounter_id"])
    path = f"/encounters/{visit['encounter_id']}"
    coded = full.put(f"{path}/billing", {"no_charge": "no-charge-reason-ZQ"}, 1)
    assert coded.status == 200, coded.text
    for editor, words, status in (
        ("editor-a", "words-of-the-note-ZQ", 200),
        ("editor-b", "words-beside-ZQ", 412),
    ):
        section = {"key": "hpi", "part": "subjective", "title": "History", "text": words}
        body = {"template_id": "soap", "sections": [section], "editor": editor, "turn": 1}
        saved = full.put(f"{path}/note", body, 0)
        assert saved.status == status, saved.text
    return ids
