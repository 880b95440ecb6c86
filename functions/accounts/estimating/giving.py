"""That an estimate was given to the patient: how, and when."""

from __future__ import annotations

import datetime as dt

from caresmith.actor import Actor
from caresmith.audit import join_audit
from caresmith.clock import Instant
from caresmith.errors import VersionConflict, invalid
from caresmith.ids import EstimateId, PatientId
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.estimating import lines as work
from functions.accounts.estimating.reading import find, read
from functions.accounts.estimating.records import EstimateItem, WorkItem


def give(
    patient: PatientId, estimate: EstimateId, request: m.Given, *, actor: Actor, now: Instant
) -> m.Estimate:
    """It went to the patient; another time as well, where they ask again.

    The same way on the same day is the same giving. Raises NotFound, InvalidRequest.
    """
    item, day = find(patient, estimate, actor=actor), today(actor.practice_id, now)
    on = request.on or day
    if on > day:
        raise invalid("on", "That day is still to come.")
    if on < dt.date.fromisoformat(item.made_day):
        raise invalid("on", "It was not made yet on that day.")
    givings = list(item.givings or [])
    if any((one["how"], one["on"]) == (request.how, on.isoformat()) for one in givings):
        return read(item, actor=actor)
    item.givings = [*givings, {"how": request.how, "on": on.isoformat(), "by": actor.user_id}]
    keep(item, done=work.to_give(actor.practice_id, item))
    return read(item, actor=actor)


def keep(item: EstimateItem, *, done: WorkItem | None = None, new: WorkItem | None = None) -> None:
    """Write the estimate with its line of the work list. Raises VersionConflict."""
    version = int(item.version or 0)
    item.version = version + 1
    # Those of earlier releases have no version.
    first = EstimateItem.version.does_not_exist()
    same = EstimateItem.version == version

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=same | first if version == 0 else same)
            if done is not None:
                writes.delete(done)
            if new is not None:
                writes.save(new)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
