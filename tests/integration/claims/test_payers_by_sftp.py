"""Our own outlet and the payers as programs, with SFTP between: from the claim to its payment."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from caresmith.events import ExchangeFileArrived
from caresmith.records.revenue.claim import ClaimState
from caresmith.records.revenue.ledger import Book
from caresmith.settings import Domain
from functions.claims.submission.sending import ExchangeRefuses
from scripts.localstack.engine import free_port
from scripts.localstack.outside import PAYER_KEY
from scripts.localstack.programs import Program, launch_payer
from scripts.payer.mailbox import USER, host_key
from tests.integration.claims.test_by_sftp import Secret, built
from tests.integration.payments.conftest import Office
from tests.support.billing_office import NOW, BillingOffice, override_all, send_all
from tests.support.events import told
from tests.support.payer_answers import US
from tests.support.sftp_server import fingerprint, key

PLAIN = {"plans": [{"copay": 0, "deductible": 0, "coinsurance": 0, "fee_percent": 60}]}


@dataclass
class Payers:
    """The program, and the folder in which it keeps what it has."""

    program: Program
    folder: Path
    sftp_port: int

    def secret(self, **other: Any) -> dict[str, Any]:
        """What the operator fills in: the server's own key is pinned."""
        return {
            "base_url": f"sftp://{USER}@127.0.0.1:{self.sftp_port}",
            "host_keys": fingerprint(host_key(self.folder)),
            "password": PAYER_KEY,
            "send_folder": "in",
            "receive_folder": "out",
            "key": "",
            **other,
        }

    def days_pass(self, days: int) -> None:
        reply = httpx.post(f"{self.program.url}/_control/advance", json={"days": days}, timeout=60)
        assert reply.status_code == 200, reply.text

    def laid_out(self, count: int) -> list[Path]:
        """Their files, once there are so many; old enough to be taken for whole."""
        for _ in range(300):
            found = sorted((self.folder / "out").glob("0*"))
            if len(found) >= count:
                for one in found:
                    when = time.time() - 600
                    os.utime(one, (when, when))
                return found
            time.sleep(0.1)
        raise AssertionError("the payers have laid nothing out")


@pytest.fixture
def payers(tmp_path: Path) -> Iterator[Payers]:
    folder = tmp_path / "payer"
    one = Payers(Program("scripts.payer", tmp_path / "payer.log", free_port()), folder, free_port())
    launch_payer(one.program, folder, f"{int(time.time())}:{int(NOW.timestamp())}:1", one.sftp_port)
    for _ in range(600):
        try:
            httpx.put(f"{one.program.url}/_control/rules", json=PLAIN, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            break
    yield one
    one.program.stop()


@pytest.fixture
def secret(aws: str, payers: Payers, office: BillingOffice) -> Iterator[Secret]:
    office.set_billing(submitter_id=US)
    filled = Secret(payers)
    filled.says()
    yield filled
    filled.restore()


def arrived(office: BillingOffice, known: set[str]) -> list[ExchangeFileArrived]:
    """What has come in since."""
    fresh = [
        one
        for one in told(office.practice, ExchangeFileArrived, Domain.REVENUE)
        if one.event_id not in known
    ]
    known.update(one.event_id for one in fresh)
    return fresh


def test_a_claim_goes_to_the_payers_by_sftp_and_its_payment_comes_back_and_is_posted(
    secret: Secret, payers: Payers, office: BillingOffice
) -> None:
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient))
    claim = office.claim(sheet)
    override_all(office, claim.claim_id)
    assert office.act(claim, "approve").status == 200, office.read(claim)["findings"]
    head = send_all(office)
    assert (head.state, head.way) == ("sent", "sftp")
    # TA1, 999 and 277CA come at once, the money with the days.
    assert len(payers.laid_out(3)) == 3
    taken = office.task("poll")
    assert (taken, office.get("/claims/stuck")["troubles"]) == ({"taken": 3}, [])
    seen: set[str] = set()
    for one in arrived(office, seen):
        office.deliver("ExchangeFileArrived", **one.model_dump(mode="json"))
    assert office.item(claim.claim_id).state == ClaimState.ACCEPTED
    payers.days_pass(30)
    payers.laid_out(4)
    assert office.task("poll") == {"taken": 1}
    posting = Office(office.practice, office.small, office.biller)
    [remittance] = arrived(office, seen)
    posting.tell("ExchangeFileArrived", remittance.model_dump(mode="json"))
    posting.run()
    paid = office.item(claim.claim_id)
    assert (paid.state, int(paid.paid_cents)) == (ClaimState.PAID, 90_00)
    assert posting.ledger(patient) == {
        Book.CHARGES: -150_00,
        Book.CONTRACTUAL: 60_00,
        Book.CLEARING: 90_00,
    }
    assert office.task("poll") == {"taken": 0}


def test_payers_whose_key_is_another_than_the_pinned_one_get_nothing(
    secret: Secret, payers: Payers, office: BillingOffice
) -> None:
    patient = office.patient()
    claim = office.claim(office.released(patient, office.cover(patient)))
    override_all(office, claim.claim_id)
    assert office.act(claim, "approve").status == 200
    secret.says(host_keys=fingerprint(key("ssh-ed25519", 1)))
    file = built(office)
    with pytest.raises(ExchangeRefuses):
        office.task("deliver", file_id=file)
    assert office.task("poll") == {"taken": 0}
    assert [one["reason"] for one in office.get("/claims/stuck")["troubles"]] == ["host-key"] * 2
    assert list((payers.folder / "in").glob("*.*")) == []
