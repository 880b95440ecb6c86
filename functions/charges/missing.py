"""What a charge sheet still lacks, as codes: they lie in clear and name lines, never what for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from caresmith.codes.icd10cm import Validity, icd10cm
from caresmith.ids import PayerId
from caresmith.money import Money
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.fee_rules import may_be_free
from caresmith.records.revenue.sheet import SheetContent, SheetItem, WaitingSheetItem
from functions.charges.code_lists import CodeBook

CHANGED_SINCE: Final = "visit-recoded"
"""The visit was coded anew, and the sheet could not follow by itself."""
RETRACTED: Final = "visit-retracted"
"""The visit was entered in error, and something was paid."""

WORDS: Final[dict[str, str]] = {
    "no-lines": "No service is charged.",
    "no-diagnosis": "No diagnosis is listed.",
    "no-pointer": "Line {} points at no diagnosis.",
    "diagnosis-unknown": "Diagnosis {} is no ICD-10-CM code.",
    "diagnosis-not-billable": "Diagnosis {} is a heading: a longer code says what is meant.",
    "diagnosis-not-yet": "Diagnosis {} was not yet valid on the day of service.",
    "diagnosis-ended": "Diagnosis {} was no longer valid on the day of service.",
    "code-unknown": "The code of line {} is not in the practice's list.",
    "code-ended": "The code of line {} was not valid on the day of service.",
    "no-fee": "No fee is known for line {}: type one, or add it to the fee schedule.",
    "future-day": "Line {} lies in the future.",
    "no-provider": "The rendering provider is not in the practice's set-up, so there is no NPI.",
    "no-billing-npi": "The practice has no NPI in its set-up.",
    "no-location": "The location is not in the practice's set-up.",
    "no-ordering-provider": "The ordering provider of line {} is not in the set-up.",
    "payer-unknown": "The first policy's payer is not in the directory: link it.",
    "coverage-ended": "A policy named here does not hold on the day of service.",
    CHANGED_SINCE: "The visit was coded anew since; compare, change what is due, and save.",
    RETRACTED: "The visit was entered in error: take payments back, then void this sheet.",
}


def missing_of(item: SheetItem | WaitingSheetItem) -> list[str]:
    """What the sheet lacks, by its item."""
    return [str(code) for code in item.missing or []]


def set_missing(item: SheetItem, codes: Iterable[str]) -> None:
    item.missing = cast("Any", list(codes))


def sentence(code: str) -> str:
    """What a biller reads of a code such as ``no-fee:2``."""
    kind, _, which = code.partition(":")
    return WORDS[kind].format(which)


def letter(place: int) -> str:
    """A diagnosis's letter on the claim form: A for the first."""
    return chr(ord("A") + place - 1)


@dataclass(frozen=True)
class Facts:
    """What a sheet is looked at with."""

    setup: PracticeSetup
    codes: CodeBook
    payer_id: PayerId | None
    covered: bool
    """Whether all named policies hold on the day."""
    today: dt.date
    fees: Sequence[Money | None]
    """What the standard charges say of each line; needed where a line is charged nothing."""


def lacking(content: SheetContent, facts: Facts) -> list[str]:
    """All that stands between the sheet and its release."""
    return [*_of_sheet(content, facts), *_of_diagnoses(content), *_of_lines(content, facts)]


def _of_sheet(content: SheetContent, facts: Facts) -> Iterator[str]:
    setup = facts.setup
    if not content.lines:
        yield "no-lines"
    if not content.diagnoses:
        yield "no-diagnosis"
    if content.rendering_id not in setup.providers or (
        content.supervising_id and content.supervising_id not in setup.providers
    ):
        yield "no-provider"
    location = setup.locations.get(content.location_id)
    if location is None:
        yield "no-location"
    # TR3 X222 2010AA NM109: the billing provider's NPI.
    elif setup.practice.npi is None and location.npi is None:
        yield "no-billing-npi"
    if content.coverages and not facts.covered:
        yield "coverage-ended"
    elif content.coverages and facts.payer_id is None:
        yield "payer-unknown"


def _of_diagnoses(content: SheetContent) -> Iterator[str]:
    first = min((line.day for line in content.lines), default=None)
    if first is None:
        return
    index = icd10cm()
    for place, code in enumerate(content.diagnoses, 1):
        validity = index.validity(code, first)
        if validity is not Validity.VALID:
            yield f"diagnosis-{validity.value}:{letter(place)}"


def _of_lines(content: SheetContent, facts: Facts) -> Iterator[str]:
    for line, fee in zip(content.lines, facts.fees, strict=True):
        if content.diagnoses and not line.pointers:
            yield f"no-pointer:{line.line}"
        match facts.codes.validity(line.code, line.day):
            case "unknown":
                yield f"code-unknown:{line.line}"
            case "ended":
                yield f"code-ended:{line.line}"
            case _:
                pass
        if not line.charge and not may_be_free(line.code, fee):
            yield f"no-fee:{line.line}"
        if max(line.day, line.last_day or line.day) > facts.today:
            yield f"future-day:{line.line}"
        if line.ordering_id and line.ordering_id not in facts.setup.providers:
            yield f"no-ordering-provider:{line.line}"
