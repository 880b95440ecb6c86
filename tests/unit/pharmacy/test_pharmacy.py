"""The pharmacy on the other side, and the sender's own port against it over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from functions.medications.endpoint import (
    EndpointDown,
    EndpointRefused,
    FhirEndpoint,
    Outgoing,
)
from functions.medications.fhir_out import IDENTIFIER
from scripts.localstack.engine import free_port
from scripts.localstack.programs import Program, launch_pharmacy
from scripts.pharmacy.app import pharmacy_app

BODY = {"resourceType": "MedicationRequest", "status": "active", "intent": "order"}


@pytest.fixture
def counter(tmp_path: Path) -> TestClient:
    return TestClient(pharmacy_app(tmp_path), base_url="http://127.0.0.1")


def test_a_prescription_posted_twice_is_on_file_once(counter: TestClient) -> None:
    headers = {"If-None-Exist": "identifier=urn:x|rx-1"}
    first = counter.post("/fhir/MedicationRequest", json=BODY, headers=headers)
    again = counter.post("/fhir/MedicationRequest", json=BODY, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert counter.get(f"/fhir/MedicationRequest/{first.json()['id']}").json()["status"] == "active"


def test_what_was_stopped_takes_the_place_of_what_was_on_file(counter: TestClient) -> None:
    counter.post(
        "/fhir/MedicationRequest", json=BODY, headers={"If-None-Exist": "identifier=urn:x|rx-1"}
    )
    put = counter.put(
        "/fhir/MedicationRequest?identifier=urn%3Ax%7Crx-1", json={**BODY, "status": "stopped"}
    )
    assert (put.status_code, put.json()["status"]) == (200, "stopped")


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"{", {"If-None-Exist": "identifier=a|b"}, 400),
        (b"[]", {"If-None-Exist": "identifier=a|b"}, 400),
        (b'{"resourceType": "Patient"}', {"If-None-Exist": "identifier=a|b"}, 400),
        (json.dumps(BODY).encode(), {}, 412),
    ],
)
def test_anything_else_is_refused_with_an_operation_outcome(
    counter: TestClient, raw: bytes, headers: dict[str, str], status: int
) -> None:
    reply = counter.post("/fhir/MedicationRequest", content=raw, headers=headers)
    assert reply.status_code == status
    assert reply.json()["resourceType"] == "OperationOutcome"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Program]:
    program = Program("scripts.pharmacy", tmp_path / "pharmacy.log", free_port())
    launch_pharmacy(program, tmp_path)
    yield program
    program.stop()


def test_the_port_tells_taken_from_refused_from_down(running: Program) -> None:
    import time

    import httpx

    for _ in range(600):
        try:
            httpx.get(running.url, timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    base = f"{running.url}/fhir"
    port = FhirEndpoint(base)

    def sent(message: str = "new", status: str = "active") -> str:
        body = json.dumps({**BODY, "status": status}).encode()
        return port.deliver(Outgoing(base, "med_1", message, body))  # type: ignore[arg-type]

    assert sent() == "accepted"
    assert sent() == "accepted"
    assert sent("stopped", "stopped") == "accepted"
    page = httpx.get(running.url, timeout=20).text
    assert (page.count("<tr><td>"), "stopped" in page) == (1, True)
    httpx.post(f"{running.url}/mood", data={"mood": "slow"}, timeout=20)
    assert sent() == "sent"
    httpx.post(f"{running.url}/mood", data={"mood": "closed"}, timeout=20)
    with pytest.raises(EndpointDown):
        sent()
    httpx.post(f"{running.url}/mood", data={"mood": "refusing"}, timeout=20)
    with pytest.raises(EndpointRefused, match="http-422"):
        sent()
    running.stop()
    with pytest.raises(EndpointDown):
        sent()
    assert IDENTIFIER.startswith("https://")
