"""Writes TA1 and 999."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from caresmith.x12.acknowledging.grammar import VERSION
from caresmith.x12.acknowledging.model import (
    Acknowledgement,
    Context,
    ElementError,
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    SegmentError,
)
from caresmith.x12.delimiters import Delimiters
from caresmith.x12.segment import Segment
from caresmith.x12.writer import Addressing, ControlNumbers, SegmentMaker, interchange, isa


def acknowledgement_file(
    answers: Iterable[Acknowledgement],
    addressing: Addressing,
    numbers: ControlNumbers,
    at: datetime,
    delimiters: Delimiters | None = None,
) -> Iterator[Segment]:
    """An interchange with each TA1, and a 999 for each group that is answered.

    What an answer says of the file that it came in itself (``header``,
    ``interchange``) is not written: ``addressing`` and ``numbers`` say it.
    """
    make = SegmentMaker(delimiters)
    every = list(answers)
    loose = [_ta1(make, one) for one in every if isinstance(one, InterchangeAcknowledgement)]
    groups = [one for one in every if isinstance(one, GroupAcknowledgement)]
    if not groups:
        # TR3 Appendix C.1: an interchange may hold nothing but TA1.
        yield isa(addressing, numbers.interchange, at, make.delimiters)
        yield from loose
        yield make("IEA", "0", f"{numbers.interchange:09d}")
        return
    sets = (group_segments(make, one) for one in groups)
    for segment in interchange("999", VERSION, sets, addressing, numbers, at, delimiters):
        yield segment
        if segment.id == "ISA":
            yield from loose


def _ta1(make: SegmentMaker, one: InterchangeAcknowledgement) -> Segment:
    sent = (f"{one.sent_at:%y%m%d}", f"{one.sent_at:%H%M}")
    return make("TA1", one.control_number, *sent, one.verdict, one.code)


def group_segments(make: SegmentMaker, one: GroupAcknowledgement) -> Iterator[Segment]:
    """What stands between ST and SE."""
    yield make("AK1", one.functional_id, one.control_number, one.version)
    for answered in one.sets:
        yield make("AK2", answered.kind, answered.control_number, answered.version)
        for error in answered.errors:
            yield from _error(make, error)
        yield make("IK5", answered.verdict, *answered.codes)
    counts = (str(one.sent), str(one.received), str(one.accepted))
    yield make("AK9", one.verdict, *counts, *one.codes)


def _error(make: SegmentMaker, one: SegmentError) -> Iterator[Segment]:
    yield make("IK3", one.segment, str(one.position), one.loop, one.code)
    yield from _contexts(make, one.contexts)
    for element in one.elements:
        yield make("IK4", _position(element), element.data_element, element.code, element.value)
        yield from _contexts(make, element.contexts)


def _contexts(make: SegmentMaker, every: Iterable[Context]) -> Iterator[Segment]:
    for one in every:
        yield make(
            "CTX",
            (one.name, one.reference),
            one.segment,
            "" if one.position is None else str(one.position),
            one.loop,
            tuple(one.element.split(":")),
            tuple(one.data_element.split(":")),
        )


def _position(one: ElementError) -> tuple[str, ...]:
    """C030: a repetition stands third, so a component that is none is left empty."""
    return (str(one.element), *(str(at) if at else "" for at in (one.component, one.repetition)))
