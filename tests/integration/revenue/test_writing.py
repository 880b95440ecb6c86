"""Sheets, claims and journals on the real engine: one story, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.errors import VersionConflict
from caresmith.ids import (
    ClaimId,
    CoverageId,
    EncounterId,
    JournalId,
    LocationId,
    PatientId,
    PracticeId,
    ProviderId,
    SheetId,
    UserId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.revenue.account import (
    CLOSED,
    AccountItem,
    ClosedDayItem,
    DayItem,
    OpenItem,
    get_account,
    journal_of,
    journals_of,
)
from caresmith.records.revenue.claim import (
    BoardItem,
    ClaimEventItem,
    ClaimItem,
    ClaimState,
    claim_of_control,
    get_claim,
)
from caresmith.records.revenue.layout import (
    CLAIM,
    account_key,
    board_key,
    claim_key,
    day_key,
    encounter_key,
    open_key,
    sheet_sort_key,
    sheets_key,
)
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting, totals
from caresmith.records.revenue.sheet import (
    ChargeLine,
    EncounterSheetItem,
    SheetContent,
    SheetItem,
    SheetStatus,
    WaitingSheetItem,
    encounter_sheets,
    get_sheet,
    open_sheet,
    seal_sheet,
    sheets_at,
    sheets_of,
)
from caresmith.records.revenue.writing import (
    AlreadyPosted,
    DayIsClosed,
    NotEnoughUnapplied,
    RevenueWrites,
    Source,
    WrongMove,
)

NOW = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
DAY = date(2026, 3, 6)


@pytest.fixture
def actor(practice: PracticeId) -> Iterator[Actor]:
    actor = Actor(practice_id=practice, user_id=UserId.new(), roles=frozenset({Role.BILLER}))
    with audited(AuditTrail(actor, "test", FixedClock(NOW))):
        yield actor


def a_sheet(actor: Actor, patient: PatientId) -> SheetItem:
    sheet = SheetId.new()
    content = SheetContent(
        location_id=LocationId.new(),
        rendering_id=ProviderId.new(),
        place_of_service="11",
        diagnoses=("E119",),
        lines=(
            ChargeLine(line="1", code="99213", pointers=(1,), charge=Money(150_00), day=DAY),
            ChargeLine(line="2", code="83036", pointers=(1,), charge=Money(50_00), day=DAY),
        ),
        last_line=2,
    )
    return SheetItem(
        account_key(actor.practice_id, patient),
        sheet_sort_key(DAY, sheet),
        sheet_id=sheet,
        patient_id=patient,
        day=DAY.isoformat(),
        status=SheetStatus.READY,
        charge_cents=content.charge.cents,
        balances={},
        version=0,
        content=seal_sheet(actor.practice_id, sheet, content),
    )


def charged() -> Journal:
    return Journal(
        kind=JournalKind.CHARGES,
        postings=(
            Posting(book=Book.INSURANCE, amount=Money(150_00), line="1"),
            Posting(book=Book.INSURANCE, amount=Money(50_00), line="2"),
            Posting(book=Book.CHARGES, amount=Money(-200_00)),
        ),
    )


def adjudicated() -> Journal:
    return Journal(
        kind=JournalKind.ADJUDICATION,
        postings=(
            Posting(book=Book.INSURANCE, amount=Money(-150_00), line="1"),
            Posting(book=Book.CONTRACTUAL, amount=Money(50_00), reason="45"),
            Posting(book=Book.PATIENT, amount=Money(20_00), line="1"),
            Posting(book=Book.CLEARING, amount=Money(80_00)),
        ),
    )


def written(actor: Actor, patient: PatientId) -> SheetItem:
    writes = RevenueWrites(actor, NOW, DAY)
    sheet = a_sheet(actor, patient)
    writes.post(sheet, charged())
    writes.commit()
    return sheet


def again(actor: Actor, sheet: SheetItem) -> SheetItem:
    found = get_sheet(actor.practice_id, SheetId(sheet.sheet_id))
    assert found is not None
    return found


def test_charges_stand_in_the_sheet_the_account_the_day_and_the_open_balances(
    actor: Actor,
) -> None:
    practice, patient = actor.practice_id, PatientId.new()
    sheet = written(actor, patient)
    found = again(actor, sheet)
    assert (found.insurance_cents, found.patient_cents, found.version) == (200_00, 0, 1)
    assert open_sheet(practice, found).lines[1].code == "83036"
    account = get_account(practice, patient)
    assert (account.insurance_cents, account.patient_cents) == (200_00, 0)
    [journal] = journals_of(practice, patient)
    assert journal_of(journal) == charged()
    [day] = DayItem.query(day_key(practice, DAY))
    assert day.books == {"insurance": 200_00, "charges": -200_00}
    [owed] = OpenItem.query(open_key(practice))
    assert (owed.insurance_cents, owed.sheet_id) == (200_00, sheet.sheet_id)
    [waiting] = WaitingSheetItem.query(sheets_key(practice, "ready"))
    assert waiting.sheet_id == sheet.sheet_id
    assert [one.sheet_id for one in sheets_of(practice, patient)] == [sheet.sheet_id]


def test_the_lists_say_who_rendered_and_a_visit_leads_to_its_sheets(actor: Actor) -> None:
    practice, encounter = actor.practice_id, EncounterId.new()
    provider = ProviderId.new()
    writes = RevenueWrites(actor, NOW, DAY)
    made = [a_sheet(actor, PatientId.new()) for _ in range(2)]
    for number, sheet in enumerate(made, 1):
        sheet.provider_id = provider
        writes.save_sheet(sheet)
        writes.put(
            EncounterSheetItem(
                encounter_key(practice, encounter),
                f"sheet#{number:03}",
                sheet_id=sheet.sheet_id,
                account=sheet.pk,
                at=sheet.sk,
                source=b"sealed",
            )
        )
    writes.commit()
    listed = WaitingSheetItem.query(sheets_key(practice, "ready"))
    assert {one.provider_id for one in listed} == {provider}
    places = encounter_sheets(practice, encounter)
    assert [one.sheet_id for one in places] == [one.sheet_id for one in made]
    assert {one.sheet_id for one in sheets_at(places)} == {one.sheet_id for one in made}
    assert sheets_at([]) == encounter_sheets(practice, EncounterId.new()) == []


def test_an_adjudication_moves_what_is_owed_and_says_since_when_the_patient_owes(
    actor: Actor,
) -> None:
    practice, patient = actor.practice_id, PatientId.new()
    sheet = again(actor, written(actor, patient))
    sheet.status = SheetStatus.BILLED
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post(sheet, adjudicated())
    writes.commit()
    reasons = [one.reasons for one in DayItem.query(day_key(practice, DAY)) if one.reasons]
    assert reasons == [{"contractual": {"45": 50_00}}]
    found = again(actor, sheet)
    assert found.balances == {"1": [0, 20_00], "2": [50_00, 0]}
    assert found.patient_since == DAY.isoformat()
    account = get_account(practice, patient)
    assert (account.insurance_cents, account.patient_cents) == (50_00, 20_00)
    assert list(WaitingSheetItem.query(sheets_key(practice, "ready"))) == []
    books = totals(journal_of(one) for one in journals_of(practice, patient))
    assert sum(one.cents for one in books.values()) == 0
    assert books[Book.PATIENT] == Money(20_00)


def test_what_is_told_twice_is_posted_once(actor: Actor) -> None:
    patient = PatientId.new()
    sheet = written(actor, patient)
    journal_id = JournalId.derived_at(NOW, "remittance 1", "claim 3")
    for turn in range(2):
        writes = RevenueWrites(actor, NOW, DAY)
        writes.post(again(actor, sheet), adjudicated(), Source(), journal_id)
        if turn:
            with pytest.raises(AlreadyPosted):
                writes.commit()
        else:
            writes.commit()
    assert get_account(actor.practice_id, patient).insurance_cents == 50_00


def test_of_two_who_post_to_one_sheet_at_once_one_reads_again(actor: Actor) -> None:
    patient = PatientId.new()
    sheet = written(actor, patient)
    first, second = again(actor, sheet), again(actor, sheet)
    one, other = RevenueWrites(actor, NOW, DAY), RevenueWrites(actor, NOW, DAY)
    one.post(first, adjudicated())
    other.post(second, adjudicated())
    one.commit()
    with pytest.raises(VersionConflict):
        other.commit()
    assert len(journals_of(actor.practice_id, patient)) == 2
    assert get_account(actor.practice_id, patient).insurance_cents == 50_00


def test_a_sheet_of_which_nothing_is_open_leaves_the_open_balances(actor: Actor) -> None:
    patient = PatientId.new()
    sheet = again(actor, written(actor, patient))
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post(sheet, charged().reversed())
    writes.commit()
    assert list(OpenItem.query(open_key(actor.practice_id))) == []
    assert get_account(actor.practice_id, patient).insurance_cents == 0


def test_a_line_overpaid_and_one_unpaid_are_both_open(actor: Actor) -> None:
    patient = PatientId.new()
    sheet = again(actor, written(actor, patient))
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post(
        sheet,
        Journal(
            kind=JournalKind.ADJUDICATION,
            postings=(
                Posting(book=Book.INSURANCE, amount=Money(-200_00), line="1"),
                Posting(book=Book.CLEARING, amount=Money(200_00)),
            ),
        ),
    )
    writes.commit()
    [owed] = OpenItem.query(open_key(actor.practice_id))
    assert owed.insurance_cents == 0


def paid(cents: int) -> Journal:
    return Journal(
        kind=JournalKind.PATIENT_PAYMENT,
        postings=(
            Posting(book=Book.BANK, amount=Money(cents)),
            Posting(book=Book.UNAPPLIED, amount=Money(-cents)),
        ),
    )


def test_a_patient_cannot_use_money_that_is_not_there(actor: Actor) -> None:
    practice, patient = actor.practice_id, PatientId.new()
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post_to_account(patient, paid(30_00), Source(method="cash"))
    writes.commit()
    assert get_account(practice, patient).unapplied_cents == 30_00
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post_to_account(patient, paid(30_01).reversed(JournalKind.REFUND))
    with pytest.raises(NotEnoughUnapplied):
        writes.commit()
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post_to_account(patient, paid(30_00).reversed(JournalKind.REFUND))
    writes.commit()
    assert get_account(practice, patient).unapplied_cents == 0
    assert isinstance(next(iter(AccountItem.query(account_key(practice, patient)))), AccountItem)


def test_nothing_is_posted_to_a_day_that_is_closed(actor: Actor) -> None:
    ClosedDayItem(
        day_key(actor.practice_id, DAY), CLOSED, at="x", by=actor.user_id, report={}
    ).save()
    patient = PatientId.new()
    writes = RevenueWrites(actor, NOW, DAY)
    writes.post_to_account(patient, paid(1))
    with pytest.raises(DayIsClosed):
        writes.commit()
    assert journals_of(actor.practice_id, patient) == []


def a_claim(actor: Actor, sheet: SheetItem) -> ClaimItem:
    claim = ClaimId.new()
    return ClaimItem(
        claim_key(actor.practice_id, claim),
        CLAIM,
        claim_id=claim,
        sheet_id=sheet.sheet_id,
        sheet_version=sheet.version,
        patient_id=sheet.patient_id,
        coverage_id=CoverageId.new(),
        payer_id="pyr_x",
        turn=1,
        control_number="1000017",
        state=ClaimState.CLEAN,
        day=sheet.day,
        charge_cents=sheet.charge_cents,
        draft=b"sealed",
    )


def test_a_claim_moves_over_the_board_and_remembers_each_step(actor: Actor) -> None:
    practice = actor.practice_id
    claim = a_claim(actor, written(actor, PatientId.new()))
    writes = RevenueWrites(actor, NOW, DAY)
    writes.add_claim(claim, "made", {})
    writes.commit()
    assert claim_of_control(practice, "1000017") == claim.claim_id
    found = get_claim(practice, ClaimId(claim.claim_id))
    assert found is not None
    writes = RevenueWrites(actor, NOW, DAY)
    writes.move(found, ClaimState.APPROVED, "approved", {}, note="Looks right")
    writes.commit()
    assert list(BoardItem.query(board_key(practice, "clean"))) == []
    [shown] = BoardItem.query(board_key(practice, "approved"))
    assert shown.claim_id == claim.claim_id
    events = list(ClaimEventItem.query(claim.pk, ClaimEventItem.sk.startswith("event#")))
    assert [(one.kind, one.state) for one in events] == [
        ("made", "clean"),
        ("approved", "approved"),
    ]


def test_a_state_that_may_not_follow_is_refused_and_nothing_changes(actor: Actor) -> None:
    claim = a_claim(actor, written(actor, PatientId.new()))
    writes = RevenueWrites(actor, NOW, DAY)
    writes.add_claim(claim, "made", {})
    writes.commit()
    with pytest.raises(WrongMove):
        RevenueWrites(actor, NOW, DAY).move(claim, ClaimState.PAID, "paid", {})
    found = get_claim(actor.practice_id, ClaimId(claim.claim_id))
    assert found is not None
    assert found.state == "clean"


def test_a_control_number_is_given_to_one_claim(actor: Actor) -> None:
    sheet = written(actor, PatientId.new())
    for turn in range(2):
        writes = RevenueWrites(actor, NOW, DAY)
        writes.add_claim(a_claim(actor, sheet), "made", {})
        if turn:
            with pytest.raises(VersionConflict):
                writes.commit()
        else:
            writes.commit()


def test_journals_stand_in_the_order_in_which_they_were_posted_by_the_storys_clock(
    actor: Actor,
) -> None:
    patient = PatientId.new()
    for day in (2, 1):
        writes = RevenueWrites(actor, NOW.replace(day=day), DAY)
        writes.post_to_account(patient, paid(10_00 * day), Source(method="cash"))
        writes.post_to_account(patient, paid(10_00 * day + 1), Source(method="cash"))
        writes.commit()
    found = [
        journal_of(one).total(Book.BANK).cents for one in journals_of(actor.practice_id, patient)
    ]
    assert found == [10_00, 10_01, 20_00, 20_01]
