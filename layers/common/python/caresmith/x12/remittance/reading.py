"""Reads 835 files claim by claim: memory holds one claim, whatever the size of the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from caresmith.money import Money
from caresmith.x12.envelope import Envelope, Header, expect
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.reader import ByteSource, Encoding, SegmentReader
from caresmith.x12.remittance.balancing import Balance
from caresmith.x12.remittance.claims import claim_of, summary_of
from caresmith.x12.remittance.grammar import GRAMMAR, VERSION
from caresmith.x12.remittance.header import header_of, provider_adjustments_of
from caresmith.x12.remittance.model import ClaimPayment, PaymentEnd, PaymentHeader, ProviderSummary
from caresmith.x12.segment import Segment
from caresmith.x12.walker import Node, Walker

Piece = PaymentHeader | ClaimPayment | PaymentEnd


def read_remittances(source: ByteSource, encoding: Encoding = "ascii") -> Iterator[Piece]:
    """Yield for each transaction set its header, its claims and its end, in this order.

    Nothing may be posted before the end has come, since only it says whether
    all balances: read a file once to see, and once more to post.

    Raises:
        X12Refused: while iterating, at the first error. Where sums do not fit
            nothing is raised: :class:`PaymentEnd` tells each of them.
    """
    reader = SegmentReader(source, encoding)
    envelope = Envelope(reader)
    segments = iter(envelope)
    for segment in segments:
        if segment.elements[0] == "ST":
            header = envelope.header
            assert header is not None  # noqa: S101 - ST was just seen
            if header.kind != "835":
                raise refuse(
                    FlawCode.WRONG_KIND, segment, "not an 835: no remittance is in this set", 1
                )
            expect(header, VERSION, segment)
            reading = _Reading(header, reader.delimiters.component)
            yield from reading.pieces(chain([segment], segments))


class _Reading:
    """One transaction set while it is read."""

    def __init__(self, header: Header, component: str) -> None:
        self._header = header
        self._component = component
        self._walker = Walker(GRAMMAR, streamed=("2000", "2100"))
        self._balance = Balance()
        self._summary: tuple[Node, ProviderSummary | None] | None = None

    def pieces(self, segments: Iterator[Segment]) -> Iterator[Piece]:
        payment: PaymentHeader | None = None
        root = self._walker.root
        for node in self._walker.walk(segments):
            if payment is None:
                payment = header_of(root, self._header)
                yield payment
            if node.loop.id == "2100":
                parent = node.parent
                assert parent is not None  # noqa: S101 - 2100 stands in 2000
                number, summary = self._balance.claims + 1, self._summary_of(parent)
                claim = claim_of(node, number, self._component, parent.first[1], summary)
                self._balance.add(claim)
                yield claim
            elif node is root:
                yield self._end(payment, root)

    def _summary_of(self, parent: Node) -> ProviderSummary | None:
        if self._summary is None or self._summary[0] is not parent:
            self._summary = parent, summary_of(parent)
        return self._summary[1]

    def _end(self, payment: PaymentHeader, root: Node) -> PaymentEnd:
        adjustments = provider_adjustments_of(root, self._component)
        self._balance.close(payment, adjustments, _place_of_payment(root))
        return PaymentEnd(
            header=payment,
            provider_adjustments=adjustments,
            claims=self._balance.claims,
            charged=Money(self._balance.charged),
            claims_paid=Money(self._balance.paid),
            imbalances=tuple(self._balance.imbalances),
            imbalance_count=self._balance.imbalance_count,
            notes=tuple(self._walker.notes),
        )


def _place_of_payment(root: Node) -> Place:
    financial = root.get("BPR")
    assert financial is not None  # noqa: S101 - the walker requires it
    return Place.of(financial, 2)
