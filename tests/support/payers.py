"""Payers in this process: claims go in as files, and what they answer is read by our readers."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Final

from caresmith.money import Money
from caresmith.x12.acknowledging import Acknowledgement, read_acknowledgements
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.coverage import Subscriber
from caresmith.x12.claims.line import LineProcedure, ServiceLine
from caresmith.x12.claims.model import ClaimNumbers, ProfessionalClaim
from caresmith.x12.remittance.model import ClaimPayment, PaymentEnd, PaymentHeader
from caresmith.x12.remittance.reading import read_remittances
from caresmith.x12.status.model import StatusReport
from caresmith.x12.status.reading import read_statuses
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import ControlNumbers, written
from scripts.payer.house import House
from scripts.payer.rules import Plan, Rule, Rules
from scripts.payer.store import Store
from tests.support.claims import ADDRESSING, AT, claim, line, submission

TODAY: Final = date(2026, 11, 2)
"""A Monday, and the day of the visits."""
PLAIN: Final = Plan(deductible=Money(0), coinsurance=0, copay=Money(0), fee_percent=60)
"""Nothing of it is the patient's: sixty per cent are paid, the rest is written off."""
_numbers: Final = count(1)


def rules(*does: dict[str, Any], plan: Plan = PLAIN, **given: Any) -> Rules:
    """One plan, and a rule for each of ``does``: ``{"do": ..., "when": {...}}``."""
    every = tuple(
        Rule(
            name=f"rule {number}",
            when=one.get("when", {}),
            then={name: value for name, value in one.items() if name != "when"},
        )
        for number, one in enumerate(does)
    )
    return Rules(**{"plans": (plan,), "rules": every, **given})


def house(*does: dict[str, Any], plan: Plan = PLAIN, **given: Any) -> House:
    return House(Store(), rules(*does, plan=plan, **given), TODAY)


def visit(code: str = "99213", charge: int = 15_000, **given: Any) -> ServiceLine:
    """One line; ``modifiers`` and ``units`` may be said."""
    procedure = LineProcedure(code=code, modifiers=tuple(given.pop("modifiers", ())))
    units = Quantity.of(given.pop("units", 1))
    on = given.pop("on", TODAY)
    service = Period(on, on)
    return line(procedure=procedure, charge=Money(charge), quantity=units, service=service, **given)


def member(id_: str = "M100", **given: Any) -> Subscriber:
    return claim().subscriber.model_copy(update={"member_id": id_, **given})


def corrected(one: ProfessionalClaim, before: str, frequency: str = "7", **given: Any) -> Any:
    """The claim that replaces (7) or voids (8) the one that the payer gave that number."""
    numbers = ClaimNumbers(payer_control_number=before)
    return one.model_copy(update={"frequency": frequency, "numbers": numbers, **given})


def file_of(*claims: ProfessionalClaim, **given: Any) -> bytes:
    """A file with a set of its own control number, as each real one has."""
    number = next(_numbers)
    numbers = ControlNumbers(interchange=number, group=number)
    addressing = given.pop("addressing", ADDRESSING)
    segments = claim_file([submission(*claims)], addressing, numbers, AT)
    return written(segments, line_break="\n")


def send(to: House, *claims: ProfessionalClaim) -> None:
    assert to.take(f"claims-{next(_numbers)}.837", file_of(*claims))


@dataclass(frozen=True)
class Paid:
    """One payment as we read it."""

    header: PaymentHeader
    claims: list[ClaimPayment]
    end: PaymentEnd

    @property
    def besides(self) -> list[tuple[str, int]]:
        return [(one.reason, one.amount.cents) for one in self.end.provider_adjustments]


def raws(of: House, kind: str) -> list[bytes]:
    """Every file of a kind that has left, oldest first."""
    names = [one["name"] for one in of.files(most=1_000) if one["kind"] == kind]
    return [of.file(name) or b"" for name in names]


def payments(of: House) -> list[Paid]:
    return [one for raw in raws(of, "835") for one in read_payments(raw)]


def read_payments(raw: bytes) -> list[Paid]:
    found, claims = [], list[ClaimPayment]()
    header: PaymentHeader | None = None
    for piece in read_remittances(io.BytesIO(raw)):
        if isinstance(piece, PaymentHeader):
            header, claims = piece, []
        elif isinstance(piece, ClaimPayment):
            claims.append(piece)
        else:
            assert header is not None
            found.append(Paid(header, claims, piece))
    return found


def acknowledgements(of: House, kind: str = "999") -> list[Acknowledgement]:
    return [one for raw in raws(of, kind) for one in read_acknowledgements(io.BytesIO(raw))]


def receipts(of: House) -> list[StatusReport]:
    return [one for raw in raws(of, "277ca") for one in read_statuses(io.BytesIO(raw))]


def reasons(every: Iterable[Adjustment]) -> list[tuple[str, int]]:
    """Like ``("CO-45", 6000)``."""
    return [(f"{one.group}-{one.reason}", one.amount.cents) for one in every]


def number_of(of: House) -> str:
    """What the payer called the last claim that it took."""
    return receipts(of)[-1].claims[-1].payer_control_number
