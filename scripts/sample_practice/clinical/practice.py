"""The charts of all patients together, and the few results that can't wait."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from caresmith.ids import PatientId, ProviderId
from scripts.sample_practice.clinical.charted import Charted
from scripts.sample_practice.clinical.laboratory import Draw, report_of
from scripts.sample_practice.clinical.pregnancies import settle_reasons
from scripts.sample_practice.clinical.telling import tell
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PROVIDERS

_ALARMS: Final = (
    ("fibrillation", "inr", "inr", (6.2, 7.4)),
    ("ckd", "cmp", "potassium", (6.4, 6.8)),
    ("diabetes", "cmp", "glucose", (412, 486)),
    ("anemia", "cbc", "hgb", (6.2, 6.8)),
)
"""Whose panel has which value so far out that somebody is called."""


def settle(patients: Sequence[SamplePatient], tales: Sequence[Tale]) -> None:
    """Make the reasons of bookings fit each other, patient by patient."""
    by_patient = _by_patient(tales)
    for patient in patients:
        settle_reasons(patient, by_patient[patient.patient_id])


def tell_charts(
    patients: Sequence[SamplePatient], tales: Sequence[Tale], now: dt.datetime
) -> list[Charted]:
    """The charts of all who came until ``now``."""
    by_patient = _by_patient(tales)
    charts = [tell(patient, by_patient[patient.patient_id], now) for patient in patients]
    _raise_alarms(charts, now)
    return [chart for chart in charts if chart.entries]


def _by_patient(tales: Sequence[Tale]) -> dict[PatientId, list[Tale]]:
    found: dict[PatientId, list[Tale]] = defaultdict(list)
    for tale in sorted(tales, key=lambda one: (one.visit.start, one.visit.appointment_id)):
        for patient in tale.visit.patient_ids:
            found[patient].append(tale)
    return found


def _raise_alarms(charts: Sequence[Charted], now: dt.datetime) -> None:
    """One result of each kind of the last day, for patients of the clinician who can log in."""
    dice, clinician = Dice("alarms"), PROVIDERS["okafor"].id
    for illness, panel, analyte, (low, high) in _ALARMS:
        able = [c for c in charts if c.entries and c.life.has(illness, now.date())]
        able = [c for c in able if panel != "inr" or c.body.takes("warfarin")]
        able.sort(key=lambda chart: (_provider(chart) != clinician, chart.patient_id))
        for chart in able[:1]:
            at = now - dt.timedelta(hours=dice.uniform(20, 27))
            chart.body.force(analyte, at.date(), round(dice.uniform(low, high), 1))
            provider = _provider(chart) or clinician
            filed = report_of(Draw(panel, at), chart.body, dice, provider, None)
            issued = min(filed.issued, now - dt.timedelta(minutes=dice.randrange(25, 300)))
            chart.results.append(filed.issued_at(issued))


def _provider(chart: Charted) -> ProviderId | None:
    return chart.life.patient.registration.preferred_provider_id
