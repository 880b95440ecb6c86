"""277CA and 277: what payers say of each claim."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from caresmith.x12.status.model import ClaimStatus, GeneralStatus, Status, StatusReport
from caresmith.x12.status.reading import read_statuses
from functions.claims.answers.said import Said, Verdict

_ACCEPTED = frozenset({"A1", "A2"})
"""Received, and accepted into adjudication; A0 is only handed on."""
_REJECTED = frozenset({"A3", "A6", "A7", "A8"})
_TRACE = "."
"""Between the claim's number and the day in the trace of our own 276."""

Sent = Callable[[int], list[str]]
"""The claims of the file of ours with that control number."""


def trace_of(control_number: str, day: str) -> str:
    """TRN02 of a question about a claim: unique for each, and the answer leads back."""
    return f"{control_number}{_TRACE}{day}"


def statuses(content: bytes, sent: Sent) -> Iterator[Said]:
    """What is said of each claim. Raises X12Refused."""
    for report in read_statuses(io.BytesIO(content)):
        yield from _acknowledged(report, sent) if report.acknowledgement else _answered(report)


def _acknowledged(report: StatusReport, sent: Sent) -> Iterator[Said]:
    files = [interchange for one in report.files if (interchange := _interchange(one.trace))]
    ours = files[0] if len(set(files)) == 1 else None
    for claim in report.claims:
        if not claim.statuses:
            continue
        yield _said(claim, "277CA", claim.trace, ours)
    if not report.claims:
        # Refused as a whole: no claim is named, and all of them are meant.
        for one in (*report.files, *report.providers):
            number = _interchange(one.trace)
            if one.rejected and number:
                for control in sent(number):
                    yield _of_all(one, control, number)


def _of_all(one: GeneralStatus, control: str, number: int) -> Said:
    return Said(
        control,
        Verdict.REJECTED,
        "277CA",
        codes_of(one.statuses),
        message=_message(one.statuses),
        on=one.statuses[0].on if one.statuses else None,
        interchange=number,
    )


def _answered(report: StatusReport) -> Iterator[Said]:
    for claim in report.claims:
        if claim.statuses:
            yield _said(claim, "277", claim.trace.partition(_TRACE)[0], None)


def _said(claim: ClaimStatus, source: str, control: str, interchange: int | None) -> Said:
    every = (*claim.statuses, *(one for line in claim.lines for one in line.statuses))
    return Said(
        control,
        _verdict(claim),
        source,
        codes_of(every),
        message=_message(every),
        payer_control_number=claim.payer_control_number,
        on=claim.statuses[0].on,
        interchange=interchange,
    )


def _verdict(claim: ClaimStatus) -> Verdict:
    categories = {one.category for one in claim.statuses}
    if claim.rejected or categories & _REJECTED:
        return Verdict.REJECTED
    # Requests for more (R) and pended claims (P).
    if any(one[:1] in {"P", "R"} for one in categories):
        return Verdict.PENDED
    if categories & _ACCEPTED or any(one.action == "WQ" for one in claim.statuses):
        return Verdict.ACCEPTED
    # What was decided (F) the remittance says, and posts.
    return Verdict.TOLD


def codes_of(every: tuple[Status, ...]) -> tuple[str, ...]:
    """``A7:562:85`` each: category, status, and whom it is about."""
    found = (
        ":".join(part for part in (code.category, code.code, code.entity) if part)
        for status in every
        for code in status.codes
    )
    return tuple(dict.fromkeys(found))


def _message(every: tuple[Status, ...]) -> str:
    return " ".join(dict.fromkeys(one.message for one in every if one.message))[:500]


def _interchange(reference: str) -> int | None:
    """BHT03 of ours is the interchange's number, a hyphen, and the set's."""
    number, hyphen, rest = reference.partition("-")
    if hyphen and number.isascii() and number.isdecimal() and rest.isdecimal():
        return int(number)
    return None
