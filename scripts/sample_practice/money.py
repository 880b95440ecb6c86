"""The sample's patients pay: at the desk, ahead of a visit, in instalments; statements go out.

Done by the accounts feature's own functions, a few dozen acts: who owes what is what the
charges left to them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import FixedClock
from caresmith.ids import PatientId, PaymentId, PracticeId
from caresmith.money import Money
from caresmith.records.practice import Practice
from caresmith.records.revenue.account import OpenItem
from caresmith.records.revenue.layout import open_key
from caresmith.records.revenue.payment import Method
from functions.accounts import models as m
from functions.accounts import payments, plans, statements
from functions.accounts.records import GuarantorItem, PaidForItem, guarantor_key
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.people import SamplePatient

_PAYING: Final = 12
_STATEMENTS: Final = 4
_LEAST_OF_A_PLAN: Final = 60_00
_METHODS: Final = (Method.TERMINAL, Method.CASH, Method.CHECK)


def write_families(bulk: Bulk, practice: PracticeId, people: list[SamplePatient]) -> None:
    """Who pays for whom, as the accounts feature follows it from the charts."""
    for one in people:
        person = one.registration.relations.guarantor.person
        if person is not None and person.patient_id is not None:
            payer = person.patient_id
            key = guarantor_key(practice, payer)
            bulk.add(GuarantorItem(key, one.patient_id, patient_id=one.patient_id))
            own = guarantor_key(practice, one.patient_id)
            bulk.add(PaidForItem(own, "guarantor", guarantor_id=payer))


def write_money(practice: Practice, people: list[SamplePatient], now: datetime) -> None:
    """Payments of a dozen patients, copays held for visits, statements, and a plan."""
    actor = Actor.system(practice.id, "sample")
    owed: dict[str, int] = defaultdict(int)
    for item in OpenItem.query(open_key(practice.id)):
        owed[item.patient_id] += int(item.patient_cents)
    owing = sorted(patient for patient, cents in owed.items() if cents > 0)
    trail = AuditTrail(actor, "load-sample-money", FixedClock(now))
    with audited(trail):
        for place, patient in enumerate(owing[:_PAYING]):
            _pay(PatientId(patient), owed[patient], place, actor, now)
        for person in people[:3]:
            _ahead(person.patient_id, actor, now)
        rest = owing[_PAYING:]
        day = practice.day_at(now)
        for patient in rest[:_STATEMENTS]:
            statements.make(PatientId(patient), actor=actor, now=now, day=day, by_rule=False)
        for patient in rest[_STATEMENTS:]:
            if owed[patient] >= _LEAST_OF_A_PLAN:
                first = day + timedelta(days=21)
                request = m.PlanRequest(months=6, first_due=first)
                plans.begin(PatientId(patient), request, actor=actor, now=now)
                break
        trail.close(Outcome.SUCCESS, 200)


def _pay(patient: PatientId, owed: int, place: int, actor: Actor, now: datetime) -> None:
    """Some pay all of it, some a part."""
    method = _METHODS[place % len(_METHODS)]
    request = m.PaymentRequest(
        payment_id=PaymentId.derived(actor.practice_id, "sample", patient),
        amount=Money(owed if place % 2 else max(1, owed // 2)),
        method=method,
        reference=f"{1040 + place}" if method is Method.CHECK else None,
    )
    payments.take(patient, request, actor=actor, now=now)


def _ahead(patient: PatientId, actor: Actor, now: datetime) -> None:
    """A copay for the visit of a day to come."""
    request = m.PaymentRequest(
        payment_id=PaymentId.derived(actor.practice_id, "sample copay", patient),
        amount=Money(25_00),
        method=Method.TERMINAL,
        held_for=(now + timedelta(days=3)).date(),
    )
    payments.take(patient, request, actor=actor, now=now)
