"""What journeys about claims do first: somebody covered is charged, and the claim is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scripts.sample_practice.premises import PLACES, PROVIDERS
from tests.support.calendar_page import send

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLAIMS: Final = "/console/claims"
PAYER: Final = "Prairie State Health Plan"
"""A payer of the sample practice's directory."""
_PATIENCE_SECONDS: Final = 40


def covered_patient(page: Page, family: str, payer: str = PAYER) -> str:
    """Somebody with an address and a policy of a payer of the directory."""
    made = send(
        page,
        "POST",
        "/patients",
        {
            "demographics": {
                "names": [{"given": ["Cora"], "family": family}],
                "birth_date": "1980-01-15",
                "gender": "female",
            },
            "contact": {
                "addresses": [
                    {
                        "lines": ["77 Lantern Ln"],
                        "city": "Chicago",
                        "state": "IL",
                        "postal_code": "60614-1201",
                    }
                ]
            },
            "confirmed_not_duplicate": True,
        },
    )
    patient = str(made["patient_id"])
    policy = {"payer_name": payer, "member_id": "PSH1002003"}
    send(page, "POST", f"/patients/{patient}/coverages", policy)
    return patient


def charged(page: Page, patient: str, day: str, code: str = "99213") -> dict[str, Any]:
    """A sheet of one line, not yet released."""
    made = send(
        page,
        "POST",
        "/charges/sheets",
        {
            "patient_id": patient,
            "day": day,
            "location_id": next(iter(PLACES.values())).id,
            "rendering_id": next(iter(PROVIDERS.values())).id,
            "diagnoses": ["J069"],
            "lines": [{"code": code, "pointers": [1], "charge": 15000}],
        },
    )
    sheet: dict[str, Any] = made["sheets"][0]
    return sheet


def find_on_board(page: Page, family: str) -> str:
    """Wait until the claim is made, clean or held; the page then shows it. In which state."""
    for _ in range(_PATIENCE_SECONDS):
        for state in ("clean", "held"):
            page.goto(f"{CLAIMS}?state={state}")
            if page.locator("tr", has_text=family).count():
                return state
        page.wait_for_timeout(1000)
    raise AssertionError("no claim was made")
