"""The good-faith estimates that the sample practice owes, and some that it has made and given.

Who comes without a policy is judged as the practice's night does it, for the visits of the next
weeks; the estimates that are due first are made with what such visits usually bring.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import FixedClock
from caresmith.ids import EstimateId, PatientId, PracticeId
from caresmith.permissions import Role
from caresmith.records.practice import PracticeSetup
from functions.accounts import models as m
from functions.accounts.estimating import giving, listing, making, owing
from functions.accounts.estimating.sweeping import AHEAD_DAYS
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PRACTICE
from scripts.sample_practice.staff import FRONT_DESK

P: Final = PracticeId(PRACTICE.id)
_MADE: Final = 3
_WAYS: Final = (m.HowGiven.HAND, m.HowGiven.EMAIL)


def write_estimates(
    setup: PracticeSetup, people: Sequence[SamplePatient], tales: Sequence[Tale], now: dt.datetime
) -> None:
    """Up to three are made, half of all at most, and all of these but the last are given."""
    actor = Actor(P, FRONT_DESK.user_id, frozenset({Role.FRONT_DESK}))
    trail = AuditTrail(actor, "load-sample-estimates", FixedClock(now))
    with audited(trail):
        for patient in sorted(set(_paying_themselves(setup, people, tales, now))):
            owing.follow_person(P, patient, now)
        rows = listing.work_list(actor=actor, now=now).owed
        drafts = islice(_priced(rows, actor, now), min(_MADE, len(rows) // 2))
        made = [
            making.make(patient, draft, actor=actor, now=now) for patient, draft in list(drafts)
        ]
        for one, how in zip(made[:-1], _WAYS, strict=False):
            request = m.Given(how=how)
            giving.give(one.patient_id, one.estimate_id, request, actor=actor, now=now)
        trail.close(Outcome.SUCCESS, 200)


def _paying_themselves(
    setup: PracticeSetup, people: Sequence[SamplePatient], tales: Sequence[Tale], now: dt.datetime
) -> Iterator[PatientId]:
    """Whose visits of the next weeks no policy pays for."""
    known = {one.patient_id: one for one in people}
    end = now + dt.timedelta(days=AHEAD_DAYS)
    for tale in tales:
        visit = tale.visit
        if not now <= visit.start < end or not tale.holds_time:
            continue
        day = visit.start.astimezone(setup.zone_of(visit.location_id)).date()
        for patient in visit.patient_ids:
            policies = known[patient].registration.coverages
            if not any(one.holds_on(day) for one in policies):
                yield patient


def _priced(
    rows: Sequence[m.WorkRow], actor: Actor, now: dt.datetime
) -> Iterator[tuple[PatientId, m.EstimateRequest]]:
    """What is owed for visits whose usual services have a price."""
    for row in rows:
        draft = making.draft(row.patient_id, owed=row.key, actor=actor, now=now)
        if draft.provider_id is None or not draft.items:
            continue
        if any(one.charge is None for one in draft.items):
            continue
        yield (
            row.patient_id,
            m.EstimateRequest(
                estimate_id=EstimateId.derived(P, "sample estimate", row.key),
                appointment_id=draft.appointment_id,
                service=draft.service,
                service_day=draft.service_day,
                scheduled_on=draft.scheduled_on,
                provider_id=draft.provider_id,
                location_id=draft.location_id,
                items=[m.EstimateLine(code=one.code, units=one.units) for one in draft.items],
            ),
        )
