"""A professional claim (TR3 X222A1 loop 2300) and a file of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from caresmith.money import Money
from caresmith.x12.claims.codes import (
    AMBULANCE_CODES,
    AMBULANCE_PLACES,
    EPSDT_CODES,
    VISION_CODES,
)
from caresmith.x12.claims.coverage import OtherCoverage, Payer, Subscriber
from caresmith.x12.claims.line import Attachment, Contract, ServiceLine
from caresmith.x12.claims.parties import (
    BillingProvider,
    Facility,
    Patient,
    PersonFacts,
    Provider,
    Receiver,
    Submitter,
)
from caresmith.x12.claims.texts import (
    ClaimNumber,
    ClaimPart,
    Icd,
    OptionalNumber,
    OptionalSentence,
    PlaceOfService,
    ProcedureCode,
    Sentence,
    State,
)

ORIGINAL: Final = "1"
REPLACEMENT: Final = "7"
VOID: Final = "8"


class RelatedCauses(ClaimPart):
    """CLM11: the accident that caused it. The state is that of an auto accident."""

    auto_accident: bool = False
    employment: bool = False
    other_accident: bool = False
    state: State = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""

    @model_validator(mode="after")
    def _certain(self) -> Self:
        count = self.auto_accident + self.employment + self.other_accident
        if not 1 <= count <= 2:  # noqa: PLR2004 - CLM11-1 and CLM11-2
            raise ValueError("one or two causes")
        if (self.state or self.country) and not self.auto_accident:
            raise ValueError("the state is sent for an auto accident")
        if self.auto_accident and not (self.state or self.country):
            raise ValueError("of an auto accident the state, or the country abroad, is needed")
        return self


class ClaimDates(ClaimPart):
    onset: date | None = None
    initial_treatment: date | None = None
    last_seen: date | None = None
    acute_manifestation: date | None = None
    accident: date | None = None
    last_menstrual_period: date | None = None
    last_xray: date | None = None
    prescription: date | None = None
    last_worked: date | None = None
    return_to_work: date | None = None
    admission: date | None = None
    discharge: date | None = None
    care_assumed: date | None = None
    care_relinquished: date | None = None
    first_contact: date | None = None
    repricer_received: date | None = None
    disability_began: date | None = None
    disability_ended: date | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        """TR3 X222 2300 DTP 314 sends both as one period, whose end does not come first."""
        began, ended = self.disability_began, self.disability_ended
        if began and ended and ended < began:
            raise ValueError("the disability ends before it begins")
        return self


class ClaimNumbers(ClaimPart):
    authorization_exception: Annotated[str, StringConstraints(pattern=r"^[1-7]?$")] = ""
    medicare_crossover: Literal["", "Y", "N"] = ""
    mammography: OptionalNumber = ""
    referral: OptionalNumber = ""
    prior_authorization: OptionalNumber = ""
    payer_control_number: OptionalNumber = ""
    """REF F8: what the payer called the claim that this one replaces or voids."""
    clia: OptionalNumber = ""
    repriced: OptionalNumber = ""
    adjusted_repriced: OptionalNumber = ""
    investigational_device: OptionalNumber = ""
    clearinghouse_trace: OptionalNumber = ""
    medical_record: OptionalNumber = ""
    demonstration_project: OptionalNumber = ""
    care_plan_oversight: OptionalNumber = ""


class Note(ClaimPart):
    """NTE of a claim."""

    kind: Literal["ADD", "CER", "DCP", "DGN", "TPO"] = "ADD"
    text: Sentence


class SpinalManipulation(ClaimPart):
    """CR2, of chiropractic claims."""

    condition: Literal["A", "C", "D", "E", "F", "G", "M"]
    description: OptionalSentence = ""
    more: OptionalSentence = ""


class VisionCondition(ClaimPart):
    """CRC E1 spectacle lenses, E2 contact lenses, E3 frames: why they are replaced."""

    category: Literal["E1", "E2", "E3"]
    applies: bool
    conditions: tuple[str, ...] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if any(one not in VISION_CODES for one in self.conditions):
            raise ValueError("not a condition of vision (L1 to L5)")
        return self


class EpsdtReferral(ClaimPart):
    """CRC ZZ: whether a referral was given after an EPSDT screening, and of which kind."""

    given: bool
    conditions: tuple[str, ...] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if any(one not in EPSDT_CODES for one in self.conditions):
            raise ValueError("not a kind of EPSDT referral (AV, NU, S2, ST)")
        if self.given == ("NU" in self.conditions):
            raise ValueError("NU says that no referral was given")
        return self


class ClaimProviders(ClaimPart):
    referring: Provider | None = None
    primary_care: Provider | None = None
    rendering: Provider | None = None
    facility: Facility | None = None
    supervising: Provider | None = None

    @model_validator(mode="after")
    def _typed(self) -> Self:
        for one in (self.referring, self.primary_care, self.supervising):
            if one and (one.organisation or one.taxonomy):
                raise ValueError("this provider is a person, and no taxonomy is sent")
        return self


class ProfessionalClaim(ClaimPart):
    """One claim with everyone who takes part in it. Its charge is the sum of its lines."""

    billing: BillingProvider
    subscriber: Subscriber
    payer: Payer
    patient: Patient | None = None
    """None where the subscriber is the patient."""
    control_number: ClaimNumber
    """CLM01, which comes back in every answer."""
    place_of_service: PlaceOfService
    frequency: Literal["1", "6", "7", "8"] = "1"
    """CLM05-3: 1 original, 7 replacement, 8 void; 6 corrected, which few payers take."""
    provider_signature: bool = True
    assignment: Literal["A", "B", "C"] = "A"
    benefits_assigned: Literal["Y", "N", "W"] = "Y"
    release: Literal["Y", "I"] = "Y"
    signature_by_provider: bool = False
    """CLM10 P."""
    causes: RelatedCauses | None = None
    special_program: Literal["", "02", "03", "05", "09"] = ""
    delay_reason: Literal["", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"] = ""
    dates: ClaimDates = ClaimDates()
    attachments: tuple[Attachment, ...] = Field((), max_length=10)
    contract: Contract | None = None
    patient_paid: Money | None = None
    numbers: ClaimNumbers = ClaimNumbers()
    fixed_format: tuple[Sentence, ...] = Field((), max_length=10)
    note: Note | None = None
    spinal: SpinalManipulation | None = None
    vision: tuple[VisionCondition, ...] = Field((), max_length=3)
    homebound: bool = False
    epsdt: EpsdtReferral | None = None
    diagnoses: tuple[Icd, ...] = Field(min_length=1, max_length=12)
    icd: Literal["10", "9"] = "10"
    """9 only for what was done before October 2015."""
    anesthesia_procedures: tuple[ProcedureCode, ...] = Field((), max_length=2)
    conditions: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")], ...] = Field(
        (), max_length=24
    )
    providers: ClaimProviders = ClaimProviders()
    others: tuple[OtherCoverage, ...] = Field((), max_length=10)
    lines: tuple[ServiceLine, ...] = Field(min_length=1, max_length=50)

    @property
    def charge(self) -> Money:
        return Money(sum(line.charge.cents for line in self.lines))

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for number, line in enumerate(self.lines, 1):
            if max(line.pointers) > len(self.diagnoses):
                raise ValueError(f"line {number} points at a diagnosis that is not there")
            self._no_ambulance(line)
        if len(set(self.diagnoses)) < len(self.diagnoses):
            raise ValueError("a diagnosis stands once in a claim")
        if self.frequency in {REPLACEMENT, VOID} and not self.numbers.payer_control_number:
            raise ValueError(
                "a replacement or void names the payer's number of the claim before (REF F8)"
            )
        turns = [self.subscriber.responsibility, *(one.responsibility for one in self.others)]
        if len(set(turns)) < len(turns) and "U" not in turns:
            raise ValueError("each payer has its own turn (SBR01)")
        self._payers_known()
        self._patient_known()
        if self.causes and not self.dates.accident and not self.causes.employment:
            raise ValueError("an accident has a date (DTP 439)")
        if self.patient_paid and self.patient_paid.cents < 0:
            raise ValueError("what the patient paid is not negative")
        return self

    def _no_ambulance(self, line: ServiceLine) -> None:
        first, last = AMBULANCE_CODES
        place = line.place_of_service or self.place_of_service
        if place in AMBULANCE_PLACES or (
            len(line.procedure.code) == len(first) and first <= line.procedure.code <= last
        ):
            raise ValueError(
                "ambulance claims are not supported: they need transport information (CR1) and "
                "the places of pick-up and drop-off"
            )

    def _patient_known(self) -> None:
        """TR3 X222 2010BA: N3, N4 and DMG of a subscriber who is the patient."""
        one = self.subscriber
        if self.patient is None and (one.address is None or one.birth_date is None):
            raise ValueError("a subscriber who is the patient has an address and a birth date")
        if self.patient is None and one.organisation:
            raise ValueError("an organisation is no patient")
        if self.patient is not None and one.facts != PersonFacts():
            raise ValueError("what is said of the patient does not stand with the subscriber")

    def _payers_known(self) -> None:
        """TR3 X222 2430 SVD01 names a payer of loop 2330B."""
        known = {one.payer.id for one in self.others}
        for number, line in enumerate(self.lines, 1):
            if any(one.payer_id not in known for one in line.adjudications):
                raise ValueError(f"line {number} was adjudicated by a payer that is not there")


class Submission(ClaimPart):
    """One transaction set: from whom, to whom, and its claims."""

    submitter: Submitter
    receiver: Receiver
    reference: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,30}$")]
    """BHT03, which 999 and 277CA give back: never used before."""
    reissue: bool = False
    """BHT02 18: sent before, and never received."""
    kind: Literal["CH", "RP"] = "CH"
    """BHT06: CH is chargeable, RP an encounter that is only reported."""
    claims: tuple[ProfessionalClaim, ...] = Field(min_length=1, max_length=5_000)
    """TR3 X222 1.3.2: no more than 5,000 in a transaction set."""
