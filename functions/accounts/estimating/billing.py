"""After the bill: what is $400 or more above its estimate waits for somebody, 45 CFR 149.620."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import Conflict, VersionConflict
from caresmith.ids import EstimateId, PatientId, PracticeId
from caresmith.records.revenue.people import person_of
from functions.accounts import models as m
from functions.accounts import reading
from functions.accounts.estimating import lines as work
from functions.accounts.estimating.giving import keep
from functions.accounts.estimating.reading import above_estimates, billed_by_day, find, read
from functions.accounts.estimating.records import EstimateItem, kept, kept_of

_ATTEMPTS = 5


class NotAbove(Conflict):
    kind = "not-above-estimate"
    title = "Nobody waits for this bill to be looked at any more."


def follow(practice: PracticeId, patient: PatientId) -> None:
    """Charges or discounts changed: the list says what is above its estimate now.

    Raises NotFound.
    """
    for attempt in range(_ATTEMPTS):
        try:
            _follow(practice, patient)
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _follow(practice: PracticeId, patient: PatientId) -> None:
    if not kept(practice, person_of(practice, patient)).estimates:
        return
    found = reading.told(practice, patient)
    known = kept_of(found.others)
    above = above_estimates(known.estimates, billed_by_day(found))
    for item in known.estimates:
        more = above.get(item.estimate_id)
        if more is not None and more <= int(item.seen_cents or 0):
            more = None
        if more != (int(item.above_cents) if item.above_cents is not None else None):
            before = work.above(practice, item)
            item.above_cents = more
            if more is None:
                keep(item, done=before)
            else:
                keep(item, new=work.above(practice, item))


def looked_at(patient: PatientId, estimate: EstimateId, reason: str, *, actor: Actor) -> m.Estimate:
    """Somebody has seen to it: explained, brought down, or in dispute; more would ask again.

    Raises NotFound, NotAbove, VersionConflict.
    """
    item: EstimateItem = find(patient, estimate, actor=actor)
    if item.above_cents is None:
        raise NotAbove
    row = work.above(actor.practice_id, item)
    item.seen_cents, item.above_cents = item.above_cents, None
    audit().reason = reason
    keep(item, done=row)
    return read(item, actor=actor)
