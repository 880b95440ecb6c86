"""Reads 270 files: what a payer does with the questions that ``asking`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caresmith.x12.eligibility.asking import Asked, Inquiry
from caresmith.x12.eligibility.grammar import REQUEST_270, VERSION
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, FlawCode, X12Refused, note, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.parts import name_of
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import day_or_none, moment, period, required
from caresmith.x12.walker import Node

_GUIDES: Final = {("270", VERSION): REQUEST_270}
_UNREAD: Final = frozenset({"REF", "N3", "N4", "PRV", "HI", "AMT", "III"})


@dataclass(frozen=True, slots=True)
class ReadInquiry:
    """One question as it was received."""

    header: Header
    reference: str
    """BHT03."""
    at: datetime
    inquiry: Inquiry
    notes: tuple[Flaw, ...]


def read_inquiries(source: ByteSource, encoding: Encoding = "ascii") -> Iterator[ReadInquiry]:
    """Yield the questions of a file. Raises X12Refused at the first error.

    What an :class:`Inquiry` has no place for is told in ``notes``.
    """
    for one in read_sets(source, _GUIDES, encoding):
        if isinstance(one, LooseSegment):
            raise refuse(FlawCode.WRONG_KIND, one.segment, "a TA1 among questions")
        check_hierarchy(one.root)
        yield from _Reading(one).inquiries()


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self._set = one

    def inquiries(self) -> Iterator[ReadInquiry]:
        for source in self._set.root.loops("2000A"):
            for receiver in source.loops("2000B"):
                for level in receiver.loops("2000C"):
                    dependents: list[Node | None] = list(level.loops("2000D"))
                    for one in dependents or [None]:
                        yield self._inquiry(source, receiver, level, one)

    def _inquiry(
        self, source: Node, receiver: Node, level: Node, below: Node | None
    ) -> ReadInquiry:
        beginning = self._set.root.get("BHT")
        assert beginning is not None  # noqa: S101 - the walker requires it
        payer = name_of(next(source.loops("2100A")).first)
        provider = name_of(next(receiver.loops("2100B")).first)
        subscriber = next(level.loops("2100C"))
        dependent = next(below.loops("2100D")) if below else None
        about = dependent or subscriber
        trace = (below or level).get("TRN")
        relation, dates = about.get("INS"), about.get("DTP", 1, "291")
        if trace is None:
            raise refuse(FlawCode.MISSING_SEGMENT, about.first, "a question has a trace (TRN)")
        questions = [child.first for child in about.children if child.first.id == "EQ"]
        try:
            inquiry = Inquiry(
                payer_name=payer.last,
                payer_id=payer.id,
                payer_qualifier=payer.qualifier,
                provider_name=provider.last,
                provider_first=provider.first,
                provider_npi=provider.id,
                trace=required(trace, 2, "the trace number"),
                trace_originator=trace[3],
                subscriber=_asked(subscriber),
                dependent=_asked(dependent) if dependent else None,
                relationship=relation[2] if relation else "",
                dates=period(dates) if dates else None,
                service_types=self._types(questions),
            )
        except X12Refused:
            raise
        except ValueError as wrong:
            raise refuse(FlawCode.BAD_ELEMENT, about.first, str(wrong)) from None
        notes = (*self._set.notes, *_unread(about), *_unread(next(receiver.loops("2100B"))))
        at = moment(beginning, 4, 5)
        return ReadInquiry(self._set.header, beginning[3], at, inquiry, notes)

    def _types(self, questions: list[Segment]) -> tuple[str, ...]:
        every = (one for eq in questions for one in self._set.repeated(eq, 1))
        return tuple(dict.fromkeys(every))


def _asked(node: Node) -> Asked:
    name, born = name_of(node.first), node.get("DMG")
    return Asked(
        last=name.last,
        first=name.first,
        middle=name.middle,
        suffix=name.suffix,
        member_id=name.id,
        birth_date=day_or_none(born, 2) if born else None,
        sex=born[3] if born else "",
    )


def _unread(node: Node) -> Iterator[Flaw]:
    for one in node.everything():
        if one.id in _UNREAD or (one.id == "EQ" and one[2]):
            yield note(FlawCode.UNSUPPORTED, one, "this part of the guide is not read here")
