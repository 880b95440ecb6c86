"""The facts of a claim that are no charge sheet's: which a biller may set, and how each is read.

A path is the draft's; what stands there outlives a new draft of the same sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from caresmith.claims.contracts import CONTRACTS
from functions.claims.fact_choices import (
    DELAYS,
    EXCEPTIONS,
    GLASSES,
    NOTES,
    PROGRAMS,
    REPLACING,
    SPINAL,
)
from functions.claims.fact_places import PERSON
from functions.claims.fact_readers import (
    Reader,
    a_date,
    a_flag,
    a_name,
    a_number,
    a_percent,
    a_phone,
    a_quantity,
    a_sentence,
    a_version,
    an_amount,
    an_extension,
    codes,
    one_of,
)


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
        segment, _, _ = self.path.rpartition(".")
        return segment if segment in SEGMENTS else ""


CONTACT: Final = f"{PERSON}.casualty_contact"
SEGMENTS: Final[Mapping[str, str]] = {
    "contract": "kind",
    "spinal": "condition",
    "note": "text",
    CONTACT: "phone",
}
"""Segments that a claim may have or not, with the part without which there is none."""
VISION: Final = "vision"


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
        ("last_worked", "Last day of work", "2300 DTP 297"),
        ("return_to_work", "Allowed to work again", "2300 DTP 296"),
        ("first_contact", "First consulted after the accident", "2300 DTP 444"),
        ("care_assumed", "Postoperative care taken over", "2300 DTP 090"),
        ("care_relinquished", "Postoperative care handed over", "2300 DTP 091"),
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
        "numbers.demonstration_project",
        "Demonstration project",
        "2300 REF P4; item 19",
        a_number,
        "",
    ),
    Fact(
        "numbers.care_plan_oversight",
        "Home health agency or hospice (NPI) of care plan oversight",
        "2300 REF 1J; item 23",
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
    Fact("contract.discount_percent", "Discount in percent", "2300 CN105", a_percent, ""),
    Fact("contract.version", "Version of the contract", "2300 CN106", a_version, ""),
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
    *(
        Fact(
            f"{VISION}.{category}",
            f"{glasses} replaced because",
            f"2300 CRC {category}; {REPLACING}",
            codes(r"L[1-5]", 5, "are codes from L1 to L5, with a blank between"),
            [],
            "codes",
        )
        for category, glasses in GLASSES
    ),
    Fact(
        f"{PERSON}.facts.weight_pounds",
        "The patient's weight in pounds",
        "PAT08, of epoetin and equipment",
        a_quantity,
        None,
        "quantity",
    ),
    Fact(
        f"{PERSON}.facts.pregnant",
        "The patient is pregnant",
        "PAT09, where the payer asks",
        a_flag,
        empty=False,
        kind="flag",
    ),
    Fact(
        f"{CONTACT}.phone",
        "Accident's insurer: whom to call about the patient",
        "2010BA, 2010CA PER, ten digits",
        a_phone,
        "",
    ),
    Fact(f"{CONTACT}.extension", "Their extension", "PER06", an_extension, ""),
    Fact(f"{CONTACT}.name", "Their name", "PER02", a_name, ""),
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
    Fact("note.text", "Note to the payer", "2300 NTE; item 19", a_sentence, ""),
    Fact(
        "note.kind",
        "What the note is",
        "2300 NTE01",
        one_of(*(code for code, _ in NOTES)),
        "ADD",
        "select",
        NOTES,
    ),
)
BY_PATH: Final[Mapping[str, Fact]] = {one.path: one for one in FACTS}
