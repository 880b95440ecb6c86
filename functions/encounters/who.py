"""Whose chart it is, as the top of each page says it: read from the patients' table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from caresmith.audit import audit
from caresmith.errors import NotFound
from caresmith.ids import PatientId, PracticeId
from caresmith.measures.age import age
from caresmith.records.patient import CHART, Chart, Patient, chart_key, open_groups
from caresmith.sealing import Sealer
from caresmith.settings import Domain


@dataclass(frozen=True)
class Who:
    """A person as the chart's header shows them."""

    chart: Chart

    @property
    def patient_id(self) -> PatientId:
        return self.chart.patient_id

    @property
    def name(self) -> str:
        return self.chart.demographics.main_name().full()

    @property
    def alerts(self) -> list[str]:
        return list(self.chart.demographics.alerts)

    def age(self, today: dt.date) -> str:
        """``41 years``; of somebody who died, the age then."""
        about = self.chart.demographics
        return age(about.birth_date, max(about.birth_date, about.deceased_on or today)).words


def who(practice: PracticeId, patient: PatientId) -> Who:
    """One read. Raises NotFound."""
    audit().about(patient)
    for head in Patient.batch_get([(chart_key(practice, patient), CHART)], consistent_read=True):
        return Who(open_groups(Sealer(practice, Domain.PATIENTS), head))
    raise NotFound
