"""Who pays for a patient on a day: the chart's policies, and whose they are in the directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from caresmith.audit import audit
from caresmith.errors import invalid
from caresmith.ids import CoverageId, PatientId, PayerId, PracticeId
from caresmith.records.coverage import CoverageRead, CoveredChart, covered_chart
from caresmith.records.revenue.payer import Directory, Payer, payer_directory
from caresmith.records.revenue.paying import payers_by_chart
from caresmith.records.revenue.sheet import Accident, WhoPays


@dataclass(frozen=True)
class Paying:
    """The chart that stands for the patient, and who pays."""

    chart: CoveredChart
    directory: Directory

    @property
    def patient_id(self) -> PatientId:
        return self.chart.patient_id

    def valid(self, coverages: Sequence[CoverageId], day: dt.date) -> bool:
        """Whether all of them are the patient's and hold on the day."""
        held = {one.coverage_id for one in self.chart.on(day)}
        return held.issuperset(coverages)

    def coverages(
        self,
        who: WhoPays,
        chosen: Sequence[CoverageId],
        day: dt.date,
        accident: Accident | None = None,
    ) -> tuple[CoverageId, ...]:
        """By the chart an accident's insurers are asked of that accident alone.

        Raises InvalidRequest for one that is not the patient's or does not hold that day."""
        if who is WhoPays.PATIENT:
            return ()
        if who is WhoPays.CHART:
            found = payers_by_chart(self.chart, self.directory, day, accident)
            return tuple(one.coverage_id for one in found)
        if not self.valid(chosen, day):
            raise invalid("coverages", "are policies of the patient that hold on the day")
        return tuple(chosen)

    def policy(self, coverage: CoverageId) -> CoverageRead | None:
        return next((c for c in self.chart.coverages if c.coverage_id == coverage), None)

    def payer(self, coverages: Sequence[CoverageId]) -> Payer | None:
        """Of the first policy; None where there is none, or the directory does not know it."""
        policy = self.policy(coverages[0]) if coverages else None
        return self.directory.of(policy) if policy else None

    def payer_id(self, coverages: Sequence[CoverageId]) -> PayerId | None:
        payer = self.payer(coverages)
        return payer.payer_id if payer else None


def paying(practice: PracticeId, patient: PatientId) -> Paying:
    """Two queries, and one more for a merged chart. Raises NotFound."""
    audit().about(patient)
    chart = covered_chart(practice, patient)
    audit().about(chart.patient_id)
    return Paying(chart, payer_directory(practice))
