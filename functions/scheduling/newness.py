"""Who is a new patient: what kinds of visits for new patients are kept for.

New is who was not seen, within the three years before, by a provider of the
same specialty of this practice (AMA CPT, Evaluation and Management guidelines,
"New and Established Patients"); a claim for a new patient's visit is denied
otherwise. The calendar knows whom the practice has seen, not whom it saw before
it came here: so it says who is not new, and never that somebody is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from dateutil.relativedelta import relativedelta

from caresmith.ids import PatientId, ProviderId
from caresmith.records.practice import AppointmentType, PracticeSetup
from functions.scheduling.errors import NotNew
from functions.scheduling.status import Status
from functions.scheduling.views import patient_visits

_YEARS: Final = 3


def must_be_new(
    setup: PracticeSetup,
    visit_type: AppointmentType,
    patient: PatientId,
    provider: ProviderId,
    start: datetime,
) -> None:
    """Raises NotNew where the visit is for new patients and this one was seen before."""
    if visit_type.patients != "new":
        return
    since = start - relativedelta(years=_YEARS)
    for visit in patient_visits(setup.practice.id, patient, since, start):
        saw = setup.providers.get(visit.provider_id)
        same = saw is not None and saw.taxonomy == setup.providers[provider].taxonomy
        if visit.status is Status.FULFILLED and same:
            raise NotNew
