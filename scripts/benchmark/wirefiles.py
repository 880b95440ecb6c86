"""X12 files: claims built, a large remittance read, and pyx12 on the same file in the same run.

The remittance is read by a process of its own, so that what it holds is its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.table import Table

from caresmith.money import Money
from caresmith.npi import Npi
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.coverage import Payer, Subscriber
from caresmith.x12.claims.line import LineProcedure, ServiceLine
from caresmith.x12.claims.model import ProfessionalClaim, Submission
from caresmith.x12.claims.parties import Address, BillingProvider, Contact, Receiver, Submitter
from caresmith.x12.envelope import Party
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import Addressing, ControlNumbers, written
from scripts.benchmark.remitted import remittance_file

CLAIMS: Final = 20_000
_BUILT: Final = 2_000
_READ: Final = """
import resource, sys, time
from caresmith.x12.remittance.model import ClaimPayment
from caresmith.x12.remittance.reading import read_remittances
def held():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with open(sys.argv[1], "rb") as file:
    begin, count, early, end = time.process_time(), 0, 0, None
    for piece in read_remittances(file):
        end = piece
        count += isinstance(piece, ClaimPayment)
        if count == 1000 and not early:
            early = held()
print(time.process_time() - begin, count, early or held(), held(), end.balances)
"""
_READ_BY_PYX12: Final = """
import logging, sys, time
import pyx12.error_handler, pyx12.params, pyx12.x12context
logging.disable(logging.CRITICAL)
with open(sys.argv[1]) as file:
    begin = time.process_time()
    reader = pyx12.x12context.X12ContextReader(
        pyx12.params.params(), pyx12.error_handler.errh_null(), file
    )
    count = sum(1 for part in reader.iter_segments("2100") if part.id == "2100")
print(time.process_time() - begin, count)
"""


@dataclass(frozen=True, slots=True)
class Wire:
    """What was measured; seconds of CPU."""

    built_per_second: float
    claims: int
    size: int
    seconds: float
    pyx12_seconds: float
    held_early: int
    held_at_end: int
    """MiB at most, after a thousand claims and after all."""
    posting_seconds: float
    posting_early: int
    posting_late: int

    @property
    def ratio(self) -> float:
        return self.pyx12_seconds / self.seconds


def measure(claims: int = CLAIMS) -> Wire:
    """Build 837s; write an 835 of ``claims`` claims, and let both readers read it."""
    built = _built()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "remittance.835"
        with path.open("wb") as file:
            for part in remittance_file(claims):
                file.write(part)
        size = path.stat().st_size
        seconds, count, early, end, balances = _run(_READ, path)
        if int(count) != claims or balances != "True":
            raise RuntimeError("the remittance was not read as it was written")
        posting, done, first, last, exact = _run_module("scripts.benchmark.posted", path)
        if int(done) != claims or exact != "True":
            raise RuntimeError("the remittance was not posted to the last cent")
        theirs, counted = _run(_READ_BY_PYX12, path)
        if int(counted) != claims:
            raise RuntimeError("pyx12 read other claims than were written")
    return Wire(
        built_per_second=built,
        claims=claims,
        size=size,
        seconds=float(seconds),
        pyx12_seconds=float(theirs),
        held_early=int(early),
        held_at_end=int(end),
        posting_seconds=float(posting),
        posting_early=int(first),
        posting_late=int(last),
    )


def _run(program: str, path: Path) -> list[str]:
    return _told(["-c", program, str(path)])


def _run_module(name: str, path: Path) -> list[str]:
    return _told(["-m", name, str(path)])


def _told(arguments: list[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
        # Records name their tables; nothing here reaches one.
        env={
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "CARESMITH_PREFIX": "benchmark-",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
    )
    return done.stdout.split()


def _built() -> float:
    """Claims written to bytes in a second of CPU, of two lines each."""
    submission = Submission(
        submitter=Submitter(
            name="Lakeside Clinic", id="SUB1", contacts=(Contact(name="Bo", phone="3125550100"),)
        ),
        receiver=Receiver(name="Clearinghouse", id="CH1"),
        reference="B1",
        claims=tuple(claims(_BUILT)),
    )
    addressing = Addressing(Party("ZZ", "CLINIC"), Party("ZZ", "PAYER"), "CLINIC", "PAYER")
    at = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
    begin = time.process_time()
    written(claim_file([submission], addressing, ControlNumbers(1, 1), at))
    return _BUILT / (time.process_time() - begin)


def claims(count: int) -> Iterator[ProfessionalClaim]:
    """Plain claims of two lines each."""
    home = Address(line1="1 Main St", city="Chicago", state="IL", postal_code="606010001")
    billing = BillingProvider(
        last="Lakeside Clinic", npi=Npi("1234567893"), tax_id="123456789", address=home
    )
    day = date(2026, 11, 2)
    for number in range(count):
        yield ProfessionalClaim(
            billing=billing,
            subscriber=Subscriber(
                last="Doe",
                first=f"Jane{number}",
                member_id=f"M{number}",
                address=home,
                birth_date=date(1980, 2, 29),
                sex="F",
                filing="CI",
            ),
            payer=Payer(name="Payer", id="12345"),
            control_number=f"C{number}",
            place_of_service="11",
            diagnoses=("E119", "I10"),
            lines=tuple(
                ServiceLine(
                    procedure=LineProcedure(code=code, modifiers=("25",)),
                    charge=Money(15_000),
                    quantity=Quantity.of(1),
                    pointers=(1, 2),
                    service=Period(day, day),
                )
                for code in ("99213", "87880")
            ),
        )


def table(wire: Wire) -> Table:
    shown = Table("X12", "measured")
    shown.add_row("837P claims built per CPU second", f"{wire.built_per_second:,.0f}")
    shown.add_row("835: claims", f"{wire.claims:,} ({wire.size / 1e6:.1f} MB)")
    shown.add_row("835: claims read per CPU second", f"{wire.claims / wire.seconds:,.0f}")
    shown.add_row("835: pyx12's time ÷ ours", f"{wire.ratio:.1f}")
    shown.add_row(
        "835: memory held at most, after 1,000 and after all claims",
        f"{wire.held_early} MiB, {wire.held_at_end} MiB",
    )
    shown.add_row(
        "835: claims read, matched and posted in memory per CPU second",
        f"{wire.claims / wire.posting_seconds:,.0f}",
    )
    shown.add_row(
        "835: memory held then, after 1,000 and after all claims",
        f"{wire.posting_early} MiB, {wire.posting_late} MiB",
    )
    return shown
