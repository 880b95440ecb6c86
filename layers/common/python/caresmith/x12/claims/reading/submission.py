"""A file to submissions of claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caresmith.x12.claims.codes import SELF, VERSION
from caresmith.x12.claims.grammar import GRAMMAR
from caresmith.x12.claims.model import ProfessionalClaim, Submission
from caresmith.x12.claims.parties import Receiver, Submitter
from caresmith.x12.claims.reading.claim import Context, claim_of
from caresmith.x12.claims.reading.coverage import payer, subscriber
from caresmith.x12.claims.reading.making import made
from caresmith.x12.claims.reading.parties import billing, contact, patient
from caresmith.x12.claims.reading.unread import unread
from caresmith.x12.envelope import Header
from caresmith.x12.flaws import Flaw, FlawCode, refuse
from caresmith.x12.hierarchy import check_hierarchy
from caresmith.x12.reader import ByteSource, Encoding
from caresmith.x12.transactions import LooseSegment, TransactionSet, read_sets
from caresmith.x12.values import moment
from caresmith.x12.walker import Node

_GUIDES: Final = {("837", VERSION): GRAMMAR}


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """A transaction set of claims as it was received."""

    header: Header
    at: datetime
    submission: Submission
    notes: tuple[Flaw, ...]


def read_claims(source: ByteSource, encoding: Encoding = "ascii") -> Iterator[ReadSubmission]:
    """Yield the sets of a file. Raises X12Refused at the first thing that is not certain.

    What a claim of this system has no place for is told in ``notes``.
    """
    for one in read_sets(source, _GUIDES, encoding):
        if isinstance(one, LooseSegment):
            raise refuse(FlawCode.WRONG_KIND, one.segment, "a TA1 among claims")
        check_hierarchy(one.root)
        yield _read(one)


def _read(one: TransactionSet) -> ReadSubmission:
    root = one.root
    beginning = root.get("BHT")
    assert beginning is not None  # noqa: S101 - the walker requires it
    sender, receiver = next(root.loops("1000A")), next(root.loops("1000B")).first
    submission = made(
        Submission,
        beginning,
        "837",
        submitter=made(
            Submitter,
            sender.first,
            sender.id,
            name=sender.first[3],
            first=sender.first[4],
            middle=sender.first[5],
            id=sender.first[9],
            contacts=tuple(contact(person, sender.id) for person in sender.all("PER")),
        ),
        receiver=made(Receiver, receiver, "1000B", name=receiver[3], id=receiver[9]),
        reference=beginning[3],
        reissue=beginning[2] == "18",
        kind=beginning[6],
        claims=tuple(_claims(root, one.component)),
    )
    notes = (*one.notes, *unread(root))
    return ReadSubmission(one.header, moment(beginning, 4, 5), submission, notes)


def _claims(root: Node, component: str) -> Iterator[ProfessionalClaim]:
    for provider_level in root.loops("2000A"):
        biller = billing(provider_level, component)
        for level in provider_level.loops("2000B"):
            of = Context(biller, subscriber(level), payer(level, component), None, component)
            coverage = level.get("SBR")
            assert coverage is not None  # noqa: S101 - the walker requires it
            dependents = list(level.loops("2000C"))
            claims = list(level.loops("2300"))
            if claims and coverage[2] != SELF:
                raise refuse(
                    FlawCode.HIERARCHY,
                    coverage,
                    "claims stand with a subscriber who is not said to be the patient (18)",
                    2,
                )
            if not claims and not dependents:
                raise refuse(FlawCode.MISSING_LOOP, coverage, "a subscriber without a claim")
            yield from (claim_of(node, of) for node in claims)
            for dependent in dependents:
                person = patient(dependent)
                for node in dependent.loops("2300"):
                    yield claim_of(
                        node, Context(biller, of.subscriber, of.payer, person, component)
                    )
