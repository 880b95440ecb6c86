"""TA1 and 999: of which claims of ours they speak."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping

from caresmith.x12.acknowledging import (
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    SegmentError,
    SetAcknowledgement,
    read_acknowledgements,
)
from functions.claims.answers.positions import SetMap
from functions.claims.answers.said import FileAnswer, Said, Verdict

Sent = Callable[[int], Mapping[str, SetMap] | None]
"""The sets of the file of ours that has this control number; None where there is none."""


def acknowledgements(content: bytes, sent: Sent) -> Iterator[Said | FileAnswer]:
    """What they say of files and claims. Raises X12Refused."""
    for one in read_acknowledgements(io.BytesIO(content)):
        if isinstance(one, InterchangeAcknowledgement):
            yield from _interchange(one, sent)
        else:
            yield from _group(one, sent)


def _interchange(one: InterchangeAcknowledgement, sent: Sent) -> Iterator[Said | FileAnswer]:
    number = _number(one.control_number)
    refused = one.verdict is InterchangeVerdict.REJECTED
    codes = (f"TA1:{one.code}",)
    yield FileAnswer(number, not refused, "TA1", codes, final=refused)
    if refused:
        for mapped in (sent(number) or {}).values():
            for claim in mapped.claims:
                yield Said(claim, Verdict.REJECTED, "TA1", codes, interchange=number)


def _group(one: GroupAcknowledgement, sent: Sent) -> Iterator[Said | FileAnswer]:
    if one.functional_id != "HC":
        # Of a question (276, 270), not of claims.
        return
    number = _number(one.control_number)
    codes = tuple(f"AK9:{code}" for code in one.codes)
    yield FileAnswer(number, one.verdict.accepted, "999", codes)
    answered = {_number(each.control_number): each for each in one.sets}
    for control, mapped in (sent(number) or {}).items():
        each = answered.get(_number(control))
        if each is not None:
            yield from _set(each, mapped, number)
        elif one.verdict.accepted or not one.sets:
            # AK2 may be left out of what was accepted, and of a group refused as a whole.
            verdict = Verdict.RECEIVED if one.verdict.accepted else Verdict.REJECTED
            for claim in mapped.claims:
                yield Said(claim, verdict, "999", codes, interchange=number)


def _set(one: SetAcknowledgement, mapped: SetMap, number: int) -> Iterator[Said]:
    """Every claim of the set; those that an error names hear which."""
    errors: dict[str, list[str]] = {}
    of_all = [f"IK5:{code}" for code in one.codes]
    for error in one.errors:
        claim = _claim_of(error, mapped)
        if claim is None:
            of_all += _codes(error)
        else:
            errors.setdefault(claim, []).extend(_codes(error))
    verdict = Verdict.RECEIVED if one.verdict.accepted else Verdict.REJECTED
    for claim in mapped.claims:
        own = tuple(dict.fromkeys(errors.get(claim, of_all)))
        yield Said(claim, verdict, "999", own, interchange=number)


def _claim_of(error: SegmentError, mapped: SetMap) -> str | None:
    """By the context that names it (CTX01 CLM01), else by the segment's place."""
    contexts = [*error.contexts, *(one for each in error.elements for one in each.contexts)]
    for context in contexts:
        if context.name == "CLM01" and context.reference in mapped.claims:
            return context.reference
    return mapped.owner(error.position)


def _codes(error: SegmentError) -> Iterator[str]:
    """``NM1:8`` of a segment, ``NM109:I12`` of an element."""
    if not error.elements:
        yield f"{error.segment}:{error.code}"
    for one in error.elements:
        part = f"-{one.component}" if one.component else ""
        yield f"{error.segment}{one.element:02d}{part}:{one.code}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
