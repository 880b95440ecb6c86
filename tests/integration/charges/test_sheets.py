"""Charge sheets through the front door: entered, released, changed, voided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from caresmith.events import ChargesChanged, ChargesReleased, ChargesVoided
from caresmith.ids import (
    ClaimId,
    JournalId,
    LocationId,
    PatientId,
    ProviderId,
    RemittanceId,
    SheetId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.demographics import Period
from caresmith.records.patient import ChartStatus
from caresmith.records.revenue.account import (
    CLOSED,
    ClosedDayItem,
    get_account,
    journal_of,
    journals_of,
)
from caresmith.records.revenue.adjudication import (
    Adjudication,
    AdjudicationItem,
    SaidLine,
    Standing,
    said_sort_key,
)
from caresmith.records.revenue.layout import account_key, day_key
from caresmith.records.revenue.ledger import Book, totals
from caresmith.settings import Domain
from caresmith.x12.remittance.model import ClaimStatus
from scripts.benchmark.meter import watched
from tests.integration.charges.conftest import TODAY, Office, add_payer, cover
from tests.support.client import Caller, Reply, call
from tests.support.events import told
from tests.support.practices import add_patient


def kind(reply: Reply) -> str:
    return str(reply.json["type"]).rpartition("/")[2]


def owed(office: Office, patient: PatientId) -> tuple[int, int]:
    account = get_account(office.practice, patient)
    return int(account.insurance_cents), int(account.patient_cents)


def books(office: Office, patient: PatientId) -> dict[Book, Money]:
    return totals(journal_of(one) for one in journals_of(office.practice, patient))


def test_charges_by_hand_are_priced_and_wait_clean_for_their_release(office: Office) -> None:
    sheet = office.enter()
    first, second = sheet["content"]["lines"]
    assert (first["charge"], first["expected"]) == (150_00, 98_00)
    assert (second["charge"], second["expected"]) == (40_00, 13_25)
    assert (sheet["status"], sheet["missing"], sheet["charge"]) == ("review", [], 190_00)
    assert sheet["content"]["coverages"] == [office.coverage]
    assert office.waiting("clean") == [sheet["sheet_id"]]
    assert office.waiting("review") == []
    assert owed(office, office.insured) == (0, 0)


def test_released_the_payer_owes_and_it_is_told_once(office: Office) -> None:
    sheet = office.enter()
    released = office.release(sheet)
    assert released.status == 200, released.text
    assert (released.json["status"], released.json["turn"]) == ("ready", 1)
    assert released.json["payer_id"] == office.payer
    assert owed(office, office.insured) == (190_00, 0)
    assert books(office, office.insured) == {
        Book.INSURANCE: Money(190_00),
        Book.CHARGES: Money(-190_00),
    }
    [event] = told(office.practice, ChargesReleased, Domain.REVENUE)
    assert (event.sheet_id, event.sheet_version) == (sheet["sheet_id"], released.json["version"])
    assert office.waiting("ready") == [sheet["sheet_id"]]
    assert office.waiting("clean") == []
    again = office.release(released.json)
    assert (again.status, kind(again)) == (409, "charges-released")
    stale = office.release(sheet)
    assert stale.status in (409, 412)
    assert owed(office, office.insured) == (190_00, 0)


def test_a_release_that_is_sent_twice_with_its_key_happens_once(office: Office) -> None:
    sheet = office.enter()
    path = f"/charges/sheets/{sheet['sheet_id']}/release"
    answers = [
        office.send("POST", path, {}, version=1, headers={"Idempotency-Key": "r-1"})
        for _ in range(2)
    ]
    assert [one.status for one in answers] == [200, 200]
    assert len(told(office.practice, ChargesReleased, Domain.REVENUE)) == 1


def test_without_a_policy_the_patient_owes(office: Office) -> None:
    released = office.released(office.alone)
    assert (released["turn"], released["payer_id"]) == (0, None)
    assert owed(office, office.alone) == (0, 190_00)
    due = call(
        "GET",
        f"/charges/patients/{office.alone}/due",
        caller=Caller(office.practice, roles=(Role.FRONT_DESK,)),
    )
    assert (due.status, due.json["due"]) == (200, 190_00)


def test_an_insured_patient_may_pay_alone(office: Office) -> None:
    released = office.released(who_pays="patient")
    assert released["content"]["coverages"] == []
    assert owed(office, office.insured) == (0, 190_00)


def test_policies_pay_in_their_order_on_the_day_and_no_other_does(office: Office) -> None:
    second = cover(office.practice, office.insured, office.payer, order=2)
    cover(
        office.practice,
        office.insured,
        office.payer,
        order=3,
        period=Period(end=TODAY - timedelta(days=1)),
    )
    assert office.enter()["content"]["coverages"] == [office.coverage, second]


def test_charges_of_a_merged_chart_are_the_survivors(office: Office) -> None:
    gone = add_patient(
        office.practice, "Old", status=ChartStatus.MERGED, merged_into=office.insured
    )
    sheet = office.enter(gone)
    assert (sheet["patient_id"], sheet["content"]["coverages"]) == (
        office.insured,
        [office.coverage],
    )


def test_what_is_missing_keeps_a_sheet_in_review_and_says_why(office: Office) -> None:
    sheet = office.enter(
        diagnoses=["E11", "Z9999"],
        lines=[
            {"code": "99215", "pointers": [1]},
            {"code": "99241", "pointers": [], "charge": 100},
            {"code": "J1885", "pointers": [2]},
        ],
    )
    assert sheet["missing"] == [
        "diagnosis-not-billable:A",
        "diagnosis-unknown:B",
        "code-unknown:1",
        "no-fee:1",
        "no-pointer:2",
        "code-ended:2",
        # HCPCS has no list here: only the fee is missed.
        "no-fee:3",
    ]
    assert sheet["why"][2] == "The code of line 1 is not in the practice's list."
    refused = office.release(sheet)
    assert (refused.status, kind(refused)) == (409, "charges-incomplete")
    assert refused.json["missing"] == sheet["missing"]
    assert office.waiting("review", why="no-fee") == [sheet["sheet_id"]]
    assert office.waiting("review", why="no-lines") == []
    assert owed(office, office.insured) == (0, 0)


def test_an_empty_sheet_says_so(office: Office) -> None:
    assert office.enter(diagnoses=[], lines=[])["missing"] == ["no-lines", "no-diagnosis"]


def test_a_policy_whose_payer_nobody_knows_keeps_it_in_review(office: Office) -> None:
    other = add_patient(office.practice, "Other")
    cover(office.practice, other, None, payer_name="Somebody Else")
    sheet = office.enter(other)
    assert sheet["missing"] == ["payer-unknown"]
    payer = add_payer(office.practice, "Somebody Else")
    released = office.release(sheet)
    assert (released.status, released.json["payer_id"]) == (200, payer)


def test_a_policy_added_after_the_visit_is_found_at_release(office: Office) -> None:
    sheet = office.enter(office.alone)
    coverage = cover(office.practice, office.alone, office.payer)
    released = office.release(sheet).json
    assert released["content"]["coverages"] == [coverage]
    assert [line["expected"] for line in released["content"]["lines"]] == [98_00, 13_25]
    assert owed(office, office.alone) == (190_00, 0)


def test_a_line_that_only_reports_is_released_without_a_charge(office: Office) -> None:
    released = office.released(lines=[{"code": "3044F", "pointers": [1]}])
    assert (released["status"], released["charge"]) == ("ready", 0)
    assert journals_of(office.practice, office.insured) == []


def test_at_a_hospital_the_facility_amount_is_charged(office: Office) -> None:
    sheet = office.enter(place_of_service="21")
    assert [line["charge"] for line in sheet["content"]["lines"]] == [110_00, 40_00]


def test_more_than_one_claim_holds_becomes_several_sheets(office: Office) -> None:
    made = office.made(
        "/charges/sheets",
        office.entered(
            lines=[
                {"code": "99213", "pointers": [1]},
                {"code": "99214", "pointers": [1], "rendering_id": office.small.ben},
            ]
        ),
    )["sheets"]
    assert [one["content"]["rendering_id"] for one in made] == [office.small.ana, office.small.ben]
    assert [one["charge"] for one in made] == [150_00, 210_00]
    assert len(office.waiting("clean", provider_id=office.small.ben)) == 1


# -- changing -----------------------------------------------------------------------


def lines_of(sheet: Any, **charges: int) -> list[dict[str, Any]]:
    """The sheet's lines, some with another charge."""
    return [
        {k: v for k, v in one.items() if k != "expected"}
        | ({"charge": charges[f"line{one['line']}"]} if f"line{one['line']}" in charges else {})
        for one in sheet["content"]["lines"]
    ]


def test_a_change_before_the_release_touches_no_ledger(office: Office) -> None:
    sheet = office.enter()
    reply = office.change(sheet, lines=lines_of(sheet, line1=120_00))
    assert (reply.status, reply.headers["etag"]) == (200, '"2"')
    assert reply.json["sheets"][0]["charge"] == 160_00
    assert journals_of(office.practice, office.insured) == []


def test_a_change_after_the_release_posts_the_difference_and_tells_it(office: Office) -> None:
    sheet = office.released()
    lines = [*lines_of(sheet, line2=45_00), {"code": "36415", "pointers": [1]}]
    reply = office.change(sheet, lines=lines)
    assert reply.status == 200, reply.text
    changed = reply.json["sheets"][0]
    assert [line["line"] for line in changed["content"]["lines"]] == ["1", "2", "3"]
    assert owed(office, office.insured) == (207_50, 0)
    assert [one.kind for one in journals_of(office.practice, office.insured)] == [
        "charges",
        "charges-changed",
    ]
    [event] = told(office.practice, ChargesChanged, Domain.REVENUE)
    assert event.sheet_version == changed["version"]
    gone = office.change(changed, lines=lines_of(changed)[:2])
    assert owed(office, office.insured) == (195_00, 0)
    back = office.change(
        gone.json["sheets"][0],
        lines=[*lines_of(gone.json["sheets"][0]), {"code": "36415", "pointers": [1]}],
    )
    # A number is given once.
    assert [line["line"] for line in back.json["sheets"][0]["content"]["lines"]][-1] == "4"
    assert books(office, office.insured)[Book.CHARGES] == Money(-207_50)


def test_a_change_that_changes_nothing_writes_nothing(office: Office) -> None:
    sheet = office.released()
    reply = office.change(sheet)
    assert (reply.status, reply.json["sheets"][0]["version"]) == (200, sheet["version"])
    assert told(office.practice, ChargesChanged, Domain.REVENUE) == []


def test_of_two_who_change_a_sheet_one_reads_again(office: Office) -> None:
    sheet = office.released()
    assert office.change(sheet, note="First").status == 200
    late = office.change(sheet, note="Second")
    assert (late.status, kind(late)) == (412, "version-conflict")
    assert office.sheet(sheet["sheet_id"])["content"]["note"] == "First"


def test_a_released_sheet_stays_complete(office: Office) -> None:
    sheet = office.released()
    refused = office.change(sheet, lines=[{"code": "99999", "pointers": [1]}])
    assert (refused.status, kind(refused)) == (409, "charges-incomplete")
    too_many = office.change(
        sheet,
        lines=[
            *lines_of(sheet),
            {"code": "99214", "pointers": [1], "rendering_id": office.small.ben},
        ],
    )
    assert (too_many.status, kind(too_many)) == (409, "charges-too-large")
    assert office.sheet(sheet["sheet_id"]) == sheet


def paid(office: Office, sheet: Any, line: str, cents: int) -> Any:
    """As a payment posts it: the sheet again."""
    from datetime import UTC, datetime

    from caresmith.actor import Actor, acting_as
    from caresmith.audit import AuditTrail, audited
    from caresmith.clock import SystemClock
    from caresmith.ids import UserId
    from caresmith.records.revenue.ledger import Journal, JournalKind, Posting
    from caresmith.records.revenue.sheet import get_sheet
    from caresmith.records.revenue.writing import RevenueWrites, Source

    actor = Actor(practice_id=office.practice, user_id=UserId.new(), roles=frozenset({Role.BILLER}))
    with acting_as(actor), audited(AuditTrail(actor, "test", SystemClock())):
        item = get_sheet(office.practice, SheetId(sheet["sheet_id"]))
        assert item is not None
        writes = RevenueWrites(actor, datetime.now(UTC), TODAY)
        book = Book.INSURANCE if sheet["turn"] else Book.PATIENT
        writes.post(
            item,
            Journal(
                kind=JournalKind.ADJUDICATION,
                postings=(
                    Posting(book=book, amount=Money(-cents), line=line),
                    Posting(book=Book.CLEARING, amount=Money(cents)),
                ),
            ),
            Source(),
            JournalId.new(),
        )
        writes.commit()
    return office.sheet(sheet["sheet_id"])


def test_a_line_that_was_paid_is_not_removed_and_the_error_says_what_to_do(
    office: Office,
) -> None:
    sheet = paid(office, office.released(), "1", 98_00)
    refused = office.change(sheet, lines=lines_of(sheet)[1:])
    assert (refused.status, kind(refused)) == (409, "line-paid")
    assert "Line 1 has a payment" in refused.json["detail"]
    assert "Reverse it" in refused.json["detail"]
    assert refused.json["lines"] == ["1"]
    voided = office.void(sheet)
    assert (voided.status, kind(voided)) == (409, "line-paid")
    payers = office.change(sheet, who_pays="patient")
    assert (payers.status, kind(payers)) == (409, "payer-has-answered")
    # The other line, on which nothing stands, may go.
    assert office.change(sheet, lines=lines_of(sheet)[:1]).status == 200
    assert owed(office, office.insured) == (52_00, 0)


def answered(office: Office, sheet: Any, turn: int = 1) -> Any:
    """What the payer has paid, and what it has said, as payments keep them."""
    one = Adjudication(
        remittance_id=RemittanceId.new(),
        position=1,
        claim_id=ClaimId.new(),
        turn=turn,
        status=ClaimStatus.PRIMARY,
        paid_on=TODAY,
        lines=(SaidLine(line="1", charge=Money(98_00), paid=Money(98_00)),),
    )
    AdjudicationItem(
        account_key(office.practice, PatientId(sheet["patient_id"])),
        said_sort_key(SheetId(sheet["sheet_id"]), one),
        sheet_id=sheet["sheet_id"],
        claim_id=one.claim_id,
        remittance_id=one.remittance_id,
        standing=Standing.POSTED,
        body=one.model_dump(mode="json"),
        at="2026-11-25T00:00:00Z",
        by="usr_x",
    ).save()
    return paid(office, sheet, "1", 98_00)


def test_behind_a_payer_that_has_answered_another_policy_may_be_put(office: Office) -> None:
    second = cover(office.practice, office.insured, add_payer(office.practice, "Beta"), order=2)
    first = str(office.coverage)
    body = {"who_pays": "chosen", "coverages": [first]}
    sheet = answered(office, office.released(**body))
    for wrong in ([str(second)], [str(second), first]):
        refused = office.change(sheet, who_pays="chosen", coverages=wrong)
        assert (refused.status, kind(refused)) == (409, "payer-has-answered")
    assert office.change(sheet, who_pays="patient").status == 409
    added = office.change(sheet, who_pays="chosen", coverages=[first, str(second)])
    assert added.status == 200, added.text
    stands = office.sheet(sheet["sheet_id"])
    assert stands["content"]["coverages"] == [first, str(second)]
    # Whose turn it is follows what payers have said: payments find it.
    assert stands["turn"] == sheet["turn"]
    # One that has not answered may go again.
    gone = office.change(stands, who_pays="chosen", coverages=[first])
    assert gone.status == 200, gone.text


def test_who_pays_may_change_while_nobody_has_paid(office: Office) -> None:
    sheet = office.released()
    reply = office.change(sheet, who_pays="patient")
    assert reply.status == 200, reply.text
    changed = reply.json["sheets"][0]
    assert (changed["turn"], changed["payer_id"]) == (0, None)
    assert owed(office, office.insured) == (0, 190_00)
    back = office.change(changed, who_pays="chosen", coverages=[office.coverage])
    assert back.json["sheets"][0]["turn"] == 1
    assert owed(office, office.insured) == (190_00, 0)


# -- voiding ------------------------------------------------------------------------


def test_a_voided_sheet_sums_to_nothing_and_is_told(office: Office) -> None:
    sheet = office.released()
    voided = office.void(sheet)
    assert (voided.status, voided.json["status"]) == (200, "void")
    assert all(not one.cents for one in books(office, office.insured).values())
    assert owed(office, office.insured) == (0, 0)
    [event] = told(office.practice, ChargesVoided, Domain.REVENUE)
    assert event.sheet_id == sheet["sheet_id"]
    assert office.waiting("ready") == []
    for again in (office.void(voided.json), office.release(voided.json)):
        assert (again.status, kind(again)) == (409, "charges-void")


def test_who_may_not_release_charges_changes_none_that_are_released(office: Office) -> None:
    sheet = office.released()
    clinician = Caller(office.practice, roles=(Role.CLINICIAN,))
    body = {"location_id": office.small.east, "rendering_id": office.small.ana}
    refused = call(
        "PUT",
        f"/charges/sheets/{sheet['sheet_id']}",
        caller=clinician,
        json_body=body,
        headers={"If-Match": f'"{sheet["version"]}"'},
    )
    assert (refused.status, kind(refused)) == (403, "forbidden")
    assert office.sheet(sheet["sheet_id"]) == sheet


def test_what_would_make_too_many_sheets_is_refused(office: Office) -> None:
    lines = [{"code": "99213", "pointers": [1]}] * 200
    made = office.made("/charges/sheets", office.entered(lines=lines))["sheets"]
    assert [len(one["content"]["lines"]) for one in made] == [50, 50, 50, 50]
    refused = office.send("POST", "/charges/sheets", office.entered(lines=lines + lines[:1]))
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "lines")


def test_a_sheet_that_was_never_released_is_voided_quietly(office: Office) -> None:
    assert office.void(office.enter()).json["status"] == "void"
    assert told(office.practice, ChargesVoided, Domain.REVENUE) == []
    assert office.waiting("clean") == []


def test_nothing_is_released_into_a_day_whose_books_are_closed(office: Office) -> None:
    sheet = office.enter()
    for day in (TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)):
        ClosedDayItem(day_key(office.practice, day), CLOSED, at="x", by="x", report={}).save()
    refused = office.release(sheet)
    assert (refused.status, kind(refused)) == (409, "day-closed")
    assert office.sheet(sheet["sheet_id"])["status"] == "review"


# -- the queue ------------------------------------------------------------------------


def test_all_clean_sheets_are_released_and_those_that_miss_something_stay(
    office: Office,
) -> None:
    clean = [office.enter()["sheet_id"] for _ in range(3)]
    lacking = office.enter(diagnoses=[], lines=[])["sheet_id"]
    reply = office.send("POST", "/charges/clean/release", {})
    assert (reply.status, sorted(reply.json["released"])) == (200, sorted(clean))
    assert (reply.json["kept"], reply.json["more"]) == ([], False)
    assert office.waiting("review") == [lacking]
    assert owed(office, office.insured) == (570_00, 0)


def test_one_that_only_looked_clean_goes_back_with_what_it_misses(office: Office) -> None:
    sheet = office.enter()
    office.upload("/charges/code-lists/cpt", "code\n99214\n")
    reply = office.send("POST", "/charges/clean/release", {})
    assert (reply.json["released"], reply.json["kept"]) == ([], [sheet["sheet_id"]])
    assert office.waiting("review") == [sheet["sheet_id"]]
    assert office.sheet(sheet["sheet_id"])["missing"] == ["code-unknown:1", "code-unknown:2"]


def test_the_queue_and_a_release_make_as_many_calls_however_many_wait(office: Office) -> None:
    sheets = [office.enter() for _ in range(2)]
    counted = []
    for sheet in sheets:
        with watched() as queue:
            office.waiting("clean")
        with watched() as release:
            assert office.release(sheet).status == 200
        counted.append((queue.calls.total(), release.calls.total()))
    # The queue, the cards of its patients, the audit entry; and what a release reads and writes.
    assert counted[1] == counted[0]
    assert counted[0][0] <= 3, counted
    assert counted[0][1] <= 8, counted


def test_the_queue_pages_and_the_oldest_come_first(office: Office) -> None:
    days = [TODAY - timedelta(days=n) for n in (3, 9, 6)]
    made = {day: office.enter(day=day.isoformat())["sheet_id"] for day in days}
    assert office.waiting("clean") == [made[day] for day in sorted(days)]
    first = office.send("GET", "/charges/sheets", query={"which": "clean"}).json["sheets"][0]
    assert (first["patient_name"], first["charge"]) == ("Doe, Jo", 190_00)
    assert first["age_days"] in (9, 10)
    cursor = f"{min(days)}#{made[min(days)]}"
    assert office.waiting("clean", cursor=cursor) == [made[day] for day in sorted(days)[1:]]
    assert office.send("GET", "/charges/sheets", query={"why": "no-such"}).status == 422


# -- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": "2200-01-01"}, "day"),
        ({"location_id": LocationId.new()}, "location_id"),
        ({"rendering_id": ProviderId.new()}, "rendering_id"),
        ({"place_of_service": "98"}, "body"),
        ({"diagnoses": ["E119", "E119"]}, "body"),
        ({"lines": [{"code": "99213", "pointers": [2]}]}, "body"),
        ({"lines": [{"code": "99213", "units": "0"}]}, "lines.0"),
        ({"lines": [{"code": "99213", "charge": -1}]}, "lines.0"),
        ({"lines": [{"code": "9921"}]}, "lines.0.code"),
        ({"lines": [{"code": "99213", "day": "2200-01-01"}]}, "lines.0.day"),
        ({"lines": [{"code": "99213", "modifiers": ["25", "25"]}]}, "lines.0"),
        ({"lines": [{"code": "J1885", "drug": {"ndc": "1"}}]}, "lines.0.drug.ndc"),
        ({"who_pays": "chosen"}, "body"),
        ({"accident": {"on": "2200-01-01"}}, "accident.on"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field_and_nothing_is_kept(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    reply = office.send("POST", "/charges/sheets", office.entered(**changes))
    assert reply.status == 422, reply.text
    fields = [one["field"] for one in reply.json["errors"]]
    assert any(one == field or (field == "body" and one in ("", "body")) for one in fields), fields
    assert office.waiting("clean") == office.waiting("review") == []


def test_a_policy_of_somebody_else_is_refused(office: Office) -> None:
    reply = office.send(
        "POST",
        "/charges/sheets",
        office.entered(office.alone, who_pays="chosen", coverages=[office.coverage]),
    )
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "coverages")


def test_charges_of_nobody_are_not_entered(office: Office) -> None:
    assert office.send("POST", "/charges/sheets", office.entered(PatientId.new())).status == 404
    assert office.send("GET", f"/charges/patients/{PatientId.new()}/due").status == 404


def test_who_does_what(office: Office) -> None:
    sheet = office.enter()
    path = f"/charges/sheets/{sheet['sheet_id']}"
    by_role = {role: Caller(office.practice, roles=(role,)) for role in Role}
    assert call("GET", path, caller=by_role[Role.CLINICIAN]).status == 200
    assert call("GET", path, caller=by_role[Role.MANAGER]).status == 200
    assert call("GET", path, caller=by_role[Role.FRONT_DESK]).status == 403
    for role in (Role.CLINICIAN, Role.MANAGER, Role.FRONT_DESK):
        reply = call(
            "POST",
            f"{path}/release",
            caller=by_role[role],
            json_body={},
            headers={"If-Match": '"1"'},
        )
        assert reply.status == 403
