"""Estimates as they are shown, with what was billed for their day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import AppointmentId, EstimateId, PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.account import journal_of
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.people import person_of
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.accounts import models as m
from functions.accounts import reading, store
from functions.accounts.estimating.paper import CONTENT, SUBSTANTIALLY, EstimateContent
from functions.accounts.estimating.records import EstimateItem, Kept, OwedItem, kept, kept_of

SAID: Final = "said"


class Said(BaseModel):
    """Sealed group ``said``."""

    model_config = ConfigDict(extra="forbid")

    words: str


def one(patient: PatientId, estimate: EstimateId, *, actor: Actor) -> m.Estimate:
    """One of the account's, with what was billed for its day. Raises NotFound."""
    found = reading.told(actor.practice_id, patient)
    for made in of(kept_of(found.others), billed_by_day(found), actor=actor):
        if made.estimate_id == estimate:
            audit().record(estimate)
            return made
    raise NotFound


def file_of(patient: PatientId, estimate: EstimateId, *, actor: Actor) -> bytes:
    """The estimate as it was given. Raises NotFound."""
    item = find(patient, estimate, actor=actor)
    return store.read(item.key)


def find(patient: PatientId, estimate: EstimateId, *, actor: Actor) -> EstimateItem:
    """Raises NotFound."""
    practice = actor.practice_id
    found = kept(practice, person_of(practice, patient)).estimate(estimate)
    if found is None:
        raise NotFound
    audit().record(estimate)
    return found


def estimates_of(found: reading.Told, *, actor: Actor) -> dict[str, Any]:
    """What the account's page shows of estimates: those that were made, and what is owed."""
    known = kept_of(found.others)
    owed = [owed_read(actor.practice_id, one) for one in known.owed]
    return {
        "estimates": of(known, billed_by_day(found), actor=actor),
        "estimates_owed": sorted(owed, key=lambda one: one.service_day or one.since),
        "pays_self": known.pays_self,
    }


def of(known: Kept, billed: Mapping[str, int], *, actor: Actor) -> list[m.Estimate]:
    """An account's estimates, the latest first, each with what was billed for its day."""
    above = above_estimates(known.estimates, billed)
    return [read(item, actor=actor, billed=billed, above=above) for item in known.estimates]


def read(
    item: EstimateItem,
    *,
    actor: Actor,
    billed: Mapping[str, int] | None = None,
    above: Mapping[str, int] | None = None,
) -> m.Estimate:
    """One, as the API and the account's page show it."""
    content = Sealer(actor.practice_id, Domain.REVENUE).unseal(
        item.estimate_id, CONTENT, item.content, EstimateContent
    )
    cost = (billed or {}).get(item.service_day or "")
    given = [m.Giving.model_validate(one) for one in item.givings or []]
    had = min((one.on for one in given), default=dt.date.fromisoformat(item.made_day))
    due = dt.date.fromisoformat(item.due) if item.due else None
    return m.Estimate(
        estimate_id=EstimateId(item.estimate_id),
        patient_id=PatientId(item.patient_id),
        appointment_id=AppointmentId(item.appointment_id) if item.appointment_id else None,
        made_on=dt.date.fromisoformat(item.made_day),
        service_day=content.request.service_day,
        service=content.request.service,
        expected=Money(int(item.total_cents)),
        owed_by=due,
        given=given,
        in_time=due is None or had <= due,
        billed=Money(cost) if cost is not None else None,
        disputable=item.estimate_id in (above or {}),
        looked_at=item.seen_cents is not None,
    )


def billed_by_day(found: reading.Told) -> dict[str, int]:
    """What the patient was billed for each day, in cents: their own share of the charges, less
    discounts. What a payer was asked to pay is no bill to them."""
    money = reading.money_of(found.journals)
    discounts: dict[str, int] = {}
    for item in found.journals:
        if item.sheet_id:
            off = journal_of(item).total(Book.COURTESY).cents
            discounts[item.sheet_id] = discounts.get(item.sheet_id, 0) + off
    billed: dict[str, int] = {}
    for sheet_id, sheet in found.account.sheets.items():
        if sheet.payer_id is None and sheet_id in money:
            share = sum(line.share for line in money[sheet_id].lines.values())
            billed[sheet.day] = billed.get(sheet.day, 0) + share - discounts.get(sheet_id, 0)
    return billed


def above_estimates(estimates: Iterable[EstimateItem], billed: Mapping[str, int]) -> dict[str, int]:
    """By how many cents the bill is above what was estimated, where that may be disputed.

    Of a visit with several estimates the latest counts; what is billed for a day is compared
    with the estimates of all its visits together. ``estimates`` come with the latest first.
    """
    latest: dict[str, dict[str | None, EstimateItem]] = {}
    for item in estimates:
        if item.service_day:
            latest.setdefault(item.service_day, {}).setdefault(item.appointment_id, item)
    found: dict[str, int] = {}
    for day, items in latest.items():
        expected = sum(int(item.total_cents) for item in items.values())
        more = billed.get(day, 0) - expected
        if more >= SUBSTANTIALLY:
            found |= {item.estimate_id: more for item in items.values()}
    return found


def owed_read(practice: PracticeId, item: OwedItem) -> m.OwedRead:
    """What is owed, or why nothing is."""
    return m.OwedRead(
        key=item.key,
        patient_id=PatientId(item.patient_id),
        appointment_id=AppointmentId(item.appointment_id) if item.appointment_id else None,
        service_day=dt.date.fromisoformat(item.service_day) if item.service_day else None,
        since=dt.date.fromisoformat(item.since),
        state=item.state,
        why=item.why,
        due=dt.date.fromisoformat(item.due) if item.due else None,
        estimate_id=EstimateId(item.estimate_id) if item.estimate_id else None,
        said=said_of(practice, item),
    )


def said_of(practice: PracticeId, item: OwedItem) -> str | None:
    """For what the patient asked, or why somebody took it off."""
    if item.said is None:
        return None
    return Sealer(practice, Domain.REVENUE).unseal(item.key, SAID, item.said, Said).words
