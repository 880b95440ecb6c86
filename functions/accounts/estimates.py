"""Good-faith estimates for who pays themselves: 45 CFR 149.610.

What an estimate holds is (c)(1) of the section; when it is owed is (b)(1)(vi): within a
business day after a visit was scheduled that is three or more business days off, within three
where it is ten or more off, or where the patient asked. A bill of $400 or more above the
estimate opens the way to dispute resolution (149.620(a)(2)(ii)): the account says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel, ConfigDict

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import EstimateId, PatientId, PracticeId
from caresmith.money import Money
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import Person, person_of
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts import reading, services, store, wording
from functions.accounts.accounts import today
from functions.accounts.pdf import Sheet, letterhead, noon, phone_of
from functions.accounts.records import EstimateItem, estimate_sort_key
from functions.accounts.settings import account_settings

CONTENT: Final = "content"
SUBSTANTIALLY: Final = 400_00
"""45 CFR 149.620(a)(2)(ii): so many cents above the estimate, and more, may be disputed."""
_FAR, _NEAR = 10, 3
VALID_MONTHS: Final = 12
"""149.610(c)(1): recurring services in one estimate reach twelve months at most."""


class EstimateContent(BaseModel):
    """Sealed group ``content``."""

    model_config = ConfigDict(extra="forbid")

    request: m.EstimateRequest
    patient_name: str
    birth_date: dt.date


def business_days_after(day: dt.date, count: int) -> dt.date:
    """The ``count``-th business day after ``day``: no weekends, no federal holidays."""
    found = day
    while count:
        found += dt.timedelta(days=1)
        if is_business_day(found):
            count -= 1
    return found


def is_business_day(day: dt.date) -> bool:
    import holidays

    saturday = 5
    return day.weekday() < saturday and day not in holidays.country_holidays("US", years=day.year)


def business_days_until(first: dt.date, last: dt.date) -> int:
    """How many business days lie after ``first`` up to and with ``last``."""
    days = ((first + dt.timedelta(days=n + 1)) for n in range((last - first).days))
    return sum(is_business_day(day) for day in days)


def deadline(
    *, scheduled_on: dt.date | None, service_day: dt.date | None, requested_on: dt.date | None
) -> dt.date | None:
    """By when the patient has to have it; None where the section asks for none.

    149.610(b)(1)(vi)(A) to (C); of several reasons the earliest counts.
    """
    found: list[dt.date] = []
    if requested_on:
        found.append(business_days_after(requested_on, 3))
    if scheduled_on and service_day:
        ahead = business_days_until(scheduled_on, service_day)
        if ahead >= _FAR:
            found.append(business_days_after(scheduled_on, 3))
        elif ahead >= _NEAR:
            found.append(business_days_after(scheduled_on, 1))
    return min(found, default=None)


def make(
    patient: PatientId, request: m.EstimateRequest, *, actor: Actor, now: Instant
) -> m.Estimate:
    """Make an estimate, keep it, and say by when it is owed. Raises NotFound, InvalidRequest."""
    practice = actor.practice_id
    estimate_id = request.estimate_id or EstimateId.new()
    setup, person = practice_setup(practice), person_of(practice, patient)
    if request.provider_id not in setup.providers:
        raise invalid("provider_id", "choose a provider of the practice")
    there = _find(practice, person, estimate_id)
    if there is not None:
        return read(there, actor=actor)
    content = EstimateContent(
        request=request, patient_name=person.card.name, birth_date=person.card.birth_date
    )
    day = today(practice, now)
    key = store.key_of("estimates", practice, estimate_id)
    store.write(key, pdf(content, setup, day, account_settings(practice).tax_id))
    total = sum(item.total_cents for item in request.items)
    item = EstimateItem(
        account_key(practice, person.patient_id),
        estimate_sort_key(estimate_id),
        estimate_id=estimate_id,
        patient_id=person.patient_id,
        made_day=day.isoformat(),
        service_day=request.service_day.isoformat() if request.service_day else None,
        total_cents=total,
        key=key,
        by=actor.user_id,
        content=Sealer(practice, Domain.REVENUE).seal(estimate_id, CONTENT, content),
    )
    audit().record(estimate_id)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=EstimateItem.pk.does_not_exist())
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return read(item, actor=actor)


def _find(practice: PracticeId, person: Person, estimate: EstimateId) -> EstimateItem | None:
    keys = [(account_key(practice, chart), estimate_sort_key(estimate)) for chart in person.charts]
    return next(iter(EstimateItem.batch_get(keys, consistent_read=True)), None)


def file_of(patient: PatientId, estimate: EstimateId, *, actor: Actor) -> bytes:
    """The estimate as it was given. Raises NotFound."""
    found = _find(actor.practice_id, person_of(actor.practice_id, patient), estimate)
    if found is None:
        raise NotFound
    audit().record(estimate)
    return store.read(found.key)


def one(patient: PatientId, estimate: EstimateId, *, actor: Actor) -> m.Estimate:
    """One of the account's, with what was billed for its day. Raises NotFound."""
    found = reading.told(actor.practice_id, patient)
    visits = reading.account_read(found).visits
    for made in of(found.others, visits, actor=actor):
        if made.estimate_id == estimate:
            audit().record(estimate)
            return made
    raise NotFound


def of(
    items: Iterable[RevenueItem], visits: Iterable[m.VisitRead], *, actor: Actor
) -> list[m.Estimate]:
    """An account's estimates, the latest first, each with what was billed for its day."""
    billed: dict[dt.date, int] = {}
    for visit in visits:
        if visit.payer is None:
            billed[visit.day] = billed.get(visit.day, 0) + visit.charge.cents
    found = [item for item in items if isinstance(item, EstimateItem)]
    found.sort(key=lambda item: item.estimate_id, reverse=True)
    return [read(item, actor=actor, billed=billed) for item in found]


def read(
    item: EstimateItem, *, actor: Actor, billed: dict[dt.date, int] | None = None
) -> m.Estimate:
    content = Sealer(actor.practice_id, Domain.REVENUE).unseal(
        item.estimate_id, CONTENT, item.content, EstimateContent
    )
    request, expected = content.request, int(item.total_cents)
    made = dt.date.fromisoformat(item.made_day)
    owed_by = deadline(
        scheduled_on=request.scheduled_on,
        service_day=request.service_day,
        requested_on=request.requested_on,
    )
    cost = (billed or {}).get(request.service_day) if request.service_day else None
    return m.Estimate(
        estimate_id=EstimateId(item.estimate_id),
        patient_id=PatientId(item.patient_id),
        made_on=made,
        service_day=request.service_day,
        service=request.service,
        expected=Money(expected),
        owed_by=owed_by,
        in_time=owed_by is None or made <= owed_by,
        billed=Money(cost) if cost is not None else None,
        disputable=cost is not None and cost - expected >= SUBSTANTIALLY,
    )


def pdf(content: EstimateContent, setup: PracticeSetup, day: dt.date, tax_id: str) -> bytes:
    """The estimate with everything that 149.610(c)(1) asks for."""
    request = content.request
    provider = setup.providers[request.provider_id]
    place = next(
        (setup.locations[one] for one in provider.location_ids if one in setup.locations), None
    )
    total = Money(sum(item.total_cents for item in request.items))
    sheet = Sheet("Good-faith estimate", noon(day, setup))
    sheet.beside(letterhead(setup), [f"Date: {wording.day(day)}"])
    sheet.space(4)
    sheet.text("Good-faith estimate of what your care will cost", size=15, bold=True)
    sheet.space(2)
    sheet.facts(
        [
            ("Patient", content.patient_name),
            ("Born", wording.day(content.birth_date)),
            ("Main service", request.service),
            ("Planned for", wording.day(request.service_day) if request.service_day else "No date"),
            ("Diagnoses", ", ".join(request.diagnoses) or "None known yet"),
            ("Provider", provider.display_name),
            ("NPI", str(provider.npi)),
            ("Tax ID", tax_id or "On request"),
            ("Place", ", ".join([place.name, *place.address_lines]) if place else ""),
        ]
    )
    sheet.heading("What we expect")
    sheet.table(
        ("Service", "Code", "How many", "Expected charge"),
        [
            (item.words or services.words(item.code), item.code, str(item.units), str(item.charge))
            for item in request.items
        ],
        (90, 25, 25, 40),
        right=(2, 3),
    )
    sheet.space(2)
    sheet.text(f"Expected in all: {total}", size=12, bold=True)
    if request.separately:
        sheet.heading("To be scheduled separately")
        sheet.text(request.separately)
        sheet.text(
            "Separate estimates for these are given when they are scheduled, or when you ask. "
            f"Ask us at {phone_of(setup) or 'our desk'}.",
            size=9,
        )
    sheet.heading("What you should know")
    for paragraph in _DISCLAIMERS:
        sheet.text(paragraph, size=9)
        sheet.space(1)
    return sheet.bytes()


# 149.610(c)(1)(vi) to (x), in our words.
_DISCLAIMERS: Final = (
    (
        "This is an estimate of what we reasonably expect. We may recommend further items or "
        "services in the course of your care, which have to be scheduled or asked for separately "
        "and are not in this estimate."
    ),
    (
        "The charges are what we expect today. What you are billed may differ: problems may arise "
        "that nobody could foresee."
    ),
    (
        "If you are billed $400 or more above this estimate, you have the right to start the "
        "patient-provider dispute resolution process. You may also ask us first to bring the bill "
        "down to the estimate, to negotiate it, or whether financial assistance is possible. "
        "Starting a dispute will not lower the quality of the care that you get from us."
    ),
    (
        "How to start it, and by when (within 120 days of the date on the bill), is told at "
        "www.cms.gov/nosurprises or by telephone at 1-800-985-3059. Keep this estimate: you may "
        "need it."
    ),
    (
        "This estimate is not a contract. It does not oblige you to get any of these services from "
        "us or from anybody that is named in it."
    ),
)
