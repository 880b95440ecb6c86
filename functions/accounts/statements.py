"""Statements: what a patient is asked for, in plain words, once in a cycle.

A statement's id is made of the account and the number of its cycle, and its item is written
on condition that there is none: told twice, or by two at once, a cycle has one statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant
from caresmith.errors import Conflict, NotFound, VersionConflict
from caresmith.ids import MessageId, PatientId, PracticeId, StatementId
from caresmith.messages.outgoing import Draft, queue, queue_alone
from caresmith.money import Money
from caresmith.records.contact import Channel
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.paylink import new_token
from caresmith.records.revenue.payment import State
from caresmith.records.revenue.people import person_of
from caresmith.records.revenue.statement import (
    BILLING,
    CONTENT,
    BillingItem,
    StatementContent,
    StatementItem,
    content_of,
    statement_sort_key,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import drawing, paylinks, reading, store
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.records import PlanItem
from functions.accounts.settings import AccountSettings, account_settings
from functions.accounts.statement_content import content_for

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


class NothingToAskFor(Conflict):
    kind = "nothing-to-ask-for"
    title = "The patient owes nothing that a statement could ask for."


def of(items: Iterable[RevenueItem]) -> list[StatementItem]:
    """An account's statements, the latest first."""
    found = [item for item in items if isinstance(item, StatementItem)]
    return sorted(found, key=lambda item: item.day, reverse=True)


def billing_of(items: Iterable[RevenueItem]) -> BillingItem | None:
    return next((item for item in items if isinstance(item, BillingItem)), None)


def plan_of(items: Iterable[RevenueItem]) -> PlanItem | None:
    """The plan that is being paid off, if there is one."""
    return next((i for i in items if isinstance(i, PlanItem) and i.state == "active"), None)


@dataclass(frozen=True)
class Made:
    """A statement that exists now: made by this call, or before."""

    item: StatementItem
    content: StatementContent
    new: bool


def is_due(
    billing: BillingItem | None, settings: AccountSettings, day: dt.date, due_cents: int
) -> bool:
    """Whether the rules ask for a statement on that day."""
    rules = settings.statements
    if not rules.active or due_cents < rules.least_cents:
        return False
    if billing is None:
        return True
    if billing.hold or billing.returned_mail or billing.collections:
        return False
    if int(billing.step) >= rules.most:
        return False
    if billing.last_day is None:
        return True
    return dt.date.fromisoformat(billing.last_day) + dt.timedelta(days=rules.every_days) <= day


def make(
    patient: PatientId, *, actor: Actor, now: Instant, day: dt.date, by_rule: bool
) -> Made | None:
    """Make the account's next statement, keep it, and tell the patient by which link it is there.

    One without a link is told of when it is printed (:func:`mailed`).

    ``by_rule``: only where the rules ask for one; None where they don't. Of one day there is
    one statement, however often it is asked for. Raises NotFound, NothingToAskFor.
    """
    practice = actor.practice_id
    settings = account_settings(practice)
    found = reading.told(practice, patient)
    billing = billing_of(found.others) or _new_billing(practice, found.account.patient_id)
    today_s = next((s for s in of(found.others) if s.day == day.isoformat()), None)
    if today_s is not None:
        # Told twice on one day, or asked for by two people.
        return Made(today_s, content_of(practice, today_s), new=False)
    read = reading.account_read(found)
    step = _step(found, billing)
    if not read.due.cents:
        if by_rule:
            return None
        raise NothingToAskFor
    if by_rule:
        billing.step = step
        if plan_of(found.others) or not is_due(billing, settings, day, read.due.cents):
            return None
    return _keep(found, read, billing, step, settings, actor=actor, now=now, day=day)


def _new_billing(practice: PracticeId, patient: PatientId) -> BillingItem:
    return BillingItem(account_key(practice, patient), BILLING, patient_id=patient, version=0)


def _step(found: reading.Told, billing: BillingItem) -> int:
    """Statements since the patient paid last."""
    paid = [
        payment.day for payment in found.account.payments.values() if payment.state == State.TAKEN
    ]
    paid_since = billing.last_day and any(day > billing.last_day for day in paid)
    return 0 if paid_since else int(billing.step or 0)


def _keep(
    found: reading.Told,
    read: m.AccountRead,
    billing: BillingItem,
    step: int,
    settings: AccountSettings,
    *,
    actor: Actor,
    now: Instant,
    day: dt.date,
) -> Made:
    practice, patient = actor.practice_id, found.account.patient_id
    cycle = int(billing.cycle or 0) + 1
    statement = StatementId.derived(practice, patient, str(cycle))
    token = new_token()
    url = paylinks.url_of(settings, token)
    content = content_for(found, read, settings, step, day)
    content.pay_url = url
    key = store.key_of("statements", practice, statement)
    setup = practice_setup(practice)
    store.write(key, drawing.statement(content, setup, statement))
    draft = _notice(found, setup, statement, url) if settings.statements.notify and url else None
    item = StatementItem(
        account_key(practice, patient),
        statement_sort_key(statement),
        statement_id=statement,
        patient_id=patient,
        cycle=cycle,
        step=step + 1,
        day=day.isoformat(),
        due_on=content.due_on.isoformat(),
        due_cents=content.due.cents,
        key=key,
        message_id=draft.message_id if draft else None,
        by=actor.user_id,
        content=Sealer(practice, Domain.REVENUE).seal(statement, CONTENT, content),
    )
    before = int(billing.version or 0)
    billing.cycle, billing.step, billing.last_day = cycle, step + 1, day.isoformat()
    billing.version = before + 1
    audit().about(patient)
    audit().record(statement)

    def attempt() -> None:
        with transaction() as writes:
            _save_billing(writes, billing, before)
            writes.save(item, condition=StatementItem.pk.does_not_exist())
            if url:
                reader = found.account.person.reachable
                paylinks.put(
                    item,
                    token,
                    "statement",
                    reader,
                    settings,
                    actor=actor,
                    now=now,
                    writes=writes,
                )
            if draft:
                queue(draft, practice=practice, actor_id=actor.user_id, now=now, writes=writes)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return Made(item, content, new=True)


def _save_billing(writes: TransactWrite, billing: BillingItem, before: int) -> None:
    unchanged = BillingItem.version == before if before else BillingItem.pk.does_not_exist()
    writes.save(billing, condition=unchanged)


def _notice(
    found: reading.Told, setup: PracticeSetup, statement: StatementId, url: str
) -> Draft | None:
    """A text or e-mail that the statement is there, and by which link, as consent allows."""
    person = found.account.person.reachable
    to = paylinks.way_to(setup.practice.id, person, Channel.SMS, Channel.EMAIL)
    if to is None:
        return None
    message = MessageId.derived(setup.practice.id, statement)
    return paylinks.notice("statement-ready", message, to, person, setup, pay_url=url)


def mailed(patient: PatientId, statement: StatementId, *, actor: Actor, now: Instant) -> None:
    """A statement without a link was printed: say by text or e-mail that it is in the mail.

    Said once, however often it is printed. Raises NotFound.
    """
    practice, setup = actor.practice_id, practice_setup(actor.practice_id)
    person = person_of(practice, patient).reachable
    to = paylinks.way_to(practice, person, Channel.SMS, Channel.EMAIL)
    if to is not None:
        message = MessageId.derived(practice, statement)
        draft = paylinks.notice("statement-mailed", message, to, person, setup)
        queue_alone(draft, practice=practice, actor_id=actor.user_id, now=now)


# -- reading and flags ----------------------------------------------------------


def read(item: StatementItem) -> m.Statement:
    return m.Statement(
        statement_id=StatementId(item.statement_id),
        patient_id=PatientId(item.patient_id),
        day=dt.date.fromisoformat(item.day),
        due_on=dt.date.fromisoformat(item.due_on),
        due=Money(int(item.due_cents)),
        step=int(item.step),
        noticed=bool(item.message_id),
    )


def find(patient: PatientId, statement: StatementId, *, actor: Actor) -> StatementItem:
    """Raises NotFound."""
    person = person_of(actor.practice_id, patient)
    keys = [
        (account_key(actor.practice_id, chart), statement_sort_key(statement))
        for chart in person.charts
    ]
    audit().record(statement)
    for item in StatementItem.batch_get(keys, consistent_read=True):
        return item
    raise NotFound


def file_of(patient: PatientId, statement: StatementId, *, actor: Actor) -> bytes:
    """The statement as it was sent. Raises NotFound."""
    return store.read(find(patient, statement, actor=actor).key)


def preview(patient: PatientId, *, actor: Actor, now: Instant) -> bytes:
    """What a statement of today would look like; nothing is kept. Raises NothingToAskFor."""
    practice = actor.practice_id
    found = reading.told(practice, patient)
    read = reading.account_read(found)
    if not read.due.cents:
        raise NothingToAskFor
    billing = billing_of(found.others) or _new_billing(practice, found.account.patient_id)
    settings = account_settings(practice)
    content = content_for(found, read, settings, _step(found, billing), today(practice, now))
    return drawing.statement(content, practice_setup(practice), None)


def set_flags(patient: PatientId, flags: m.BillingFlags, *, actor: Actor) -> None:
    """Hold statements, or say that the post brought one back. Raises NotFound, VersionConflict."""
    practice = actor.practice_id
    person = person_of(practice, patient)
    at = account_key(practice, person.patient_id)
    found = BillingItem.query(at, BillingItem.sk == BILLING, consistent_read=True, limit=1)
    billing = next(iter(found), None) or _new_billing(practice, person.patient_id)
    before = int(billing.version or 0)
    billing.hold, billing.returned_mail = flags.hold, flags.returned_mail
    billing.version = before + 1

    def attempt() -> None:
        with transaction() as writes:
            _save_billing(writes, billing, before)
            join_audit(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
