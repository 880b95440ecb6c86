"""Payment plans: what is owed in instalments, right to the cent.

An instalment is paid by whatever the patient pays: what counts is whether they have paid as
much by a day as was agreed until then. When what is owed changes, the instalments to come
share the new sum; those that are past stay as they were.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import Conflict, NotFound, VersionConflict, invalid
from caresmith.events import RevenueOutbox, StaffTaskRaised, tell
from caresmith.ids import EventId, PatientId, PlanId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.payment import PaymentItem
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from caresmith.web.forms import Form
from functions.accounts import models as m
from functions.accounts import reading
from functions.accounts.accounts import today
from functions.accounts.cardkept import CardState, card_of, card_read, put_card
from functions.accounts.records import ListedPlanItem, PlanItem, plan_sort_key, plans_key

MOST_MONTHS: Final = 60
LEAST_CENTS: Final = 5_00
"""Of one instalment: less costs more to send than it brings."""


class HasPlan(Conflict):
    kind = "has-plan"
    title = "The account is paid by a plan already: end that first."


@dataclass(frozen=True)
class Standing:
    """How a plan stands on a day, in cents."""

    paid: int
    expected: int
    """By the instalments that are due."""
    next_day: dt.date | None
    next_cents: int

    @property
    def behind(self) -> int:
        return max(0, self.expected - self.paid)


def schedule(total: int, months: int, first: dt.date) -> list[tuple[dt.date, int]]:
    """So many equal instalments, a month apart; the last takes what is left over.

    A plan that begins on the 31st is due on the last day of shorter months.
    """
    each = total // months
    rest = total - each * months
    return [
        (month_later(first, number), each + (rest if number == months - 1 else 0))
        for number in range(months)
    ]


def month_later(first: dt.date, months: int) -> dt.date:
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day)


def standing(plan: PlanItem, payments: Iterable[PaymentItem], day: dt.date) -> Standing:
    instalments = instalments_of(plan)
    paid = max(0, paid_in_all(payments) - int(plan.paid_before))
    expected = sum(cents for due, cents in instalments if due <= day)
    coming = [(due, cents) for due, cents in instalments if due > day]
    ahead = max(0, paid - expected)
    for due, cents in coming:
        if ahead < cents:
            return Standing(paid, expected, due, cents - ahead)
        ahead -= cents
    return Standing(paid, expected, None, 0)


def respread(
    instalments: Sequence[tuple[dt.date, int]], owed: int, behind: int, day: dt.date
) -> list[tuple[dt.date, int]]:
    """The instalments when ``owed`` is what is owed in all, ``behind`` of it overdue."""
    past = [(due, cents) for due, cents in instalments if due <= day]
    coming = [due for due, _ in instalments if due > day]
    left = max(0, owed - behind)
    if not left:
        return past
    if not coming:
        coming = [month_later(instalments[-1][0], 1)]
    fresh = schedule(left, len(coming), coming[0])
    return [*past, *((due, cents) for due, (_, cents) in zip(coming, fresh, strict=True))]


def paid_in_all(payments: Iterable[PaymentItem]) -> int:
    """What the patient has paid at any time, less what went back."""
    return sum(
        int(one.amount_cents)
        - int(one.refunded_cents)
        - int(one.returned_cents)
        - int(one.moved_cents)
        for one in payments
    )


def instalments_of(plan: PlanItem) -> list[tuple[dt.date, int]]:
    return [(dt.date.fromisoformat(day), int(cents)) for day, cents in plan.instalments]


# -- acts -----------------------------------------------------------------------


def begin(patient: PatientId, request: m.PlanRequest, *, actor: Actor, now: Instant) -> m.Plan:
    """Agree on a plan for all that is due. Raises NotFound, HasPlan, InvalidRequest."""
    practice = actor.practice_id
    plan_id = request.plan_id or PlanId.new()
    found = reading.told(practice, patient)
    there = next((one for one in plans_of(found.others) if one.plan_id == plan_id), None)
    if there is not None:
        return read(there, found.account.payments.values(), today(practice, now))
    if any(one.state == "active" for one in plans_of(found.others)):
        raise HasPlan
    due = reading.account_read(found).due.cents
    months = _months(request, due)
    if request.first_due < today(practice, now):
        raise invalid("first_due", "the first instalment lies in the future")
    plan = PlanItem(
        account_key(practice, found.account.patient_id),
        plan_sort_key(plan_id),
        plan_id=plan_id,
        patient_id=found.account.patient_id,
        state="active",
        total_cents=due,
        instalments=[[day.isoformat(), c] for day, c in schedule(due, months, request.first_due)],
        paid_before=paid_in_all(found.account.payments.values()),
        autopay=request.autopay,
        began=today(practice, now).isoformat(),
        by=actor.user_id,
        version=0,
    )
    save(practice, plan, None)
    return read(plan, found.account.payments.values(), today(practice, now))


def _months(request: m.PlanRequest, due: int) -> int:
    if due < LEAST_CENTS:
        raise invalid("months", "the patient owes too little for a plan")
    if request.months:
        months = request.months
    elif request.monthly:
        months = -(-due // request.monthly.cents)
    else:
        raise invalid("months", "say how many instalments, or how much each")
    if months > MOST_MONTHS or due // months < LEAST_CENTS:
        least = Money(LEAST_CENTS)
        raise invalid("months", f"at most {MOST_MONTHS} instalments, of {least} at least each")
    return months


def end(patient: PatientId, plan_id: PlanId, *, actor: Actor, now: Instant) -> m.Plan:
    """The plan holds no longer: the account is asked for as any other. Raises NotFound."""
    practice = actor.practice_id
    found = reading.told(practice, patient)
    plan = next((one for one in plans_of(found.others) if one.plan_id == plan_id), None)
    if plan is None:
        raise NotFound
    if plan.state == "active":
        plan.state = "ended"
        save(practice, plan, int(plan.version))
    return read(plan, found.account.payments.values(), today(practice, now))


def follow(
    practice: PracticeId, patient: PatientId, *, actor: Actor, now: Instant
) -> list[PlanItem]:
    """Let the account's plan follow what is owed, and tell of a payment that was missed.

    The account's plans, as they are afterwards.
    """
    found = reading.told(practice, patient)
    every = plans_of(found.others)
    plan = next((one for one in every if one.state == "active"), None)
    if plan is None:
        return every
    day = today(practice, now)
    payments = list(found.account.payments.values())
    due = reading.account_read(found).due.cents
    stands = standing(plan, payments, day)
    before = instalments_of(plan)
    changed = False
    if not due:
        plan.state, changed = "done", True
        card_is_done(plan)
    else:
        left = sum(cents for when, cents in before if when > day)
        agreed = max(0, stands.expected + left - stands.paid)
        if agreed != due:
            fresh = respread(before, due, min(due, stands.behind), day)
            plan.instalments = [[when.isoformat(), cents] for when, cents in fresh]
            changed = fresh != before
    missed = _missed(plan, stands, day)
    if missed:
        plan.told_through = missed.isoformat()
    if changed or missed:
        task = _task(practice, plan, missed, actor, now) if missed else None
        save(practice, plan, int(plan.version), task)
    return every


def card_is_done(plan: PlanItem) -> None:
    """Nothing is charged any more; the card's id stays until the processor has forgotten it."""
    card = card_of(plan)
    if card.state not in {CardState.NONE, CardState.ENDED}:
        put_card(plan, card.model_copy(update={"state": CardState.ENDED}))
        plan.autopay = False


def _missed(plan: PlanItem, stands: Standing, day: dt.date) -> dt.date | None:
    """The latest due day that nobody was told of, where less was paid than agreed until then.

    Three days' grace: a payment by post or of the weekend is not missed.
    """
    late = [due for due, _ in instalments_of(plan) if due + dt.timedelta(days=3) <= day]
    if not stands.behind or not late:
        return None
    latest = max(late)
    told = plan.told_through
    return latest if told is None or latest.isoformat() > told else None


def _task(
    practice: PracticeId, plan: PlanItem, missed: dt.date, actor: Actor, now: Instant
) -> StaffTaskRaised:
    return StaffTaskRaised(
        event_id=EventId.derived(plan.plan_id, missed.isoformat()),
        practice_id=practice,
        occurred_at=now,
        actor_id=actor.user_id,
        key=f"plan-{plan.plan_id}",
        task="payment-missed",
        party_id=plan.patient_id,
        patient_id=PatientId(plan.patient_id),
    )


def save(
    practice: PracticeId,
    plan: PlanItem,
    before: int | None,
    event: StaffTaskRaised | None = None,
    besides: Sequence[RevenueItem] = (),
) -> None:
    """Write it on condition of the version it was read with. Raises VersionConflict."""
    plan.version = (before or 0) + 1
    audit().about(PatientId(plan.patient_id))
    audit().record(plan.plan_id)
    listed = listed_plan(practice, plan)
    # One whose card is not forgotten yet stays there: each night the processor is asked to.
    goes_on = plan.state == "active" or bool(card_of(plan).method)

    def attempt() -> None:
        with transaction() as writes:
            if not goes_on:
                writes.delete(listed)
            writes.save(
                plan,
                condition=PlanItem.pk.does_not_exist()
                if before is None
                else PlanItem.version == before,
            )
            if goes_on:
                writes.save(listed)
            for item in besides:
                writes.save(item)
            if event:
                tell(event, RevenueOutbox, writes)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None


def listed_plan(practice: PracticeId, plan: PlanItem) -> ListedPlanItem:
    """Its line in the list of those that are being paid, or whose card is to be forgotten."""
    return ListedPlanItem(
        plans_key(practice),
        plan.plan_id,
        plan_id=plan.plan_id,
        patient_id=plan.patient_id,
        by_card=card_of(plan).state is CardState.KEPT,
    )


def active(practice: PracticeId) -> list[ListedPlanItem]:
    return list(ListedPlanItem.query(plans_key(practice)))


# -- reading ----------------------------------------------------------------------


def plans_of(items: Iterable[RevenueItem]) -> list[PlanItem]:
    return [item for item in items if isinstance(item, PlanItem)]


def read(plan: PlanItem, payments: Iterable[PaymentItem], day: dt.date) -> m.Plan:
    stands = standing(plan, payments, day)
    return m.Plan(
        plan_id=PlanId(plan.plan_id),
        patient_id=PatientId(plan.patient_id),
        version=int(plan.version),
        state=plan.state,
        total=Money(int(plan.total_cents)),
        autopay=bool(plan.autopay),
        instalments=[
            m.Instalment(due=due, amount=Money(cents)) for due, cents in instalments_of(plan)
        ],
        paid=Money(stands.paid),
        behind=Money(stands.behind),
        next_due=stands.next_day,
        next_amount=Money(stands.next_cents),
        card=card_read(plan),
    )


def of(items: Iterable[RevenueItem], payments: Iterable[PaymentItem], day: dt.date) -> list[m.Plan]:
    """An account's plans, the latest first."""
    paid = list(payments)
    found = sorted(plans_of(items), key=lambda plan: plan.plan_id, reverse=True)
    return [read(plan, paid, day) for plan in found]


def suggested(day: dt.date) -> Form:
    """The form of a new plan."""
    return Form(
        {
            "plan_id": PlanId.new(),
            "months": "6",
            "first_due": (day + dt.timedelta(days=30)).isoformat(),
        }
    )
