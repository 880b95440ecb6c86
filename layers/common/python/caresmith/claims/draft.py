"""A claim as the practice has it: perhaps incomplete, perhaps wrong, never yet sent.

:meth:`ClaimDraft.claim` makes the claim of it that can be sent, or says which field of
which line is in the way. The rules of form stand in ``caresmith.x12.claims`` alone: the
conversion reads a draft's fields by their names, and pydantic judges them there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from caresmith.claims.drafted_lines import AttachmentDraft, ContractDraft, LineDraft
from caresmith.claims.drafted_parties import (
    BillingProviderDraft,
    DraftPart,
    FacilityDraft,
    OtherCoverageDraft,
    PatientDraft,
    PayerDraft,
    ProviderDraft,
    SubscriberDraft,
)
from caresmith.money import Money
from caresmith.x12.claims.model import ProfessionalClaim


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a draft is no claim yet. Says nothing of what the field holds."""

    field: str
    """Like ``lines.0.procedure.code``; "" is the claim as a whole."""
    line: int | None
    """Counted from one."""
    reason: str


class NotSendable(Exception):
    """A draft that is no claim. The text names the first field that is in the way."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        self.flaws = flaws
        first = flaws[0]
        where = f"line {first.line}: " if first.line else ""
        super().__init__(f"{where}{first.field or 'claim'}: {first.reason}")

    @property
    def field(self) -> str:
        return self.flaws[0].field

    @property
    def line(self) -> int | None:
        return self.flaws[0].line


class CausesDraft(DraftPart):
    auto_accident: bool = False
    employment: bool = False
    other_accident: bool = False
    state: str = ""
    country: str = ""


class ClaimDatesDraft(DraftPart):
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


class ClaimNumbersDraft(DraftPart):
    authorization_exception: str = ""
    medicare_crossover: str = ""
    mammography: str = ""
    referral: str = ""
    prior_authorization: str = ""
    payer_control_number: str = ""
    clia: str = ""
    repriced: str = ""
    adjusted_repriced: str = ""
    investigational_device: str = ""
    clearinghouse_trace: str = ""
    medical_record: str = ""
    demonstration_project: str = ""
    care_plan_oversight: str = ""


class NoteDraft(DraftPart):
    kind: str = "ADD"
    text: str = ""


class SpinalManipulationDraft(DraftPart):
    condition: str = ""
    description: str = ""
    more: str = ""


class VisionConditionDraft(DraftPart):
    category: str = ""
    applies: bool = False
    conditions: tuple[str, ...] = ()


class EpsdtReferralDraft(DraftPart):
    given: bool = False
    conditions: tuple[str, ...] = ()


class ClaimProvidersDraft(DraftPart):
    referring: ProviderDraft | None = None
    primary_care: ProviderDraft | None = None
    rendering: ProviderDraft | None = None
    facility: FacilityDraft | None = None
    supervising: ProviderDraft | None = None


class OurIds(DraftPart):
    """What the claim was made from. Never on the wire."""

    encounter: str = ""
    patient: str = ""
    coverage: str = ""
    payer: str = ""
    billing_provider: str = ""
    rendering_provider: str = ""


class ClaimDraft(DraftPart):
    """All that :class:`ProfessionalClaim` has, and our ids."""

    ours: OurIds = OurIds()
    billing: BillingProviderDraft = BillingProviderDraft()
    subscriber: SubscriberDraft = SubscriberDraft()
    payer: PayerDraft = PayerDraft()
    patient: PatientDraft | None = None
    """None where the subscriber is the patient."""
    control_number: str = ""
    place_of_service: str = ""
    frequency: str = "1"
    provider_signature: bool = True
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    signature_by_provider: bool = False
    causes: CausesDraft | None = None
    special_program: str = ""
    delay_reason: str = ""
    dates: ClaimDatesDraft = ClaimDatesDraft()
    attachments: tuple[AttachmentDraft, ...] = ()
    contract: ContractDraft | None = None
    patient_paid: Money | None = None
    numbers: ClaimNumbersDraft = ClaimNumbersDraft()
    fixed_format: tuple[str, ...] = ()
    note: NoteDraft | None = None
    spinal: SpinalManipulationDraft | None = None
    vision: tuple[VisionConditionDraft, ...] = ()
    homebound: bool = False
    epsdt: EpsdtReferralDraft | None = None
    diagnoses: tuple[str, ...] = ()
    icd: str = "10"
    anesthesia_procedures: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    providers: ClaimProvidersDraft = ClaimProvidersDraft()
    others: tuple[OtherCoverageDraft, ...] = ()
    lines: tuple[LineDraft, ...] = ()

    @classmethod
    def of(
        cls, claim: ProfessionalClaim, ours: OurIds | None = None, charges: Sequence[str] = ()
    ) -> Self:
        """The draft of a claim; ``charges`` are the ids of its lines' charges, in order."""
        draft = cls.model_validate(claim, from_attributes=True)
        lines = tuple(
            line.model_copy(update={"charge_id": charge})
            for line, charge in zip(draft.lines, charges, strict=False)
        )
        update: dict[str, Any] = {"lines": lines + draft.lines[len(lines) :]}
        return draft.model_copy(update=update | ({"ours": ours} if ours else {}))

    @property
    def charge(self) -> Money:
        """The sum of what its lines charge."""
        return Money(sum(line.charge.cents for line in self.lines if line.charge))

    def claim(self) -> ProfessionalClaim:
        """What can be sent. Raises NotSendable."""
        try:
            return ProfessionalClaim.model_validate(self, from_attributes=True)
        except ValidationError as error:
            flaws = (_flaw(one) for one in error.errors(include_url=False, include_input=False))
            raise NotSendable(tuple(flaws)) from None

    def flaws(self) -> tuple[Flaw, ...]:
        """What is in the way of sending it, as far as can be seen at once."""
        try:
            self.claim()
        except NotSendable as error:
            return error.flaws
        return ()


_REASONS: Final = {
    "string_too_short": "is missing, or too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "has not the form in which it can be sent",
    "literal_error": "is not one of the codes that can be sent",
    "too_short": "is missing",
    "too_long": "has more entries than can be sent",
    "model_type": "is missing",
    "model_attributes_type": "is missing",
    "missing": "is missing",
}
_TYPE_ENDING: Final = "_type"


def _flaw(error: ErrorDetails) -> Flaw:
    # Pydantic names branches of unions in the place as well; a field is an identifier.
    place = [one for one in error["loc"] if isinstance(one, int) or one.isidentifier()]
    line = None
    match place:
        case ["lines", int(index), *_]:
            line = index + 1
    return Flaw(".".join(map(str, place)), line, _reason(error))


def _reason(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in _REASONS:
        return _REASONS[kind]
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    return "is missing" if kind.endswith(_TYPE_ENDING) else "can't be sent as it is"
