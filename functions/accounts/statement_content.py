"""What a statement says: visits by line, payments, what is due, and which words go with it."""

from __future__ import annotations

import datetime as dt

from caresmith.records.revenue.payment import State
from caresmith.records.revenue.statement import (
    StatementContent,
    StatementLine,
    StatementPayment,
    StatementVisit,
)
from functions.accounts import drawing, reading
from functions.accounts import models as m
from functions.accounts.settings import AccountSettings


def content_for(
    found: reading.Told, read: m.AccountRead, settings: AccountSettings, step: int, day: dt.date
) -> StatementContent:
    """What the account is asked for on that day."""
    person, rules = found.account.person, settings.statements
    address = person.address
    since = day - dt.timedelta(days=rules.every_days * 2)
    return StatementContent(
        patient_name=person.card.name,
        to_name=person.payer_name,
        to_address=_address_lines(address) if address else [],
        day=day,
        due_on=day + dt.timedelta(days=rules.pay_within_days),
        visits=[_visit(visit) for visit in reversed(read.visits) if visit.patient_owes],
        payments=[
            StatementPayment(day=one.day, words=drawing.method_words(one.method), amount=one.amount)
            for one in reversed(read.payments)
            if one.day >= since and one.state is State.TAKEN
        ],
        unapplied=read.unapplied,
        due=read.due,
        message=rules.messages[min(step, len(rules.messages) - 1)],
    )


def _address_lines(address: object) -> list[str]:
    said = [*getattr(address, "lines", [])]
    town = " ".join(
        part
        for part in (
            getattr(address, "city", None),
            getattr(address, "state", None),
            getattr(address, "postal_code", None),
        )
        if part
    )
    return [*said, town] if town else list(said)


def _visit(visit: m.VisitRead) -> StatementVisit:
    return StatementVisit(
        day=visit.day,
        waiting=visit.insurance_owes,
        lines=[
            StatementLine(
                words=line.words,
                charge=line.charge,
                covered=line.covered,
                why=line.why,
                given_up=line.given_up,
                paid=line.patient_paid,
                owed=line.patient_owes,
            )
            for line in visit.lines
            if line.charge or line.patient_owes
        ],
    )
