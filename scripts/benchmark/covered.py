"""What opening the work list and a policy's page costs, with an answer as payers give them."""

from __future__ import annotations

import itertools
import json
from functools import partial
from typing import Any, Final

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import SystemClock
from caresmith.exchange import Account, Listing
from caresmith.ids import CoverageId, PatientId, PracticeId
from caresmith.keystore import create_keys
from caresmith.records.practice import Npi, Practice, SetupRecord, setup_key
from caresmith.x12.envelope import Party
from functions.coverage.records import Origin
from functions.coverage.verifying import Ask, Ports, verify
from scripts.benchmark.operations import Actions, Baseline, Caller, Measured, measure_in_turn
from scripts.bootstrap.progress import step

LINES: Final = (1, 100)
"""Lines of the work lists that are opened: the calls may not grow with them."""
_SERVICES: Final = ("30", "98", "UC", "PT", "MH", "50", "86", "AL", "33", "47")
_ISA: Final = (
    "ISA*00*          *00*          *ZZ*BENCH          *ZZ*CLINIC         "
    "*261127*1200*^*00501*000000001*0*P*:"
)
_PAYER: Final = {"name": "Bench Health", "wire_id": "BENCH"}


class _Payer:
    """Answers as a large payer does: ten services, four networks and levels of each."""

    def ask(self, inquiry: bytes) -> bytes:
        every = [one.strip().split("*") for one in inquiry.decode().split("~")]
        trace = next(one[2] for one in every if one[0] == "TRN")
        body = [
            "BHT*0022*11*Q1*20261127*1319",
            "HL*1**20*1",
            "NM1*PR*2*BENCH*****PI*BENCH",
            "HL*2*1*21*1",
            "NM1*1P*2*BENCH*****XX*1234567893",
            "HL*3*2*22*0",
            f"TRN*2*{trace}*9234567893",
            "NM1*IL*1*BENCH*PERSON****MI*M1",
            "EB*1**30**GOLD",
        ]
        for service, level, network in itertools.product(_SERVICES, ("IND", "FAM"), "YN"):
            body.append(f"EB*B*{level}*{service}***27*25*****{network}")
            body.append(f"EB*C*{level}*{service}***23*1500*****{network}")
            body.append(f"EB*C*{level}*{service}***29*300*****{network}")
        whole = [
            _ISA,
            "GS*HB*BENCH*CLINIC*20261127*1200*1*X*005010X279A1",
            "ST*271*0001*005010X279A1",
            *body,
            f"SE*{len(body) + 2}*0001",
            "GE*1*1",
            "IEA*1*000000001",
        ]
        return "".join(f"{line}~" for line in whole).encode()

    def send(self, name: str, content: bytes) -> Any:
        raise NotImplementedError

    def waiting(self, after: str = "", limit: int = 100) -> Listing:
        raise NotImplementedError

    def fetch(self, name: str) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is kept open."""


def _ports() -> Ports:
    at = Party("ZZ", "BENCH")
    return Ports(lambda: Account("https://bench.example", "", at, at), lambda _: _Payer())


def coverage_pages(repeats: int) -> list[Measured]:
    """A short and a long work list in turn, and the page of a policy with a long answer."""
    operations: dict[str, Actions] = {}
    baseline = Baseline()
    for count in LINES:
        with step(f"Writing a work list of {count}"):
            caller, patient, coverage = _written(count)
        path = f"/coverage/patients/{patient}/coverages/{coverage}"
        for name, where in (
            (f"coverage work list, {count} lines", "/console/coverage"),
            (f"a policy's page, {count} on the list", f"/console{path}"),
            (
                f"a chart's badges, {count} on the list",
                f"/console/coverage/patients/{patient}/badge",
            ),
        ):
            action = partial(caller.send, "GET", where)
            operations[name] = itertools.repeat(action, repeats + 6)
    return measure_in_turn(operations, baseline)


def _written(count: int) -> tuple[Caller, PatientId, CoverageId]:
    """A practice with so many policies that wait, and one with an answer."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    bench = Practice(id=practice, name="Bench", zone="America/New_York", npi=Npi("1234567893"))
    key = setup_key(bench.kind, practice)
    SetupRecord(practice, key, kind=bench.kind, body=bench.model_dump_json()).save()
    caller = Caller(practice)
    caller.send("POST", "/coverage/payers", _PAYER)
    for number in range(count):
        patient, coverage = _policy(caller, number)
        path = f"/coverage/patients/{patient}/coverages/{coverage}/telephone"
        caller.send("POST", path, {"outcome": "inactive", "note": "The card is another one."})
    patient, coverage = _policy(caller, count)
    actor, clock = Actor.system(practice, "coverage"), SystemClock()
    with acting_as(actor), audited(AuditTrail(actor, "bench", clock)):
        ask = Ask(Origin.BY_HAND)
        verify(patient, coverage, ask, actor=actor, now=clock.now(), out=_ports())
    return caller, patient, coverage


def _policy(caller: Caller, number: int) -> tuple[PatientId, CoverageId]:
    body = {
        "demographics": {
            "names": [{"given": ["Bench"], "family": "Person"}],
            "birth_date": "1980-01-15",
        },
        "coverages": [{"payer_name": "Bench Health", "member_id": f"M{number}X"}],
        "confirmed_not_duplicate": True,
    }
    made = json.loads(caller.send("POST", "/patients", body))
    return PatientId(made["patient_id"]), CoverageId(made["coverages"][0]["coverage_id"])
