"""The language of payer rules: when all conditions hold for a line, something is required.

Small on purpose: no arithmetic, no loops, nothing that runs. A rule looks at one line of a
claim; ``all``, ``any`` and ``not`` join conditions, three deep at most.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.x12.claims.codes import ATTACHMENTS, FILING_INDICATORS
from functions.claims.scrubbing.findings import Severity

_DEEPEST: Final = 3
_OLDEST: Final = 150

CodeRange = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Z]{5}(-[0-9A-Z]{5})?$", strip_whitespace=True)
]
ModifierCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")]
Place = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
IcdPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d[0-9A-Z]{0,5}$")]
"""A code without its dot, or the beginning of codes."""
TaxonomyPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2,10}$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]


class RulePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# -- conditions -----------------------------------------------------------------


class CodeIn(RulePart):
    kind: Literal["code"] = "code"
    codes: tuple[CodeRange, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for one in self.codes:
            low, _, high = one.partition("-")
            if high and not low <= high:
                raise ValueError(f"the range {one} ends before it begins")
        return self


class HasModifier(RulePart):
    kind: Literal["modifier"] = "modifier"
    any_of: tuple[ModifierCode, ...] = Field(min_length=1, max_length=50)


class PlaceIn(RulePart):
    kind: Literal["place"] = "place"
    places: tuple[Place, ...] = Field(min_length=1, max_length=50)


class HasDiagnosis(RulePart):
    kind: Literal["diagnosis"] = "diagnosis"
    beginning_with: tuple[IcdPrefix, ...] = Field(min_length=1, max_length=500)
    first: bool = False
    """Only the line's first one counts."""


class AgeBetween(RulePart):
    """The patient's age in whole years on the day of the service, both ends included."""

    kind: Literal["age"] = "age"
    least: int = Field(0, ge=0, le=_OLDEST)
    most: int = Field(_OLDEST, ge=0, le=_OLDEST)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.least > self.most:
            raise ValueError("the lowest age is above the highest")
        return self


class FilingIn(RulePart):
    kind: Literal["filing"] = "filing"
    indicators: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := set(self.indicators) - FILING_INDICATORS:
            raise ValueError(f"{min(unknown)} is not a claim filing indicator")
        return self


class UnitsOver(RulePart):
    kind: Literal["units-over"] = "units-over"
    units: int = Field(ge=0, le=99_999)


class TaxonomyIn(RulePart):
    kind: Literal["taxonomy"] = "taxonomy"
    beginning_with: tuple[TaxonomyPrefix, ...] = Field(min_length=1, max_length=50)
    of: Literal["rendering", "billing"] = "rendering"


class Every(RulePart):
    kind: Literal["all"] = "all"
    conditions: tuple[Condition, ...] = Field(min_length=2, max_length=10)


class AnyOf(RulePart):
    kind: Literal["any"] = "any"
    conditions: tuple[Condition, ...] = Field(min_length=2, max_length=10)


class Not(RulePart):
    kind: Literal["not"] = "not"
    condition: Condition


Condition = Annotated[
    CodeIn
    | HasModifier
    | PlaceIn
    | HasDiagnosis
    | AgeBetween
    | FilingIn
    | UnitsOver
    | TaxonomyIn
    | Every
    | AnyOf
    | Not,
    Field(discriminator="kind"),
]

# -- requirements ----------------------------------------------------------------


class NeedsModifier(RulePart):
    kind: Literal["needs-modifier"] = "needs-modifier"
    any_of: tuple[ModifierCode, ...] = Field(min_length=1, max_length=20)


class ForbidsModifier(RulePart):
    kind: Literal["forbids-modifier"] = "forbids-modifier"
    any_of: tuple[ModifierCode, ...] = Field(min_length=1, max_length=50)


class NeedsAuthorization(RulePart):
    kind: Literal["needs-authorization"] = "needs-authorization"


class NeedsReferral(RulePart):
    kind: Literal["needs-referral"] = "needs-referral"


class NeedsNote(RulePart):
    kind: Literal["needs-note"] = "needs-note"


class NeedsAttachment(RulePart):
    kind: Literal["needs-attachment"] = "needs-attachment"
    types: tuple[str, ...] = Field((), max_length=20)
    """PWK01; none is any."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := set(self.types) - ATTACHMENTS:
            raise ValueError(f"{min(unknown)} is not a kind of attachment")
        return self


class NeedsDiagnosis(RulePart):
    kind: Literal["needs-diagnosis"] = "needs-diagnosis"
    beginning_with: tuple[IcdPrefix, ...] = Field(min_length=1, max_length=500)


class ForbidsDiagnosis(RulePart):
    kind: Literal["forbids-diagnosis"] = "forbids-diagnosis"
    beginning_with: tuple[IcdPrefix, ...] = Field(min_length=1, max_length=500)


class NeedsPlace(RulePart):
    kind: Literal["needs-place"] = "needs-place"
    places: tuple[Place, ...] = Field(min_length=1, max_length=50)


class UnitsAtMost(RulePart):
    kind: Literal["units-at-most"] = "units-at-most"
    units: int = Field(ge=1, le=99_999)


class NeedsCodeBeside(RulePart):
    """Another line of the same day has one of the codes."""

    kind: Literal["needs-code-beside"] = "needs-code-beside"
    codes: tuple[CodeRange, ...] = Field(min_length=1, max_length=500)


class ForbidsCodeBeside(RulePart):
    kind: Literal["forbids-code-beside"] = "forbids-code-beside"
    codes: tuple[CodeRange, ...] = Field(min_length=1, max_length=500)


class NeedsDrugCode(RulePart):
    kind: Literal["needs-ndc"] = "needs-ndc"


class NotPaid(RulePart):
    """The payer does not pay it at all."""

    kind: Literal["not-paid"] = "not-paid"


class NeedsLook(RulePart):
    """A biller looks at it before it goes out: what has to be mended can't be told by a rule."""

    kind: Literal["needs-look"] = "needs-look"


Requirement = Annotated[
    NeedsModifier
    | ForbidsModifier
    | NeedsAuthorization
    | NeedsReferral
    | NeedsNote
    | NeedsAttachment
    | NeedsDiagnosis
    | ForbidsDiagnosis
    | NeedsPlace
    | UnitsAtMost
    | NeedsCodeBeside
    | ForbidsCodeBeside
    | NeedsDrugCode
    | NeedsLook
    | NotPaid,
    Field(discriminator="kind"),
]


class Origin(RulePart):
    """Where a rule comes from."""

    kind: Literal["biller", "payer-policy", "denials"]
    document: Words | None = None
    """Of a payer's policy: its name and date."""
    carc: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,5}$")] | None = None
    """Of denials: the adjustment reason that they had."""
    denials: int | None = Field(None, ge=1)
    """How many there were."""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if (self.kind == "denials") != (self.carc is not None):
            raise ValueError(
                "a rule from denials names their reason code (CARC), and no other does"
            )
        if self.kind == "payer-policy" and self.document is None:
            raise ValueError("a rule of a payer's policy names the document")
        return self


class PayerRule(RulePart):
    """One rule. It holds for services from its first to its last day."""

    id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    title: Annotated[str, StringConstraints(min_length=3, max_length=80, strip_whitespace=True)]
    payers: frozenset[str] = frozenset()
    """Our ids of payers, or their electronic ids; none is every payer."""
    when: Condition
    requires: Requirement
    severity: Severity = Severity.WARNING
    message: Words | None = None
    """What a biller reads; without it, the rule's own sentence."""
    first: date | None = None
    last: date | None = None
    origin: Origin = Origin(kind="biller")
    active: bool = True

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("the rule ends before it begins")
        if _depth(self.when) > _DEEPEST:
            raise ValueError("conditions are joined three deep at most")
        return self


def _depth(condition: Condition) -> int:
    match condition:
        case Every(conditions=parts) | AnyOf(conditions=parts):
            return 1 + max(map(_depth, parts))
        case Not(condition=part):
            return 1 + _depth(part)
    return 0
