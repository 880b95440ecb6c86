"""The facts of a claim that are no charge sheet's: which a biller may set, and how each is read.

A path is the draft's; what stands there outlives a new draft of the same sheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue

from caresmith.claims.draft import ClaimDraft
from caresmith.money import Money
from functions.claims.drafting.wire import sentence
from functions.claims.errors import invalid
from functions.claims.scrubbing.findings import Change

Reader = Callable[[str], JsonValue]


def _date(text: str) -> JsonValue:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("is no date") from None


def _number(text: str) -> JsonValue:
    if not re.fullmatch(r"[!-)+-9;-\]_-}][ -)+-9;-\]_-}]{0,49}", text):
        raise ValueError("has at most 50 plain letters and digits, without * ^ : ~")
    return text


def _amount(text: str) -> JsonValue:
    amount = Money.parse(text)
    if amount.cents < 0:
        raise ValueError("is not negative")
    return amount.cents


def _note(text: str) -> JsonValue:
    return {"kind": "ADD", "text": sentence(text)}


def _one_of(*codes: str) -> Reader:
    def read(text: str) -> JsonValue:
        if text not in codes:
            raise ValueError("is not one of the choices")
        return text

    return read


def _flag(text: str) -> JsonValue:
    return text == "true"


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


_DELAYS: Final = (
    ("1", "Eligibility was not known"),
    ("2", "Litigation"),
    ("3", "Authorization came late"),
    ("4", "The provider was certified late"),
    ("5", "Forms came late"),
    ("6", "Custom-made appliances came late"),
    ("7", "Third party processed it late"),
    ("8", "Eligibility was determined late"),
    ("9", "An original claim was rejected for another reason than time"),
    ("10", "Prior administrative action"),
    ("11", "Other"),
    ("15", "A natural disaster"),
)
_PROGRAMS: Final = (
    ("02", "Physically handicapped children"),
    ("03", "Special federal funding"),
    ("05", "Disability"),
    ("09", "Second opinion or surgery"),
)


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
        Fact(f"dates.{name}", label, source, _date, None, "date") for name, label, source in named
    )


FACTS: Final[tuple[Fact, ...]] = (
    *_dates(),
    Fact("patient_paid", "The patient paid", "2300 AMT F5; item 29", _amount, None),
    Fact(
        "benefits_assigned",
        "The patient assigns benefits",
        "2300 CLM08; item 13",
        _one_of("Y", "N", "W"),
        "Y",
        "select",
        (("Y", "Yes"), ("N", "No"), ("W", "Not applicable")),
    ),
    Fact(
        "assignment",
        "The practice accepts assignment",
        "2300 CLM07; item 27",
        _one_of("A", "B", "C"),
        "A",
        "select",
        (("A", "Yes"), ("B", "Of laboratory services alone"), ("C", "No")),
    ),
    Fact(
        "release",
        "Release of information",
        "2300 CLM09; item 12",
        _one_of("Y", "I"),
        "Y",
        "select",
        (("Y", "Signed statement on file"), ("I", "Informed consent under federal statutes")),
    ),
    Fact(
        "delay_reason",
        "Why it comes late",
        "2300 CLM20",
        _one_of(*(code for code, _ in _DELAYS)),
        "",
        "select",
        _DELAYS,
    ),
    Fact(
        "special_program",
        "Special program",
        "2300 CLM12",
        _one_of(*(code for code, _ in _PROGRAMS)),
        "",
        "select",
        _PROGRAMS,
    ),
    Fact("numbers.medical_record", "Medical record number", "2300 REF EA", _number, ""),
    Fact("numbers.mammography", "Mammography certification", "2300 REF EW; item 32", _number, ""),
    Fact("numbers.clia", "CLIA number", "2300 REF X4; item 23", _number, ""),
    Fact(
        "numbers.investigational_device",
        "Investigational device exemption",
        "2300 REF LX; item 23",
        _number,
        "",
    ),
    Fact("homebound", "The patient is homebound", "2300 CRC 75", _flag, empty=False, kind="flag"),
    Fact("note", "Note to the payer", "2300 NTE; item 19", _note, None),
)
BY_PATH: Final[Mapping[str, Fact]] = {one.path: one for one in FACTS}


def changes_of(values: Mapping[str, str], draft: ClaimDraft) -> tuple[Change, ...]:
    """What the posted values change of the draft. Raises InvalidRequest at the first wrong one."""
    found = []
    for path, text in values.items():
        fact = BY_PATH.get(path)
        if fact is None:
            raise invalid(path, "is no fact of the claim's own")
        try:
            value = fact.read(text.strip()) if text.strip() else fact.empty
        except ValueError as wrong:
            raise invalid(path, str(wrong)) from None
        if value != value_at(draft, path):
            found.append(Change(path=path, value=value))
    return tuple(found)


def value_at(draft: ClaimDraft, path: str) -> JsonValue:
    """What stands there now, as the draft's JSON has it."""
    part: Any = draft.model_dump(mode="json")
    for step in path.split("."):
        part = part[step]
    return part  # type: ignore[no-any-return]


def shown_at(draft: ClaimDraft, fact: Fact) -> str:
    """As a form shows it."""
    value = value_at(draft, fact.path)
    if value is None:
        return ""
    if fact.path == "patient_paid":
        return f"{int(str(value)) / 100:.2f}"
    if fact.path == "note":
        return str(value["text"]) if isinstance(value, dict) else ""
    return str(value).lower() if isinstance(value, bool) else str(value)
