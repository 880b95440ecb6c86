"""What the routes of charge entry take and answer."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.claims.authorized import Counted, Kind
from caresmith.ids import (
    CoverageId,
    EncounterId,
    FavouriteId,
    FeeScheduleId,
    LocationId,
    OutsideLaboratoryId,
    PatientId,
    PayerId,
    ProviderId,
    SheetId,
)
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import MOST_CENTS, FeeRow, ScheduleFacts
from caresmith.records.revenue.ledger import LineBalance, LineId
from caresmith.records.revenue.price_lists import CodeListName
from caresmith.records.revenue.service import Clia, LineFacts
from caresmith.records.revenue.sheet import (
    Accident,
    Code,
    DiagnosisCode,
    EpsdtReferral,
    Modifier,
    OutsideLaboratory,
    SheetContent,
    SheetStatus,
    WhoPays,
)
from caresmith.text import Line, Note
from functions.charges.places import NAMES
from functions.charges.records import Settings

MAX_ENTERED_DIAGNOSES = 24
MAX_ENTERED_LINES = 200

Units = Annotated[str, StringConstraints(pattern=r"^\d{1,6}(\.\d{1,3})?$")]
Place = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnteredLine(LineFacts):
    """A service as it is entered."""

    line: LineId | None = None
    """The number that the line has on the sheet; None for one that is new."""
    code: Code
    modifiers: tuple[Modifier, ...] = Field((), max_length=4)
    units: Units = "1"
    pointers: tuple[int, ...] = Field((), max_length=4)
    """Places, from 1, among the diagnoses."""
    charge: Money | None = None
    """In cents; None: what the fee schedule says."""
    day: dt.date | None = None
    """None: the sheet's."""
    rendering_id: ProviderId | None = None
    """Where another than the sheet's: then the line makes a sheet of its own."""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.charge is not None and not 0 <= self.charge.cents <= MOST_CENTS:
            raise ValueError("charge: lies between 0 and 9,999,999.99")
        if float(self.units) <= 0:
            raise ValueError("units: must be more than nothing")
        if len(set(self.modifiers)) < len(self.modifiers):
            raise ValueError("modifiers: one stands once in a line")
        if len(set(self.pointers)) < len(self.pointers):
            raise ValueError("pointers: one diagnosis is named once")
        if self.last_day and self.day and self.last_day < self.day:
            raise ValueError("last_day: lies before the first")
        _known_place(self.place_of_service)
        return self


class EnteredSheet(_Asked):
    """A charge sheet as it is entered or changed; more than one claim holds makes several."""

    location_id: LocationId
    rendering_id: ProviderId
    supervising_id: ProviderId | None = None
    referring_name: Line | None = None
    referring_npi: Annotated[str, StringConstraints(pattern=r"^\d{10}$")] | None = None
    place_of_service: Place | None = None
    """None: the location's."""
    diagnoses: tuple[DiagnosisCode, ...] = Field((), max_length=MAX_ENTERED_DIAGNOSES)
    lines: tuple[EnteredLine, ...] = Field((), max_length=MAX_ENTERED_LINES)
    who_pays: WhoPays = WhoPays.CHART
    coverages: tuple[CoverageId, ...] = Field((), max_length=9)
    """In order; of who_pays ``chosen`` alone."""
    accident: Accident | None = None
    onset: dt.date | None = None
    prior_authorization: Line | None = None
    referral_number: Line | None = None
    clia: Clia | None = None
    outside_laboratory: OutsideLaboratory | None = None
    epsdt_referral: EpsdtReferral | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if len(set(self.diagnoses)) < len(self.diagnoses):
            raise ValueError("diagnoses: one is listed twice")
        listed = len(self.diagnoses)
        for at, line in enumerate(self.lines):
            if any(not 1 <= place <= listed for place in line.pointers):
                raise ValueError(f"lines.{at}.pointers: a diagnosis is not listed")
        numbers = [line.line for line in self.lines if line.line]
        if len(set(numbers)) < len(numbers):
            raise ValueError("lines: two have the same number")
        if (self.who_pays is WhoPays.CHOSEN) != bool(self.coverages):
            raise ValueError("coverages: are named where who_pays is chosen, and only there")
        _known_place(self.place_of_service)
        return self


class NewSheet(EnteredSheet):
    """Charges that no visit's coding made: hospital rounds, a nursing home, a missed visit."""

    patient_id: PatientId
    day: dt.date


def _known_place(place: str | None) -> None:
    if place is not None and place not in NAMES:
        raise ValueError("place_of_service: is no CMS place of service")


class SheetRead(BaseModel):
    sheet_id: SheetId
    version: int
    status: SheetStatus
    patient_id: PatientId
    encounter_id: EncounterId | None
    day: dt.date
    turn: int
    payer_id: PayerId | None
    charge: Money
    insurance: Money
    patient: Money
    balances: dict[str, LineBalance]
    missing: list[str]
    """Codes, such as ``no-fee:2``: of line 2."""
    why: list[str]
    """The same as sentences."""
    content: SheetContent


class SheetsMade(BaseModel):
    sheets: list[SheetRead]
    """More than one where one claim could not hold it."""


class Voiding(_Asked):
    reason: Note


class Waiting(BaseModel):
    """A sheet on a list."""

    sheet_id: SheetId
    patient_id: PatientId
    patient_name: str
    birth_date: dt.date | None
    encounter_id: EncounterId | None
    provider_id: ProviderId | None
    day: dt.date
    age_days: int
    charge: Money
    missing: list[str]
    why: list[str]


class WaitingList(BaseModel):
    sheets: list[Waiting]
    cursor: str | None
    """Names the next page; None where this is the last."""


class ReleasedClean(BaseModel):
    released: list[SheetId]
    kept: list[SheetId]
    """Looked clean and were not: somebody changed them, or something is missing after all."""
    more: bool
    """Whether clean ones are left: ask again."""


class AmountDue(BaseModel):
    patient_id: PatientId
    patient: Money
    """What the patient owes for charges."""
    unapplied: Money
    """What the patient has paid that no charge has taken."""
    due: Money


class SettingsRead(BaseModel):
    version: int
    settings: Settings


class FoundCode(BaseModel):
    code: str
    words: str
    """The practice's own, or its licensed list's; empty where it has none."""


class LoadedList(BaseModel):
    code_set: CodeListName
    codes: int
    loaded_at: str


class ScheduleRead(BaseModel):
    schedule_id: FeeScheduleId
    version: int
    rows: int
    facts: ScheduleFacts


class ScheduleRows(ScheduleRead):
    shown: list[FeeRow]


class CodeRows(_Asked):
    rows: tuple[FeeRow, ...] = Field((), max_length=20)


class FavouriteLine(_Asked):
    """A code that is charged often, with what it usually comes with."""

    code: Code
    modifiers: tuple[Modifier, ...] = Field((), max_length=4)
    units: Units = "1"
    diagnoses: tuple[DiagnosisCode, ...] = Field((), max_length=4)
    label: Line | None = None


class FavouriteFacts(_Asked):
    """A group of a superbill."""

    name: Line
    provider_id: ProviderId | None = None
    """Whose alone it is; None: everybody's, or a specialty's."""
    specialty: Line | None = None
    lines: tuple[FavouriteLine, ...] = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _for_one(self) -> Self:
        if self.provider_id and self.specialty:
            raise ValueError("provider_id: a group is a provider's or a specialty's")
        return self


class FavouriteRead(BaseModel):
    favourite_id: FavouriteId
    version: int
    facts: FavouriteFacts


class FittingAuthorization(BaseModel):
    """One on file under which something of a sheet may be billed."""

    kind: Kind
    number: str
    codes: tuple[str, ...]
    """None is any."""
    last: dt.date | None
    left: int | None
    """None is without limit."""
    counted: Counted
    wanted: bool
    """Whether the payer asks for it, or it is for that very code."""


NumberStanding = Literal["fits", "does-not-fit", "not-on-file"]


class AuthorizationsThatFit(BaseModel):
    """What is on file for a sheet."""

    offers: list[FittingAuthorization]
    prefill: dict[Kind, str]
    """The number that is certain, of a kind of which the sheet has none."""
    numbers: dict[Kind, NumberStanding]
    """How the sheet's own numbers stand."""


class LaboratoryRead(BaseModel):
    laboratory_id: OutsideLaboratoryId
    version: int
    facts: OutsideLaboratory
