"""A chart of thousands of entries, as decades of illness leave one, for measuring."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from caresmith.clock import to_text
from caresmith.ids import PatientId, PracticeId, ProviderId
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import ICD10CM, LOINC, RXNORM, Coding, Concept, Quantity
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import (
    CONTENT,
    ChartEntry,
    WhereItem,
    chart_key,
    now_key,
    past_key,
    where_key,
)
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.observation import Observation, Vitals
from caresmith.records.clinical.order import Order, OrderCategory
from caresmith.records.clinical.planning import RequestStatus, Task, TaskStatus
from caresmith.records.clinical.report import Report
from caresmith.sealing import Sealer
from caresmith.settings import Domain

START: Final = date(2001, 1, 8)
AT: Final = datetime(2026, 1, 8, 15, tzinfo=UTC)
NOW: Final[dict[str, int]] = {
    "problem": 12,
    "allergy": 4,
    "medication": 14,
    "order": 5,
    "report": 6,
    "task": 4,
    "vitals": 1,
}
"""How many of each matter now: a patient with many illnesses."""


def _concept(system: str, code: str, text: str) -> Concept:
    return Concept(codings=(Coding(system=system, code=code),), text=text)


def _problem(number: int, day: date, *, now: bool) -> Content:
    ended = {} if now else {"clinical_status": ClinicalStatus.RESOLVED, "abatement": str(day)}
    code = _concept(ICD10CM, f"E{10 + number % 80}.9", f"Problem {number}")
    return Condition(code=code, onset="2001", **ended)


def _allergy(number: int, day: date, *, now: bool) -> Content:
    status = "active" if now else "resolved"
    substance = _concept(RXNORM, str(700 + number), f"Substance {number}")
    return Allergy.model_validate(
        {"substance": substance.model_dump(), "clinical_status": status, "onset": str(day)}
    )


def _medication(number: int, day: date, *, now: bool) -> Content:
    return Medication(
        drug=_concept(RXNORM, str(860_000 + number), f"Drug {number} 10 mg oral tablet"),
        status=MedicationStatus.ACTIVE if now else MedicationStatus.COMPLETED,
        sig="Take one tablet by mouth twice a day with food",
        started=str(day),
    )


def _order(number: int, day: date, *, now: bool) -> Content:
    return Order(
        code=_concept(LOINC, "4548-4", "Hemoglobin A1c"),
        category=OrderCategory.LAB,
        status=RequestStatus.ACTIVE if now else RequestStatus.COMPLETED,
        ordered_at=datetime.combine(day, AT.timetz()),
        requester_id=ProviderId.derived("bench", str(number % 3)),
    )


def _report(number: int, day: date, *, now: bool) -> Content:
    a1c = _value("4548-4", "Hemoglobin A1c", Decimal(50 + number % 60) / 10, "%")
    reviewed: dict[str, Any] = {} if now else {"reviewed_by": "bench", "reviewed_at": AT}
    return Report(
        code=_concept(LOINC, "4548-4", "Hemoglobin A1c"),
        collected_at=datetime.combine(day, AT.timetz()),
        observations=(a1c,),
        **reviewed,
    )


def _task(number: int, day: date, *, now: bool) -> Content:
    status = TaskStatus.REQUESTED if now else TaskStatus.COMPLETED
    return Task(what=f"Call about result {number}", status=status, due=day)


def _vitals(number: int, day: date, *, now: bool) -> Content:  # noqa: ARG001 - one signature
    pressure = (
        _value("8480-6", "Systolic", Decimal(110 + number % 50), "mm[Hg]"),
        _value("8462-4", "Diastolic", Decimal(65 + number % 30), "mm[Hg]"),
        _value("8867-4", "Heart rate", Decimal(60 + number % 40), "/min"),
        _value("29463-7", "Weight", Decimal(80), "kg"),
    )
    return Vitals(at=datetime.combine(day, AT.timetz()), measurements=pressure)


def _value(code: str, text: str, value: Decimal, unit: str) -> Observation:
    return Observation(code=_concept(LOINC, code, text), quantity=Quantity(value=value, unit=unit))


_MAKERS: Final[dict[str, Callable[..., Content]]] = {
    "problem": _problem,
    "allergy": _allergy,
    "medication": _medication,
    "order": _order,
    "report": _report,
    "task": _task,
    "vitals": _vitals,
}


def _contents(count: int) -> Iterator[tuple[Content, bool]]:
    """Each content with whether it matters now."""
    for kind, several in NOW.items():
        for number in range(several):
            yield _MAKERS[kind](number, START, now=True), True
    for number in range(count - sum(NOW.values())):
        kind = ("vitals", "report", "order", "medication", "problem")[number % 5]
        day = START + timedelta(days=number * 4)
        yield _MAKERS[kind](number, day, now=False), False


def write_chart(practice: PracticeId, patient: PatientId, count: int) -> int:
    """Write ``count`` entries beside the front door, in batches; returns how many matter now."""
    sealer = Sealer(practice, Domain.CLINICAL)
    key, at = chart_key(practice, patient), to_text(AT)
    shown = 0
    made = _contents(count)
    while batch := list(itertools.islice(made, 12)):
        with ChartEntry.batch_write() as entries, WhereItem.batch_write() as places:
            for content, now in batch:
                entry = content.id_type.new()
                day = content.day or START
                sort_key = (now_key if now else _past(day))(content.kind, entry)
                shown += now
                entries.save(
                    ChartEntry(
                        key,
                        sort_key,
                        kind=content.kind,
                        entry_id=entry,
                        patient_id=patient,
                        status=content.status_code,
                        day=day.isoformat(),
                        version=1,
                        recorded_at=at,
                        recorded_by="bench",
                        changed_at=at,
                        changed_by="bench",
                        content=sealer.seal(entry, CONTENT, content),
                    )
                )
                if not now:
                    places.save(WhereItem(key, where_key(entry), at=sort_key))
    return shown


def _past(day: date) -> Callable[..., str]:
    return lambda kind, entry: past_key(kind, day, entry)
