"""Reading all that a claim is made of and judged by: a handful of queries for each sheet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from caresmith.audit import audit
from caresmith.ids import CoverageId, PatientId, PracticeId, SheetId
from caresmith.records.coverage import CoverageRead, CoveredChart, covered_chart
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.authorization import AuthorizationRead, authorizations_of
from caresmith.records.revenue.payer import Directory, Payer, payer_directory
from caresmith.records.revenue.paying import is_casualty, payers_by_chart
from caresmith.records.revenue.sheet import SheetContent, SheetItem, WhoPays, get_sheet, open_sheet
from functions.claims.adjudicated import prior_answers
from functions.claims.drafting.material import Material, Payee
from functions.claims.patient_paid import patient_paid
from functions.claims.price_book import PriceBook


@dataclass(frozen=True)
class Practice:
    """What is the same for every claim of a practice: read once for many."""

    setup: PracticeSetup
    directory: Directory
    prices: PriceBook


def of_practice(practice: PracticeId) -> Practice:
    return Practice(practice_setup(practice), payer_directory(practice), PriceBook(practice))


@dataclass(frozen=True)
class Person:
    """What is the same for every claim of a patient: read once for many."""

    chart: CoveredChart
    authorizations: tuple[AuthorizationRead, ...]


def of_person(practice: PracticeId, patient: PatientId) -> Person:
    """Raises NotFound where the chart is no more."""
    chart = covered_chart(practice, patient)
    return Person(chart, authorizations_of(practice, chart.charts))


def sheet_named(practice: PracticeId, sheet: SheetId) -> SheetItem | None:
    """The sheet, its patient named to the audit trail; None where there is none."""
    item = get_sheet(practice, sheet)
    if item is not None:
        audit().about(PatientId(item.patient_id))
        audit().record(item.sheet_id)
    return item


def gather(
    practice: PracticeId, sheet: SheetItem, known: Practice, person: Person | None = None
) -> Material:
    """``person`` is the sheet's; read where it is not given.

    Raises NotFound where the patient's chart is no more.
    """
    content = open_sheet(practice, sheet)
    patient = person or of_person(practice, PatientId(sheet.patient_id))
    chart = patient.chart
    policies = {one.coverage_id: one for one in chart.coverages}
    payees = {
        turn: Payee(policies[coverage], known.directory.of(policies[coverage]))
        for turn, coverage in enumerate(content.coverages, 1)
        if coverage in policies
    }
    answers = prior_answers(practice, sheet) if len(content.coverages) > 1 else {}
    return Material(
        sheet_id=SheetId(sheet.sheet_id),
        patient_id=PatientId(sheet.patient_id),
        content=content,
        chart=chart,
        payees=payees,
        setup=known.setup,
        answers=answers,
        patient_paid=patient_paid(practice, sheet),
        order=_order(content, chart, known.directory, dt.date.fromisoformat(sheet.day)),
        prices=known.prices,
        authorizations=patient.authorizations,
    )


def _order(
    content: SheetContent, chart: CoveredChart, directory: Directory, day: dt.date
) -> dict[CoverageId, int]:
    if content.who_pays is not WhoPays.CHART:
        return {one: place for place, one in enumerate(content.coverages, 1)}
    found = payers_by_chart(chart, directory, day, content.accident)
    return {one.coverage_id: _place(one, directory.of(one)) for one in found}


def _place(policy: CoverageRead, payer: Payer | None) -> int:
    """An accident's insurer pays before the first of the health plans."""
    return 0 if is_casualty(policy, payer.facts if payer else None) else policy.order


def turn_of(material: Material, coverage: str) -> int | None:
    """At which turn the sheet has this coverage now."""
    for turn, one in enumerate(material.content.coverages, 1):
        if one == CoverageId(coverage):
            return turn
    return None
