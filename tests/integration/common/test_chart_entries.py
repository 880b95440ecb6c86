"""The chart's entries on the real engine: moved, kept, found again, and never half written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.ids import AllergyId, PatientId, PracticeId, UserId
from caresmith.permissions import Role
from caresmith.records.clinical import entries
from caresmith.records.clinical.coding import ICD10CM, Coding, Concept
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.writing import ChartNotOpen, ChartWrites, WriteLost
from caresmith.records.patient import ChartStatus
from tests.support.practices import add_patient

NOW = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
ASTHMA = Condition(
    code=Concept(codings=(Coding(system=ICD10CM, code="J45.909"),), text="Asthma"), onset="2019"
)
GONE = ASTHMA.model_copy(
    update={"clinical_status": ClinicalStatus.RESOLVED, "abatement": "2026-02"}
)


@pytest.fixture
def actor(practice: PracticeId) -> Iterator[Actor]:
    someone = Actor(practice, UserId.new(), frozenset({Role.CLINICIAN}))
    with audited(AuditTrail(someone, "test.chart", FixedClock(NOW))):
        yield someone


@pytest.fixture
def patient(practice: PracticeId) -> PatientId:
    return add_patient(practice)


def test_a_problem_that_ends_leaves_the_summary_and_stays_in_the_history(
    actor: Actor, patient: PatientId
) -> None:
    writes = ChartWrites(actor, patient, NOW)
    first = writes.add(ASTHMA)
    writes.commit()
    present = entries.read_present(actor.practice_id, patient)
    assert [entry.entry_id for entry in present.entries] == [first.entry_id]

    writes = ChartWrites(actor, patient, NOW)
    ended = writes.replace(present.entries[0], GONE)
    writes.commit()
    assert entries.read_present(actor.practice_id, patient).entries == []
    [past] = entries.read_past(actor.practice_id, patient, Kind.CONDITION)
    assert past.sk == f"past#condition#2026-02-01#{first.entry_id}"
    read = entries.open_entry(actor.practice_id, past, Condition)
    assert (read.version, read.content) == (2, GONE)
    [former] = entries.former_versions(ended)
    assert entries.open_entry(actor.practice_id, former, Condition).content == ASTHMA


def test_an_entry_is_found_by_its_id_now_and_past_and_again_when_it_comes_back(
    actor: Actor, patient: PatientId
) -> None:
    writes = ChartWrites(actor, patient, NOW)
    entry = writes.add(ASTHMA)
    writes.commit()
    for content in (GONE, GONE.model_copy(update={"abatement": "2025"}), ASTHMA):
        writes = ChartWrites(actor, patient, NOW)
        entry = writes.replace(entry, content)
        writes.commit()
        found = entries.find_entry(
            actor.practice_id, [patient], Kind.CONDITION, Condition.id_type(entry.entry_id)
        )
        assert found is not None
        assert entries.open_entry(actor.practice_id, found, Condition).content == content
    assert len(entries.former_versions(entry)) == 3
    assert len(list(entries.read_past(actor.practice_id, patient, Kind.CONDITION))) == 0
    stranger = entries.find_entry(actor.practice_id, [patient], Kind.ALLERGY, AllergyId.new())
    assert stranger is None


def test_of_two_who_change_the_same_version_the_second_is_told_and_changes_nothing(
    actor: Actor, patient: PatientId
) -> None:
    writes = ChartWrites(actor, patient, NOW)
    entry = writes.add(ASTHMA)
    writes.commit()
    first, second = ChartWrites(actor, patient, NOW), ChartWrites(actor, patient, NOW)
    first.replace(entry, GONE)
    second.replace(entry, ASTHMA.model_copy(update={"onset": "2018"}))
    first.commit()
    with pytest.raises(WriteLost):
        second.commit()
    [past] = entries.read_past(actor.practice_id, patient, Kind.CONDITION)
    assert entries.open_entry(actor.practice_id, past, Condition).content == GONE
    assert entries.read_present(actor.practice_id, patient).entries == []


@pytest.mark.parametrize("status", [ChartStatus.ARCHIVED, None])
def test_nothing_is_written_in_a_chart_that_is_archived_or_unknown(
    actor: Actor, status: ChartStatus | None
) -> None:
    patient = add_patient(actor.practice_id, status=status) if status else PatientId.new()
    writes = ChartWrites(actor, patient, NOW)
    writes.add(ASTHMA)
    with pytest.raises(ChartNotOpen):
        writes.commit()
    assert entries.read_present(actor.practice_id, patient).entries == []


def test_a_page_of_a_history_goes_on_where_the_last_one_ended(
    actor: Actor, patient: PatientId
) -> None:
    writes = ChartWrites(actor, patient, NOW)
    for year in range(2001, 2011):
        writes.add(GONE.model_copy(update={"onset": "2000", "abatement": f"{year}-07-01"}))
    writes.commit()

    def page(**asked: object) -> list[str]:
        found = entries.read_past(actor.practice_id, patient, Kind.CONDITION, **asked)  # type: ignore[arg-type]
        return [entry.sk for entry in found]

    whole = page()
    assert whole == sorted(whole, reverse=True)
    first = page(limit=4)
    assert first + page(limit=4, before=first[-1]) == whole[:8]
    between = page(first=date(2003, 7, 1), last=date(2005, 7, 1))
    assert [key[15:19] for key in between] == ["2005", "2004", "2003"]
