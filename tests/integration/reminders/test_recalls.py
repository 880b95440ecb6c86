"""Who is due again is invited: once, a few a day, and not who comes anyway."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import AppointmentId, PatientId
from caresmith.messages.records import MessageRecord, conversation_key
from caresmith.records.contact import Channel, Consent, ConsentSource, ConsentStatus
from caresmith.records.patient import ChartStatus
from functions.reminders.last_visits import last_visits
from tests.integration.reminders.conftest import AT_NOON, NEW_YORK, Scene, email, phone

A_YEAR_AGO = datetime(2036, 2, 20, 10, tzinfo=NEW_YORK)


@pytest.fixture(autouse=True)
def rules(scene: Scene) -> None:
    rule(scene)


def rule(scene: Scene, **given: Any) -> None:
    wellness = {"key": "wellness", "name": "Annual wellness", "after_days": 365}
    settings = {"recalls_per_day": 25, **given}
    recall = {**wellness, **settings.pop("recall", {})}
    scene.settings(recalls=[recall], **settings)


def was_here(scene: Scene, patient: PatientId, when: datetime, **given: Any) -> AppointmentId:
    visit = scene.visit(when, patient, status="checked-in", **given)
    scene.became(visit, "fulfilled")
    return visit


def due(scene: Scene, day: date | None = None) -> None:
    scene.deliver("RecallsDue", day=str(day or scene.clock.now().date()))


def invitations(scene: Scene, patient: PatientId) -> list[MessageRecord]:
    key = conversation_key(scene.practice, patient)
    found = MessageRecord.query(key, MessageRecord.sk.startswith("message#"))
    return [message for message in found if message.kind == "recall"]


@pytest.fixture
def jo(scene: Scene) -> PatientId:
    return scene.patient(phone(), email())


def test_who_was_last_here_a_year_ago_is_invited_once(scene: Scene, jo: PatientId) -> None:
    was_here(scene, jo, A_YEAR_AGO)
    for _ in range(3):
        due(scene)
    (message,) = invitations(scene, jo)
    assert (message.status, message.channel, message.zone) == ("queued", "sms", "America/New_York")
    told = [kind for kind, _ in scene.told()]
    assert sorted(told) == ["MessageQueued", "RecallSent"]


def test_who_was_here_later_is_not_due(scene: Scene, jo: PatientId) -> None:
    was_here(scene, jo, A_YEAR_AGO)
    was_here(scene, jo, A_YEAR_AGO + timedelta(days=200))
    due(scene)
    assert invitations(scene, jo) == []


def test_visits_told_out_of_order_leave_the_latest(scene: Scene, jo: PatientId) -> None:
    was_here(scene, jo, A_YEAR_AGO + timedelta(days=200))
    was_here(scene, jo, A_YEAR_AGO)
    due(scene)
    assert invitations(scene, jo) == []


def test_a_visit_that_was_a_mistake_counts_no_more(scene: Scene, jo: PatientId) -> None:
    first = was_here(scene, jo, A_YEAR_AGO)
    second = was_here(scene, jo, A_YEAR_AGO + timedelta(days=200))
    scene.became(second, "entered-in-error")
    known = last_visits(scene.practice, jo).visits
    assert known == {scene.small.visit: ["2036-02-20", first]}
    due(scene)
    assert len(invitations(scene, jo)) == 1


def test_who_has_a_visit_to_come_is_not_invited(scene: Scene, jo: PatientId) -> None:
    was_here(scene, jo, A_YEAR_AGO)
    scene.visit(AT_NOON + timedelta(days=90), jo)
    due(scene)
    assert invitations(scene, jo) == []


def test_another_kind_of_visit_does_not_count_for_the_rule(scene: Scene, jo: PatientId) -> None:
    rule(scene, recall={"type_ids": [scene.small.roomed]})
    was_here(scene, jo, A_YEAR_AGO, type_id=scene.small.roomed)
    was_here(scene, jo, AT_NOON - timedelta(days=9))
    due(scene)
    assert len(invitations(scene, jo)) == 1


def test_of_several_kinds_the_latest_visit_counts(scene: Scene, jo: PatientId) -> None:
    rule(scene, recall={"type_ids": [scene.small.roomed, scene.small.visit]})
    was_here(scene, jo, A_YEAR_AGO, type_id=scene.small.roomed)
    was_here(scene, jo, AT_NOON - timedelta(days=9))
    due(scene)
    assert invitations(scene, jo) == []


def test_the_day_has_a_limit_and_the_next_goes_on(scene: Scene) -> None:
    rule(scene, recalls_per_day=2)
    people = [scene.patient(phone(f"+1206555010{n}")) for n in range(5)]
    for number, patient in enumerate(people):
        was_here(scene, patient, A_YEAR_AGO - timedelta(days=number))
    counts = []
    for _ in range(4):
        due(scene)
        due(scene)
        counts.append(sum(len(invitations(scene, patient)) for patient in people))
        scene.wait(days=1)
    assert counts == [2, 4, 5, 5]


def test_who_does_not_come_is_invited_again_as_often_as_the_rule_says(
    scene: Scene, jo: PatientId
) -> None:
    was_here(scene, jo, A_YEAR_AGO)
    counts = []
    for _ in range(4):
        due(scene)
        counts.append(len(invitations(scene, jo)))
        scene.wait(days=59)
        due(scene)
        scene.wait(days=1)
    assert counts == [1, 2, 2, 2]


def test_without_consent_nobody_is_texted(scene: Scene) -> None:
    declined = Consent(status=ConsentStatus.DECLINED, source=ConsentSource.VERBAL)
    quiet = scene.patient(phone(consents={Channel.SMS: declined}))
    was_here(scene, quiet, A_YEAR_AGO)
    due(scene)
    assert invitations(scene, quiet) == []


def test_closed_charts_and_the_dead_are_left_alone(scene: Scene) -> None:
    archived = scene.patient(phone(), status=ChartStatus.ARCHIVED)
    dead = scene.patient(phone(), deceased=True)
    for patient in (archived, dead):
        was_here(scene, patient, A_YEAR_AGO)
    due(scene)
    assert invitations(scene, archived) == invitations(scene, dead) == []


def test_a_merged_chart_invites_its_survivor_unless_that_was_here(
    scene: Scene, jo: PatientId
) -> None:
    merged = scene.patient(phone(), merged_into=jo)
    was_here(scene, merged, A_YEAR_AGO)
    due(scene)
    assert len(invitations(scene, jo)) == 1
    al = scene.patient(phone("+12065550102"))
    other = scene.patient(phone(), merged_into=al)
    was_here(scene, other, A_YEAR_AGO)
    was_here(scene, al, AT_NOON - timedelta(days=9))
    scene.wait(days=1)
    due(scene)
    assert invitations(scene, al) == []


def test_a_rule_out_of_use_invites_nobody(scene: Scene, jo: PatientId) -> None:
    rule(scene, recall={"active": False})
    was_here(scene, jo, A_YEAR_AGO)
    due(scene)
    assert invitations(scene, jo) == []
