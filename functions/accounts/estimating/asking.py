"""What patients ask for and want, and what somebody decides about an estimate that is owed."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import Conflict, NotFound, VersionConflict, invalid
from caresmith.ids import EstimateId, PatientId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import person_of
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.estimating import lines as work
from functions.accounts.estimating.deadlines import BusinessDays, deadline
from functions.accounts.estimating.owing import follow_person, new_owed
from functions.accounts.estimating.reading import SAID, Said, owed_read
from functions.accounts.estimating.records import (
    Kept,
    Owed,
    OwedItem,
    Why,
    WishItem,
    kept,
    wish_sort_key,
)


class EstimateNotOwed(Conflict):
    kind = "estimate-not-owed"
    title = "This estimate is not owed any more."


def ask(patient: PatientId, request: m.EstimateAsked, *, actor: Actor, now: Instant) -> m.OwedRead:
    """The patient asks: it is owed within three business days, 149.610(b)(1)(vi)(C).

    Asked again under the same id it is the one that is there. Raises NotFound, InvalidRequest.
    """
    practice = actor.practice_id
    person, day = person_of(practice, patient), today(practice, now)
    asked_on = request.asked_on or day
    if asked_on > day:
        raise invalid("asked_on", "That day is still to come.")
    key = request.estimate_id or EstimateId.new()
    known = kept(practice, person)
    there = known.owed_for(key)
    if there is not None:
        return owed_read(practice, there)
    if known.estimate(key) is not None:
        raise invalid("estimate_id", "There is an estimate of that number already.")
    due = deadline(BusinessDays(practice_setup(practice).practice), requested_on=asked_on)
    item = new_owed(practice, person, key, asked_on)
    item.service_day = request.service_day.isoformat() if request.service_day else None
    item.due, item.version = due.isoformat() if due else None, 1
    item.said = Sealer(practice, Domain.REVENUE).seal(key, SAID, Said(words=request.service))
    audit().record(key)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=OwedItem.pk.does_not_exist())
            writes.save(work.owed(practice, item))
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return owed_read(practice, item)


def drop(patient: PatientId, key: str, reason: str, *, actor: Actor) -> m.OwedRead:
    """Somebody says that none is owed, and why. Raises NotFound, EstimateNotOwed."""
    practice = actor.practice_id
    item = _owed(kept(practice, person_of(practice, patient)), key)
    row, version = work.owed(practice, item), int(item.version)
    item.state, item.why, item.version = Owed.OFF, Why.BY_HAND, version + 1
    item.said = Sealer(practice, Domain.REVENUE).seal(item.key, SAID, Said(words=reason))
    audit().record(key)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=OwedItem.version == version)
            writes.delete(row)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return owed_read(practice, item)


def _owed(known: Kept, key: str) -> OwedItem:
    item = known.owed_for(key)
    if item is None:
        raise NotFound
    if item.state != Owed.OWED:
        raise EstimateNotOwed
    return item


def set_self_pay(patient: PatientId, request: m.SelfPay, *, actor: Actor, now: Instant) -> None:
    """The patient wants, or no longer wants, to pay without the insurance. Raises NotFound."""
    practice = actor.practice_id
    person = person_of(practice, patient)
    known = kept(practice, person)
    # After a merge both charts may have said it: the latest word holds.
    others = [one for one in known.wishes if one.pk != account_key(practice, person.patient_id)]
    item = WishItem(
        account_key(practice, person.patient_id),
        wish_sort_key(),
        pays_self=request.pays_self,
        by=actor.user_id,
        day=today(practice, now).isoformat(),
    )

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            for one in others:
                writes.delete(one)
            join_audit(writes)

    when_not_busy(attempt)
    follow_person(practice, person.patient_id, now)
