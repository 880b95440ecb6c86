"""TA1 and 999: what was wrong with what came, told as the guide X231 tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.x12.acknowledging import (
    Context,
    ElementError,
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    SegmentError,
    SetAcknowledgement,
    Verdict,
)
from caresmith.x12.claims.grammar import GRAMMAR
from caresmith.x12.eligibility.grammar import REQUEST_270
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import IK304, IK403, Flaw, FlawCode, X12Refused
from caresmith.x12.status.grammar import INQUIRY_276
from caresmith.x12.walker import Walker
from scripts.payer.actions import RejectSet
from scripts.payer.envelopes import Group, Set, Taken

_BAD_ELEMENT: Final = "8"
"""IK304: the segment's elements tell what is wrong."""
# IK501 codes for what is wrong with a set as such.
_IK502: Final = {
    FlawCode.WRONG_KIND: "1",
    FlawCode.CONTROL_NUMBER: "3",
    FlawCode.COUNT: "4",
    FlawCode.REPEATED_NUMBER: "23",
    FlawCode.VERSION: "I6",
}
_OF_SEGMENTS: Final = "5"
_GRAMMARS: Final = {"837": GRAMMAR, "270": REQUEST_270, "276": INQUIRY_276}


@dataclass(frozen=True, slots=True)
class Judged:
    """A set with what was found: its first flaw, or a fault that a rule puts there."""

    set: Set
    flaw: Flaw | None = None
    rule: RejectSet | None = None
    position: int = 0
    """Where the rule's segment stands, counted from ST."""
    control: str = ""
    """CLM01 of the claim that the rule is for."""

    @property
    def accepted(self) -> bool:
        if not self.set.closed or self.flaw:
            return False
        return self.rule is None or self.rule.accepted


def interchange_answer(
    one: Taken, verdict: InterchangeVerdict, code: str
) -> InterchangeAcknowledgement:
    return InterchangeAcknowledgement(
        interchange=one.interchange,
        control_number=one.interchange.control_number,
        sent_at=one.interchange.at,
        verdict=verdict,
        code=code,
    )


def group_answer(group: Group, judged: list[Judged], header: Header) -> GroupAcknowledgement:
    """A 999 for one group."""
    accepted = 0 if group.code else sum(one.accepted for one in judged)
    if group.code or not accepted:
        verdict = Verdict.REJECTED
    elif accepted < len(judged):
        verdict = Verdict.PARTLY
    else:
        noted = any(one.rule for one in judged)
        verdict = Verdict.ACCEPTED_WITH_ERRORS if noted else Verdict.ACCEPTED
    said = group.closing[1] if group.closing else ""
    return GroupAcknowledgement(
        header=header,
        functional_id=group.functional_id,
        control_number=group.number,
        version=group.version,
        verdict=verdict,
        sent=int(said) if said.isdecimal() else len(judged),
        received=len(judged),
        accepted=accepted,
        codes=(group.code,) if group.code else (),
        sets=tuple(_set(one) for one in judged),
    )


def _set(one: Judged) -> SetAcknowledgement:
    verdict, codes = Verdict.ACCEPTED, tuple[str, ...]()
    errors: tuple[SegmentError, ...] = ()
    if not one.set.closed:
        verdict, codes = Verdict.REJECTED, ("2",)
    elif one.flaw:
        verdict = Verdict.REJECTED
        codes = (_IK502.get(one.flaw.code, _OF_SEGMENTS),)
        if codes == (_OF_SEGMENTS,):
            errors = (_error(one.flaw, one.set),)
    elif one.rule:
        verdict = Verdict.ACCEPTED_WITH_ERRORS if one.rule.accepted else Verdict.REJECTED
        codes, errors = (_OF_SEGMENTS,), (_put_there(one.rule, one),)
    return SetAcknowledgement(
        kind=one.set.kind,
        control_number=one.set.number,
        version=one.set.version,
        verdict=verdict,
        codes=codes,
        errors=errors,
    )


def _error(flaw: Flaw, of: Set) -> SegmentError:
    place = flaw.place
    elements: tuple[ElementError, ...] = ()
    code = IK304.get(flaw.code, _BAD_ELEMENT)
    if code == _BAD_ELEMENT and place.element:
        elements = (
            ElementError(
                element=place.element,
                component=place.component,
                repetition=0,
                data_element="",
                code=IK403.get(flaw.code, "I9"),
                value="",
            ),
        )
    return SegmentError(
        segment=place.segment_id or of.segments[0].id,
        position=place.within or 1,
        loop=place.loop or _loop_of(of, place.within),
        code=code,
        elements=elements,
    )


def _loop_of(of: Set, within: int) -> str:
    """In which loop the segment at that place stands; "" where it can't be told."""
    grammar = _GRAMMARS.get(of.kind)
    if grammar is None or not 0 < within <= len(of.segments):
        return ""
    wanted = of.segments[within - 1]
    walker = Walker(grammar)
    try:
        [root] = walker.walk(of.segments)
    except X12Refused:
        root = walker.root
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if any(one is wanted for one in node.segments):
            return "" if node is root else node.id
        nodes += node.children
    return ""


def _put_there(rule: RejectSet, one: Judged) -> SegmentError:
    element = ElementError(
        element=rule.element,
        component=rule.component,
        repetition=0,
        data_element="",
        code=rule.element_code,
        value="",
    )
    return SegmentError(
        segment=rule.segment,
        position=one.position,
        loop=rule.loop,
        code=rule.code,
        elements=(element,) if rule.element else (),
        contexts=(Context("CLM01", one.control),) if one.control else (),
    )
