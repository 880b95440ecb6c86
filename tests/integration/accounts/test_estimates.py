"""Good-faith estimates: owed by themselves, priced by the fee schedule, given, and disputed."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from caresmith.ids import AppointmentId, PatientId
from caresmith.permissions import Role
from caresmith.records.demographics import Period
from caresmith.records.revenue.standing import Outcome
from tests.integration.accounts.conftest import Office
from tests.integration.accounts.test_copay import told as payer_told
from tests.integration.charges.conftest import add_payer, cover
from tests.support.client import Reply, call
from tests.support.written_calendar import WrittenCalendar

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = dt.date(2037, 3, 2)
"""A year to come: the tables forget what has expired by the real clock."""
FAR = dt.date(2037, 3, 23)


@pytest.fixture
def calendar(office: Office) -> WrittenCalendar:
    office.on(MONDAY)
    return WrittenCalendar(office.small, office.clock, function="accounts")


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), NEW_YORK)


def work(office: Office) -> Any:
    return office.get("/accounts/estimates")


def owed(office: Office) -> dict[str, str]:
    """By when, of each visit or question."""
    return {row["key"]: row["due"] for row in work(office)["owed"]}


def of(patient: PatientId, path: str = "") -> str:
    return f"/accounts/patients/{patient}{path}"


def request(office: Office, day: dt.date | None = FAR, **more: Any) -> dict[str, Any]:
    return {
        "service": "Check-up",
        "service_day": day.isoformat() if day else None,
        "provider_id": office.small.ana,
        "items": [{"code": "99396", "charge": 180_00}],
        **more,
    }


def make(office: Office, patient: PatientId, **more: Any) -> Any:
    reply = office.post(of(patient, "/estimates"), request(office, **more))
    assert reply.status == 201, reply.text
    return reply.json


def insure(office: Office, patient: PatientId, **period: Any) -> Any:
    payer = add_payer(office.practice, "Acme Health")
    return cover(office.practice, patient, payer, period=Period(**period))


def changed(calendar: WrittenCalendar, patient: PatientId) -> None:
    calendar.deliver("PatientChanged", patient_id=patient)


def account_page(office: Office, patient: PatientId) -> str:
    reply = call("GET", f"/console{of(patient)}", caller=office.caller)
    assert reply.status == 200, reply.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", reply.text)).split())


# -- owed by themselves -----------------------------------------------------------


def test_a_visit_of_somebody_uninsured_is_owed_an_estimate_once_however_often_it_is_told(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.booked(at(FAR), patient)
    for _ in range(3):
        calendar.tell("AppointmentBooked", visit)
    assert owed(office) == {visit: "2037-03-05"}
    near = calendar.booked(at(dt.date(2037, 3, 5)), patient)
    calendar.booked(at(dt.date(2037, 3, 4)), patient)
    assert owed(office) == {near: "2037-03-03", visit: "2037-03-05"}
    page = account_page(office, patient)
    assert "An estimate is owed by 03/05/2037" in page
    assert "scheduled less than three business days ahead" in page


def test_what_is_late_stands_on_top_and_says_so(office: Office, calendar: WrittenCalendar) -> None:
    calendar.booked(at(FAR), office.patient())
    calendar.booked(at(dt.date(2037, 3, 6)), office.patient())
    office.on(dt.date(2037, 3, 4))
    assert [(row["due"], row["late"]) for row in work(office)["owed"]] == [
        ("2037-03-03", True),
        ("2037-03-05", False),
    ]
    page = call("GET", "/console/accounts/estimates", caller=office.caller).text
    assert "03/03/2037, overdue" in page
    count = call("GET", "/console/accounts/estimates/count", caller=office.caller)
    assert "2" in count.text


def test_the_insured_are_owed_none_and_who_becomes_insured_falls_off_and_is_told_why(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    calendar.booked(at(FAR), patient)
    insure(office, patient, start="2037-01-01")
    changed(calendar, patient)
    assert owed(office) == {}
    assert "the patient is insured on that day" in account_page(office, patient)
    other = office.patient()
    # It ends before the visit.
    insure(office, other, end="2037-03-20")
    visit = calendar.booked(at(FAR), other)
    assert owed(office) == {visit: "2037-03-05"}


def test_who_loses_the_insurance_is_owed_one_from_the_day_on_which_that_is_known(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    coverage = insure(office, patient)
    visit = calendar.booked(at(FAR), patient)
    assert owed(office) == {}
    office.on(dt.date(2037, 3, 9))
    payer_told(office, patient, coverage, Outcome.INACTIVE)
    calendar.deliver(
        "CoverageVerified",
        patient_id=patient,
        coverage_id=coverage,
        eligibility_id="elg_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
        outcome="inactive",
    )
    assert owed(office) == {visit: "2037-03-12"}


def test_who_wants_to_pay_without_the_insurance_is_owed_one(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    insure(office, patient)
    visit = calendar.booked(at(FAR), patient)
    put = call("PUT", of(patient, "/self-pay"), caller=office.caller, json_body={"pays_self": True})
    assert (put.status, set(owed(office))) == (204, {visit})
    form = call(
        "POST",
        f"/console{of(patient)}/self-pay",
        caller=office.caller,
        form=[("pays_self", "false")],
    )
    assert (form.status, owed(office)) == (303, {})


def test_an_estimate_takes_its_visit_off_and_waits_to_be_given(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.booked(at(FAR), patient)
    made = make(office, patient, appointment_id=visit, scheduled_on="2037-03-02")
    assert owed(office) == {}
    assert [row["key"] for row in work(office)["to_give"]] == [made["estimate_id"]]
    calendar.tell("AppointmentBooked", visit)
    assert owed(office) == {}
    path = of(patient, f"/estimates/{made['estimate_id']}")
    given = office.post(f"{path}/given", {"how": "hand"})
    assert given.json["given"] == [{"how": "hand", "on": "2037-03-02", "by": office.caller.user_id}]
    again = office.post(f"{path}/given", {"how": "hand", "on": "2037-03-02"})
    assert len(again.json["given"]) == 1
    assert work(office) == {"owed": [], "to_give": [], "above": [], "more": False}
    assert "Given by hand on 03/02/2037" in account_page(office, patient)
    too_early = office.post(f"{path}/given", {"how": "post", "on": "2037-03-01"})
    assert too_early.json["errors"][0]["field"] == "on"
    still_to_come = office.post(f"{path}/given", {"how": "post", "on": "2037-03-03"})
    assert still_to_come.status == 422


def test_an_estimate_that_was_made_before_the_word_of_its_visit_came_counts(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.visit(at(FAR), patient)
    make(office, patient, appointment_id=visit)
    calendar.tell("AppointmentBooked", visit)
    assert owed(office) == {}


def test_a_visit_that_moves_to_another_day_is_owed_a_new_one_and_its_former_is_not_given(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.booked(at(FAR), patient)
    make(office, patient, appointment_id=visit)
    office.on(dt.date(2037, 3, 4))
    # Later on the same day: what was estimated still holds.
    calendar.moved(visit, at(FAR, 15))
    assert owed(office) == {}
    calendar.moved(visit, at(dt.date(2037, 3, 30)))
    assert owed(office) == {visit: "2037-03-09"}
    assert work(office)["to_give"] == []
    # Moved to the day after tomorrow: 149.610(b)(1)(vii), a business day before.
    calendar.moved(visit, at(dt.date(2037, 3, 6)))
    assert owed(office) == {visit: "2037-03-05"}


def test_events_that_come_in_another_order_say_the_same(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.visit(at(FAR), patient)
    booked = dict(calendar.known[visit])
    office.on(dt.date(2037, 3, 4))
    calendar.moved(visit, at(dt.date(2037, 3, 30)))
    ids = ("appointment_id", "patient_ids", "provider_id", "location_id", "type_id")
    calendar.deliver(
        "AppointmentBooked",
        **{key: booked[key] for key in (*ids, "start", "end")},
        occurred_at=at(MONDAY).isoformat(),
    )
    assert owed(office) == {visit: "2037-03-09"}
    calendar.cancelled(visit)
    calendar.tell("AppointmentBooked", visit)
    assert owed(office) == {}


def test_a_cancelled_visit_falls_off_and_one_that_begins_was_missed(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient, other = office.patient(), office.patient()
    cancelled, begun = calendar.booked(at(FAR), patient), calendar.booked(at(FAR, 11), other)
    calendar.cancelled(cancelled)
    assert "the visit is off" in account_page(office, patient)
    office.on(FAR)
    calendar.became(begun, "arrived")
    assert owed(office) == {}
    assert "There was no estimate before the visit" in account_page(office, other)


def test_in_a_group_each_is_judged_alone_and_who_leaves_falls_off(
    office: Office, calendar: WrittenCalendar
) -> None:
    alone, insured = office.patient(), office.patient()
    insure(office, insured)
    visit = calendar.booked(at(FAR), alone, insured)
    assert [row["patient_id"] for row in work(office)["owed"]] == [alone]
    about = dict(calendar.known[visit])
    calendar.change(visit, patient_ids=[insured])
    ids = ("appointment_id", "provider_id", "location_id", "type_id", "start", "end")
    calendar.deliver("AppointmentLeft", **{key: about[key] for key in ids}, patient_ids=[alone])
    assert owed(office) == {}


def test_the_night_finds_what_no_event_has_told(office: Office, calendar: WrittenCalendar) -> None:
    patient = office.patient()
    calendar.booked(at(FAR), patient)
    insure(office, patient)
    calendar.deliver("LedgerCheckDue", day=MONDAY.isoformat())
    assert owed(office) == {}


# -- asked for -----------------------------------------------------------------------


def test_who_asks_is_owed_one_within_three_business_days_and_the_estimate_answers_it(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    insure(office, patient)
    asked = office.post(of(patient, "/estimates/asked"), {"service": "An MRI of the knee"})
    key = asked.json["key"]
    assert (asked.status, owed(office)) == (201, {key: "2037-03-05"})
    same = {"service": "An MRI of the knee", "estimate_id": key}
    assert office.post(of(patient, "/estimates/asked"), same).json["key"] == key
    draft = office.get(of(patient, "/estimates/draft"), owed=key)
    assert (draft["service"], draft["requested_on"]) == ("An MRI of the knee", "2037-03-02")
    make(office, patient, day=None, estimate_id=key)
    assert owed(office) == {}
    assert office.post(of(patient, "/estimates/asked"), same).json["state"] == "made"


def test_nobody_asks_tomorrow_already(office: Office, calendar: WrittenCalendar) -> None:
    patient = office.patient()
    body = {"service": "X-ray", "asked_on": "2037-03-03"}
    refused = office.post(of(patient, "/estimates/asked"), body)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "asked_on")
    page = call(
        "POST",
        f"/console{of(patient)}/estimates/asked",
        caller=office.caller,
        form=[("service", "X-ray"), ("asked_on", "2037-03-03")],
    )
    assert page.status == 422
    assert "still to come" in page.text
    assert owed(office) == {}


def test_what_somebody_takes_off_stays_off_until_the_visit_has_another_day(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.booked(at(FAR), patient)
    off = f"/estimates/owed/{visit}/off"
    assert office.post(of(patient, off), {"reason": "Free of charge"}).json["why"] == "by-hand"
    calendar.tell("AppointmentBooked", visit)
    changed(calendar, patient)
    assert owed(office) == {}
    assert "Taken off the list: Free of charge" in account_page(office, patient)
    twice = office.post(of(patient, off), {"reason": "Again"})
    assert (twice.status, twice.json["type"].rpartition("/")[2]) == (409, "estimate-not-owed")
    unknown = f"/estimates/owed/{AppointmentId.new()}/off"
    assert office.post(of(patient, unknown), {"reason": "None"}).status == 404
    calendar.moved(visit, at(dt.date(2037, 3, 30)))
    assert set(owed(office)) == {visit}


# -- prices ---------------------------------------------------------------------------


@pytest.fixture
def priced(office: Office, calendar: WrittenCalendar) -> WrittenCalendar:
    """The standard charges of two years, and what a visit usually brings."""
    biller = office.as_role(Role.BILLER)
    for name, starts, ends, rows in (
        ("2036", "2036-01-01", "2037-03-15", "99396,,150.00\n80053,,30.00\n"),
        ("2037", "2037-03-16", None, "99396,,180.00\n80053,,45.55\n"),
    ):
        facts = {"name": name, "starts": starts, "ends": ends}
        made = biller.post("/charges/fees", facts).json
        loaded = call(
            "POST",
            f"/charges/fees/{made['schedule_id']}/rows",
            caller=biller.caller,
            raw=("code,modifiers,amount\n" + rows).encode(),
            headers={"content-type": "text/csv", "If-Match": f'"{made["version"]}"'},
        )
        assert loaded.status == 200, loaded.text
    usual = usual_form(office, ("99396", "Yearly check-up", "1"), ("80053", "Blood test", "2"))
    assert usual.status == 303, usual.text
    return calendar


def usual_form(office: Office, *rows: tuple[str, str, str], **more: str) -> Reply:
    path = f"/console/accounts/rules/services/{office.small.visit}"
    page = call("GET", path, caller=office.caller)
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version
    fields = {"version": version.group(1), **more}
    for place, row in enumerate(rows):
        for name, value in zip(("code", "words", "units"), row, strict=True):
            fields[f"services.{place}.{name}"] = value
    return call("POST", path, caller=office.caller, form=list(fields.items()))


def test_an_estimate_begins_with_the_usual_services_at_the_prices_of_their_day(
    office: Office, priced: WrittenCalendar
) -> None:
    patient = office.patient()
    early, late = dt.date(2037, 3, 12), FAR
    for day, charges in ((early, [150_00, 60_00]), (late, [180_00, 91_10])):
        visit = priced.booked(at(day), patient)
        draft = office.get(of(patient, "/estimates/draft"), owed=visit)
        assert [line["charge"] for line in draft["items"]] == charges
        assert (draft["provider_id"], draft["service"]) == (office.small.ana, "Visit")
        assert (draft["service_day"], draft["scheduled_on"]) == (day.isoformat(), "2037-03-02")
    page = call(
        "GET",
        f"/console{of(patient)}/estimates/new",
        caller=office.caller,
        query={"owed": visit},
    )
    assert 'value="91.10"' in page.text
    assert 'value="Blood test"' in page.text


def test_a_line_without_a_charge_is_priced_and_one_that_no_schedule_knows_is_refused(
    office: Office, priced: WrittenCalendar
) -> None:
    patient = office.patient()
    lines = [{"code": "99396"}, {"code": "80053", "charge": 10_00}]
    assert make(office, patient, items=lines)["expected"] == 190_00
    unknown = request(office, items=[{"code": "99396"}, {"code": "71046"}])
    refused = office.post(of(patient, "/estimates"), unknown)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "items.1.charge")


def test_the_sliding_scale_gives_off_what_the_household_has_a_right_to_for_a_year(
    office: Office, priced: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = priced.booked(at(FAR), patient)
    # A household of two: $21,150; half as much again is the step of 75 %.
    body = {"household": 2, "income": 30_000_00}
    aid = call("PUT", of(patient, "/assistance"), caller=office.caller, json_body=body)
    assert aid.json == {"percent": 75, "until": "2038-03-02"}
    draft = office.get(of(patient, "/estimates/draft"), owed=visit)
    # A quarter of 91.10 is 22.775: the half cent goes up.
    assert [line["charge"] for line in draft["items"]] == [45_00, 22_78]
    assert make(office, patient, items=[{"code": "99396"}])["expected"] == 45_00
    later = dt.date(2038, 3, 10)
    assert make(office, patient, day=later, items=[{"code": "99396"}])["expected"] == 180_00


def test_the_estimates_page_takes_the_household_and_makes_it_with_the_discount(
    office: Office, priced: WrittenCalendar
) -> None:
    desk, patient = office.as_role(Role.FRONT_DESK), office.patient()
    visit = priced.booked(at(FAR), patient)
    base = f"/console{of(patient)}"
    fields = {"household": "1", "income": "9000", "owed": visit, "type_id": ""}
    reply = call("POST", f"{base}/assistance", caller=desk.caller, form=list(fields.items()))
    assert reply.headers["location"] == f"{base}/estimates/new?owed={visit}"
    page = call("GET", f"{base}/estimates/new", caller=desk.caller, query={"owed": visit}).text
    assert "The sliding scale gives off 100%" in page
    wrong = [("household", "0"), ("income", "a lot")]
    refused = call("POST", f"{base}/assistance", caller=desk.caller, form=wrong)
    assert refused.status == 422
    fields = {
        "service": "Check-up",
        "provider_id": office.small.ana,
        "appointment_id": visit,
        "service_day": FAR.isoformat(),
        "items.0.code": "99396",
        "items.0.charge": "0.00",
        "items.0.units": "1",
    }
    made = call("POST", f"{base}/estimates", caller=desk.caller, form=list(fields.items()))
    assert made.status == 303, made.text
    assert owed(office) == {}
    assert work(office)["to_give"][0]["amount"] == 0


def test_usual_services_are_changed_by_who_keeps_the_rules_and_by_nobody_over_another(
    office: Office, priced: WrittenCalendar
) -> None:
    page = call("GET", "/console/accounts/rules/services", caller=office.caller).text
    assert "Blood test" in page
    wrong = usual_form(office, ("9939", "Short", "1"))
    assert (wrong.status, "9939" in wrong.text) == (422, True)
    before = office.get("/accounts/rules")["usual"]
    assert usual_form(office, ("99396", "", "1"), version="77").status == 412
    assert office.get("/accounts/rules")["usual"] == before
    path = f"/console/accounts/rules/services/{office.small.visit}"
    desk = office.as_role(Role.FRONT_DESK)
    assert call("GET", path, caller=desk.caller).status == 403


# -- after the bill -------------------------------------------------------------------


def bill(office: Office, calendar: WrittenCalendar, patient: PatientId, cents: int) -> None:
    office.on(FAR)
    sheet = office.owes(patient, cents)
    calendar.deliver("ChargesReleased", patient_id=patient, sheet_id=sheet, sheet_version=1)


def test_a_bill_of_four_hundred_dollars_above_waits_for_the_biller_until_it_is_looked_at(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    made = make(office, patient)
    path = of(patient, f"/estimates/{made['estimate_id']}")
    office.post(f"{path}/given", {"how": "email"})
    bill(office, calendar, patient, 579_99)
    assert work(office)["above"] == []
    early = office.post(f"{path}/looked-at", {"reason": "Nothing"})
    assert early.status == 409
    bill(office, calendar, patient, 1)
    [row] = work(office)["above"]
    assert (row["key"], row["amount"]) == (made["estimate_id"], 400_00)
    desk = office.as_role(Role.FRONT_DESK)
    assert desk.post(f"{path}/looked-at", {"reason": "No"}).status == 403
    biller = office.as_role(Role.BILLER)
    seen = biller.post(f"{path}/looked-at", {"reason": "A second service was needed"})
    assert (seen.status, work(office)["above"]) == (200, [])
    calendar.deliver(
        "ChargesChanged",
        patient_id=patient,
        sheet_id=office.owes(patient, 5_00),
        sheet_version=2,
    )
    assert work(office)["above"][0]["amount"] == 405_00


def test_a_discount_that_brings_the_bill_down_takes_it_off_the_list(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    made = make(office, patient)
    bill(office, calendar, patient, 600_00)
    assert len(work(office)["above"]) == 1
    office.post(of(patient, "/adjustments"), {"reason": "SELFP"})
    bill(office, calendar, patient, 10_00)
    assert work(office)["above"] == []
    read = office.get(of(patient, f"/estimates/{made['estimate_id']}"))
    assert (read["billed"], read["disputable"]) == (430_00, False)


def test_two_visits_of_a_day_are_compared_together_and_the_latest_estimate_of_each_counts(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    first, second = calendar.booked(at(FAR), patient), calendar.booked(at(FAR, 15), patient)
    make(office, patient, appointment_id=first, items=[{"code": "99396", "charge": 5_00}])
    office.later(days=1)
    make(office, patient, appointment_id=first)
    make(office, patient, appointment_id=second)
    bill(office, calendar, patient, 759_99)
    assert work(office)["above"] == []
    bill(office, calendar, patient, 1)
    assert len(work(office)["above"]) == 2


# -- who may --------------------------------------------------------------------------


def test_the_desk_makes_and_gives_estimates_and_no_clinician_does(
    office: Office, calendar: WrittenCalendar
) -> None:
    patient = office.patient()
    visit = calendar.booked(at(FAR), patient)
    desk = office.as_role(Role.FRONT_DESK)
    assert set(owed(desk)) == {visit}
    made = make(desk, patient, appointment_id=visit)
    given = desk.post(of(patient, f"/estimates/{made['estimate_id']}/given"), {"how": "post"})
    assert given.status == 200
    clinician = office.as_role(Role.CLINICIAN)
    assert clinician.post(of(patient, "/estimates"), request(office)).status == 403
