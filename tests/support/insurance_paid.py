"""What journeys about payers' money do first: visits that were sent, and a payer's file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from scripts.localstack.running import environment
from scripts.sample_practice.loading import PRACTICE_ID
from scripts.sample_practice.premises import npi
from tests.support.browsing import PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from scripts.localstack.harness import Stack

PAYMENTS: Final = "/console/payments"
_BILL = """
import json, sys
from caresmith.ids import PracticeId
from tests.support.practices import add_patient
from tests.support.remittances import billed
from caresmith.records.revenue.claim import ClaimItem, get_claim
from caresmith.records.revenue.payer import payer_directory
practice, family, payer, code, payers, *numbers = sys.argv[1:]
practice = PracticeId(practice)
patient = add_patient(practice, family, "Ida")
of = {"patient": patient, "payers": int(payers)}
made = [billed(practice, (code, 15000), number=n, **of) for n in numbers]
known = payer_directory(practice).named(payer)
for one in made if known else ():
    claim = get_claim(practice, one.claims[0])
    claim.update(actions=[ClaimItem.payer_id.set(known.payer_id)])
print(json.dumps([one.claims[0] for one in made]))
"""
"""Visits that were charged and sent, as charge entry and the claims' workflow leave them."""
PAYEE = f"XX*{npi(0)}"


def bill(
    stack: Stack,
    family: str,
    *numbers: str,
    payer: str = "",
    code: str = "99213",
    payers: int = 1,
) -> list[str]:
    """Somebody's visits, each charged at $150 and sent to a payer; the claims' ids."""
    told = {**os.environ, **environment(stack.data), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _BILL, PRACTICE_ID, family, payer, code, str(payers), *numbers],
        env=told,
        check=True,
        capture_output=True,
        text=True,
    )
    claims: list[str] = json.loads(done.stdout.splitlines()[-1])
    return claims


def upload(page: Page, name: str, body: bytes) -> None:
    """Post a file through the page and wait for what it says of it."""
    page.goto(PAYMENTS)
    page.get_by_label("Choose files").set_input_files(
        [{"name": name, "mimeType": "", "buffer": body}]
    )
    page.locator("[data-upload-all]").click()


def until(page: Page, happened: Callable[[], bool]) -> None:
    """What events bring about takes its time."""
    patience = time.monotonic() + PATIENCE_MS / 1000
    while not happened():
        assert time.monotonic() < patience, page.locator("main").inner_text()
        page.wait_for_timeout(500)
