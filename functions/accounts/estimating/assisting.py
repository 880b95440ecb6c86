"""The patient's step of the sliding scale, as estimates reckon with it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import join_audit
from caresmith.clock import Instant
from caresmith.ids import PatientId
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import person_of
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.estimating.records import AidItem, aid_sort_key
from functions.accounts.settings import account_settings

AID: Final = "aid"
_HOLDS_DAYS: Final = 365
"""What a household has is asked for again after a year."""


def assist(
    patient: PatientId, request: m.Assistance, *, actor: Actor, now: Instant
) -> m.AssistanceRead:
    """Write down what the household has, and which discount follows. Raises NotFound."""
    practice = actor.practice_id
    person = person_of(practice, patient)
    scale = account_settings(practice, fresh=True).sliding
    until = today(practice, now) + dt.timedelta(days=_HOLDS_DAYS)
    percent = scale.discount(request.household, request.income.cents)
    item = AidItem(
        account_key(practice, person.patient_id),
        aid_sort_key(),
        percent=percent,
        until=until.isoformat(),
        by=actor.user_id,
        content=Sealer(practice, Domain.REVENUE).seal(person.patient_id, AID, request),
    )

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            join_audit(writes)

    when_not_busy(attempt)
    return m.AssistanceRead(percent=percent, until=until)
