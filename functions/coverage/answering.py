"""From the bytes that came back to :class:`Benefits`: whose answer it is, and what it says."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Final, Literal

from caresmith.x12.eligibility.model import (
    Benefit,
    EligibilityResponse,
    Person,
    RelatedEntity,
)
from caresmith.x12.eligibility.reading import read_eligibility
from caresmith.x12.flaws import X12Refused
from caresmith.x12.parts import reference
from caresmith.x12.reader import SegmentReader
from functions.coverage.accumulating import amounts, counts, is_count
from functions.coverage.benefits import (
    Benefits,
    Cost,
    Dates,
    Member,
    OtherInsurance,
    Related,
    Remark,
    about,
    hundredths,
)
from functions.coverage.plan import (
    ACTIVE,
    INACTIVE,
    begins,
    ends,
    plan_dates,
    plan_statement,
    status,
)
from functions.coverage.rejections import Rejected, rejected
from functions.coverage.words import WHOLE_PLAN

_NOT_COVERED: Final = frozenset({"E", "I"})
_GROUP: Final = ("6P", "1L", "18")
_PAYERS: Final = frozenset({"PR", "PRP", "SEP", "TTP"})

Unreadable = Literal["garbled", "not-understood", "another-answer"]


class NotAnswered(Exception):
    """What came is no answer to what was asked."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason)
        self.reason: Unreadable = reason


def read_answer(raw: bytes, trace: str, day: dt.date) -> Benefits:
    """What the payer says of whom we asked about with ``trace``, as of ``day``.

    Raises NotAnswered for what can't be read, for an acknowledgement in place of an
    answer, and for the answer to another question: that must not get into a chart.
    """
    try:
        if _kind(raw) != "271":
            raise NotAnswered("not-understood")
        responses = list(read_eligibility(io.BytesIO(raw)))
    except X12Refused:
        raise NotAnswered("garbled") from None
    for response in responses:
        person = _whose(response, trace)
        if person is not None:
            return _benefits(response, person, day)
    if len(responses) == 1 and not responses[0].people and responses[0].rejections:
        # Turned down before it came to the patient: then nobody is named.
        return _benefits(responses[0], None, day)
    raise NotAnswered("another-answer")


def _kind(raw: bytes) -> str:
    """ST01 of the first set; TA1 where there is none."""
    for segment in SegmentReader(io.BytesIO(raw)):
        if segment.elements[0] in ("ST", "TA1"):
            return segment[1] if segment.elements[0] == "ST" else "TA1"
    raise NotAnswered("garbled")


def _whose(response: EligibilityResponse, trace: str) -> Person | None:
    """The person whose trace is ours; of one who has none, there may be no other."""
    for person in response.people:
        if person.trace == trace:
            return person
    if len(response.people) == 1 and not response.people[0].trace:
        return response.people[0]
    return None


def _benefits(response: EligibilityResponse, person: Person | None, day: dt.date) -> Benefits:
    said = person.benefits if person else ()
    dates = [*(person.dates if person else ()), *plan_dates(said)]
    first, last = begins(dates), ends(dates)
    state, note = status(said, first, last, day)
    plan = plan_statement(said)
    references = [
        *(person.references if person else ()),
        *(one for benefit in said for one in benefit.references),
    ]
    return Benefits(
        status=state,
        status_note=note,
        payer=response.payer.last,
        member=_member(person) if person else None,
        subscriber_member_id=person.subscriber.id if person and person.subscriber else "",
        plan=plan.plan if plan else "",
        insurance=plan.insurance_type if plan else "",
        group_number=reference(references, *_GROUP),
        group_name=next(
            (one.description for one in references if one.qualifier in _GROUP and one.description),
            "",
        ),
        begins=first,
        ends=last,
        primary_care=_related(said, "L"),
        copays=_costs(said, "B"),
        coinsurance=_costs(said, "A"),
        deductibles=amounts(one for one in said if one.information == "C"),
        out_of_pocket=amounts(one for one in said if one.information == "G"),
        counts=counts(one for one in said if _counted(one)),
        not_covered=_remarks(one for one in said if one.information in _NOT_COVERED),
        others=_others(said),
        remarks=_remarks(one for one in said if _is_remark(one)),
        rejections=_rejections(response, person),
    )


def _counted(one: Benefit) -> bool:
    return one.information not in _NOT_COVERED | {"R"} and is_count(one)


def _is_remark(one: Benefit) -> bool:
    """What no other list shows."""
    if one.information in _NOT_COVERED | {"R"}:
        return False
    if one.information == "L":
        # Who it is has a place of its own.
        return not one.entities or bool(one.messages)
    if one.information in ("A", "B"):
        return one.amount is None and one.percent is None and not is_count(one)
    if one.information in ("C", "G"):
        return (one.amount is None and not is_count(one)) or one.percent is not None
    if one.information in ACTIVE | INACTIVE:
        # What only says once more that the plan is active needs no line of its own.
        plain = set(one.service_types) <= {WHOLE_PLAN} and not one.messages
        return not plain
    return not is_count(one) or bool(one.amount or one.percent)


def _member(person: Person) -> Member:
    where = person.address
    return Member(
        last=person.name.last,
        first=person.name.first,
        middle=person.name.middle,
        member_id=person.name.id,
        birth_date=person.birth_date,
        sex=person.sex,
        address=(
            (where.line1, where.line2, where.city, where.state, where.postal_code) if where else ()
        ),
        corrected=person.corrected,
    )


def _costs(said: Iterable[Benefit], kind: str) -> tuple[Cost, ...]:
    found = {
        Cost(
            about=about(one),
            amount=one.amount,
            percent=hundredths(one.percent),
            period=one.time_period,
        )
        for one in said
        if one.information == kind and (one.amount is not None or one.percent is not None)
    }
    return tuple(sorted(found, key=lambda c: (c.about.network, c.about.services, repr(c))))


def _remarks(said: Iterable[Benefit]) -> tuple[Remark, ...]:
    found = [
        Remark(
            says=one.information,
            about=about(one),
            amount=one.amount,
            percent=hundredths(one.percent),
            period=one.time_period,
            quantity=f"{one.quantity} {one.quantity_qualifier}".strip() if one.quantity else "",
            dates=_dates(one),
            names=_entities(one),
        )
        for one in said
    ]
    return tuple(sorted(set(found), key=lambda r: (r.says, r.about.services, repr(r))))


def _dates(one: Benefit) -> tuple[Dates, ...]:
    return tuple(
        Dates(qualifier=d.qualifier, first=d.dates.first, last=d.dates.last) for d in one.dates
    )


def _entities(one: Benefit) -> tuple[Related, ...]:
    return tuple(_entity(entity) for entity in one.entities)


def _entity(entity: RelatedEntity) -> Related:
    name = entity.name
    numbers = [n for contact in entity.contacts for kind, n in contact.numbers if kind == "TE"]
    return Related(
        role=name.entity,
        name=" ".join(part for part in (name.first, name.last) if part),
        id=name.id,
        phone=next(iter(numbers), ""),
    )


def _related(said: Iterable[Benefit], kind: str) -> tuple[Related, ...]:
    found = {one for benefit in said if benefit.information == kind for one in _entities(benefit)}
    return tuple(sorted(found, key=repr))


def _others(said: Iterable[Benefit]) -> tuple[OtherInsurance, ...]:
    """EB01 R: the payer is in loop 2120, the id there is the member's or the payer's own."""
    found = []
    for one in said:
        if one.information != "R":
            continue
        payers = [e for e in one.entities if e.name.entity in _PAYERS] or list(one.entities)
        payer = payers[0].name if payers else None
        found.append(
            OtherInsurance(
                name=(payer.last if payer else "") or one.plan,
                turn=payer.entity if payer else "",
                member_id=reference(one.references, "1W", "IG", "6P", "NQ")
                or next((e.name.id for e in one.entities if e.name.qualifier == "MI"), ""),
                kind=one.insurance_type,
                dates=_dates(one),
                notes=one.messages,
            )
        )
    return tuple(sorted(set(found), key=repr))


def _rejections(response: EligibilityResponse, person: Person | None) -> tuple[Rejected, ...]:
    every = [
        *response.rejections,
        *(person.rejections if person else ()),
        *(one for benefit in (person.benefits if person else ()) for one in benefit.rejections),
    ]
    found = {rejected(one) for one in every}
    return tuple(sorted(found, key=lambda one: (one.reason, one.follow_up)))
