"""Making an estimate: what it would say by what is known, its prices, and keeping it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import FieldError, InvalidRequest, NotFound, VersionConflict, invalid
from caresmith.ids import AppointmentId, AppointmentTypeId, EstimateId, PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.appointment import read_visit
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import Person, person_of
from caresmith.records.revenue.price_lists import practice_words
from caresmith.records.revenue.pricing import Asked, prices
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts import services, store
from functions.accounts.accounts import today
from functions.accounts.estimating import lines as work
from functions.accounts.estimating.deadlines import BusinessDays, deadline
from functions.accounts.estimating.paper import CONTENT, EstimateContent, Line, pdf
from functions.accounts.estimating.reading import read, said_of
from functions.accounts.estimating.records import (
    EstimateItem,
    Kept,
    Owed,
    OwedItem,
    estimate_sort_key,
    kept,
)
from functions.accounts.settings import AccountSettings, UsualService, account_settings

_OFFICE: Final = "11"
_HUNDRED: Final = 100
VALID_MONTHS: Final = 12
"""149.610(c)(1): recurring services in one estimate reach twelve months at most."""


def make(
    patient: PatientId, request: m.EstimateRequest, *, actor: Actor, now: Instant
) -> m.Estimate:
    """Make an estimate, keep it, and take what it answers off the list of those owed.

    Made again under the same id it is the one that is there. Raises NotFound, InvalidRequest,
    VersionConflict.
    """
    practice = actor.practice_id
    person, setup = person_of(practice, patient), practice_setup(practice)
    known = kept(practice, person)
    estimate_id = request.estimate_id or EstimateId.new()
    there = known.estimate(estimate_id)
    if there is not None:
        return read(there, actor=actor)
    _check(request, setup)
    day = today(practice, now)
    content = EstimateContent(
        request=request,
        lines=_priced(practice, request.items, request.service_day or day, known),
        patient_name=person.card.name,
        birth_date=person.card.birth_date,
    )
    answers = [one for one in known.owed if _answers(one, estimate_id, request)]
    item = _item(person, estimate_id, content, actor, day)
    item.due = _due(answers, request, setup)
    store.write(item.key, pdf(content, setup, day, _tax_id(setup, account_settings(practice))))
    audit().record(estimate_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=EstimateItem.pk.does_not_exist())
            writes.save(work.to_give(practice, item))
            for owed in answers:
                work.answered(practice, owed, item, writes)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return read(item, actor=actor)


def _check(request: m.EstimateRequest, setup: PracticeSetup) -> None:
    if request.provider_id not in setup.providers:
        raise invalid("provider_id", "Choose a provider of the practice.")
    if request.location_id and request.location_id not in setup.locations:
        raise invalid("location_id", "Choose a place of the practice.")


def _priced(
    practice: PracticeId, items: Sequence[m.EstimateLine], day: dt.date, known: Kept
) -> tuple[Line, ...]:
    """The lines with their charges. Raises InvalidRequest for what no schedule prices."""
    usual = _standard(practice, [(one.code, one.units) for one in items], day)
    percent = known.percent_on(day)
    said = practice_words(practice, [one.code for one in items])
    found: list[Line] = []
    refused: list[FieldError] = []
    for place, (one, price) in enumerate(zip(items, usual, strict=True)):
        charge = less(price, percent) if one.charge is None else one.charge
        if charge is None:
            refused.append(
                FieldError(f"items.{place}.charge", "No fee schedule has a price of this code.")
            )
            continue
        words = one.words or services.said(one.code, said)
        found.append(Line(code=one.code, words=words, units=one.units, charge=charge, usual=price))
    if refused:
        raise InvalidRequest(fields=refused)
    return tuple(found)


def _standard(
    practice: PracticeId, wanted: Sequence[tuple[str, int]], day: dt.date
) -> list[Money | None]:
    """By the standard charges of that day, at the office."""
    asked = [Asked(code, (), str(units), _OFFICE, day) for code, units in wanted]
    return [price.charge for price in prices(practice, asked, None)]


def less(price: Money | None, percent: int) -> Money | None:
    """What is left of a price when so much of it is given off; a half cent goes up."""
    if price is None:
        return None
    left = Decimal(price.cents) * (_HUNDRED - percent) / _HUNDRED
    return Money(int(left.quantize(Decimal(1), ROUND_HALF_UP)))


def _answers(owed: OwedItem, estimate: EstimateId, request: m.EstimateRequest) -> bool:
    """Whether the estimate is the one that is owed."""
    if owed.state != Owed.OWED:
        return False
    if owed.appointment_id is None:
        return bool(owed.key == estimate)
    return is_for(owed.appointment_id, owed.service_day, request)


def is_for(appointment: str, day: str | None, request: m.EstimateRequest) -> bool:
    """Whether an estimate is for that visit: it names the visit, or none, and its day."""
    named = request.appointment_id in (None, appointment)
    return named and request.service_day is not None and request.service_day.isoformat() == day


def _due(
    answers: Sequence[OwedItem], request: m.EstimateRequest, setup: PracticeSetup
) -> str | None:
    days = [str(one.due) for one in answers if one.due]
    own = deadline(
        BusinessDays(setup.practice),
        scheduled_on=request.scheduled_on,
        service_day=request.service_day,
        requested_on=request.requested_on,
    )
    return min([*days, *([own.isoformat()] if own else [])], default=None)


def _item(
    person: Person, estimate: EstimateId, content: EstimateContent, actor: Actor, day: dt.date
) -> EstimateItem:
    practice, request = actor.practice_id, content.request
    return EstimateItem(
        account_key(practice, person.patient_id),
        estimate_sort_key(estimate),
        estimate_id=estimate,
        patient_id=person.patient_id,
        appointment_id=request.appointment_id,
        made_day=day.isoformat(),
        service_day=request.service_day.isoformat() if request.service_day else None,
        total_cents=content.total.cents,
        key=store.key_of("estimates", practice, estimate),
        by=actor.user_id,
        content=Sealer(practice, Domain.REVENUE).seal(estimate, CONTENT, content),
        version=1,
    )


def _tax_id(setup: PracticeSetup, settings: AccountSettings) -> str:
    billing = setup.practice.billing
    return settings.tax_id or (billing.tax_id if billing else "")


# -- by what is known -------------------------------------------------------------


def draft(
    patient: PatientId,
    *,
    owed: str = "",
    kind: AppointmentTypeId | None = None,
    actor: Actor,
    now: Instant,
) -> m.EstimateDraft:
    """What an estimate would say: of what is owed (``owed``, its key) or of a kind of visit.

    Raises NotFound for a key that is none of the patient's.
    """
    practice = actor.practice_id
    person, setup = person_of(practice, patient), practice_setup(practice)
    known, day = kept(practice, person), today(practice, now)
    found = m.EstimateDraft(estimate_id=EstimateId.new())
    if owed:
        item = known.owed_for(owed)
        if item is None:
            raise NotFound
        kind = _of_owed(found, item, practice) or kind
    if kind is not None and kind in setup.types:
        found.service = found.service or setup.types[kind].name
        usual = account_settings(practice).usual_of(kind)
        found.items = _drafted(practice, usual, found.service_day or day, known)
    found.discount_percent = known.percent_on(found.service_day or day)
    return found


def _of_owed(
    found: m.EstimateDraft, item: OwedItem, practice: PracticeId
) -> AppointmentTypeId | None:
    """What the visit or the patient's question says; the kind of the visit."""
    since = dt.date.fromisoformat(item.since)
    found.service_day = dt.date.fromisoformat(item.service_day) if item.service_day else None
    if item.appointment_id is None:
        found.estimate_id, found.requested_on = EstimateId(item.key), since
        found.service = said_of(practice, item) or ""
        return None
    found.appointment_id, found.scheduled_on = AppointmentId(item.appointment_id), since
    visit = read_visit(practice, found.appointment_id)
    if visit is None:
        return None
    found.provider_id, found.location_id = visit.provider_id, visit.location_id
    return visit.type_id


def _drafted(
    practice: PracticeId, usual: Sequence[UsualService], day: dt.date, known: Kept
) -> list[m.DraftLine]:
    percent = known.percent_on(day)
    charges = _standard(practice, [(one.code, one.units) for one in usual], day)
    said = practice_words(practice, [one.code for one in usual])
    return [
        m.DraftLine(
            code=one.code,
            words=one.words or services.said(one.code, said),
            units=one.units,
            charge=less(price, percent),
        )
        for one, price in zip(usual, charges, strict=True)
    ]
