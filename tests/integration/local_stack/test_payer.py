"""The payers as the local stack starts them: a claim's way over HTTP, from file to payment."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from caresmith.money import Money
from caresmith.x12.eligibility.reading import read_eligibility
from scripts.localstack.engine import free_port
from scripts.localstack.outside import PAYER_KEY
from scripts.localstack.programs import Program, launch_payer
from tests.support.claims import claim
from tests.support.payers import TODAY, file_of, read_payments, visit
from tests.support.pyx12 import complaints
from tests.unit.payer.test_asking import asked_raw

HEADERS = {"Authorization": f"Bearer {PAYER_KEY}", "Content-Type": "application/edi-x12"}
AT = 1_793_631_600
"""The morning of the visits, as an epoch second."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    one = Program("scripts.payer", tmp_path / "payer.log", free_port())
    start(one, tmp_path)
    yield one
    one.stop()


def start(program: Program, folder: Path) -> None:
    launch_payer(program, folder, f"{int(time.time())}:{AT}:1")
    for _ in range(600):
        try:
            httpx.get(program.url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it did not start")


def waiting(program: Program, after: str = "") -> Any:
    url = f"{program.url}/files?after={after}"
    return httpx.get(url, headers=HEADERS, timeout=20).json()


def test_a_claim_goes_its_way_over_http_and_all_is_kept(program: Program, tmp_path: Path) -> None:
    def post(path: str, **given: Any) -> httpx.Response:
        return httpx.post(f"{program.url}{path}", timeout=30, **given)

    plain = {"plans": [{"copay": 0, "deductible": 0, "coinsurance": 0}]}
    put = httpx.put(f"{program.url}/_control/rules", json=plain, timeout=20)
    assert put.status_code == 204
    assert httpx.get(f"{program.url}/_control/state", timeout=20).json()["day"] == str(TODAY)

    answer = post("/realtime", content=asked_raw(1), headers=HEADERS)
    [response] = read_eligibility(io.BytesIO(answer.content))
    assert response.people[0].active

    raw = file_of(claim(lines=(visit(),)))
    assert post("/files?name=a.837", content=raw, headers=HEADERS).status_code == 202
    page = waiting(program)
    assert [one["name"] for one in page["files"]] == ["000001.999", "000002.277ca"]

    program.stop()
    start(program, tmp_path)
    assert post("/files?name=a.837", content=raw, headers=HEADERS).status_code == 200
    assert post("/_control/advance", json={"days": 14}).json() == {"day": "2026-11-16"}
    [remittance] = waiting(program, page["next"])["files"]
    got = httpx.get(f"{program.url}/files/{remittance['name']}", headers=HEADERS, timeout=20)
    [paid] = read_payments(got.content)
    assert paid.header.amount == Money(9_000)
    assert paid.end.balances
    assert complaints(got.content) == []
    assert (tmp_path / "out").is_dir()


def test_a_payer_that_never_answers_lets_who_asks_wait(program: Program) -> None:
    silent = {"rules": [{"name": "silent", "then": {"do": "realtime", "how": "silent"}}]}
    httpx.put(f"{program.url}/_control/rules", json=silent, timeout=20)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{program.url}/realtime", content=asked_raw(2), headers=HEADERS, timeout=1.5)
    assert httpx.get(f"{program.url}/_control/state", timeout=20).status_code == 200
