"""Drafts of claims and facts for scrubbing: a good one, and changes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, Final

from caresmith.claims.draft import ClaimDraft
from caresmith.codes.icd10cm import Conflict, Icd10Code, icd10cm
from caresmith.codes.ncci import Adjudication, Indicator, Pair, UnitLimit
from caresmith.codes.ranges import Codes
from functions.claims.scrubbing.codesets import CodeSets, ProcedureList, RememberedDiagnoses
from functions.claims.scrubbing.facts import Facts

TODAY: Final = date(2026, 7, 15)
DAY: Final = "2026-07-01"
NPI: Final = "1003000126"
GROUP: Final = "1234567893"
TAXONOMY: Final = "207Q00000X"
MBI: Final = "1EG4TE5MK73"
HOME: Final = {
    "line1": "1 Main St",
    "city": "Chicago",
    "state": "IL",
    "postal_code": "606010001",
}
ELSEWHERE: Final = {
    "line1": "9 Lake Rd",
    "city": "Peoria",
    "state": "IL",
    "postal_code": "616021234",
}
DOCTOR: Final = {"last": "Welby", "first": "Marcus", "npi": NPI, "taxonomy": TAXONOMY}
REFERRER: Final = {"last": "Kildare", "first": "James", "npi": "1999999976"}
HOSPITAL: Final = {"name": "General Hospital", "npi": "1999999976", "address": ELSEWHERE}
CHILD: Final = {
    "relationship": "19",
    "name": {"last": "Doe", "first": "Jo"},
    "address": HOME,
    "birth_date": "2015-05-01",
    "sex": "M",
}
_GOOD: Final[dict[str, Any]] = {
    "billing": {
        "last": "Lakeside Clinic",
        "npi": GROUP,
        "taxonomy": TAXONOMY,
        "tax_id": "123456789",
        "address": HOME,
    },
    "subscriber": {
        "last": "Doe",
        "first": "Jane",
        "member_id": "M100",
        "address": HOME,
        "birth_date": "1980-02-29",
        "sex": "F",
        "filing": "CI",
    },
    "payer": {"name": "Payer", "id": "12345"},
    "control_number": "C1",
    "place_of_service": "11",
    "diagnoses": ["E119"],
    "providers": {"rendering": DOCTOR},
}


@dataclass(frozen=True)
class FixedCoding:
    """NCCI as a few rows, so that tests stand without CMS's files."""

    pairs: Mapping[tuple[str, str], str] = field(
        default_factory=lambda: {
            ("93000", "93005"): "0",
            ("45385", "45380"): "1",
            ("11042", "99213"): "1",
            ("97530", "97116"): "9",
        }
    )
    limits: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: {"A0001": (2, 1), "45385": (1, 2), "97110": (6, 3)}
    )
    days: Mapping[str, str] = field(
        default_factory=lambda: {
            "11042": "000",
            "17000": "010",
            "27447": "090",
            "11045": "ZZZ",
            "99417": "ZZZ",
        }
    )
    is_whole: bool = True

    def pair(self, column_one: str, column_two: str, on: date) -> Pair | None:
        found = self.pairs.get((column_one, column_two))
        return Pair(column_one, column_two, Indicator(found)) if found else None

    def limit(self, code: str, on: date) -> UnitLimit | None:
        found = self.limits.get(code)
        return UnitLimit(found[0], Adjudication(found[1])) if found else None

    def global_days(self, code: str) -> str | None:
        return self.days.get(code, "XXX")

    def whole(self, table: str) -> bool:
        return self.is_whole


@cache
def _diagnoses() -> RememberedDiagnoses:
    return RememberedDiagnoses(icd10cm())


def code_sets(
    procedures: ProcedureList | None = None, single_dose: str = "", coding: Any = None
) -> CodeSets:
    return CodeSets(
        _diagnoses(),
        coding or FixedCoding(),
        procedures or ProcedureList(),
        Codes(single_dose),
    )


def facts(**given: Any) -> Facts:
    return Facts(**({"today": TODAY, "code_sets": code_sets()} | given))


def line(
    code: str = "99213",
    *modifiers: str,
    units: float = 1,
    charge: int | None = 15_000,
    day: str | None = DAY,
    last: str | None = None,
    dx: Sequence[int] = (1,),
    **more: Any,
) -> dict[str, Any]:
    """One line as JSON; ``more`` are further fields of it, by path."""
    made: dict[str, Any] = {
        "procedure": {"code": code, "modifiers": list(modifiers)},
        "charge": charge,
        "quantity": {"thousandths": int(units * 1000)},
        "pointers": list(dx),
        "service": {"first": day, "last": last or day} if day else None,
    }
    for path, value in more.items():
        _put(made, path.replace("__", "."), value)
    return made


def _put(part: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        if part.get(step) is None:
            part[step] = {}
        part = part[step]
    part[last] = value


@dataclass(frozen=True)
class Made:
    """A draft and the facts beside it."""

    draft: ClaimDraft
    facts: Facts


def made(
    *lines: dict[str, Any],
    medicare: bool = False,
    medicaid: bool = False,
    known: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Made:
    """The good claim, with other lines, changed fields (``a__b`` is ``a.b``) and facts."""
    data = _copy(_GOOD)
    data["lines"] = list(lines) or [line()]
    if medicare:
        data["subscriber"] |= {"filing": "MB", "member_id": MBI, "birth_date": "1950-02-01"}
    if medicaid:
        data["subscriber"]["filing"] = "MC"
    for path, value in changes.items():
        _put(data, path.replace("__", "."), value)
    return Made(ClaimDraft.model_validate(data), facts(**(known or {})))


def _copy(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _copy(value) for key, value in part.items()}
    return part


@dataclass(frozen=True)
class DatedDiagnoses:
    """ICD-10-CM with other first and last days of some codes."""

    spans: Mapping[str, tuple[date, date]]

    def find(self, code: str) -> Icd10Code | None:
        found = _diagnoses().find(code)
        if found and code in self.spans:
            first, last = self.spans[code]
            return replace(found, first=first, last=last)
        return found

    def knows(self, on: date) -> bool:
        return _diagnoses().knows(on)

    def conflicts(self, codes: Sequence[str]) -> Sequence[Conflict]:
        return _diagnoses().conflicts(codes)


def dated(code: str, first: date, last: date) -> dict[str, Any]:
    """Facts in which a diagnosis, written with its dot, is valid for so long."""
    return {"code_sets": replace(code_sets(), diagnoses=DatedDiagnoses({code: (first, last)}))}
