"""How much of an authorization has been used: counted from the charges, kept nowhere.

A *use* is a line of a charge sheet under a number, so a service is counted once however
many claims were made of it: a claim that is sent again, corrected or sent to the next payer is
of the same line, and a message that is delivered twice changes no line. Which number a line
is under, its claims say, since a biller may have given one to the claim alone; a sheet of
which no claim was made yet says it itself. Not counted are

* sheets in review and voided ones: nothing is charged by them;
* lines of which every claim that had the number was voided, replaced by one that has it
  not, or denied as a whole: what a payer has refused uses nothing up.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from caresmith.claims.authorized import Counted, Kind, OnFile, Service
from caresmith.claims.draft import ClaimDraft
from caresmith.codes.ranges import Codes
from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.authorization import AuthorizationRead, as_sent
from caresmith.records.revenue.claim import ClaimOfSheetItem, ClaimState
from caresmith.records.revenue.layout import CLAIM_LINE, account_key
from caresmith.records.revenue.sheet import (
    SheetContent,
    SheetItem,
    SheetStatus,
    open_sheet,
    sheets_of,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain

_GROUP = "authorized"
_UNCHARGED = frozenset({SheetStatus.REVIEW, SheetStatus.VOID})
_NOT_STANDING = frozenset({ClaimState.VOIDED, ClaimState.REPLACED, ClaimState.DENIED})
_VOID = "8"


class Numbers(BaseModel):
    """Under which numbers a claim bills, sealed with it: of the whole, and of single lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    whole: Mapping[Kind, str] = {}
    lines: Mapping[str, Mapping[Kind, str]] = {}
    """By the sheet's line."""

    def of(self, line: str, kind: Kind) -> str:
        return self.lines.get(line, {}).get(kind) or self.whole.get(kind, "")

    @classmethod
    def of_draft(cls, draft: ClaimDraft) -> Numbers:
        whole = {
            Kind.AUTHORIZATION: draft.numbers.prior_authorization,
            Kind.REFERRAL: draft.numbers.referral,
        }
        lines = {}
        for line in draft.lines:
            own = {
                # One with a payer is another payer's (REF04).
                Kind.AUTHORIZATION: next(
                    (one.value for one in line.prior_authorizations if not one.payer), ""
                ),
                Kind.REFERRAL: next((one.value for one in line.referrals if not one.payer), ""),
            }
            if any(own.values()):
                lines[line.charge_id] = {kind: one for kind, one in own.items() if one}
        return cls(whole={kind: one for kind, one in whole.items() if one}, lines=lines)

    @classmethod
    def of_sheet(cls, content: SheetContent) -> Numbers:
        whole = {
            Kind.AUTHORIZATION: as_sent(content.prior_authorization),
            Kind.REFERRAL: as_sent(content.referral_number),
        }
        return cls(whole={kind: one for kind, one in whole.items() if one})


def seal_numbers(practice: PracticeId, claim: str, draft: ClaimDraft) -> bytes | None:
    """None where the claim has no number at all."""
    numbers = Numbers.of_draft(draft)
    if numbers == Numbers():
        return None
    return Sealer(practice, Domain.REVENUE).seal(claim, _GROUP, numbers)


@dataclass(frozen=True, slots=True)
class Use:
    """A charged service under a number."""

    number: str
    kind: Kind
    code: str
    day: dt.date
    units: int


def uses_of_sheet(
    practice: PracticeId,
    sheet: SheetItem,
    content: SheetContent,
    claims: Iterable[ClaimOfSheetItem],
) -> Iterator[Use]:
    """``claims`` are all that were ever made of the sheet."""
    if sheet.status in _UNCHARGED:
        return
    made = list(claims)
    said = [_numbers(practice, one, content) for one in made if _stands(one)]
    if not made:
        said = [Numbers.of_sheet(content)]
    for line in content.lines:
        for kind in Kind:
            for number in {one.of(line.line, kind) for one in said} - {""}:
                yield Use(number, kind, line.code, line.day, whole_units(line.units))


def _stands(claim: ClaimOfSheetItem) -> bool:
    return claim.state not in _NOT_STANDING and claim.frequency != _VOID


def _numbers(practice: PracticeId, claim: ClaimOfSheetItem, content: SheetContent) -> Numbers:
    if claim.authorized is not None:
        return Sealer(practice, Domain.REVENUE).unseal(
            claim.claim_id, _GROUP, claim.authorized, Numbers
        )
    # Those of a sheet are its first payer's.
    return Numbers.of_sheet(content) if int(claim.turn) == 1 else Numbers()


def whole_units(written: str) -> int:
    """A part of a unit uses one up."""
    return math.ceil(Decimal(written))


def claims_by_sheet(
    practice: PracticeId, patient: PatientId, *, consistent: bool = False
) -> dict[str, list[ClaimOfSheetItem]]:
    """Every claim of an account by its sheet, in the order in which they were made: one query.

    Unless it is asked for ``consistent``, what was made in this very second may be left out.
    """
    found = ClaimOfSheetItem.query(
        account_key(practice, patient),
        ClaimOfSheetItem.sk.startswith(CLAIM_LINE),
        consistent_read=consistent,
    )
    by_sheet: dict[str, list[ClaimOfSheetItem]] = {}
    for one in sorted(found, key=lambda item: item.control_number):
        by_sheet.setdefault(one.sheet_id, []).append(one)
    return by_sheet


def uses_of(
    practice: PracticeId, charts: Iterable[PatientId], *, but: SheetId | None = None
) -> tuple[Use, ...]:
    """Of a person, but for one sheet: two queries a chart, of which the second is seldom asked
    for nothing, since without sheets there are no claims."""
    found: list[Use] = []
    for chart in charts:
        sheets = [one for one in sheets_of(practice, chart) if one.sheet_id != but]
        claims = claims_by_sheet(practice, chart) if sheets else {}
        for sheet in sheets:
            content = open_sheet(practice, sheet)
            found += uses_of_sheet(practice, sheet, content, claims.get(sheet.sheet_id, ()))
    return tuple(found)


def on_file(
    one: AuthorizationRead,
    uses: Iterable[Use],
    setup: PracticeSetup,
    location: str | None = None,
) -> OnFile:
    """The authorization as claims are held against it; ``location`` is where it was done."""
    codes = Codes(" ".join(one.codes))
    rendering = setup.providers.get(one.rendering_id) if one.rendering_id else None
    mine = [
        use
        for use in uses
        if (use.number, use.kind) == (one.number, one.kind) and (not one.codes or use.code in codes)
    ]
    days = frozenset(use.day for use in mine)
    used = len(days) if one.counted is Counted.VISITS else sum(use.units for use in mine)
    return OnFile(
        number=one.number or "",
        kind=one.kind,
        status=one.status,
        codes=codes,
        first=one.first,
        last=one.last,
        left=None if one.approved is None else max(0, one.approved - used),
        counted=one.counted,
        days=days,
        rendering=rendering.npi if rendering else "",
        diagnoses=frozenset(one.diagnoses),
        here=not (one.location_id and location) or one.location_id == location,
    )


def service_of(
    code: str, day: dt.date | None, units: str, rendering: str, diagnoses: Iterable[str]
) -> Service:
    return Service(code, day, day, whole_units(units), rendering, frozenset(diagnoses))
