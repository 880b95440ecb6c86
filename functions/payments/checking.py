"""A remittance file is read whole before anything of it is posted.

It is ours only if everything holds: envelope and counts, sums at all three levels
(TR3 1.10.2), the payee, and that it was not here before. What is refused is kept, with
the place and a sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from caresmith.ids import PracticeId, RemittanceId
from caresmith.money import Money
from caresmith.x12.flaws import X12Refused
from caresmith.x12.parts import reference
from caresmith.x12.reader import ByteSource
from caresmith.x12.remittance.model import (
    ClaimPayment,
    Organisation,
    PaymentEnd,
    PaymentHeader,
)
from caresmith.x12.remittance.reading import read_remittances


class Refused(Exception):
    """The file can't be taken. ``reason`` is a sentence that repeats nothing of it."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(slots=True)
class Checked:
    """One transaction set: one payment."""

    ordinal: int
    payer_name: str
    payer_tax_id: str
    trace: str
    amount: Money
    """Negative where the practice owes it."""
    method: str
    paid_on: dt.date
    claims: int = 0
    adjustments: int = 0
    payer_ids: tuple[str, ...] = ()
    """Its ids on the wire, where it tells them."""
    _digest: bytes = b""

    def count(self, claim: ClaimPayment) -> None:
        self.claims += 1
        told = "|".join(
            (
                claim.control_number,
                claim.status.value,
                str(claim.charge.cents),
                claim.payer_control_number,
            )
        )
        self._digest = sha256(self._digest + told.encode()).digest()

    def identity(self, practice: PracticeId) -> RemittanceId:
        """Payer, trace and amount are one payment, whatever bytes they come in.

        Where nothing is paid, payers use one trace number again and again: then day and
        claims tell them apart.
        """
        parts = [practice, self.payer_tax_id, self.trace.strip().upper(), str(self.amount.cents)]
        if not self.amount:
            parts += [self.paid_on.isoformat(), self._digest.hex()]
        return RemittanceId.derived(*parts)


def check(source: ByteSource, npis: Iterable[str], tax_ids: Iterable[str]) -> list[Checked]:
    """The payments of a file. Memory holds one claim of it at a time. Raises Refused."""
    payee = _Payee(frozenset(npis), frozenset(tax_ids))
    found: list[Checked] = []
    try:
        for piece in read_remittances(source):
            if isinstance(piece, PaymentHeader):
                payee.check(piece.payee)
                found.append(_checked(piece, len(found) + 1))
            elif isinstance(piece, ClaimPayment):
                found[-1].count(piece)
            else:
                _balanced(piece)
                found[-1].adjustments = len(piece.provider_adjustments)
    except X12Refused as refused:
        raise Refused(str(refused.flaw), refused.flaw.place.line) from None
    if not found:
        raise Refused("The file holds no remittance (835).")
    return found


def _checked(header: PaymentHeader, ordinal: int) -> Checked:
    if header.currency != "USD":
        raise Refused(f"It pays in {header.currency[:3]}: only US dollars are taken.")
    amount = header.amount if header.credit else -header.amount
    # TR3 TRN03: a 1 and the payer's tax id.
    tax_id = header.payer_id[1:] if len(header.payer_id) == 10 else header.payer_id  # noqa: PLR2004
    return Checked(
        ordinal=ordinal,
        payer_name=header.payer.name,
        payer_tax_id=tax_id,
        trace=header.trace,
        amount=amount,
        method=header.method,
        paid_on=header.effective,
        payer_ids=_electronic_ids(header.payer),
    )


def _electronic_ids(payer: Organisation) -> tuple[str, ...]:
    """TR3 1000A: N104 is the CMS plan id (XV), REF 2U the id that claims are sent to.

    Not REF NF: a NAIC code has the form of such an id, and may be another payer's.
    """
    plan = payer.id if payer.qualifier == "XV" else ""
    return tuple(one for one in (reference(payer.references, "2U"), plan) if one)


def _balanced(end: PaymentEnd) -> None:
    if not end.balances:
        first = end.imbalances[0]
        more = f" ({end.imbalance_count - 1} more like it)" if end.imbalance_count > 1 else ""
        raise Refused(f"{first.place}: {first.reason}{more}", first.place.line)


@dataclass(frozen=True)
class _Payee:
    npis: frozenset[str]
    tax_ids: frozenset[str]

    def check(self, payee: Organisation) -> None:
        """TR3 1000B: N104 is an NPI (XX) or a tax id (FI); REF TJ is the tax id besides."""
        if not self.npis and not self.tax_ids:
            raise Refused("The practice has neither NPI nor tax id here: set them up first.")
        tax_id = payee.id if payee.qualifier == "FI" else reference(payee.references, "TJ")
        tax_id = tax_id.replace("-", "")
        if payee.qualifier == "XX" and payee.id in self.npis:
            return
        # An NPI that is not known may be a provider's who is new: the tax id decides.
        if tax_id and tax_id in self.tax_ids:
            return
        raise Refused("It pays another practice: neither its NPI nor its tax id is this one's.")
