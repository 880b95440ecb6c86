"""Pay links from the staff's side: made, sent, seen to, revoked, and what was paid behind them.

What opens them is a function of its own (``functions/paylink``), which nobody signs in to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from caresmith.actor import Actor
from caresmith.audit import audit, join_audit
from caresmith.clock import Instant, from_text
from caresmith.errors import NotFound
from caresmith.ids import MessageId, PatientId, PaymentId, PracticeId, StatementId
from caresmith.messages.filling import date_words, practice_values
from caresmith.messages.outgoing import Draft, queue, queue_alone
from caresmith.messages.reach import ContactPoint, Reachable, contact_points
from caresmith.messages.records import Kind
from caresmith.messages.settings import messaging_settings
from caresmith.messages.wording import render
from caresmith.money import Money
from caresmith.records.contact import Channel
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.checkout import CheckoutItem
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.paylink import (
    PAYLINK,
    LinkState,
    PayLinkItem,
    PayLinkPlaceItem,
    Way,
    digest_of,
    find_link,
    new_link,
    new_token,
    note_payment,
    pay_url,
)
from caresmith.records.revenue.payment import PaymentItem
from caresmith.records.revenue.people import Person
from caresmith.records.revenue.statement import StatementItem
from caresmith.tables import RevenueItem
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.accounts import models as m
from functions.accounts import reading
from functions.accounts.accounts import open_account
from functions.accounts.errors import LinksOff, NoContactPoint, StatementOver
from functions.accounts.settings import AccountSettings, account_settings

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite


# -- made --------------------------------------------------------------------------


def url_of(settings: AccountSettings, token: str) -> str:
    """Empty where the practice has no links."""
    return pay_url(token) if settings.pay_links.active else ""


def put(
    statement: StatementItem,
    token: str,
    way: Way,
    person: Reachable,
    settings: AccountSettings,
    *,
    actor: Actor,
    now: Instant,
    writes: TransactWrite,
) -> None:
    """Let the token open that statement, as a part of a transaction."""
    link, place = new_link(
        actor.practice_id,
        token,
        patient=PatientId(statement.patient_id),
        statement=StatementId(statement.statement_id),
        cycle=int(statement.cycle),
        way=way,
        language=person.language,
        rules=settings.pay_links,
        by=actor.user_id,
        now=now,
    )
    writes.save(link, condition=PayLinkItem.pk.does_not_exist())
    writes.save(place, condition=PayLinkPlaceItem.pk.does_not_exist())


def notice(
    template: str,
    message: MessageId,
    to: ContactPoint,
    person: Reachable,
    setup: PracticeSetup,
    **values: str,
) -> Draft:
    """A message about a statement or a payment; it says no more than its template."""
    messaging = messaging_settings(setup.practice.id)
    known = {**practice_values(setup, messaging), "first_name": person.first_name, **values}
    return Draft(
        message_id=message,
        party_id=person.patient_id,
        to=to,
        kind=Kind.NOTICE,
        rendered=render(messaging, template, to.channel, person.language, known),
        language=person.language,
        zone=setup.practice.zone,
    )


def way_to(practice: PracticeId, person: Reachable, *channels: Channel) -> ContactPoint | None:
    """The best way to write to the patient over one of these channels, as they consent."""
    if not person.wanted:
        return None
    points = contact_points(practice, person, messaging_settings(practice))
    return next((point for point in points if point.channel in channels), None)


# -- sent and revoked -----------------------------------------------------------------


def send(
    patient: PatientId,
    statement: StatementId,
    request: m.LinkRequest,
    *,
    actor: Actor,
    now: Instant,
) -> m.PayLink:
    """Send a link of its own by text or e-mail. Asked twice under one id, it is sent once.

    Raises NotFound, LinksOff, StatementOver, NoContactPoint.
    """
    practice = actor.practice_id
    settings, found = account_settings(practice), reading.told(practice, patient)
    token = new_token()
    url = url_of(settings, token)
    if not url:
        raise LinksOff
    due = reading.account_read(found).due
    latest = latest_of(found.others)
    if latest is None or latest.statement_id != statement or not due.cents:
        raise StatementOver
    person = found.account.person.reachable
    to = way_to(practice, person, Channel(request.channel))
    if to is None:
        raise NoContactPoint
    setup = practice_setup(practice)
    message = request.message_id or MessageId.new()
    draft = notice("statement-ready", message, to, person, setup, pay_url=url)
    audit().about(found.account.patient_id)
    audit().record(statement)

    def attempt() -> None:
        with transaction() as writes:
            way: Way = "sms" if to.channel is Channel.SMS else "email"
            put(latest, token, way, person, settings, actor=actor, now=now, writes=writes)
            queue(draft, practice=practice, actor_id=actor.user_id, now=now, writes=writes)
            join_audit(writes)

    # Cancelled: it was sent under this id before, by a link that is as good.
    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        audit().unjoin()
    links = of_statement(reading.told(practice, patient).others, latest)
    mine = [one for one in links if one.digest == digest_of(token)]
    return read((mine or links)[0], latest, due, now)


def revoke(patient: PatientId, statement: StatementId, *, actor: Actor) -> None:
    """No link of the statement opens anything any more. Raises NotFound."""
    account = open_account(actor.practice_id, patient)
    audit().record(statement)
    for chart in account.person.charts:
        at = account_key(actor.practice_id, chart)
        for link in PayLinkItem.query(at, PayLinkItem.sk.startswith(PAYLINK), consistent_read=True):
            if link.statement_id == statement and link.state == LinkState.OPEN:
                PayLinkItem(link.pk, link.sk).update(
                    actions=[PayLinkItem.state.set(LinkState.REVOKED.value)],
                    condition=PayLinkItem.pk.exists(),
                    add_version_condition=False,
                )


# -- shown ------------------------------------------------------------------------------


def latest_of(items: Iterable[RevenueItem]) -> StatementItem | None:
    found = [item for item in items if isinstance(item, StatementItem)]
    return max(found, key=lambda item: (item.day, int(item.cycle)), default=None)


def of_statement(items: Iterable[RevenueItem], statement: StatementItem) -> list[PayLinkItem]:
    """Its links, the newest first."""
    found = [
        item
        for item in items
        if isinstance(item, PayLinkItem) and item.statement_id == statement.statement_id
    ]
    return sorted(found, key=lambda item: item.made_at, reverse=True)


def shown(items: Sequence[RevenueItem], due: Money, now: Instant) -> m.StatementLinks | None:
    """The latest statement with its links; None where there is no statement."""
    latest = latest_of(items)
    if latest is None:
        return None
    return m.StatementLinks(
        statement_id=StatementId(latest.statement_id),
        day=dt.date.fromisoformat(latest.day),
        due=due,
        links=[read(link, latest, due, now) for link in of_statement(items, latest)],
    )


def of_account(patient: PatientId, *, actor: Actor, now: Instant) -> m.StatementLinks:
    """As :func:`shown`. Raises NotFound."""
    found = reading.told(actor.practice_id, patient)
    links = shown(found.others, reading.account_read(found).due, now)
    if links is None:
        raise NotFound
    audit().record(links.statement_id)
    return links


def read(link: PayLinkItem, latest: StatementItem, due: Money, now: Instant) -> m.PayLink:
    return m.PayLink(
        way=link.way,
        sent_at=from_text(link.made_at),
        state=_state(link, latest, due, now),
        opened_at=from_text(link.opened_at) if link.opened_at else None,
        payments=[PaymentId(str(one)) for one in link.payments or ()],
    )


def _state(link: PayLinkItem, latest: StatementItem, due: Money, now: Instant) -> m.LinkState:
    if link.state == LinkState.REVOKED:
        return "revoked"
    if not due.cents:
        return "paid" if link.payments else "over"
    if link.locked:
        return "locked"
    if link.statement_id != latest.statement_id or link.over(now):
        return "over"
    return "opened" if link.opened_at else "sent"


# -- paid ---------------------------------------------------------------------------------


def on_paid(practice: PracticeId, page: CheckoutItem, *, actor: Actor, now: Instant) -> None:
    """The processor has confirmed a payment behind a link: note it there, and send a receipt.

    Told twice, both happen once.
    """
    if not page.link:
        return
    account = open_account(practice, PatientId(page.patient_id))
    payment = account.payment(PaymentId(page.payment_id))
    found = find_link(page.link)
    if found is not None:
        note_payment(found[1], payment.payment_id)
    _receipt(practice, account.person, payment, actor=actor, now=now)


def _receipt(
    practice: PracticeId, person: Person, payment: PaymentItem, *, actor: Actor, now: Instant
) -> None:
    """By e-mail, where the patient has one that may be written to. It says if it was too much."""
    reader, setup = person.reachable, practice_setup(practice)
    to = way_to(practice, reader, Channel.EMAIL)
    if to is None:
        return
    template = "payment-receipt-credit" if int(payment.unapplied_cents) else "payment-receipt"
    day = dt.datetime.combine(dt.date.fromisoformat(payment.day), dt.time(12))
    draft = notice(
        template,
        MessageId.derived(practice, payment.payment_id, "receipt"),
        to,
        reader,
        setup,
        amount=str(Money(int(payment.amount_cents))),
        day=date_words(day, reader.language, to.channel),
        number=str(payment.payment_id)[-8:],
    )
    queue_alone(draft, practice=practice, actor_id=actor.user_id, now=now)
