"""How old is what is owed: by payer and by patient, from one query.

What insurance owes ages from the day of service; what patients owe from the day since which
it is theirs, or from the day of service where the practice wants that.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.ids import PatientId, PracticeId
from caresmith.records.patient import patient_cards
from caresmith.records.revenue.account import CLOSED, ClosedDayItem, OpenItem
from caresmith.records.revenue.layout import day_key, open_key
from functions.accounts import models as m
from functions.accounts.accounts import today
from functions.accounts.names import payer_names
from functions.accounts.settings import account_settings

BUCKETS: Final = ("0-30", "31-60", "61-90", "91-120", "120+")
_LAST_DAYS: Final = (30, 60, 90, 120)
_MEASURED_DAYS: Final = 90
"""Charges and payments of so many days make the rates. DynamoDB reads a hundred keys at once."""


def bucket(day: dt.date, on: dt.date) -> int:
    """The place in :data:`BUCKETS` of what began on ``day``."""
    age = (on - day).days
    return next((place for place, last in enumerate(_LAST_DAYS) if age <= last), 4)


@dataclass
class Row:
    """Who owes, and how much in each bucket, in cents."""

    key: str
    cents: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    credit: int = 0
    """Too much paid: it is no debt of anybody's and stands beside."""

    @property
    def total(self) -> int:
        return sum(self.cents)

    def add(self, place: int, cents: int) -> None:
        if cents > 0:
            self.cents[place] += cents
        else:
            self.credit -= cents


@dataclass(frozen=True)
class Aged:
    payers: list[Row]
    patients: list[Row]

    def total(self, rows: Iterable[Row]) -> Row:
        found = Row("")
        for row in rows:
            found.cents = [a + b for a, b in zip(found.cents, row.cents, strict=True)]
            found.credit += row.credit
        return found


def aged(items: Iterable[OpenItem], on: dt.date, by: str) -> Aged:
    payers: dict[str, Row] = defaultdict(lambda: Row(""))
    patients: dict[str, Row] = defaultdict(lambda: Row(""))
    for item in items:
        service = dt.date.fromisoformat(item.day)
        if int(item.insurance_cents):
            row = payers[item.payer_id or ""]
            row.key = item.payer_id or ""
            row.add(bucket(service, on), int(item.insurance_cents))
        if int(item.patient_cents):
            since = item.patient_since if by == "responsibility" else None
            row = patients[item.patient_id]
            row.key = item.patient_id
            begun = dt.date.fromisoformat(since) if since else service
            row.add(bucket(begun, on), int(item.patient_cents))
    return Aged(
        sorted(payers.values(), key=lambda row: -row.total),
        sorted(patients.values(), key=lambda row: -row.total),
    )


def read(*, actor: Actor, now: Instant, by: str = "", most: int = 200) -> m.Aging:
    """The practice's aging: one query for all that is open, and the names."""
    practice = actor.practice_id
    on = today(practice, now)
    way = by if by in ("service", "responsibility") else account_settings(practice).aging_by
    found = aged(OpenItem.query(open_key(practice)), on, way)
    names = payer_names(practice)
    shown = found.patients[:most]
    audit().about(*(PatientId(row.key) for row in shown))
    cards = patient_cards(practice, [PatientId(row.key) for row in shown])
    total = found.total([*found.payers, *found.patients])
    return m.Aging(
        on=on,
        by=way,
        payers=[_row(row, names.get(row.key, "No payer named")) for row in found.payers],
        patients=[
            _row(row, cards[PatientId(row.key)].sort_name if PatientId(row.key) in cards else "")
            for row in shown
        ],
        more_patients=len(found.patients) - len(shown),
        insurance=_row(found.total(found.payers), "Insurance"),
        patient=_row(found.total(found.patients), "Patients"),
        rates=rates(practice, on, total.total),
    )


def _row(row: Row, name: str) -> m.AgingRow:
    return m.AgingRow(
        key=row.key, name=name, cents=row.cents, credit_cents=row.credit, total_cents=row.total
    )


def rates(practice: PracticeId, on: dt.date, owed: int) -> m.Rates:
    """Days in A/R and collection rates, from the reports of the last closed days.

    days in A/R = what is owed / average charges of a day
    gross collection rate = paid / charged
    net collection rate = paid / (charged less what contracts take off)
    """
    days = [on - dt.timedelta(days=number) for number in range(_MEASURED_DAYS)]
    reports = [
        item.report
        for item in ClosedDayItem.batch_get([(day_key(practice, day), CLOSED) for day in days])
    ]
    charged = sum(int(report.get("charges", 0)) for report in reports)
    paid = sum(int(report.get("paid", 0)) for report in reports)
    contracts = sum(int(report.get("contractual", 0)) for report in reports)
    span = _span(reports)
    return m.Rates(
        closed_days=len(reports),
        days_in_ar=round(owed * span / charged) if charged > 0 and span else None,
        gross_percent=round(100 * paid / charged, 1) if charged > 0 else None,
        net_percent=round(100 * paid / (charged - contracts), 1) if charged > contracts else None,
    )


def _span(reports: list[dict[str, str]]) -> int:
    """Calendar days from the first closed day to the last, both counted."""
    days = sorted(dt.date.fromisoformat(report["day"]) for report in reports)
    return (days[-1] - days[0]).days + 1 if days else 0
