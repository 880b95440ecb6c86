"""Who pays for whom in the sample, and what is paid ahead of visits to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import FixedClock
from caresmith.ids import PaymentId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.payment import Method
from functions.accounts import models as m
from functions.accounts import payments
from functions.accounts.records import GuarantorItem, PaidForItem, guarantor_key
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PRACTICE

_AHEAD: Final = timedelta(days=3)


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


def take_copays(people: list[SamplePatient], now: datetime) -> None:
    """Three copays, paid today for visits of a day to come."""
    actor = Actor.system(PracticeId(PRACTICE.id), "sample")
    trail = AuditTrail(actor, "load-sample-money", FixedClock(now))
    with audited(trail):
        for person in people[:3]:
            request = m.PaymentRequest(
                payment_id=PaymentId.derived(PRACTICE.id, "sample copay", person.patient_id),
                amount=Money(25_00),
                method=Method.TERMINAL,
                held_for=(now + _AHEAD).date(),
            )
            payments.take(person.patient_id, request, actor=actor, now=now)
        trail.close(Outcome.SUCCESS, 200)
