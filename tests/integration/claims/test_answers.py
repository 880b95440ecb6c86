"""What comes back: in order and out of it, once and twice, for us and for others, and garbled."""

from __future__ import annotations

import pytest

from caresmith.events import ExchangeFileArrived
from caresmith.money import Money
from caresmith.settings import Domain
from functions.claims.answers import polling
from functions.claims.submission import sending
from tests.integration.claims.test_sending import approved
from tests.support.billing_office import BillingOffice, hand_in, send_all, visit_line
from tests.support.events import told
from tests.support.payer_answers import accepted, ack, file_of, status_ca, ta1


@pytest.fixture
def sent(office: BillingOffice) -> tuple[BillingOffice, list[str], object]:
    ids = approved(office, 2)
    return office, ids, send_all(office)


Sent = tuple[BillingOffice, list[str], object]


def states(office: BillingOffice, ids: list[str]) -> list[str]:
    return [office.item(one).state for one in ids]


def number(office: BillingOffice, claim: str) -> str:
    return str(office.item(claim).control_number)


def test_a_999_and_a_277ca_bring_a_claim_to_the_payer(sent: Sent) -> None:
    office, ids, head = sent
    hand_in(office, ta1(head))
    hand_in(office, ack(head))
    assert states(office, ids) == ["received", "received"]
    taken = hand_in(office, accepted((number(office, ids[0]), "ICN1")))
    assert office.item(ids[0]).payer_control_number == "ICN1"
    assert states(office, ids) == ["accepted", "received"]
    read = office.get(f"/claims/files/{taken['file']['file_id']}")
    assert (read["state"], read["counts"]["accepted"]) == ("taken", 1)
    assert office.get(f"/claims/files/{head.file_id}")["state"] == "answered"


def test_the_277ca_may_come_before_the_999(sent: Sent) -> None:
    office, ids, head = sent
    pairs = [(number(office, one), f"ICN{n}") for n, one in enumerate(ids)]
    hand_in(office, accepted(*pairs))
    hand_in(office, ack(head))
    assert states(office, ids) == ["accepted", "accepted"]


def test_the_same_file_again_does_nothing_again(sent: Sent) -> None:
    office, ids, head = sent
    content = ack(head)
    assert hand_in(office, content)["known"] is False
    versions = [int(office.item(one).version) for one in ids]
    again = hand_in(office, content)
    assert again["known"] is True
    arrived = told(office.practice, ExchangeFileArrived, Domain.REVENUE)
    assert len(arrived) == 1
    # And the event itself, delivered once more.
    office.deliver("ExchangeFileArrived", file_id=again["file"]["file_id"], kind="999")
    assert [int(office.item(one).version) for one in ids] == versions


def test_a_rejected_set_rejects_its_claims_and_names_the_one_that_is_wrong(sent: Sent) -> None:
    office, ids, head = sent
    wrong = number(office, ids[0])
    errors = ("IK3*NM1*12*2010BA*8", f"CTX*CLM01:{wrong}", "IK4*9*67*1")
    hand_in(office, ack(head, "R", *errors))
    assert states(office, ids) == ["rejected", "rejected"]
    codes = {one: office.read(one)["answers"][-1]["codes"] for one in ids}
    assert codes[ids[0]] == ["NM109:1"]
    assert codes[ids[1]] == []


def test_a_claim_the_payer_rejects_can_be_mended_and_goes_out_under_its_number(
    sent: Sent,
) -> None:
    office, ids, _ = sent
    control = number(office, ids[0])
    hand_in(office, status_ca([(control, "A7:562:85", "")]))
    claim = office.item(ids[0])
    assert claim.state == "rejected"
    office.change_sheet(claim.sheet_id, lines=(visit_line(charge=Money(160_00)),))
    assert office.item(ids[0]).state == "clean"
    assert office.act(ids[0], "approve").status == 200
    send_all(office)
    assert (office.item(ids[0]).state, number(office, ids[0])) == ("sent", control)


def test_a_late_answer_to_an_earlier_file_moves_nothing(sent: Sent) -> None:
    office, ids, head = sent
    control = number(office, ids[0])
    hand_in(office, status_ca([(control, "A7:562:85", "")]))
    assert office.act(ids[0], "approve").status == 200
    send_all(office)
    hand_in(office, ack(head, "R", number=9))
    assert office.item(ids[0]).state == "sent"
    kinds = [one["kind"] for one in office.read(ids[0])["history"]]
    assert kinds[-1] == "stale-answer"


def test_a_rejected_interchange_rejects_every_claim_of_it(sent: Sent) -> None:
    office, ids, head = sent
    hand_in(office, ta1(head, "R", "024"))
    assert states(office, ids) == ["rejected", "rejected"]
    assert office.read(ids[0])["answers"][-1]["codes"] == ["TA1:024"]


def test_a_file_for_somebody_else_is_kept_and_refused(sent: Sent) -> None:
    office, ids, _ = sent
    content = accepted((number(office, ids[0]), "ICN1")).replace(
        b"*ZZ*1003000126     *", b"*ZZ*SOMEBODYELSE   *"
    )
    taken = hand_in(office, content)["file"]
    assert taken["state"] == "refused"
    assert "ISA08" in taken["remark"]
    assert states(office, ids) == ["sent", "sent"]


def test_a_garbled_file_is_kept_and_says_where_and_why(sent: Sent) -> None:
    office, ids, head = sent
    content = ack(head).replace(b"SE*6*", b"SE*9*")
    taken = hand_in(office, content)["file"]
    assert taken["state"] == "garbled"
    assert "segment" in taken["remark"]
    assert states(office, ids) == ["sent", "sent"]
    listed = office.get("/claims/files")
    assert taken["file_id"] in {one["file_id"] for one in listed["files"]}


def test_what_is_no_x12_at_all_is_kept_as_well(office: BillingOffice) -> None:
    assert hand_in(office, b"Dear Sir or Madam")["file"]["state"] == "garbled"


def test_an_835_is_told_of_for_whoever_posts_it(office: BillingOffice) -> None:
    from tests.support.x12 import remittance

    content = remittance().replace(b"*ZZ*CLINIC         *", b"*ZZ*1003000126     *")
    taken = hand_in(office, content)["file"]
    assert (taken["kind"], taken["state"]) == ("835", "received")
    [event] = told(office.practice, ExchangeFileArrived, Domain.REVENUE)
    assert (event.kind, event.file_id) == ("835", taken["file_id"])


def test_an_answer_about_nobody_s_claim_is_counted(sent: Sent) -> None:
    office, _, _ = sent
    taken = hand_in(office, accepted(("CS999999990", "ICN9")))["file"]
    assert office.get(f"/claims/files/{taken['file_id']}")["counts"]["unmatched"] == 1


def test_a_sheet_that_changed_meanwhile_is_corrected_when_the_payer_s_number_is_known(
    sent: Sent,
) -> None:
    office, ids, _ = sent
    claim = office.item(ids[0])
    office.change_sheet(claim.sheet_id, lines=(visit_line(charge=Money(180_00)),))
    assert office.item(ids[0]).behind
    hand_in(office, accepted((claim.control_number, "ICN1")))
    corrected = office.claim(claim.sheet_id)
    assert (corrected.frequency, corrected.replaces, corrected.charge_cents) == (
        "7",
        ids[0],
        180_00,
    )
    draft = office.read(corrected)["draft"]
    assert draft["numbers"]["payer_control_number"] == "ICN1"
    assert office.item(ids[0]).state == "accepted"
    assert office.act(corrected, "approve").status == 200
    send_all(office)
    assert office.item(ids[0]).state == "replaced"
    assert office.item(corrected.claim_id).state == "sent"


def test_a_sheet_voided_after_the_payer_has_it_is_taken_back_by_a_void(sent: Sent) -> None:
    office, ids, _ = sent
    claim = office.item(ids[0])
    hand_in(office, accepted((claim.control_number, "ICN1")))
    office.void_sheet(claim.sheet_id)
    void = office.claim(claim.sheet_id)
    assert (void.frequency, void.state) == ("8", "clean")
    assert office.act(void, "approve").status == 200
    send_all(office)
    assert (office.item(ids[0]).state, office.item(void.claim_id).state) == ("voided", "sent")


def test_a_sheet_voided_while_its_claim_is_under_way_waits_for_the_answer(sent: Sent) -> None:
    office, ids, _ = sent
    claim = office.item(ids[0])
    office.void_sheet(claim.sheet_id)
    assert len(office.of_sheet(claim.sheet_id)) == 1
    hand_in(office, status_ca([(claim.control_number, "A7:562:85", "")]))
    assert office.item(ids[0]).state == "voided"


def test_an_answer_that_is_faster_than_our_bookkeeping_finds_its_claim(
    office: BillingOffice,
) -> None:
    from caresmith.ids import ExchangeFileId
    from caresmith.records.revenue.exchanged import known_file

    [claim] = approved(office)
    file = ExchangeFileId.new()
    for task in ("gather", "build", "deliver"):
        office.task(task, file_id=file)
    hand_in(office, accepted((number(office, claim), "ICN1")))
    assert office.item(claim).state == "accepted"
    assert office.task("mark-sent", file_id=file) == {"action": "wait"}
    assert office.item(claim).state == "accepted"
    assert known_file(office.practice, file).state == "sent"


def test_the_waiting_execution_goes_on_when_the_999_is_read(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.claims.answers import reading

    office, _, head = sent
    completed: list[tuple[str, str]] = []
    for module in (sending, reading):
        monkeypatch.setattr(module, "complete", lambda *told: completed.append(told))
    given = {"file_id": head.file_id, "execution": "run-1"}
    office.task("await-answer", token="t-1", **given)
    hand_in(office, ack(head))
    assert completed == [("t-1", "answered")]
    # One that begins to wait only now is told at once.
    office.task("await-answer", token="t-2", **given)
    assert completed[-1] == ("t-2", "answered")


def test_no_999_in_time_is_said_by_the_file_and_the_claims_are_stuck(sent: Sent) -> None:
    office, ids, head = sent
    office.task("overdue", file_id=head.file_id)
    assert office.get(f"/claims/files/{head.file_id}")["state"] == "overdue"
    office.later(days=3)
    stuck = office.get("/claims/stuck")["rows"]
    assert {one["claim_id"] for one in stuck["sent"]} == set(ids)


def test_the_mailbox_is_read_once_and_its_names_remembered(sent: Sent) -> None:
    import boto3

    from caresmith.settings import bucket_name

    office, ids, head = sent
    put = boto3.client("s3").put_object
    for name, content in (
        ("a.999", ack(head)),
        ("b.277", accepted((number(office, ids[0]), "ICN1"))),
        ("c.txt", b"nothing of ours"),
    ):
        put(Bucket=bucket_name("exchange"), Key=f"drop/{office.practice}/in/{name}", Body=content)
    assert office.task("poll") == {"taken": 3}
    assert office.task("poll") == {"taken": 0}
    kinds = sorted(one.kind for one in told(office.practice, ExchangeFileArrived, Domain.REVENUE))
    assert kinds == ["277CA", "999"]


def test_every_practice_s_mailbox_is_asked_for(office: BillingOffice) -> None:
    from caresmith.records.directory import listed

    listed(office.practice).save()
    try:
        assert polling.poll_all()["asked"] >= 1
    finally:
        listed(office.practice).delete()


def test_two_kinds_in_one_file_are_refused(office: BillingOffice) -> None:
    one = file_of("999", "005010X231A1", "AK1*HC*1*005010X222A1", "AK9*A*1*1*1", number=4)
    other = file_of("277", "005010X214", "BHT*0085*08*1*20261127*1010*TH", number=5)
    taken = hand_in(office, one + other)["file"]
    assert taken["state"] == "refused"
