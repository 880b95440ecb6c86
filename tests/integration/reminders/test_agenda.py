"""The providers' morning e-mail."""

from __future__ import annotations

from datetime import datetime

import pytest

from caresmith.messages.records import MessageRecord, conversation_key, open_body
from tests.integration.reminders.conftest import NEW_YORK, Scene, phone
from tests.support.practices import provider, put


@pytest.fixture(autouse=True)
def ana_reads_mail(scene: Scene) -> None:
    ana = provider(scene.small.ana, "Ana", (scene.small.east, scene.small.central))
    put(scene.practice, ana.model_copy(update={"email": "ana@example.org"}))


def agendas(scene: Scene, who: str = "") -> list[MessageRecord]:
    key = conversation_key(scene.practice, who or scene.small.ana)
    return list(MessageRecord.query(key, MessageRecord.sk.startswith("message#")))


def at(hour: int, minute: int = 0, day: int = 3) -> datetime:
    return datetime(2037, 3, day, hour, minute, tzinfo=NEW_YORK)


def test_the_days_visits_by_time_with_initials_and_no_names(scene: Scene) -> None:
    jo = scene.patient(phone(), given="Jo", family="Doe")
    li = scene.patient(given="丽", family="王")
    scene.visit(at(14, 30), jo, confirmed=True)
    scene.visit(at(9), li)
    scene.visit(at(10), jo, status="cancelled")
    scene.visit(at(9, day=4), jo)
    scene.deliver("AgendaDue", day="2037-03-03")
    (message,) = agendas(scene)
    body = open_body(scene.practice, message)
    assert body.address == "ana@example.org"
    assert body.subject == "Your agenda for Tue, Mar 3"
    assert body.text == (
        "Small, Tue, Mar 3: 2 visits\n\n"
        " 9:00 AM  Visit · 丽.王. · East\n"
        " 2:30 PM  Visit · J.D. · East · confirmed\n\n"
        "https://caresmith.test/console/scheduling?date=2037-03-03"
    )
    assert "Doe" not in body.text


def test_the_agenda_of_a_day_leaves_once(scene: Scene) -> None:
    scene.visit(at(9), scene.patient())
    for _ in range(3):
        scene.deliver("AgendaDue", day="2037-03-03")
    assert len(agendas(scene)) == 1
    assert [kind for kind, _ in scene.told()] == ["MessageQueued"]


def test_without_visits_or_an_address_nothing_leaves(scene: Scene) -> None:
    scene.visit(at(9), scene.patient(), provider_id=scene.small.ben)
    scene.deliver("AgendaDue", day="2037-03-03")
    assert agendas(scene) == agendas(scene, scene.small.ben) == []


def test_a_place_in_another_zone_is_told_by_its_own_clock(scene: Scene) -> None:
    scene.visit(at(9), scene.patient(), location_id=scene.small.central)
    scene.deliver("AgendaDue", day="2037-03-03")
    (message,) = agendas(scene)
    assert " 8:00 AM  Visit" in open_body(scene.practice, message).text
    assert message.useless_after == "2037-03-04T05:00:00Z"
