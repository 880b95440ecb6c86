"""What the sample writes is what the features write: the same steps, the same items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import boto3
import pytest

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.settings import Domain, table_name
from functions.patients import service as charts
from functions.scheduling import booking, visits
from functions.scheduling.models import Appointment, BookingRequest, CancelRequest, FlowRequest
from functions.scheduling.status import Flow, Status
from scripts.sample_practice import loading
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.calendars import write_visits
from scripts.sample_practice.fates import DESK, NURSE
from scripts.sample_practice.lifecycle import Tale
from tests.integration.sample_practice.conftest import this_minute

QUIET = Size(
    patients=50, past_days=60, future_days=1, past_visits=200, future_visits=0, waiting=0, charts=0
)
P = loading.PRACTICE_ID


@pytest.fixture(scope="module")
def tales(aws: str) -> list[Tale]:
    """Visits of the sample whose practice and patients are there, and nothing of the calendar."""
    loading.remove()
    now = this_minute()
    loading.load(now, QUIET)
    remove_calendar()
    return loading.make_sample(now, QUIET).tales


def remove_calendar() -> None:
    from scripts.sample_practice.bulk import delete_where_key_begins

    delete_where_key_begins(P, (Domain.SCHEDULE,))


def calendar_items() -> list[dict[str, Any]]:
    """All of the practice's calendar but its outbox, without ids, seals and order."""
    client = boto3.client("dynamodb")
    found = client.scan(TableName=table_name(Domain.SCHEDULE), ConsistentRead=True)["Items"]
    mine = [item for item in found if item["pk"]["S"].startswith(P)]
    return [item for item in mine if item.get("entity") != {"S": "event"}]


def comparable(items: list[dict[str, Any]], appointment: str) -> list[dict[str, Any]]:
    """Ids of the visit by one name; of what is sealed only that it is there."""
    short = appointment[-12:]
    plain = []
    for item in items:
        text = {
            name: str(value).replace(appointment, "<visit>").replace(short, "<short>")
            for name, value in item.items()
            if name != "sealed"
        }
        plain.append({**text, "sealed": "sealed" in item})
    return sorted(plain, key=lambda item: (item["pk"], item["sk"]))


def relive(tale: Tale) -> Appointment:
    """Take the very steps of the tale through the scheduling feature, each at its instant."""
    visit = tale.visit
    request = BookingRequest(
        type_id=visit.type_id,
        provider_id=visit.provider_id,
        location_id=visit.location_id,
        start=visit.start,
        room_id=visit.room_id,
        patient_id=visit.patient_ids[0],
        note=tale.details.note,
    )
    done: Appointment | None = None
    for entry in visit.history:
        actor = NURSE if entry.by == NURSE.user_id else DESK
        at = datetime.fromisoformat(entry.at)
        with acting_as(actor), audited(AuditTrail(actor, "relive", FixedClock(at))):
            if done is None:
                done = booking.book(request, actor=actor, now=at)
                continue
            done = step(done, entry.what, entry.after, actor, at)
    assert done is not None
    return done


def step(done: Appointment, what: str, after: str, actor: Actor, at: datetime) -> Appointment:
    known = done.appointment_id
    if what == "confirmed":
        return visits.confirm(known, actor=actor, now=at)
    if what == "cancelled":
        return visits.cancel(
            known, CancelRequest.model_validate({"reason": after}), actor=actor, now=at
        )
    if what == "flow":
        return visits.move_flow(known, FlowRequest(flow=Flow(after)), actor=actor, now=at)
    assert what == "status"
    return visits.change_status(known, Status(after), actor=actor, now=at)


@pytest.mark.parametrize("ending", ["fulfilled", "noshow", "cancelled"])
def test_a_visit_s_items_are_those_that_the_feature_leaves(tales: list[Tale], ending: str) -> None:
    tale = max(
        (t for t in tales if t.visit.status == ending and len(t.visit.patient_ids) == 1),
        key=lambda t: (t.visit.room_id is not None, t.visit.version),
    )
    remove_calendar()
    reached = relive(tale)
    by_feature = comparable(calendar_items(), reached.appointment_id)
    remove_calendar()
    with Bulk() as bulk:
        write_visits(bulk, P, [tale])
    by_sample = comparable(calendar_items(), tale.visit.appointment_id)
    assert by_sample == by_feature
    assert len(by_sample) >= 5


def test_a_chart_s_items_are_those_that_the_feature_leaves(tales: list[Tale]) -> None:
    now = this_minute()
    patient = loading.make_sample(now, QUIET).patients[0]
    at = patient.registered_at
    with acting_as(DESK), audited(AuditTrail(DESK, "relive", FixedClock(at))):
        again = charts.register(patient.registration, actor=DESK, now=at)
    assert shape(again.patient_id) == shape(patient.patient_id)


def shape(patient: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Which items a patient has, with their attributes; timelines of visits left out."""
    client = boto3.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=table_name(Domain.PATIENTS))
    found = []
    for item in (item for page in pages for item in page["Items"]):
        mine = patient in item["pk"]["S"] or patient in item["sk"]["S"]
        of_visit = item.get("kind", {}).get("S", "").startswith("Appointment")
        owned = item.get("patient_id", {}).get("S") == patient
        if not (mine or owned) or of_visit or item["entity"]["S"] == "event":
            continue
        kind = item["entity"]["S"]
        version = item.get("version", {}).get("N", "")
        # The tokens are keyed by the practice's own key: equal values, equal tokens.
        found.append((item["pk"]["S"] if kind == "find" else kind, tuple(sorted(item)), version))
    return sorted(found)
