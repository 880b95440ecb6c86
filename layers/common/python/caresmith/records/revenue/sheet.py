"""A charge sheet: what one visit is charged, and what is still open of each line.

===================  ==========================================  ==========================
 our field            FHIR R4                                     837P (TR3 X222A1)
===================  ==========================================  ==========================
 encounter_id         ChargeItem.context
 day                  ChargeItem.occurrence                       2400 DTP 472
 diagnoses            Claim.diagnosis                             2300 HI
 lines                ChargeItem, Claim.item                      2400
 place_of_service     Claim.item.location                         2300 CLM05-1
 billing, rendering   Claim.provider, .careTeam                   2010AA, 2310B
 coverages            Account.coverage (in their order)           2000B, 2320
 prior_authorization  Claim.insurance.preAuthRef                  2300 REF G1
===================  ==========================================  ==========================

One sheet becomes one claim to each payer in turn; what does not fit on one
claim (another rendering provider, a 13th diagnosis, a 51st line) is another
sheet of the same encounter. Line ids are given once: a removed line's number
is not used again, so that what a payer answers later still finds its line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import (
    CoverageId,
    EncounterId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    SheetId,
)
from caresmith.money import Money
from caresmith.npi import Npi
from caresmith.records.practice import BillingAddress
from caresmith.records.revenue.layout import (
    CONTENT,
    SHEET,
    WHERE,
    account_key,
    encounter_key,
    sheet_where_key,
)
from caresmith.records.revenue.ledger import LineBalance, LineId
from caresmith.records.revenue.service import Clia, LineFacts, SheetPart
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.text import Line

MAX_LINES: Final = 50
"""TR3 X222 2400 LX: fifty service lines a claim."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")]
"""A CPT or HCPCS Level II code: five characters."""
DiagnosisCode = Annotated[str, StringConstraints(pattern=r"^[A-TV-Z][0-9][0-9A-Z][0-9A-Z]{0,4}$")]
"""ICD-10-CM without its point."""
Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
EpsdtReferral = Literal["AV", "NU", "S2", "ST"]
"""2300 CRC03: whether a child's screening led to a referral, and to which."""


class SheetStatus(StrEnum):
    REVIEW = "review"
    """Something is missing or doubtful: a biller looks at it."""
    READY = "ready"
    """Released: it is in the ledger, and claims are made from it."""
    BILLED = "billed"
    """A claim has gone out, or the patient has been charged."""
    CLOSED = "closed"
    """Nothing is open."""
    VOID = "void"
    """Taken back: its journals sum to nothing."""


class ChargeLine(LineFacts):
    """One service."""

    line: LineId
    code: Code
    modifiers: tuple[Modifier, ...] = Field((), max_length=4)
    units: Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,3})?$")] = "1"
    pointers: tuple[int, ...] = Field((), max_length=4)
    """Places, from 1, in the sheet's diagnoses; the first is the primary one (SV107).
    None only while the sheet is in review: what is released has one at least."""
    charge: Money
    expected: Money | None = None
    """What the payer's fee schedule allows; None where none is loaded."""
    day: dt.date

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.charge.cents < 0:
            raise ValueError("a charge is not negative")
        if self.last_day and self.last_day < self.day:
            raise ValueError("the last day lies before the first")
        if len(set(self.modifiers)) < len(self.modifiers):
            raise ValueError("a modifier stands once in a line")
        return self


class Accident(SheetPart):
    """2300 CLM11 and DTP 439."""

    on: dt.date
    auto: bool = False
    employment: bool = False
    state: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None


class OutsideLaboratory(SheetPart):
    """Another laboratory, which did the tests that have modifier 90 (2400 PS1, 2420B, REF F4)."""

    name: Annotated[Line, StringConstraints(max_length=60)]
    npi: Npi
    clia: Clia | None = None
    address: BillingAddress | None = None
    """2420C: where the tests were done."""


class WhoPays(StrEnum):
    """How a sheet's coverages were found."""

    CHART = "chart"
    """Those of the chart that hold on the day, in their order."""
    CHOSEN = "chosen"
    """A person named them: an accident's insurer instead of the health plan."""
    PATIENT = "patient"
    """None is asked: the patient pays, perhaps by a restriction of 45 CFR 164.522(a)(1)(vi)."""


class SheetContent(SheetPart):
    """Sealed group ``content``."""

    encounter_id: EncounterId | None = None
    location_id: LocationId
    rendering_id: ProviderId
    supervising_id: ProviderId | None = None
    referring_name: Line | None = None
    referring_npi: Annotated[str, StringConstraints(pattern=r"^\d{10}$")] | None = None
    place_of_service: Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
    diagnoses: tuple[DiagnosisCode, ...] = Field((), max_length=12)
    lines: tuple[ChargeLine, ...] = Field((), max_length=MAX_LINES)
    last_line: int = Field(default=0, ge=0)
    """The highest line number ever given out."""
    coverages: tuple[CoverageId, ...] = Field((), max_length=9)
    """Who pays, in order, as it was when the sheet was made; none: the patient pays."""
    who_pays: WhoPays = WhoPays.CHART
    accident: Accident | None = None
    onset: dt.date | None = None
    prior_authorization: Line | None = None
    referral_number: Line | None = None
    clia: Clia | None = None
    outside_laboratory: OutsideLaboratory | None = None
    epsdt_referral: EpsdtReferral | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        numbers = [line.line for line in self.lines]
        if len(set(numbers)) < len(numbers):
            raise ValueError("two lines have the same number")
        if any(int(number) > self.last_line for number in numbers):
            raise ValueError("a line's number was never given out")
        for line in self.lines:
            if any(not 1 <= place <= len(self.diagnoses) for place in line.pointers):
                raise ValueError(f"line {line.line} points at a diagnosis that is not listed")
        if len(set(self.diagnoses)) < len(self.diagnoses):
            raise ValueError("a diagnosis is listed twice")
        return self

    @property
    def charge(self) -> Money:
        return Money(sum(line.charge.cents for line in self.lines))


class SheetItem(RevenueItem, discriminator="charge-sheet"):
    sheet_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    """Who rendered it, for the lists."""
    day = UnicodeAttribute()
    status = UnicodeAttribute()
    turn = NumberAttribute(default=0)
    """Which of its coverages owes now, from 1; 0 before the first and when it is the patient."""
    payer_id = UnicodeAttribute(null=True)
    """Who owes in this turn; None where it is the patient."""
    patient_since = UnicodeAttribute(null=True)
    """The day since which the patient owes something of it: patient aging counts from it."""
    charge_cents = NumberAttribute(default=0)
    insurance_cents = NumberAttribute(default=0)
    patient_cents = NumberAttribute(default=0)
    balances = JSONAttribute()
    """``{line: [insurance, patient]}`` in cents, of every line that ever had a posting."""
    missing = ListAttribute(of=UnicodeAttribute, default=list)
    """What keeps it in review, as codes."""
    version = NumberAttribute()
    created_at = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class WhereItem(RevenueItem, discriminator="where-sheet"):
    """Leads from a sheet's id to its place in an account."""

    account = UnicodeAttribute()
    at = UnicodeAttribute()


class EncounterSheetItem(RevenueItem, discriminator="encounter-sheet"):
    """Leads from an encounter to one of its sheets."""

    sheet_id = UnicodeAttribute()
    account = UnicodeAttribute()
    at = UnicodeAttribute()
    source = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``source`` of the encounter's id: the coding that the sheets were made from."""


class WaitingSheetItem(RevenueItem, discriminator="waiting-sheet"):
    """A sheet on the list of its status."""

    sheet_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    day = UnicodeAttribute()
    charge_cents = NumberAttribute()
    missing = ListAttribute(of=UnicodeAttribute, default=list)


def balances_of(item: SheetItem) -> dict[LineId, LineBalance]:
    return {
        line: LineBalance(insurance=Money(insurance), patient=Money(patient))
        for line, (insurance, patient) in item.balances.items()
    }


def set_balances(item: SheetItem, balances: Mapping[LineId, LineBalance]) -> None:
    """Write the balances and their sums into the item; closes or reopens nothing."""
    item.balances = {
        line: [one.insurance.cents, one.patient.cents] for line, one in balances.items()
    }
    item.insurance_cents = sum(one.insurance.cents for one in balances.values())
    item.patient_cents = sum(one.patient.cents for one in balances.values())


def open_sheet(practice: PracticeId, item: SheetItem) -> SheetContent:
    return Sealer(practice, Domain.REVENUE).unseal(
        item.sheet_id, CONTENT, item.content, SheetContent
    )


def seal_sheet(practice: PracticeId, sheet: SheetId, content: SheetContent) -> bytes:
    return Sealer(practice, Domain.REVENUE).seal(sheet, CONTENT, content)


def get_sheet(practice: PracticeId, sheet: SheetId) -> SheetItem | None:
    """The sheet by two strongly consistent reads, or None. The caller names the patient."""
    where = next(
        iter(
            WhereItem.query(
                sheet_where_key(practice, sheet),
                WhereItem.sk == WHERE,
                consistent_read=True,
                limit=1,
            )
        ),
        None,
    )
    if where is None:
        return None
    found = SheetItem.query(where.account, SheetItem.sk == where.at, consistent_read=True, limit=1)
    return next(iter(found), None)


def encounter_sheets(practice: PracticeId, encounter: EncounterId) -> list[EncounterSheetItem]:
    """Where the sheets of an encounter lie, in the order in which they were made."""
    return list(
        EncounterSheetItem.query(
            encounter_key(practice, encounter),
            EncounterSheetItem.sk.startswith(SHEET),
            consistent_read=True,
        )
    )


def sheets_at(places: Iterable[EncounterSheetItem]) -> list[SheetItem]:
    """Those sheets by one strongly consistent BatchGetItem, oldest first."""
    keys = [(one.account, one.at) for one in places]
    found = list(SheetItem.batch_get(keys, consistent_read=True)) if keys else []
    return sorted(found, key=lambda item: (item.created_at, item.sheet_id))


def sheets_of(practice: PracticeId, patient: PatientId) -> list[SheetItem]:
    """All sheets of one account, oldest first."""
    return list(
        SheetItem.query(
            account_key(practice, patient), SheetItem.sk.startswith(SHEET), consistent_read=True
        )
    )
