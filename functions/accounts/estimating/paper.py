"""An estimate on paper, with everything that 149.610(c)(1) asks for."""

from __future__ import annotations

import datetime as dt
from typing import Final

from pydantic import BaseModel, ConfigDict

from caresmith.money import Money
from caresmith.records.practice import PracticeSetup
from functions.accounts import models as m
from functions.accounts import wording
from functions.accounts.pdf import Sheet, letterhead, noon, phone_of

CONTENT: Final = "content"
SUBSTANTIALLY: Final = 400_00
"""45 CFR 149.620(a)(2)(ii): so many cents above the estimate, and more, may be disputed."""


class Line(BaseModel):
    """One service with what it is expected to cost, in cents."""

    model_config = ConfigDict(extra="forbid")

    code: str
    words: str
    units: int
    charge: Money
    usual: Money | None = None
    """By the standard charges, before anything is given off."""


class EstimateContent(BaseModel):
    """Sealed group ``content``."""

    model_config = ConfigDict(extra="forbid")

    request: m.EstimateRequest
    lines: tuple[Line, ...] = ()
    """As they were priced; none in estimates of earlier releases, whose request has charges."""
    patient_name: str
    birth_date: dt.date

    @property
    def total(self) -> Money:
        return Money(sum(line.charge.cents for line in self.lines))


def pdf(content: EstimateContent, setup: PracticeSetup, day: dt.date, tax_id: str) -> bytes:
    """The file that the patient gets."""
    sheet = Sheet("Good-faith estimate", noon(day, setup))
    sheet.beside(letterhead(setup), [f"Date: {wording.day(day)}"])
    sheet.space(4)
    sheet.text("Good-faith estimate of what your care will cost", size=15, bold=True)
    sheet.space(2)
    sheet.facts(_facts(content, setup, tax_id))
    sheet.heading("What we expect")
    _lines(sheet, content)
    sheet.space(2)
    sheet.text(f"Expected in all: {content.total}", size=12, bold=True)
    sheet.text(
        f"You may dispute a bill of {Money(content.total.cents + SUBSTANTIALLY)} or more "
        "for these services.",
        size=9,
    )
    if content.request.separately:
        sheet.heading("To be scheduled separately")
        sheet.text(content.request.separately)
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


def _facts(content: EstimateContent, setup: PracticeSetup, tax_id: str) -> list[tuple[str, str]]:
    request = content.request
    provider = setup.providers[request.provider_id]
    wanted = [*([request.location_id] if request.location_id else []), *provider.location_ids]
    place = next((setup.locations[one] for one in wanted if one in setup.locations), None)
    return [
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


def _lines(sheet: Sheet, content: EstimateContent) -> None:
    """With the usual charges where something is given off them."""
    less = any(line.usual and line.usual != line.charge for line in content.lines)
    rows = [
        (
            line.words,
            line.code,
            str(line.units),
            *([str(line.usual) if line.usual else ""] if less else []),
            str(line.charge),
        )
        for line in content.lines
    ]
    head = ["Service", "Code", "How many"]
    if less:
        sheet.table(
            (*head, "Usual charge", "Expected charge"), rows, (75, 20, 20, 30, 35), right=(2, 3, 4)
        )
    else:
        sheet.table((*head, "Expected charge"), rows, (90, 25, 25, 40), right=(2, 3))


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
