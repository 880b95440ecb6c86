"""The code sets that edits ask, each behind a port.

``public_code_sets()`` are those that every deployment has: ICD-10-CM and NCCI. What a
practice may load beside them, a list of HCPCS or CPT codes by date, comes as
:class:`ProcedureList`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Protocol

from caresmith.codes.icd10cm import Conflict, Icd10cm, Icd10Code, icd10cm
from caresmith.codes.ncci import Ncci, Pair, UnitLimit, ncci
from caresmith.codes.ranges import NONE, Codes

_REMEMBERED = 16_384


class Diagnoses(Protocol):
    def find(self, code: str) -> Icd10Code | None: ...

    def knows(self, on: date) -> bool:
        """Whether the release of that day is known."""
        ...

    def conflicts(self, codes: Sequence[str]) -> Sequence[Conflict]:
        """The pairs that an Excludes1 note forbids."""
        ...


class CodingEdits(Protocol):
    """NCCI, and the days of aftercare."""

    def pair(self, column_one: str, column_two: str, on: date) -> Pair | None: ...

    def limit(self, code: str, on: date) -> UnitLimit | None: ...

    def global_days(self, code: str) -> str | None: ...

    def whole(self, table: str) -> bool: ...


class Listed(StrEnum):
    """What a list of procedure codes says of a code on a day."""

    VALID = "valid"
    NO_LIST = "no-list"
    """No list that would have it is loaded."""
    UNKNOWN = "unknown"
    NOT_YET = "not-yet"
    ENDED = "ended"


Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True)
class ProcedureList:
    """HCPCS and CPT codes with the days on which they hold, as far as the practice has them."""

    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """A code may end and begin again."""
    has_cpt: bool = False
    """Whether the practice, with its licence, has loaded CPT."""
    has_hcpcs: bool = False

    def listed(self, code: str, on: date) -> Listed:
        spans = self.spans.get(code, ())
        if not spans:
            level_two = code[:1].isalpha()
            loaded = self.has_hcpcs if level_two else self.has_cpt
            return Listed.UNKNOWN if loaded else Listed.NO_LIST
        if any(first <= on <= last for first, last in spans):
            return Listed.VALID
        return Listed.NOT_YET if on < min(first for first, _ in spans) else Listed.ENDED


class RememberedDiagnoses:
    """ICD-10-CM, of which practices use the same few hundred codes over and over."""

    def __init__(self, index: Icd10cm) -> None:
        self.find = lru_cache(_REMEMBERED)(index.find)
        self.knows = lru_cache(_REMEMBERED)(index.knows)
        self._conflicts = lru_cache(_REMEMBERED)(
            lambda codes: tuple(index.conflicts(codes)),
        )

    def conflicts(self, codes: Sequence[str]) -> Sequence[Conflict]:
        return self._conflicts(tuple(codes))


@dataclass(frozen=True)
class CodeSets:
    diagnoses: Diagnoses
    coding: CodingEdits
    procedures: ProcedureList = ProcedureList()
    single_dose: Codes = NONE
    """Drugs of single-dose vials, of which what is left is told (JW) or denied (JZ): CMS lists
    them each quarter, and the practice says which it uses."""


@cache
def public_code_sets() -> CodeSets:
    index: Ncci = ncci()
    return CodeSets(RememberedDiagnoses(icd10cm()), index)
