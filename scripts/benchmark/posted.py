"""An 835 parsed, matched and posted in memory: what the rules of posting cost, without storage.

Run as a program of its own, so that what it holds is its own:
``python -m scripts.benchmark.posted <file>`` prints seconds of CPU, claims, and MiB held
after a thousand claims and at the end.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Final

from caresmith.ids import ClaimId, RemittanceId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import Adjudication
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.sheet import ChargeLine
from caresmith.x12.remittance.model import ClaimPayment, PaymentEnd, PaymentHeader
from caresmith.x12.remittance.reading import read_remittances
from functions.payments.posting.matching import match_lines
from functions.payments.posting.outcome import claim_states, findings
from functions.payments.posting.posting import State, change
from functions.payments.reading import remitted

EARLY: Final = 1000
_CODES: Final = (("99213", ("25",), 150_00), ("87880", (), 100_00))
"""As :mod:`scripts.benchmark.remitted` writes them."""


def held() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def posted(path: Path) -> tuple[int, int, int, bool]:
    """Claims, MiB held early and at the end, and whether clearing came to what was paid."""
    count = early = clearing = 0
    header: PaymentHeader | None = None
    end: PaymentEnd | None = None
    with path.open("rb") as file:
        for piece in read_remittances(file):
            if isinstance(piece, PaymentHeader):
                header = piece
            elif isinstance(piece, ClaimPayment):
                assert header is not None  # noqa: S101 - the reader gives it first
                clearing += _post(piece, header)
                count += 1
                if count == EARLY:
                    early = held()
            else:
                end = piece
    exact = end is not None and end.claims_paid.cents == clearing
    return count, early or held(), held(), exact


def _post(piece: ClaimPayment, header: PaymentHeader) -> int:
    claim = remitted(piece)
    day = claim.first or header.effective
    ours = [
        ChargeLine(
            line=str(number),
            code=code,
            modifiers=modifiers,
            pointers=(1,),
            charge=Money(charge),
            day=day,
        )
        for number, (code, modifiers, charge) in enumerate(_CODES, 1)
    ]
    match = match_lines(claim, ours)
    if not match.certain:
        raise RuntimeError(f"claim {piece.number} was not matched: {match.doubts}")
    said = Adjudication(
        remittance_id=RemittanceId.derived(header.trace),
        position=piece.number,
        claim_id=ClaimId.derived(claim.control_number),
        turn=1,
        status=claim.status,
        payer_control_number=claim.payer_control_number,
        paid_on=header.effective,
        lines=match.lines,
    )
    done = change(State({line.line: line.charge for line in ours}, 1), add=said)
    claim_states(done.settlement)
    findings(done.settlement, {})
    return done.journal.total(Book.CLEARING).cents if done.journal else 0


def main() -> None:
    begin = time.process_time()
    count, early, late, exact = posted(Path(sys.argv[1]))
    print(time.process_time() - begin, count, early, late, exact)


if __name__ == "__main__":
    main()
