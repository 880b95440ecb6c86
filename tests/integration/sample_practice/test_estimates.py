"""Of the sample some estimates are owed, and some were made and given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from caresmith.ids import EstimateId, PatientId
from caresmith.records.coverage import COVERAGE, CoverageItem
from caresmith.records.patient import chart_key
from functions.accounts.estimating.deadlines import BusinessDays, deadline
from scripts.sample_practice import loading
from scripts.sample_practice.estimates import write_estimates
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.people import SamplePatient
from tests.integration.sample_practice.conftest import Loaded
from tests.support.client import call


def work(loaded: Loaded) -> Any:
    reply = call("GET", "/accounts/estimates", caller=loaded.caller)
    assert reply.status == 200, reply.text
    return reply.json


def made(loaded: Loaded, tale: Tale) -> list[Any]:
    """The estimate of the visit, if the sample made one."""
    visit = tale.visit
    key = EstimateId.derived(loading.PRACTICE_ID, "sample estimate", visit.appointment_id)
    path = f"/accounts/patients/{visit.patient_ids[0]}/estimates/{key}"
    reply = call("GET", path, caller=loaded.caller)
    assert reply.status in (200, 404), reply.text
    return [reply.json] if reply.status == 200 else []


def in_time(loaded: Loaded, tale: Tale) -> bool:
    """Whether there is a deadline for an estimate of the visit, were it booked today."""
    setup = loaded.sample.setup
    day = tale.visit.start.astimezone(setup.zone_of(tale.visit.location_id)).date()
    today = setup.practice.day_at(loaded.now)
    found = deadline(BusinessDays(setup.practice), scheduled_on=today, service_day=day)
    return found is not None


def without_policies(loaded: Loaded, patient: PatientId) -> SamplePatient:
    """The patient, who has no insurance any more."""
    for item in CoverageItem.query(
        chart_key(loading.PRACTICE_ID, patient), CoverageItem.sk.startswith(COVERAGE)
    ):
        item.delete()
    found = next(one for one in loaded.patients if one.patient_id == patient)
    told = found.registration.model_copy(update={"coverages": []})
    return replace(found, registration=told)


@pytest.fixture(scope="module")
def uninsured(loaded: Loaded) -> dict[PatientId, Tale]:
    """Eight who come within the next weeks without a policy, judged once more for it."""
    visits: dict[PatientId, Tale] = {}
    for tale in loaded.ahead():
        if in_time(loaded, tale):
            visits.setdefault(tale.visit.patient_ids[0], tale)
    chosen = dict(list(visits.items())[:8])
    assert len(chosen) == 8
    people = [without_policies(loaded, one) for one in chosen]
    tales = [tale for tale in loaded.sample.tales if set(tale.visit.patient_ids) <= set(chosen)]
    write_estimates(loaded.sample.setup, people, tales, loaded.now)
    return chosen


def test_estimates_are_owed_made_and_given(
    loaded: Loaded, uninsured: dict[PatientId, Tale]
) -> None:
    listed = work(loaded)
    owed, to_give = listed["owed"], listed["to_give"]
    estimates = [one for tale in uninsured.values() for one in made(loaded, tale)]
    assert len(owed) >= 4
    assert 1 <= len(to_give) <= 2
    assert sum(bool(one["given"]) for one in estimates) >= 1
    assert all(one["in_time"] and one["expected"] > 0 for one in estimates)
    answered = {one["appointment_id"] for one in estimates} | {row["key"] for row in owed}
    assert {tale.visit.appointment_id for tale in uninsured.values()} <= answered
    assert not any(row["late"] for row in owed)


def test_loading_owes_one_for_each_visit_of_who_has_no_policy_on_its_day(loaded: Loaded) -> None:
    setup = loaded.sample.setup
    people = {one.patient_id: one for one in loaded.patients}
    wanted = set()
    for tale in loaded.ahead():
        day = tale.visit.start.astimezone(setup.zone_of(tale.visit.location_id)).date()
        policies = people[tale.visit.patient_ids[0]].registration.coverages
        if in_time(loaded, tale) and not any(one.holds_on(day) for one in policies):
            wanted.add(tale.visit.appointment_id)
    listed = {row["key"] for row in work(loaded)["owed"]}
    estimates = {one["appointment_id"] for tale in loaded.ahead() for one in made(loaded, tale)}
    assert wanted <= listed | estimates
