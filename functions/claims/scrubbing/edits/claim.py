"""The claim as a whole: CLM and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.claims.drafted_lines import AttachmentDraft
from caresmith.codes.ranges import Codes
from caresmith.x12.claims.codes import AMBULANCE_PLACES, ATTACHMENTS
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.registry import (
    ERROR,
    INFO,
    WARNING,
    Hit,
    edit,
    fix,
    hit,
    line_edit,
)

_MOST_LINES: Final = 50
_MOST_DIAGNOSES: Final = 12
_AMBULANCE: Final = Codes("A0021-A0999")


@edit(
    "CLM-NUMBER",
    ERROR,
    "The claim has no number of its own",
    guards="2300 CLM01",
    source="TR3 X222A1 2300 CLM01: payers give back 20 characters",
    message="The claim's number is missing or longer than 20 characters.",
)
def claim_number(case: Case) -> Iterator[Hit]:
    said = case.draft.control_number
    if not said.strip() or len(said) > 20:  # noqa: PLR2004 - CLM01
        yield hit("control_number")


@edit(
    "CLM-REPLACED",
    ERROR,
    "A replacement or void without the payer's claim number",
    guards="2300 REF F8",
    source="TR3 X222A1 2300 REF F8: required when CLM05-3 is 7 or 8; CMS-1500 item 22",
    message="Frequency {frequency} replaces or voids a claim: the payer's number of that claim "
    "is missing.",
)
def replaced_claim_unknown(case: Case) -> Iterator[Hit]:
    one = case.draft
    if one.frequency in {"7", "8"} and not one.numbers.payer_control_number.strip():
        yield hit("numbers.payer_control_number", frequency=one.frequency)


@edit(
    "CLM-ORIGINAL-NUMBER",
    WARNING,
    "An original claim with the payer's number of an earlier one",
    guards="2300 CLM05-3, REF F8",
    source="TR3 X222A1 2300 REF F8: when CLM05-3 is a replacement or void",
    message="The claim names an earlier claim of the payer, but says it is an original (1).",
)
def original_with_number(case: Case) -> Iterator[Hit]:
    one = case.draft
    if one.frequency == "1" and one.numbers.payer_control_number:
        yield hit("frequency")


@edit(
    "CLM-FREQUENCY",
    ERROR,
    "A claim frequency that is none",
    guards="2300 CLM05-3",
    source="NUBC frequency codes: 1, 6, 7, 8 on professional claims",
    message="The claim's frequency is 1 (original), 7 (replacement) or 8 (void).",
)
def frequency_unknown(case: Case) -> Iterator[Hit]:
    if case.draft.frequency not in {"1", "6", "7", "8"}:
        yield hit("frequency")


@edit(
    "CLM-CORRECTED",
    WARNING,
    "Frequency 6, which few payers take",
    guards="2300 CLM05-3",
    source="NUBC frequency code 6 (corrected); payers ask for 7",
    message="Frequency 6 (corrected) is refused by most payers, who want 7 (replacement).",
)
def frequency_corrected(case: Case) -> Iterator[Hit]:
    if case.draft.frequency == "6":
        yield hit("frequency")


@edit(
    "CLM-MEDICARE-REPLACEMENT",
    ERROR,
    "A replacement that Medicare does not take",
    guards="2300 CLM05-3",
    source="Medicare Claims Processing Manual ch. 34: Part B reopens, it takes no replacements",
    message="Medicare Part B takes no frequency {frequency}: ask for a reopening, or send the "
    "claim anew.",
)
def replacement_to_medicare(case: Case) -> Iterator[Hit]:
    if case.filing == "MB" and case.draft.frequency in {"7", "8"}:
        yield hit("frequency", frequency=case.draft.frequency)


@edit(
    "CLM-LINES",
    ERROR,
    "A claim without lines",
    guards="2400",
    source="TR3 X222A1 2400: one line at least",
    message="The claim has no lines.",
)
def no_lines(case: Case) -> Iterator[Hit]:
    if not case.lines:
        yield hit("lines")


@edit(
    "CLM-LINES-MANY",
    ERROR,
    "More than fifty lines",
    guards="2400 LX01",
    source="TR3 X222A1 2400: 50 lines at most",
    message="The claim has {count} lines, and 50 can be sent: split it into {parts} claims.",
)
def many_lines(case: Case) -> Iterator[Hit]:
    count = len(case.lines)
    if count > _MOST_LINES:
        yield hit("lines", count=count, parts=-(-count // _MOST_LINES))


@edit(
    "CLM-DX-MANY",
    ERROR,
    "More than twelve diagnoses",
    guards="2300 HI",
    source="TR3 X222A1 2300 HI: 12 diagnoses at most",
    message="The claim has {count} diagnoses, and 12 can be sent: leave out those to which no "
    "line points, or split the claim.",
)
def many_diagnoses(case: Case) -> Iterator[Hit]:
    count = len(case.draft.diagnoses)
    if count > _MOST_DIAGNOSES:
        yield hit("diagnoses", count=count)


@edit(
    "CLM-DX-NONE",
    ERROR,
    "A claim without diagnoses",
    guards="2300 HI01",
    source="TR3 X222A1 2300 HI: required; 42 CFR 424.32(a)",
    message="The claim has no diagnosis.",
)
def no_diagnosis(case: Case) -> Iterator[Hit]:
    if not case.draft.diagnoses:
        yield hit("diagnoses")


@edit(
    "CLM-PATIENT-PAID",
    ERROR,
    "The patient paid more than is charged",
    guards="2300 AMT F5",
    source="TR3 X222A1 2300 AMT F5: what was paid toward this claim",
    message="What the patient paid is negative, or more than the claim charges.",
)
def patient_paid_too_much(case: Case) -> Iterator[Hit]:
    paid = case.draft.patient_paid
    if paid is not None and not 0 <= paid.cents <= case.draft.charge.cents:
        yield hit("patient_paid")


@edit(
    "CLM-SIGNATURE",
    WARNING,
    "The provider's signature is not on file",
    guards="2300 CLM06",
    source="TR3 X222A1 2300 CLM06; 42 CFR 424.33",
    message="The claim says that the provider's signature is not on file: payers deny it.",
)
def no_signature(case: Case) -> Iterator[Hit]:
    if not case.draft.provider_signature:
        yield hit("provider_signature")


@edit(
    "CLM-BENEFITS",
    WARNING,
    "The payer would pay the patient",
    guards="2300 CLM08",
    source="TR3 X222A1 2300 CLM08; CMS-1500 item 13",
    message="Assignment is accepted, but the benefits are not assigned: the payer pays the "
    "patient.",
)
def benefits_not_assigned(case: Case) -> Iterator[Hit]:
    if case.draft.assignment == "A" and case.draft.benefits_assigned == "N":
        yield hit("benefits_assigned")


@line_edit(
    "CLM-AMBULANCE",
    ERROR,
    "An ambulance claim",
    guards="2300 CR1, 2310E, 2310F",
    source="TR3 X222A1 2300 CR1: required on ambulance claims; not supported here",
    message="Ambulance services can't be billed from here: they need the transport's data.",
)
def ambulance(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in AMBULANCE_PLACES or line.code in _AMBULANCE:
        yield hit("procedure.code")


@edit(
    "PWK-NUMBER",
    ERROR,
    "An attachment without its number",
    guards="2300 PWK06, 2400 PWK06",
    source="TR3 X222A1 2300 PWK05/06: required unless PWK02 is AA",
    message="An attachment has a control number of two characters or more, by which the payer "
    "finds it, unless it waits for a request (AA).",
)
def attachment_without_number(case: Case) -> Iterator[Hit]:
    for path, line, one in _attachments(case):
        if one.transmission != "AA" and len(one.control_number) < 2:  # noqa: PLR2004 - PWK06
            yield hit(f"{path}.control_number", line=line)


@edit(
    "PWK-WAITING",
    ERROR,
    "An attachment that waits for a request and has a number",
    guards="2300 PWK02, PWK06",
    source="TR3 X222A1 2300 PWK06: not used with AA",
    message="An attachment that waits for the payer's request (AA) has no control number.",
)
def attachment_waits_with_number(case: Case) -> Iterator[Hit]:
    for path, line, one in _attachments(case):
        if one.transmission == "AA" and one.control_number:
            yield hit(
                f"{path}.control_number",
                line=line,
                fix=fix("Leave the number out", (f"{path}.control_number", "")),
            )


@edit(
    "PWK-KIND",
    ERROR,
    "A kind of attachment that is none",
    guards="2300 PWK01",
    source="TR3 X222A1 2300 PWK01",
    message="The kind of an attachment is no code of PWK01, like OZ or B4.",
)
def attachment_kind(case: Case) -> Iterator[Hit]:
    for path, line, one in _attachments(case):
        if one.kind not in ATTACHMENTS:
            yield hit(f"{path}.kind", line=line)


def _attachments(case: Case) -> Iterator[tuple[str, int | None, AttachmentDraft]]:
    for index, one in enumerate(case.draft.attachments):
        yield f"attachments.{index}", None, one
    for line in case.lines:
        for index, one in enumerate(line.draft.attachments):
            yield f"{line.path}.attachments.{index}", line.number, one


@edit(
    "CLM-TOTAL-ZERO",
    WARNING,
    "The claim charges nothing",
    guards="2300 CLM02",
    source="TR3 X222A1 2300 CLM02: zero is legal; most payers refuse it",
    message="The lines of the claim charge nothing in sum.",
)
def charges_nothing(case: Case) -> Iterator[Hit]:
    if case.lines and case.draft.charge.cents == 0:
        yield hit("lines")


@edit(
    "CLM-DELAY-NEEDLESS",
    INFO,
    "A delay reason without a delay",
    guards="2300 CLM20",
    source="TR3 X222A1 2300 CLM20: required when the claim is late",
    message="A delay reason is given, and the claim is not late for this payer.",
)
def needless_delay_reason(case: Case) -> Iterator[Hit]:
    days, last = case.facts.payer.timely_days, case.last_day
    if case.draft.delay_reason and days and last and (case.facts.today - last).days <= days:
        yield hit("delay_reason")
