"""The sample, once loaded, is there for everybody who comes through the front door."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pyotp

from caresmith.permissions import Role
from caresmith.users import find_user
from scripts.sample_practice import loading
from scripts.sample_practice.premises import PLACES, PRACTICE, PROVIDERS
from scripts.sample_practice.staff import CLINICIAN, STAFF
from tests.integration.sample_practice.conftest import Loaded
from tests.support.client import call


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


# -- calendar ------------------------------------------------------------------


def test_calendar_shows_exactly_the_visits_of_the_sample(loaded: Loaded) -> None:
    first = (loaded.now - timedelta(days=15)).date().isoformat()
    query = {"first": first, "days": "30"}
    reply = call("GET", "/calendar", caller=loaded.caller, query=query)
    assert reply.status == 200, reply.text
    shown = {visit["appointment_id"]: visit for visit in reply.json["appointments"]}
    assert set(shown) == {tale.visit.appointment_id for tale in loaded.sample.tales}
    for tale in loaded.sample.tales:
        visit = shown[tale.visit.appointment_id]
        assert visit["status"] == tale.visit.status
        assert instant(visit["start"]) == tale.visit.start
        assert [a["name"] for a in visit["details"]["attendees"]] == [
            a.name for a in tale.details.attendees
        ]


def test_each_visit_can_be_read_with_its_whole_story(loaded: Loaded) -> None:
    for tale in loaded.sample.tales[::7]:
        path = f"/appointments/{tale.visit.appointment_id}"
        reply = call("GET", path, caller=loaded.caller)
        assert reply.status == 200, reply.text
        assert reply.json["version"] == tale.visit.version
        assert [step["what"] for step in reply.json["history"]] == [
            entry.what for entry in tale.visit.history
        ]


def test_a_visit_s_time_can_be_booked_only_once_it_is_cancelled(loaded: Loaded) -> None:
    tale = loaded.ahead()[0]
    visit = tale.visit
    other = next(
        p for p in loaded.patients if p.patient_id not in visit.patient_ids and not p.archived_at
    )
    booking = {
        "type_id": visit.type_id,
        "provider_id": visit.provider_id,
        "location_id": visit.location_id,
        "start": iso(visit.start),
        "patient_id": other.patient_id,
    }
    taken = call("POST", "/appointments", caller=loaded.caller, json_body=booking)
    assert taken.status == 409, taken.text

    path = f"/appointments/{visit.appointment_id}/cancel"
    seen = {"if-match": f'"{visit.version}"'}
    body = {"reason": "pat"}
    cancelled = call("POST", path, caller=loaded.caller, json_body=body, headers=seen)
    assert cancelled.status == 200, cancelled.text

    free = call("POST", "/appointments", caller=loaded.caller, json_body=booking)
    assert free.status == 201, free.text


def test_a_visit_can_be_moved_and_its_day_counts_the_change(loaded: Loaded) -> None:
    tale = loaded.ahead()[-1]
    visit = tale.visit
    query = {
        "type_id": visit.type_id,
        "provider_ids": [visit.provider_id],
        "first": (visit.start + timedelta(days=20)).date().isoformat(),
        "days": 14,
    }
    slots = call("POST", "/slots/search", caller=loaded.caller, json_body=query).json["slots"]
    path = f"/appointments/{visit.appointment_id}/reschedule"
    body = {"start": iso(instant(slots[0]["start"])), "location_id": slots[0]["location_id"]}
    moved = call("POST", path, caller=loaded.caller, json_body=body)
    assert moved.status == 200, moved.text
    assert moved.json["version"] == visit.version + 1


def test_search_offers_no_time_that_the_sample_takes(loaded: Loaded) -> None:
    tale = loaded.ahead()[1]
    zone = ZoneInfo(loaded.sample.setup.locations[tale.visit.location_id].zone)
    query = {
        "type_id": tale.visit.type_id,
        "provider_ids": [tale.visit.provider_id],
        "first": tale.visit.start.astimezone(zone).date().isoformat(),
        "days": 1,
        "every_minutes": 5,
    }
    reply = call("POST", "/slots/search", caller=loaded.caller, json_body=query)
    assert reply.status == 200, reply.text
    for slot in reply.json["slots"]:
        start, end = instant(slot["start"]), instant(slot["end"])
        assert end <= tale.visit.start or start >= tale.visit.end


def test_waitlist_is_there(loaded: Loaded) -> None:
    reply = call("GET", "/waitlist", caller=loaded.caller)
    assert reply.status == 200, reply.text
    names = {patient.sort_name for patient in loaded.patients}
    assert len(reply.json) == 3
    assert {entry["patient_name"] for entry in reply.json} <= names


# -- charts ----------------------------------------------------------------------


def test_each_chart_opens_as_it_was_registered(loaded: Loaded) -> None:
    for patient in loaded.patients[::6]:
        reply = call("GET", f"/patients/{patient.patient_id}", caller=loaded.caller)
        assert reply.status == 200, reply.text
        chart: dict[str, Any] = reply.json
        registration = patient.registration
        family = registration.demographics.main_name().family
        assert chart["demographics"]["names"][0].get("family") == family
        assert len(chart["coverages"]) == len(registration.coverages)
        assert chart["status"] == ("archived" if patient.archived_at else "active")


def test_a_patient_is_found_by_name_without_its_accents(loaded: Loaded) -> None:
    accented = next(
        p
        for p in loaded.patients
        if not p.sort_name.isascii() and p.registration.demographics.main_name().family
    )
    body = {"text": accented.sort_name.replace(",", "")}
    reply = call("POST", "/patients/search", caller=loaded.caller, json_body=body)
    assert reply.status == 200, reply.text
    assert accented.patient_id in {found["patient_id"] for found in reply.json["patients"]}


def test_the_second_chart_of_a_person_shows_as_a_possible_duplicate(loaded: Loaded) -> None:
    second = loaded.patients[-1]
    body = {
        "demographics": second.registration.demographics.model_dump(mode="json"),
        "contact": second.registration.contact.model_dump(mode="json"),
    }
    reply = call("POST", "/patients/duplicates", caller=loaded.caller, json_body=body)
    assert reply.status == 200, reply.text
    found = {candidate["patient"]["patient_id"] for candidate in reply.json["candidates"]}
    assert second.patient_id in found
    assert found - {second.patient_id}, "and the first chart beside it"


def test_the_timeline_tells_of_the_registration_and_of_the_visits(loaded: Loaded) -> None:
    tale = next(t for t in loaded.sample.tales if t.visit.status == "fulfilled")
    patient = tale.visit.patient_ids[0]
    reply = call("GET", f"/patients/{patient}/timeline", caller=loaded.caller)
    assert reply.status == 200, reply.text
    kinds = [entry["kind"] for entry in reply.json["entries"]]
    assert kinds[-1] == "PatientRegistered"
    assert kinds.count("AppointmentStatusChanged") >= 3


def test_the_next_patient_gets_the_next_number(loaded: Loaded) -> None:
    body = {
        "demographics": {
            "names": [{"family": "Zeppelin", "given": ["Quentin"]}],
            "birth_date": "1991-05-17",
        }
    }
    reply = call("POST", "/patients", caller=loaded.caller, json_body=body)
    assert reply.status == 201, reply.text
    assert reply.json["mrn"] == str(100_001 + len(loaded.patients))


# -- staff and record --------------------------------------------------------------


def test_each_member_of_the_staff_logs_in_with_password_and_code(loaded: Loaded) -> None:
    client_id = os.environ["CARESMITH_STAFF_CLIENT_ID"]
    cognito = boto3.client("cognito-idp")
    assert len(loaded.logins) == len(STAFF) == 6
    for login in loaded.logins:
        names = {"USERNAME": str(login["username"]), "PASSWORD": str(login["password"])}
        asked = cognito.initiate_auth(
            ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=names
        )
        assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        done = cognito.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=asked["Session"],
            ChallengeResponses={
                "USERNAME": str(login["username"]),
                "SOFTWARE_TOKEN_MFA_CODE": pyotp.TOTP(str(login["totp_secret"])).now(),
            },
        )
        assert done["AuthenticationResult"]["IdToken"]


def test_the_clinician_is_the_provider_of_that_name(loaded: Loaded) -> None:
    user = find_user(loading.PRACTICE_ID, CLINICIAN.username)
    assert user is not None
    assert user.held_roles == {Role.CLINICIAN}
    assert user.provider_id == PROVIDERS["okafor"].id
    assert user.mfa_confirmed


def test_practice_stands_as_it_was_designed(loaded: Loaded) -> None:
    from caresmith.records.practice import practice_setup

    setup = practice_setup(loading.PRACTICE_ID, fresh=True)
    assert setup.practice.name == PRACTICE.name
    assert set(setup.locations) == {place.id for place in PLACES.values()}
    assert setup.rules == loaded.sample.setup.rules
    assert {location.zone for location in setup.locations.values()} == {
        "America/Chicago",
        "America/Detroit",
    }


def test_the_load_stands_in_the_audit_trail(loaded: Loaded) -> None:
    from caresmith.audit import SHARDS, AuditEntry, day_partition

    days = {loaded.now.date().isoformat(), datetime.now(UTC).date().isoformat()}
    entries = [
        entry
        for day in days
        for shard in range(SHARDS)
        for entry in AuditEntry.query(day_partition(loading.PRACTICE_ID, day, shard))
        if entry.action == "load-sample"
    ]
    assert entries
    assert set(entries[-1].patient_ids) == {p.patient_id for p in loaded.patients}
