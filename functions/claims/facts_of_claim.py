"""The facts of a claim that are no charge sheet's: which a biller may set, and how each is read.

A path is the draft's; what stands there outlives a new draft of the same sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from caresmith.claims.draft import ClaimDraft
from caresmith.errors import invalid
from functions.claims.fact_choices import CONTRACTS, DELAYS, EXCEPTIONS, PROGRAMS, SPINAL
from functions.claims.fact_readers import (
    Reader,
    a_date,
    a_flag,
    a_note,
    a_number,
    a_percent,
    a_sentence,
    an_amount,
    codes,
    one_of,
)
from functions.claims.scrubbing.findings import Change


@dataclass(frozen=True)
class Fact:
    """One fact that may be set. ``choices`` are value and words, in the order of a list."""

    path: str
    label: str
    source: str
    """Loop and segment of the 837P, and the box of the paper form."""
    read: Reader
    empty: JsonValue
    """What stands there where nothing is set."""
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> str:
        """The segment that it is a part of, which is there where its first part is; or ""."""
        segment, _, _ = self.path.partition(".")
        return segment if segment in SEGMENTS else ""


SEGMENTS: Final[Mapping[str, str]] = {"contract": "kind", "spinal": "condition"}
"""Segments that a claim may have or not, with the part without which there is none."""


def _dates() -> tuple[Fact, ...]:
    named = (
        ("onset", "Illness or injury began", "2300 DTP 431; item 14"),
        ("initial_treatment", "Treatment began", "2300 DTP 454; item 15"),
        ("last_seen", "Last seen by the treating physician", "2300 DTP 304; item 15"),
        ("acute_manifestation", "Acute manifestation", "2300 DTP 453; item 15"),
        ("last_menstrual_period", "Last menstrual period", "2300 DTP 484; item 14"),
        ("last_xray", "Last X-ray", "2300 DTP 455; item 15"),
        ("prescription", "Hearing or vision prescription", "2300 DTP 471; item 15"),
        ("disability_began", "Could not work from", "2300 DTP 360; item 16"),
        ("disability_ended", "Could not work until", "2300 DTP 361; item 16"),
        ("admission", "Admitted to hospital", "2300 DTP 435; item 18"),
        ("discharge", "Discharged", "2300 DTP 096; item 18"),
    )
    return tuple(
        Fact(f"dates.{name}", label, source, a_date, None, "date") for name, label, source in named
    )


FACTS: Final[tuple[Fact, ...]] = (
    *_dates(),
    Fact("patient_paid", "The patient paid", "2300 AMT F5; item 29", an_amount, None, "amount"),
    Fact(
        "benefits_assigned",
        "The patient assigns benefits",
        "2300 CLM08; item 13",
        one_of("Y", "N", "W"),
        "Y",
        "select",
        (("Y", "Yes"), ("N", "No"), ("W", "Not applicable")),
    ),
    Fact(
        "assignment",
        "The practice accepts assignment",
        "2300 CLM07; item 27",
        one_of("A", "B", "C"),
        "A",
        "select",
        (("A", "Yes"), ("B", "Of laboratory services alone"), ("C", "No")),
    ),
    Fact(
        "release",
        "Release of information",
        "2300 CLM09; item 12",
        one_of("Y", "I"),
        "Y",
        "select",
        (("Y", "Signed statement on file"), ("I", "Informed consent under federal statutes")),
    ),
    Fact(
        "delay_reason",
        "Why it comes late",
        "2300 CLM20",
        one_of(*(code for code, _ in DELAYS)),
        "",
        "select",
        DELAYS,
    ),
    Fact(
        "special_program",
        "Special program",
        "2300 CLM12",
        one_of(*(code for code, _ in PROGRAMS)),
        "",
        "select",
        PROGRAMS,
    ),
    Fact("numbers.medical_record", "Medical record number", "2300 REF EA", a_number, ""),
    Fact("numbers.mammography", "Mammography certification", "2300 REF EW; item 32", a_number, ""),
    Fact("numbers.clia", "CLIA number", "2300 REF X4; item 23", a_number, ""),
    Fact(
        "numbers.investigational_device",
        "Investigational device exemption",
        "2300 REF LX; item 23",
        a_number,
        "",
    ),
    Fact(
        "numbers.authorization_exception",
        "Why no prior authorization was asked for",
        "2300 REF 4N",
        one_of(*(code for code, _ in EXCEPTIONS)),
        "",
        "select",
        EXCEPTIONS,
    ),
    Fact(
        "contract.kind",
        "Kind of contract",
        "2300 CN101",
        one_of(*(code for code, _ in CONTRACTS)),
        "",
        "select",
        CONTRACTS,
    ),
    Fact("contract.amount", "Amount by contract", "2300 CN102", an_amount, None, "amount"),
    Fact("contract.percent", "Percentage by contract", "2300 CN103", a_percent, ""),
    Fact("contract.code", "Code of the contract", "2300 CN104", a_number, ""),
    Fact(
        "spinal.condition",
        "Spinal manipulation: the patient's condition",
        "2300 CR208",
        one_of(*(code for code, _ in SPINAL)),
        "",
        "select",
        SPINAL,
    ),
    Fact("spinal.description", "Spinal manipulation: in words", "2300 CR210", a_sentence, ""),
    Fact(
        "conditions",
        "Condition codes",
        "2300 HI BG; item 10d",
        codes(r"[0-9A-Z]{2}", 12, "are codes of two characters, with a blank between"),
        [],
        "codes",
    ),
    Fact(
        "anesthesia_procedures",
        "Surgery for which anesthesia was given",
        "2300 HI BP, BO",
        codes(r"[0-9A-Z]{5}", 2, "are one or two procedure codes of five characters"),
        [],
        "codes",
    ),
    Fact("homebound", "The patient is homebound", "2300 CRC 75", a_flag, empty=False, kind="flag"),
    Fact("note", "Note to the payer", "2300 NTE; item 19", a_note, None),
)
BY_PATH: Final[Mapping[str, Fact]] = {one.path: one for one in FACTS}


def changes_of(values: Mapping[str, str], draft: ClaimDraft) -> tuple[Change, ...]:
    """What the posted values change of the draft. Raises InvalidRequest at the first wrong one."""
    found = []
    segments: dict[str, dict[str, JsonValue]] = {}
    for path, text in values.items():
        fact = BY_PATH.get(path)
        if fact is None:
            raise invalid(path, "is no fact of the claim's own")
        try:
            value = fact.read(text.strip()) if text.strip() else fact.empty
        except ValueError as wrong:
            raise invalid(path, str(wrong)) from None
        if fact.whole:
            segments.setdefault(fact.whole, {})[path.partition(".")[2]] = value
        elif value != value_at(draft, path):
            found.append(Change(path=path, value=value))
    found += [
        Change(path=name, value=whole)
        for name, parts in segments.items()
        if (whole := _segment(name, parts, draft)) != _comparable(value_at(draft, name))
    ]
    return tuple(found)


def _segment(name: str, parts: dict[str, JsonValue], draft: ClaimDraft) -> JsonValue:
    """The segment with these parts; None where it is not to be sent. Raises InvalidRequest."""
    first = SEGMENTS[name]
    before = value_at(draft, name)
    told = {**(before if isinstance(before, dict) else {}), **parts}
    if told.get(first):
        return _comparable(told)
    without = next((part for part, value in parts.items() if value and part != first), None)
    if without is not None:
        raise invalid(
            f"{name}.{without}", f"is sent only beside {BY_PATH[f'{name}.{first}'].label}"
        )
    return None


def _comparable(value: JsonValue) -> JsonValue:
    """Without what is not told."""
    if not isinstance(value, dict):
        return value
    return {part: one for part, one in value.items() if one not in (None, "")}


def value_at(draft: ClaimDraft, path: str) -> JsonValue:
    """What stands there now, as the draft's JSON has it; None below a segment that is not there."""
    part: Any = draft.model_dump(mode="json")
    for step in path.split("."):
        if part is None:
            return None
        part = part[step]
    return part  # type: ignore[no-any-return]


def shown_at(draft: ClaimDraft, fact: Fact) -> str:
    """As a form shows it."""
    value = value_at(draft, fact.path)
    if value is None:
        return ""
    if fact.kind == "amount":
        return f"{int(str(value)) / 100:.2f}"
    if fact.kind == "codes":
        return " ".join(map(str, value)) if isinstance(value, list) else ""
    if fact.path == "note":
        return str(value["text"]) if isinstance(value, dict) else ""
    return str(value).lower() if isinstance(value, bool) else str(value)
