"""An 835 of many claims, taken, filed and posted into the engine: what one claim of it costs.

The file goes the way of one that a payer sent: checked as a whole, kept claim by claim, and
each claim posted in a transaction of its own. Nothing may grow with the file: memory, calls
and time of the last tenth are shown beside those of the first. Time is a ratio to a bare
``PutItem`` into the same table, measured between the claims.
"""

from __future__ import annotations

import gc
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any, Final
from unittest.mock import patch

import boto3
import psutil  # type: ignore[import-untyped]
from rich.table import Table

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.claims.draft import ClaimDraft
from caresmith.clock import SystemClock
from caresmith.ids import (
    ClaimId,
    CoverageId,
    ExchangeFileId,
    LocationId,
    PatientId,
    PayerId,
    PracticeId,
    ProviderId,
    RemittanceId,
    SheetId,
)
from caresmith.keystore import create_keys
from caresmith.later import group
from caresmith.money import Money
from caresmith.records.practice import Practice, SetupRecord, forget_setup, setup_key
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.exchange import get_file
from caresmith.records.revenue.layout import CLAIM, account_key, claim_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.remittance import RemittanceState, get_remittance
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain, table_name
from functions.payments import receiving, runs
from scripts.benchmark.meter import Usage, percentile, timed, watched
from scripts.benchmark.remitted import remittance_file
from scripts.bootstrap.progress import step
from scripts.localstack.inprocess import invoke

CLAIMS: Final = 400
_DAY: Final = date(2026, 11, 1)
_CLAIMS_OF_ONE: Final = 4
"""Visits of one patient."""
_TENTHS: Final = 10
_LINES: Final = (("99213", ("25",), 150_00), ("87880", (), 100_00))
"""As :mod:`scripts.benchmark.remitted` writes them."""


@dataclass
class Tenth:
    """What one tenth of the claims used."""

    usage: Usage
    seconds: list[float] = field(default_factory=list)
    """Of each claim."""
    bare: list[float] = field(default_factory=list)
    """Of each PutItem."""
    resident: int = 0
    """Bytes that the process held at its end."""

    @property
    def ratio(self) -> float:
        return percentile(self.seconds, 50) / percentile(self.bare, 50)


@dataclass(frozen=True)
class PostedFile:
    claims: int
    taken: Usage
    """Checking and filing, all claims."""
    taken_seconds: float
    tenths: tuple[Tenth, ...]
    seconds: float
    """Of posting, all claims."""


def measure(claims: int = CLAIMS) -> PostedFile:
    """Needs a throwaway system. Raises RuntimeError where not every claim was posted."""
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    _set_up(practice)
    with step(f"Charging {claims:,} claims"):
        _bill(practice, claims)
    # Functions print their metrics, which are no part of the report.
    with redirect_stdout(StringIO()) as printed:
        with step(f"Taking an 835 of {claims:,} claims"), watched() as taken:
            begin = time.perf_counter()
            remittance = _take(practice, claims)
            taken_seconds = time.perf_counter() - begin
        with step(f"Posting {claims:,} claims"):
            begin = time.perf_counter()
            tenths = _post(practice, remittance, claims, printed)
            seconds = time.perf_counter() - begin
    head = get_remittance(practice, remittance)
    if head is None or head.state != RemittanceState.POSTED or int(head.posted) != claims:
        raise RuntimeError("the remittance was not posted to the last claim")
    return PostedFile(claims, taken, taken_seconds, tuple(tenths), seconds)


# -- what is posted ---------------------------------------------------------------


def _set_up(practice: PracticeId) -> None:
    thing = Practice(id=practice, name="Bench", zone="America/Chicago", npi="1234567893")
    key = setup_key(thing.kind, thing.id)
    SetupRecord(practice, key, kind=thing.kind, body=thing.model_dump_json()).save()
    forget_setup(practice)


def _bill(practice: PracticeId, claims: int) -> None:
    actor, clock = Actor.system(practice, "bench"), SystemClock()
    postings = [
        Posting(book=Book.INSURANCE, amount=Money(cents), line=str(place))
        for place, (_, _, cents) in enumerate(_LINES, 1)
    ]
    whole = sum(cents for _, _, cents in _LINES)
    postings.append(Posting(book=Book.CHARGES, amount=Money(-whole)))
    charged = Journal(kind=JournalKind.CHARGES, postings=tuple(postings))
    for first in range(1, claims + 1, _CLAIMS_OF_ONE):
        patient = PatientId.new()
        with acting_as(actor), audited(AuditTrail(actor, "bench", clock)):
            writes = RevenueWrites(actor, clock.now(), _DAY)
            for number in range(first, min(first + _CLAIMS_OF_ONE, claims + 1)):
                sheet = _sheet(practice, patient)
                writes.post(sheet, charged)
                writes.add_claim(_claim(practice, patient, sheet, number), "made", {})
            writes.commit()


def _sheet(practice: PracticeId, patient: PatientId) -> SheetItem:
    sheet = SheetId.new()
    content = SheetContent(
        location_id=LocationId.new(),
        rendering_id=ProviderId.new(),
        place_of_service="11",
        diagnoses=("E119",),
        coverages=(CoverageId.new(),),
        lines=tuple(
            ChargeLine(
                line=str(place),
                code=code,
                modifiers=modifiers,
                pointers=(1,),
                charge=Money(cents),
                day=_DAY,
            )
            for place, (code, modifiers, cents) in enumerate(_LINES, 1)
        ),
        last_line=len(_LINES),
    )
    return SheetItem(
        account_key(practice, patient),
        sheet_sort_key(_DAY, sheet),
        sheet_id=sheet,
        patient_id=patient,
        day=_DAY.isoformat(),
        status=SheetStatus.BILLED,
        turn=1,
        charge_cents=content.charge.cents,
        balances={},
        version=0,
        content=seal_sheet(practice, sheet, content),
    )


def _claim(practice: PracticeId, patient: PatientId, sheet: SheetItem, number: int) -> ClaimItem:
    claim = ClaimId.new()
    return ClaimItem(
        claim_key(practice, claim),
        CLAIM,
        claim_id=claim,
        sheet_id=sheet.sheet_id,
        sheet_version=1,
        patient_id=patient,
        coverage_id=CoverageId.new(),
        payer_id=PayerId.new(),
        turn=1,
        control_number=f"C{number}",
        state=ClaimState.ACCEPTED,
        day=_DAY.isoformat(),
        charge_cents=int(sheet.charge_cents),
        draft=Sealer(practice, Domain.REVENUE).seal(
            claim, "draft", ClaimDraft(control_number=f"C{number}")
        ),
    )


# -- the file's way -----------------------------------------------------------------


def _take(practice: PracticeId, claims: int) -> RemittanceId:
    """Checked and filed; nothing of it is posted yet."""
    actor, clock = Actor.system(practice, "bench"), SystemClock()
    raw = b"".join(remittance_file(claims))
    with acting_as(actor), audited(AuditTrail(actor, "bench", clock)):
        file = receiving.take("bench.835", raw, actor=actor, clock=clock)
    # Filed in slices of a minute, as many as it takes.
    for payload in _plans():
        invoke("payments", payload)
    found = get_file(practice, ExchangeFileId(file.file_id))
    if found is None or not found.contents:
        raise RuntimeError(f"the file was not taken: {found and found.refusal}")
    return RemittanceId(str(found.contents[0]))


def _post(
    practice: PracticeId, remittance: RemittanceId, claims: int, printed: StringIO
) -> list[Tenth]:
    """Let the function post slice by slice; look each time when a tenth is done."""
    every = max(1, claims // _TENTHS)
    tenths: list[Tenth] = []
    done = itertools.count(1)
    plain, put = runs.post_one, _bare_put()
    with watched() as usage:

        def post_one(*given: Any, **named: Any) -> None:
            before = sum(usage.calls.values()), usage.reads, usage.writes
            seconds, _ = timed(lambda: plain(*given, **named))
            tenths[-1].seconds.append(seconds)
            _add(tenths[-1].usage, usage, before)
            tenths[-1].bare.append(timed(put)[0])
            usage.calls["dynamodb:PutItem"] -= 1
            if next(done) % every == 0:
                _look(tenths, usage, printed)

        tenths.append(Tenth(Usage()))
        with patch.object(runs, "post_one", post_one):
            task: dict[str, Any] = {
                "task": "post-remittance",
                "practice_id": practice,
                "remittance_id": remittance,
            }
            for payload in itertools.chain([task], _plans()):
                invoke("payments", payload)
    return [tenth for tenth in tenths if tenth.seconds]


def _add(to: Usage, usage: Usage, before: tuple[int, float, float]) -> None:
    """What one claim used, the bare PutItem aside."""
    calls, reads, writes = before
    to.calls["dynamodb:calls"] += sum(usage.calls.values()) - calls
    to.reads += usage.reads - reads
    to.writes += usage.writes - writes


def _look(tenths: list[Tenth], usage: Usage, printed: StringIO) -> None:
    # The meter's own notes, and what functions print, are not the function's memory.
    usage.partitions.clear()
    printed.seek(0)
    printed.truncate()
    gc.collect()
    tenths[-1].resident = psutil.Process().memory_info().rss
    tenths.append(Tenth(Usage()))


def _bare_put() -> Callable[[], Any]:
    client, number = boto3.client("dynamodb"), itertools.count()
    table = table_name(Domain.REVENUE)

    def put() -> None:
        key = {"pk": {"S": "baseline"}, "sk": {"S": str(next(number))}}
        client.put_item(TableName=table, Item=key)

    return put


def _plans() -> Iterator[dict[str, Any]]:
    """What was planned for later, as long as there is something."""
    while found := _planned():
        yield from found


def _planned() -> list[dict[str, Any]]:
    client, found = boto3.client("scheduler"), []
    for page in client.get_paginator("list_schedules").paginate(GroupName=group()):
        for one in page["Schedules"]:
            schedule = client.get_schedule(Name=one["Name"], GroupName=group())
            found.append(json.loads(schedule["Target"]["Input"]))
            client.delete_schedule(Name=one["Name"], GroupName=group())
    return found


# -- the report -----------------------------------------------------------------------


def table(posted: PostedFile) -> Table:
    shown = Table(title=f"An 835 of {posted.claims:,} claims, posted into the engine")
    for name in ("claims", "calls a claim", "units a claim", "p50 ×PutItem", "resident MiB"):
        shown.add_column(name, justify="right")
    count = 0
    for tenth in posted.tenths:
        here = len(tenth.seconds)
        count += here
        shown.add_row(
            f"to {count:,}",
            f"{sum(tenth.usage.calls.values()) / here:.2f}",
            f"{tenth.usage.capacity / here:.2f}",
            f"{tenth.ratio:.1f}",
            f"{tenth.resident / 1024 / 1024:.0f}" if tenth.resident else "",
        )
    calls = sum(n for call, n in posted.taken.calls.items() if call.startswith("dynamodb:"))
    shown.add_section()
    shown.add_row(
        "checked, filed",
        f"{calls / posted.claims:.2f}",
        f"{posted.taken.capacity / posted.claims:.2f}",
    )
    shown.caption = (
        f"{posted.claims / posted.taken_seconds:,.0f} claims a second checked and filed, "
        f"{posted.claims / posted.seconds:,.0f} posted"
    )
    return shown
