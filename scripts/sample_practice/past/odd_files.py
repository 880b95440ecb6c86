"""Files that do not go through by themselves: one that does not add up, one of another's claim."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.ids import ClaimId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.claim import BoardItem, ClaimState, get_claim
from caresmith.records.revenue.layout import board_key
from caresmith.x12.values import Period
from caresmith.x12.writer import ControlNumbers, written
from functions.claims.answers import filing
from functions.claims.submission.building import claims_837
from functions.claims.submission.outlets import connection
from functions.claims.verdict import open_draft
from scripts.payer.house import House
from scripts.sample_practice.past.office import BILLER
from scripts.sample_practice.past.stage import P, Stage

_OLD_NUMBER: Final = "LK20417"
_OLD_INTERCHANGE: Final = 900_000_001
_BEFORE: Final = dt.timedelta(days=45)
"""So long ago, the practice billed with another system."""


def send_as_another_system(stage: Stage, house: House) -> None:
    """A claim that is none of ours goes out: its payment will fit nothing.

    It is like one of ours, of an earlier visit of the same patient.
    """
    row = next(iter(BoardItem.query(board_key(P, ClaimState.PAID), limit=1)), None)
    claim = get_claim(P, ClaimId(row.claim_id)) if row else None
    if claim is None:
        return
    draft = open_draft(P, claim)
    lines = tuple(
        line.model_copy(
            update={
                "service": Period(line.service.first - _BEFORE, line.service.first - _BEFORE)
                if line.service
                else None
            }
        )
        for line in draft.lines
    )
    other = draft.model_copy(update={"control_number": _OLD_NUMBER, "lines": lines})
    setup = practice_setup(P)
    with stage.acting(BILLER):
        address = connection(P, setup).address
    numbers = ControlNumbers(_OLD_INTERCHANGE, _OLD_INTERCHANGE, 1)
    at = stage.clock.now().replace(tzinfo=None)
    house.take("former-system.837", written(claims_837([other], setup, address, numbers, at)))


def take_one_that_does_not_add_up(stage: Stage, house: House) -> None:
    """A payer's file in which the payment is a dollar more than its claims; it came by hand."""
    names = [row["name"] for row in house.files(0, 1_000) if row["kind"] == "835"]
    raw = house.file(names[-1]) if names else None
    if raw is None:
        return
    with stage.acting(BILLER):
        filing.take(
            "remittance.835",
            _a_dollar_more(raw),
            "upload",
            actor=BILLER,
            now=stage.clock.now(),
        )
    stage.follow()


def _a_dollar_more(raw: bytes) -> bytes:
    """BPR02 of the first payment, which then is not what CLP04 and PLB say."""
    begin = raw.index(b"BPR*")
    parts = raw[begin:].split(b"*", 3)
    more = f"{float(parts[2]) + 1:.2f}".encode()
    return raw[:begin] + b"*".join([*parts[:2], more, parts[3]])
