"""The question about one policy (270): who is asked, about whom, and by whom."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final, Literal

from caresmith.clock import Instant
from caresmith.exchange import Account
from caresmith.ids import EligibilityId
from caresmith.records.coverage import CoverageRead, CoveredChart, Subscriber
from caresmith.records.insured import bare_id, member_id, told_as_subscriber
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.payer import Payer, Way
from caresmith.x12.charset import clean
from caresmith.x12.eligibility.asking import Asked, Inquiry, inquiry_file
from caresmith.x12.values import Period
from caresmith.x12.writer import ControlNumbers, X12Unwritable, written
from functions.coverage.people import Person, the_patient, the_subscriber

# TR3 270 2100D INS02: the three that there are.
_RELATIONSHIPS: Final = {Subscriber.SPOUSE: "01", Subscriber.CHILD: "19"}
_OTHER_ADULT: Final = "34"
# X12 elements 1035, 1036 and 1037: how long NM103, NM104 and NM105 may be.
_LAST, _FIRST, _MIDDLE, _SUFFIX = 60, 35, 25, 10
_SHORTEST_ID: Final = 2

Why = Literal["no-payer", "payer-not-used", "portal", "paper", "no-npi", "incomplete", "unwritable"]


class CannotAsk(Exception):
    """The payer can't be asked by wire; nothing was sent. ``reason`` says why."""

    def __init__(self, reason: Why) -> None:
        super().__init__(reason)
        self.reason: Why = reason


@dataclass(frozen=True)
class Question:
    """What a payer is asked, before it has a trace and numbers."""

    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    subscriber: Asked
    dependent: Asked | None
    relationship: str
    service_types: tuple[str, ...]
    day: dt.date

    @property
    def fingerprint(self) -> str:
        """The same for the same policy told in the same words; of no day and no service."""
        said = {k: v for k, v in asdict(self).items() if k not in ("service_types", "day")}
        return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def question(
    chart: CoveredChart,
    policy: CoverageRead,
    payer: Payer | None,
    setup: PracticeSetup,
    *,
    service_types: tuple[str, ...],
    day: dt.date,
) -> Question:
    """Raises CannotAsk."""
    facts = _asked(payer)
    npi = setup.practice.npi
    if npi is None:
        raise CannotAsk("no-npi")
    alone = told_as_subscriber(policy, facts.facts)
    holder = the_patient(chart) if alone else the_subscriber(chart, policy)
    identifier = member_id(policy, facts.facts) if alone else bare_id(policy.member_id)
    subscriber = _told(holder, identifier)
    dependent = None if alone else _told(the_patient(chart), "")
    if len(identifier) < _SHORTEST_ID or not (
        subscriber.last and (dependent is None or dependent.last)
    ):
        raise CannotAsk("incomplete")
    return Question(
        payer_name=clean(facts.facts.name)[:_LAST],
        payer_id=facts.facts.eligibility_id or facts.facts.wire_id,
        provider_name=clean(setup.practice.name)[:_LAST],
        provider_npi=npi,
        subscriber=subscriber,
        dependent=dependent,
        relationship="" if alone else _RELATIONSHIPS.get(policy.relationship, _OTHER_ADULT),
        service_types=service_types,
        day=day,
    )


def inquiry(
    asked: Question, key: EligibilityId, account: Account, numbers: ControlNumbers, at: Instant
) -> bytes:
    """The file. Its trace is the check's id, which never comes again. Raises CannotAsk."""
    one = Inquiry(
        payer_name=asked.payer_name,
        payer_id=asked.payer_id,
        provider_name=asked.provider_name,
        provider_npi=asked.provider_npi,
        trace=key,
        # TR3 270 TRN03: 9 stands before an identifier of our own choice.
        trace_originator=f"9{asked.provider_npi[1:]}",
        subscriber=asked.subscriber,
        dependent=asked.dependent,
        relationship=asked.relationship,
        dates=Period(asked.day, asked.day),
        service_types=asked.service_types,
    )
    try:
        segments = inquiry_file(
            [one],
            account.addressing(),
            numbers,
            at.astimezone(dt.UTC),
            reference=f"{numbers.interchange:09d}",
        )
        return written(segments)
    except X12Unwritable:
        raise CannotAsk("unwritable") from None


def _asked(payer: Payer | None) -> Payer:
    if payer is None:
        raise CannotAsk("no-payer")
    if not payer.facts.active:
        raise CannotAsk("payer-not-used")
    way = payer.facts.ways.eligibility
    if way is not Way.ELECTRONIC:
        raise CannotAsk("portal" if way is Way.PORTAL else "paper")
    return payer


def _told(person: Person, identifier: str) -> Asked:
    return Asked(
        last=clean(person.last)[:_LAST].strip(),
        first=clean(person.first)[:_FIRST].strip(),
        middle=clean(person.middle)[:_MIDDLE].strip(),
        suffix=clean(person.suffix)[:_SUFFIX].strip(),
        birth_date=person.birth_date,
        sex=person.sex,
        member_id=identifier,
    )
