"""Reads 277 and 277CA files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.parts import (
    Name,
    contact_of,
    name_of,
    procedure_of,
    reference_of,
)
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.segment import Segment
from caresmith.x12.status.grammar import (
    ACKNOWLEDGEMENT_277,
    ACKNOWLEDGEMENT_VERSION,
    STATUS_277,
    STATUS_VERSION,
)
from caresmith.x12.status.model import (
    ClaimStatus,
    GeneralStatus,
    LineStatus,
    Receipt,
    Status,
    StatusCode,
    StatusReport,
    Totals,
)
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import (
    day_or_none,
    moment,
    money_or_none,
    period,
    quantity_or_none,
    required,
)
from caresmith.x12.walker import Node

_GUIDES: Final = {
    ("277", STATUS_VERSION): STATUS_277,
    ("277", ACKNOWLEDGEMENT_VERSION): ACKNOWLEDGEMENT_277,
}
_EMPTY: Final = Segment([""])


def read_statuses(source: ByteSource, encoding: Encoding = "ascii") -> Iterator[StatusReport]:
    """Yield the 277 and 277CA of a file. Raises X12Refused at the first error."""
    for one in read_sets(source, _GUIDES, encoding):
        if isinstance(one, LooseSegment):
            raise refuse(FlawCode.WRONG_KIND, one.segment, "a TA1 among claim statuses")
        check_hierarchy(one.root)
        yield _Reading(one).report()


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self._set = one
        self._receivers: list[Name] = []
        self._receipts: list[Receipt] = []
        self._files: list[GeneralStatus] = []
        self._providers: list[GeneralStatus] = []
        self._claims: list[ClaimStatus] = []

    def report(self) -> StatusReport:
        root, beginning = self._set.root, self._set.root.get("BHT")
        assert beginning is not None  # noqa: S101 - the walker requires it
        sources, contacts = [], []
        for payer_level in root.loops("2000A"):
            payer = next(payer_level.loops("2100A"))
            sources.append(name_of(payer.first))
            contacts += [contact_of(one) for one in payer.all("PER")]
            self._receipts += [_receipt(one) for one in payer_level.loops("2200A")]
            for receiver in payer_level.loops("2000B"):
                self._receiver(receiver, sources[-1])
        return StatusReport(
            header=self._set.header,
            acknowledgement=self._set.header.version == ACKNOWLEDGEMENT_VERSION,
            reference=beginning[3],
            at=_at(beginning),
            sources=tuple(sources),
            contacts=tuple(contacts),
            files=tuple(self._files),
            providers=tuple(self._providers),
            claims=tuple(self._claims),
            notes=self._set.notes,
            receivers=tuple(self._receivers),
            receipts=tuple(self._receipts),
        )

    def _receiver(self, node: Node, payer: Name) -> None:
        receiver = name_of(next(node.loops("2100B")).first)
        self._receivers.append(receiver)
        self._files += [self._general(one, receiver) for one in node.loops("2200B")]
        for level in node.loops("2000C"):
            provider = name_of(next(level.loops("2100C")).first)
            self._providers += [self._general(one, provider) for one in level.loops("2200C")]
            for person in level.loops("2000D"):
                self._person(person, provider, payer)

    def _person(self, node: Node, provider: Name, payer: Name) -> None:
        subscriber = name_of(next(node.loops("2100D")).first)
        for trace in node.loops("2200D"):
            self._claims.append(self._claim(trace, subscriber, None, provider, payer))
        for dependent in node.loops("2000E"):
            patient = name_of(next(dependent.loops("2100E")).first)
            for trace in dependent.loops("2200E"):
                self._claims.append(self._claim(trace, patient, subscriber, provider, payer))

    def _general(self, node: Node, about: Name) -> GeneralStatus:
        amounts = {one[1]: money_or_none(one, 2) for one in node.all("AMT")}
        counts = {one[1]: quantity_or_none(one, 2) for one in node.all("QTY")}
        return GeneralStatus(
            about=about,
            trace=required(node.first, 2, "the trace number"),
            statuses=self._statuses(node),
            totals=Totals(
                # X214 2200B counts with 90 and AA, 2200C with QA and QC.
                accepted=counts.get("90") or counts.get("QA"),
                rejected=counts.get("AA") or counts.get("QC"),
                accepted_charge=amounts.get("YU"),
                rejected_charge=amounts.get("YY"),
            ),
            references=tuple(reference_of(one) for one in node.all("REF")),
            place=Place.of(node.first, loop=node.id),
        )

    def _claim(
        self, node: Node, patient: Name, subscriber: Name | None, provider: Name, payer: Name
    ) -> ClaimStatus:
        dates = node.get("DTP", 1, "472")
        return ClaimStatus(
            trace=required(node.first, 2, "the trace number"),
            patient=patient,
            subscriber=subscriber,
            provider=provider,
            payer=payer,
            statuses=self._statuses(node),
            references=tuple(reference_of(one) for one in node.all("REF")),
            dates=period(dates) if dates else None,
            lines=tuple(self._line(one) for one in node.children if one.first.id == "SVC"),
            place=Place.of(node.first, loop=node.id),
            unknown=tuple(
                one for one in node.segments if one.id not in {"TRN", "STC", "REF", "DTP"}
            ),
        )

    def _line(self, node: Node) -> LineStatus:
        first = node.first
        dates = node.get("DTP", 1, "472")
        return LineStatus(
            procedure=procedure_of(first, 1, self._set.component),
            charge=money_or_none(first, 2),
            paid=money_or_none(first, 3),
            revenue_code=first[4],
            units=quantity_or_none(first, 7),
            statuses=self._statuses(node),
            references=tuple(reference_of(one) for one in node.all("REF")),
            dates=period(dates) if dates else None,
        )

    def _statuses(self, node: Node) -> tuple[Status, ...]:
        return tuple(self._status(one, node.id) for one in node.all("STC"))

    def _status(self, segment: Segment, loop: str) -> Status:
        required(segment, 1, "the status")
        codes = tuple(self._code(segment, at) for at in (1, 10, 11) if segment[at])
        return Status(
            codes=codes,
            on=day_or_none(segment, 2),
            action=segment[3],
            charge=money_or_none(segment, 4),
            paid=money_or_none(segment, 5),
            decided=day_or_none(segment, 6),
            paid_on=day_or_none(segment, 8),
            check=segment[9],
            message=segment[12],
            place=Place.of(segment, loop=loop),
        )

    def _code(self, segment: Segment, element: int) -> StatusCode:
        parts = [*self._set.parts(segment, element), "", "", ""]
        if not parts[0] or not parts[1]:
            raise refuse(
                FlawCode.MISSING_ELEMENT,
                segment,
                f"category or code of the status is missing (components are separated by "
                f"{self._set.component} here)",
                element,
                2,
            )
        return StatusCode(*parts[:4])


def _receipt(node: Node) -> Receipt:
    days = {one[1]: period(one).first for one in node.all("DTP")}
    trace = required(node.first, 2, "the receipt's number")
    return Receipt(trace, days.get("050"), days.get("009"))


def _at(beginning: Segment) -> datetime:
    return moment(beginning, 4, 5)
