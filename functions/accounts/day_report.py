"""The day's close on paper and as a table: what was charged, taken, counted, and what differs."""

from __future__ import annotations

import csv
import io

from caresmith.actor import Actor
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.payment import Method
from functions.accounts import models as m
from functions.accounts import wording
from functions.accounts.pdf import Sheet, letterhead, noon


def rows(day: m.Day) -> list[tuple[str, str, str]]:
    """The report as lines of section, what, amount."""
    found = [("Charges", "Charged", str(day.charges))]
    for one in day.methods:
        name = wording.METHODS[one.method]
        for what, amount in (
            ("taken", one.payments),
            ("voided", one.voids),
            ("returned", one.returns),
            ("refunded", one.refunds),
        ):
            if amount:
                found.append(("Patients' payments", f"{name}, {what}", str(amount)))
    found += [
        ("Patients' payments", "In all", str(day.patients_paid)),
        ("Insurance", "Deposits, less refunds", str(day.insurance_paid)),
    ]
    for what, amount in (
        ("Refunded to payers", day.payer_refunds),
        ("For claims of another system", day.other_system),
    ):
        if amount:
            found.append(("Insurance", what, str(amount)))
    found += [("Adjustments", one.words, str(one.amount)) for one in day.adjustments]
    for method, expected in day.expected.items():
        counted = day.counted.get(method)
        name = wording.METHODS[Method(method)]
        found.append(("Counted", f"{name}, by the books", str(expected)))
        if counted is not None:
            found.append(("Counted", f"{name}, counted", str(counted)))
            found.append(("Counted", f"{name}, difference", str(counted - expected)))
    return found


def report_csv(day: m.Day) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("Day", "Section", "What", "Amount"))
    for section, what, amount in rows(day):
        writer.writerow((day.day.isoformat(), section, what, amount))
    return out.getvalue().encode()


def report_pdf(day: m.Day, *, actor: Actor) -> bytes:
    setup = practice_setup(actor.practice_id)
    sheet = Sheet("Day close", noon(day.day, setup))
    state = "Closed" if day.closed_at else "Open"
    sheet.beside(letterhead(setup), [f"Books of {wording.day(day.day)}", state])
    sheet.heading(f"Day close of {wording.day(day.day)}")
    sheet.table(("Section", "What", "Amount"), rows(day), (45, 90, 40), right=(2,))
    if day.why:
        sheet.space()
        sheet.text(f"Difference explained: {day.why}")
    return sheet.bytes()
