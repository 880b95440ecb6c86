"""Items 1 to 13: patient and insured, by the NUCC 1500 reference manual (version 02/12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_parties import OtherCoverageDraft
from functions.claims.paper.texts import (
    CROSS,
    address_boxes,
    address_lines,
    day_of,
    name_of,
    plain,
    sex_boxes,
    yes_no,
)

ON_FILE: Final = "SIGNATURE ON FILE"
_NOT_ON_FILE: Final = "NO SIGNATURE ON FILE"
_SELF: Final = "18"

# Item 1, by claim filing indicator (SBR09).
_COVERAGES: Final = {
    "MA": "1.medicare",
    "MB": "1.medicare",
    "MC": "1.medicaid",
    "CH": "1.tricare",
    "VA": "1.champva",
    "CI": "1.group",
    "BL": "1.group",
    "HM": "1.group",
    "12": "1.group",
    "13": "1.group",
    # The NUCC manual, item 1: workers' compensation, automobile and liability are "Other".
    "OF": "1.feca",
}
_RELATIONS: Final = {_SELF: "6.self", "01": "6.spouse", "19": "6.child"}


def insured_boxes(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    one, patient = draft.subscriber, draft.patient
    yield from _carrier(draft)
    yield _COVERAGES.get(one.filing, "1.other"), CROSS
    yield "1a", one.member_id
    shown = patient.name if patient else one
    who = patient or one
    yield "2", name_of(shown.last, shown.first, shown.middle, shown.suffix)
    yield "3.birth", day_of(who.birth_date)
    yield from sex_boxes("3", who.sex)
    insured = name_of(one.last, one.first, one.middle, one.suffix)
    medicare_first = one.filing == "MB" and one.responsibility == "P"
    # Medicare leaves items 4 and 7 empty where it pays first (Claims Processing Manual 26 §10.2).
    yield "4", "" if medicare_first else insured
    yield from address_boxes("5", who.address)
    relationship = patient.relationship if patient else _SELF
    if not medicare_first:
        yield _RELATIONS.get(relationship, "6.other"), CROSS
        yield from address_boxes("7", one.address)
    yield from _other(draft)
    yield from _condition(draft)
    yield from _insured(draft, medicare_first=medicare_first)
    # The NUCC manual, item 12: where nothing is signed, that is said.
    yield "12", ON_FILE if draft.release == "Y" else _NOT_ON_FILE
    yield "13", ON_FILE if draft.benefits_assigned == "Y" else ""


def _carrier(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """The payer's address in the top right corner."""
    yield "carrier.1", plain(draft.payer.name)
    lines = address_lines(draft.payer.address)
    for number, text in enumerate(lines[:3], 2):
        yield f"carrier.{number}", text


def _other(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """Item 9: another health plan, where item 11d says that there is one."""
    other = _other_coverage(draft)
    if other is None:
        return
    holder = other.subscriber
    yield "9", name_of(holder.last, holder.first, holder.middle, holder.suffix)
    yield "9a", plain(other.group_number or holder.member_id)
    yield "9d", plain(other.payer.name)


def _other_coverage(draft: ClaimDraft) -> OtherCoverageDraft | None:
    return draft.others[0] if draft.others else None


def _condition(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    causes = draft.causes
    yield from yes_no("10a", yes=bool(causes and causes.employment))
    yield from yes_no("10b", yes=bool(causes and causes.auto_accident))
    yield "10b.state", causes.state if causes and causes.auto_accident else ""
    yield from yes_no("10c", yes=bool(causes and causes.other_accident))
    yield "10d", " ".join(draft.conditions)


def _insured(draft: ClaimDraft, *, medicare_first: bool) -> Iterator[tuple[str, str]]:
    one = draft.subscriber
    # The same manual, item 11: NONE says that nobody pays before Medicare.
    yield "11", "NONE" if medicare_first else plain(one.group_number)
    if medicare_first:
        return
    yield "11a.birth", day_of(one.birth_date)
    yield from sex_boxes("11a", one.sex)
    case = draft.patient.casualty_claim if draft.patient else one.casualty_claim
    if case:
        yield "11b.qualifier", "Y4"
        yield "11b", plain(case)
    yield "11c", plain(one.group_name)
    yield from yes_no("11d", yes=_other_coverage(draft) is not None)
