"""The chart's summary: all that matters now, by one query, whatever the size of the chart."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.ids import PatientId
from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.charts import must_exist
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Content, Read
from caresmith.records.clinical.document import Document
from caresmith.records.clinical.encounter import VisitLine
from caresmith.records.clinical.entries import Present, open_entry, read_present
from caresmith.records.clinical.medication import Medication
from caresmith.records.clinical.observation import Vitals
from caresmith.records.clinical.order import Order
from caresmith.records.clinical.planning import CarePlan, Task
from caresmith.records.clinical.procedure import Procedure
from caresmith.records.clinical.report import Report

SHOWN: Final[dict[str, type[Content]]] = {
    "encounters": VisitLine,
    "problems": Condition,
    "allergies": Allergy,
    "medications": Medication,
    "vitals": Vitals,
    "procedures": Procedure,
    "care_plans": CarePlan,
    "tasks": Task,
    "orders": Order,
    "reports": Report,
    "documents": Document,
}
"""Each part of the summary with its kind."""


class Summary(BaseModel):
    """What whoever opens the chart must see, the worst first within each part."""

    model_config = ConfigDict(frozen=True)

    patient_id: PatientId
    merged_ids: list[PatientId]
    encounters: list[Read[VisitLine]]
    problems: list[Read[Condition]]
    allergies: list[Read[Allergy]]
    medications: list[Read[Medication]]
    vitals: list[Read[Vitals]]
    procedures: list[Read[Procedure]]
    care_plans: list[Read[CarePlan]]
    tasks: list[Read[Task]]
    orders: list[Read[Order]]
    reports: list[Read[Report]]
    documents: list[Read[Document]]


_WORST_FIRST: Final[dict[str, Any]] = {
    "allergies": lambda e: (e.content.criticality != "high", e.content.substance.words),
    "reports": lambda e: (("critical", "abnormal", "normal").index(e.content.flag), e.id),
    "tasks": lambda e: (e.content.due is None, str(e.content.due), e.id),
    "medications": lambda e: (e.content.drug.words.casefold(), e.id),
    "vitals": lambda e: (-e.content.at.timestamp(), e.id),
}


def summary(patient: PatientId, *, actor: Actor) -> Summary:
    """One query, and one more for each chart that was merged into this one. Raises NotFound."""
    practice = actor.practice_id
    audit().about(patient)
    present = read_present(practice, patient)
    if not present.entries and not present.merged_ids:
        must_exist(practice, patient)
    items = list(present.entries)
    for merged in present.merged_ids:
        audit().about(merged)
        items += read_present(practice, merged).entries
    everything = Present(items, present.merged_ids)
    parts: dict[str, Any] = {}
    for name, kind in SHOWN.items():
        read = [open_entry(practice, item, kind) for item in everything.of(kind.kind)]
        parts[name] = sorted(read, key=_WORST_FIRST.get(name, lambda e: e.id))
    # Two sittings written in the same moment are both marked as the latest.
    parts["vitals"] = parts["vitals"][:1]
    return Summary(patient_id=patient, merged_ids=present.merged_ids, **parts)
