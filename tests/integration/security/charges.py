"""Charges of the marked patient: what is charged must not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

CHARGE_MARKS = ("Charge-note-ZQ", "Referrer-name-ZQ", "Authorization-ZQ")


def fill_charges(full: Full, patient: str) -> dict[str, str]:
    """A sheet in review, fees, a group of favourites and a laboratory; returns their ids."""
    fees = full.made("/charges/fees", {"name": "Charges", "starts": "2020-01-01"})
    group = {"name": "Visits", "lines": [{"code": "99213"}]}
    favourite = full.made("/charges/favourites", group)
    laboratory = full.made("/charges/laboratories", {"name": "Reference Lab", "npi": "1679576722"})
    [sheet] = full.made(
        "/charges/sheets",
        {
            "patient_id": patient,
            "day": "2026-01-06",
            "location_id": full.small.east,
            "rendering_id": full.small.ana,
            "diagnoses": ["E119"],
            "lines": [{"code": "99213", "pointers": [1], "charge": 150_00}],
            "note": "Charge-note-ZQ",
            "referring_name": "Referrer-name-ZQ",
            "prior_authorization": "Authorization-ZQ",
        },
    )["sheets"]
    return {
        "sheet_id": sheet["sheet_id"],
        "schedule_id": fees["schedule_id"],
        "favourite_id": favourite["favourite_id"],
        "laboratory_id": laboratory["laboratory_id"],
    }
