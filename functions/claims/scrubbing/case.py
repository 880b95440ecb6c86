"""A draft with its facts, as edits look at it: each thing is worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_lines import LineDraft
from caresmith.claims.drafted_parties import AddressDraft, ProviderDraft
from caresmith.codes.icd10cm import Icd10Code, dotted
from caresmith.x12.claims.codes import FILING_INDICATORS
from functions.claims.scrubbing.facts import Facts

MEDICARE = frozenset({"MA", "MB"})
MEDICAID = frozenset({"MC"})
_NO_ADDRESS = AddressDraft()
_FIRST_YEAR = 1900
_LAST_YEAR = 2200


def possible(day: date) -> date | None:
    """The day, or None where no service can have been done on it: nothing is reckoned with it."""
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what it takes over from its claim."""

    number: int
    """Counted from one."""
    draft: LineDraft
    code: str
    """As it is meant: in capitals, without spaces."""
    modifiers: tuple[str, ...]
    """As they are meant, in the same order as the draft's."""
    first: date | None
    last: date | None
    units: int
    """Whole units, rounded down."""
    place: str
    rendering: ProviderDraft | None
    npi: str
    """Of who rendered it, or else of who bills; "" is not known."""

    @property
    def path(self) -> str:
        return f"lines.{self.number - 1}"

    def has(self, *modifiers: str) -> bool:
        return any(one in self.modifiers for one in modifiers)


def lines_of(draft: ClaimDraft) -> tuple[Line, ...]:
    return tuple(_line(number, line, draft) for number, line in enumerate(draft.lines, 1))


def _line(number: int, line: LineDraft, draft: ClaimDraft) -> Line:
    rendering = line.providers.rendering or draft.providers.rendering
    return Line(
        number,
        line,
        line.procedure.code.strip().upper(),
        tuple(one.strip().upper() for one in line.procedure.modifiers),
        possible(line.service.first) if line.service else None,
        possible(line.service.last) if line.service else None,
        line.quantity.thousandths // 1000 if line.quantity else 0,
        line.place_of_service or draft.place_of_service,
        rendering,
        (rendering.npi if rendering else None) or draft.billing.npi or "",
    )


@dataclass(frozen=True, slots=True)
class Diagnosis:
    index: int
    """Counted from nought, as ``diagnoses.0``."""
    code: str
    """Without its dot, as it is written in the claim."""
    known: Icd10Code | None


class Case:
    """What every edit is given."""

    def __init__(self, draft: ClaimDraft, facts: Facts) -> None:
        self.draft = draft
        self.facts = facts
        self.lines = lines_of(draft)

    # -- who ----------------------------------------------------------------

    @property
    def self_insured(self) -> bool:
        """Whether the subscriber is the patient."""
        return self.draft.patient is None

    @property
    def birth_date(self) -> date | None:
        """The patient's, as the claim says it, else as the chart does."""
        said = self.draft.patient or self.draft.subscriber
        return said.birth_date or self.facts.patient.birth_date

    @property
    def sex(self) -> str:
        said = self.draft.patient or self.draft.subscriber
        return said.sex or self.facts.patient.sex

    @property
    def died(self) -> date | None:
        said = self.draft.patient or self.draft.subscriber
        return said.facts.died or self.facts.patient.died

    def age(self, on: date | None) -> int | None:
        """In whole years; None where it is not known."""
        born = self.birth_date
        if born is None or on is None or on < born:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    @cached_property
    def addresses(self) -> tuple[tuple[str, AddressDraft], ...]:
        """Each address that has something in it, with its path."""
        draft, facility = self.draft, self.draft.providers.facility
        every = [
            ("billing.address", draft.billing.address),
            ("billing.pay_to", draft.billing.pay_to),
            ("subscriber.address", draft.subscriber.address),
            ("patient.address", draft.patient.address if draft.patient else None),
            ("payer.address", draft.payer.address),
            ("providers.facility.address", facility.address if facility else None),
        ]
        for line in self.lines:
            if line.draft.providers.facility:
                path = f"{line.path}.providers.facility.address"
                every.append((path, line.draft.providers.facility.address))
        return tuple((path, one) for path, one in every if one is not None and one != _NO_ADDRESS)

    # -- who pays -----------------------------------------------------------

    @property
    def filing(self) -> str:
        """What kind of payer it is (SBR09): as the claim says it, else as the payer's profile."""
        said = self.draft.subscriber.filing
        return said if said in FILING_INDICATORS else self.facts.payer.filing

    @property
    def is_medicare(self) -> bool:
        return self.filing in MEDICARE

    @property
    def is_medicaid(self) -> bool:
        return self.filing in MEDICAID

    # -- when ---------------------------------------------------------------

    @cached_property
    def first_day(self) -> date | None:
        return min((line.first for line in self.lines if line.first), default=None)

    @cached_property
    def last_day(self) -> date | None:
        return max((line.last for line in self.lines if line.last), default=None)

    # -- why ----------------------------------------------------------------

    @cached_property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Those of ICD-10-CM, each as the index has it."""
        find = self.facts.code_sets.diagnoses.find
        return tuple(
            Diagnosis(index, code, find(dotted(code)) if self.draft.icd == "10" else None)
            for index, code in enumerate(self.draft.diagnoses)
        )

    def pointed(self, line: Line) -> Iterator[Diagnosis]:
        """The diagnoses for which a line is, in its order."""
        for pointer in line.draft.pointers:
            if 1 <= pointer <= len(self.diagnoses):
                yield self.diagnoses[pointer - 1]

    # -- what ---------------------------------------------------------------

    def same_day(self, line: Line) -> Iterator[Line]:
        """The other lines of a line's first day."""
        for other in self.lines:
            if other.number != line.number and line.first and other.first == line.first:
                yield other

    def done_before(self, line: Line) -> bool:
        """Whether another claim has the same code of the same day."""
        return any(p.code == line.code and p.day == line.first for p in self.facts.history)

    def same_provider(self, one: Line, other: Line) -> bool:
        """Whether nothing says that another rendered it."""
        return one.npi == other.npi
