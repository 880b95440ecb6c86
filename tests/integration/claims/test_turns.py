"""Claims of later payers, of payers that take no corrections, and of those without a wire."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from caresmith.audit import AuditTrail, audited
from caresmith.clock import from_text
from caresmith.ids import ClaimId, PatientId, SheetId
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.denial import (
    OPEN,
    DenialFacts,
    DenialItem,
    denial_sort_key,
    denials_key,
    group_of,
    seal_facts,
    where_of,
)
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.records.revenue.writing import RevenueWrites
from tests.integration.claims.test_screens import page
from tests.integration.claims.test_secondary import adjudicate
from tests.support.billing_office import BillingOffice, override_all, visit_line
from tests.support.client import Reply, call


def forwarded(office: BillingOffice) -> tuple[SheetId, ClaimItem, ClaimItem]:
    """The sheet, Medicare's claim, and the one that stands for what Medicare has forwarded."""
    office.add_payer("Medicare", "MCARE", filing="MB", type="medicare")
    office.add_payer("Gap Plan", "GAP1")
    patient = office.patient(birth_date=date(1950, 3, 14))
    coverages = office.cover(patient, payer="Medicare"), office.cover(patient, payer="Gap Plan")
    sheet = office.released(patient, *coverages)
    first = office.claim(sheet)
    adjudicate(office, sheet, first.claim_id)
    office.tell("TurnPassed", sheet, patient, claim_id=first.claim_id, turn=2, crossed_over=True)
    [_, second] = office.of_sheet(sheet)
    return sheet, first, claim_of(office, second.claim_id)


def claim_of(office: BillingOffice, claim: str) -> ClaimItem:
    return ClaimItem.get(claim_key(office.practice, ClaimId(claim)), CLAIM, consistent_read=True)


def put_in(office: BillingOffice, claim: ClaimItem, state: ClaimState, number: str = "") -> None:
    """What payments and answers would have made of it."""

    claim.payer_control_number = number or None
    steps = [ClaimState.APPROVED, ClaimState.BATCHED, ClaimState.SENT, ClaimState.ACCEPTED, state]
    for step in steps:
        with audited(AuditTrail(office.actor, "test", office.clock)):
            writes = RevenueWrites(office.actor, office.clock.now(), office.day)
            writes.move(claim, step, "test", {})
            writes.commit()


def stuck(office: BillingOffice) -> set[str]:
    rows = office.get("/claims/stuck")["rows"]
    return {row["claim_id"] for some in rows.values() for row in some}


def test_a_forwarded_claim_is_waited_for_and_stuck_when_no_answer_comes(
    office: BillingOffice,
) -> None:
    _, _, second = forwarded(office)
    assert (second.state, second.went, int(second.turn)) == ("sent", "crossover", 2)
    assert second.payer_id == office.payers["Gap Plan"]
    office.later(days=29)
    assert second.claim_id not in stuck(office)
    office.later(days=2)
    assert second.claim_id in stuck(office)


def test_told_twice_what_was_forwarded_is_one_claim(office: BillingOffice) -> None:
    sheet, first, _ = forwarded(office)
    more = {"claim_id": first.claim_id, "turn": 2, "crossed_over": True}
    office.tell("TurnPassed", sheet, first.patient_id, **more)
    assert len(office.of_sheet(sheet)) == 2


def test_what_never_crossed_over_is_billed_by_hand_with_what_the_first_paid(
    office: BillingOffice,
) -> None:
    _, _, second = forwarded(office)
    assert office.act(second, "resubmit", {"reason": "again"}).status == 409
    made = office.act(second, "anew", {"reason": "Gap Plan has no such claim"})
    assert made.status == 201, made.text
    ours = made.json
    assert (ours["turn"], ours["frequency"], ours["replaces"]) == (2, "1", second.claim_id)
    assert ours["draft"]["others"][0]["paid"] == 80_00
    assert ours["draft"]["numbers"]["payer_control_number"] == ""
    office.later(days=40)
    assert second.claim_id not in stuck(office)
    override_all(office, ours["claim_id"])
    claim = claim_of(office, ours["claim_id"])
    assert office.act(claim, "approve").status == 200, office.read(claim)["findings"]
    again = office.act(claim_of(office, second.claim_id), "anew", {"reason": "twice"})
    assert again.status == 409


def test_a_payer_that_is_given_up_is_not_waited_for(office: BillingOffice) -> None:
    sheet, first, second = forwarded(office)
    office.tell("TurnPassed", sheet, first.patient_id, claim_id=first.claim_id, turn=0)
    assert claim_of(office, second.claim_id).state == "voided"
    office.tell("TurnPassed", sheet, first.patient_id, claim_id=first.claim_id, turn=2)
    assert [(int(one.turn), one.state) for one in office.of_sheet(sheet)][2:] == [(2, "clean")]


def medicare(office: BillingOffice, state: ClaimState) -> tuple[SheetId, ClaimItem]:
    office.add_payer("Medicare", "MCARE", filing="MB", type="medicare")
    patient = office.patient(birth_date=date(1950, 3, 14))
    sheet = office.released(patient, office.cover(patient, payer="Medicare"))
    claim = office.claim(sheet)
    put_in(office, claim, state, "ICN1")
    return sheet, claim


def moved(office: BillingOffice, claim: ClaimItem, state: ClaimState) -> None:
    """What posting makes of it, and what tells of that delivered."""
    before = ClaimState(claim.state)
    with audited(AuditTrail(office.actor, "test", office.clock)):
        writes = RevenueWrites(office.actor, office.clock.now(), office.day)
        writes.move(claim, state, "test", {})
        writes.commit()
    told = {"claim_id": claim.claim_id, "state": state, "before": before}
    office.tell("ClaimMoved", SheetId(claim.sheet_id), PatientId(claim.patient_id), **told)


def deny(office: BillingOffice, claim: ClaimItem, *remarks: str, state: str = "open") -> None:
    facts = DenialFacts(code="99213", remarks=remarks)
    item = DenialItem(
        denials_key(office.practice, OPEN),
        denial_sort_key(claim.claim_id, "1"),
        claim_id=claim.claim_id,
        sheet_id=claim.sheet_id,
        patient_id=claim.patient_id,
        line="1",
        remittance_id="rem_x",
        position=1,
        denied_on="2026-11-25",
        cents=150_00,
        reasons=[["CO", "16", 150_00]],
        cause="information",
        state=state,
        changed_at="2026-11-25T00:00:00Z",
        changed_by="usr_x",
        facts=seal_facts(office.practice, claim.claim_id, "1", facts),
    )
    item.pk = denials_key(office.practice, group_of(item))
    item.save()
    if group_of(item) != OPEN:
        where_of(office.practice, item).save()


@pytest.mark.parametrize("name", ["correct", "void"])
def test_medicare_part_b_gets_neither_a_correction_nor_a_void(
    office: BillingOffice, name: str
) -> None:
    sheet, claim = medicare(office, ClaimState.PAID)
    body = {"reason": "wrong"} if name == "void" else None
    reply = office.act(claim, name, body)
    assert (reply.status, reply.json["type"].rsplit("/", 1)[-1]) == (409, "takes-no-corrections")
    assert len(office.of_sheet(sheet)) == 1


def test_charges_that_change_after_medicares_answer_wait_for_a_reopening(
    office: BillingOffice,
) -> None:
    sheet, claim = medicare(office, ClaimState.PAID)
    office.change_sheet(sheet, lines=(visit_line(modifiers=("25",)),))
    assert len(office.of_sheet(sheet)) == 1
    claim = claim_of(office, claim.claim_id)
    assert claim.behind
    told = {"way": "telephone", "note": "Modifier 25 added, ref 4711"}
    reply = office.act(claim, "reopening", told)
    assert reply.status == 200, reply.text
    read = reply.json
    assert (read["state"], read["behind"]) == ("pended", False)
    assert [(one["kind"], one["note"]) for one in read["history"]][-1] == (
        "reopening-asked",
        told["note"],
    )
    office.later(days=31)
    assert claim.claim_id in stuck(office)


def to_reopen(office: BillingOffice) -> list[tuple[str, str]]:
    """Which claims a payer is to be asked about, and what became of their charges."""
    return [(one["claim_id"], one["why"]) for one in office.get("/claims/stuck")["reopen"]]


def test_a_voided_sheet_sends_medicare_no_void_and_is_to_be_asked_for_by_telephone(
    office: BillingOffice,
) -> None:
    sheet, claim = medicare(office, ClaimState.PAID)
    office.void_sheet(sheet)
    assert [one.frequency for one in office.of_sheet(sheet)] == ["1"]
    assert claim_of(office, claim.claim_id).behind
    assert to_reopen(office) == [(claim.claim_id, "voided")]
    assert "To take back what it paid" in page(office, "/stuck")
    assert "Ask it by telephone or in its portal to take back" in page(office, f"/{claim.claim_id}")
    told = {"way": "telephone", "note": "Ref 4711"}
    reply = office.act(claim_of(office, claim.claim_id), "reopening", told)
    assert reply.status == 200, reply.text
    last = reply.json["history"][-1]
    assert (last["kind"], last["by"], last["note"]) == (
        "reopening-asked",
        office.biller.user_id,
        "Ref 4711",
    )
    assert last["at"].startswith(office.clock.now().isoformat()[:16])
    assert to_reopen(office) == []


def test_nothing_may_have_to_be_asked_after_all(office: BillingOffice) -> None:
    sheet, claim = medicare(office, ClaimState.DENIED)
    office.void_sheet(sheet)
    told = {"way": "none", "note": "Nothing was paid."}
    reply = office.act(claim_of(office, claim.claim_id), "reopening", told)
    assert (reply.status, reply.json["state"], reply.json["behind"]) == (200, "denied", False)
    assert reply.json["history"][-1]["kind"] == "reopening-dropped"
    assert to_reopen(office) == []


def test_charges_that_change_and_are_voided_then_are_asked_for_once(office: BillingOffice) -> None:
    sheet, claim = medicare(office, ClaimState.PAID)
    office.change_sheet(sheet, lines=(visit_line(modifiers=("25",)),))
    assert to_reopen(office) == [(claim.claim_id, "changed")]
    office.void_sheet(sheet)
    assert to_reopen(office) == [(claim.claim_id, "voided")]


def test_what_medicare_has_taken_back_by_itself_is_asked_for_no_more(
    office: BillingOffice,
) -> None:
    sheet, claim = medicare(office, ClaimState.PAID)
    office.void_sheet(sheet)
    moved(office, claim_of(office, claim.claim_id), ClaimState.REVERSED)
    assert claim_of(office, claim.claim_id).state == "voided"
    assert to_reopen(office) == []


@pytest.mark.parametrize("state", ["lost", "written-off"])
def test_what_could_not_be_processed_is_sent_anew_whatever_was_done_of_its_denial(
    office: BillingOffice, state: str
) -> None:
    _, claim = medicare(office, ClaimState.DENIED)
    deny(office, claim, "MA130", state=state)
    made = office.act(claim, "anew", {"reason": "The NPI was missing"})
    assert made.status == 201, made.text


def test_what_medicare_could_not_process_is_sent_as_a_new_claim(office: BillingOffice) -> None:
    _, claim = medicare(office, ClaimState.DENIED)
    deny(office, claim, "MA130", "N290")
    made = office.act(claim, "anew", {"reason": "NPI of the referring provider was missing"})
    assert made.status == 201, made.text
    ours = made.json
    assert (ours["frequency"], ours["replaces"]) == ("1", claim.claim_id)
    assert "CLM-MEDICARE-REPLACEMENT" not in {one["edit"] for one in ours["findings"]}
    assert ours["draft"]["numbers"]["payer_control_number"] == ""
    assert ours["control_number"] != claim.control_number


def test_what_was_processed_is_not_sent_as_new(office: BillingOffice) -> None:
    sheet, claim = medicare(office, ClaimState.DENIED)
    deny(office, claim, "N115")
    reply = office.act(claim, "anew", {"reason": "try"})
    assert (reply.status, reply.json["type"].rsplit("/", 1)[-1]) == (409, "claim-was-processed")
    assert len(office.of_sheet(sheet)) == 1


@pytest.mark.parametrize(("way", "days"), [("paper", 30), ("portal", 14)])
def test_a_claim_without_a_wire_is_stuck_only_after_the_time_that_its_way_takes(
    office: BillingOffice, way: str, days: int
) -> None:
    office.add_payer("By hand", "HAND1", ways={"claims": "portal"})
    patient = office.patient()
    claim = office.claim(office.released(patient, office.cover(patient, payer="By hand")))
    assert office.act(claim, "approve").status == 200
    claim = claim_of(office, claim.claim_id)
    assert office.act(claim, "handed-over", {"way": way}).status == 200
    claim = claim_of(office, claim.claim_id)
    assert claim.due_at is not None
    assert from_text(claim.due_at) - office.clock.now() == timedelta(days=days)
    office.later(days=days - 1)
    assert claim.claim_id not in stuck(office)
    office.later(days=2)
    assert claim.claim_id in stuck(office)
    told = {"payer_control_number": "2026-778", "note": "Call of today"}
    assert office.act(claim, "confirmed", told).status == 200
    after = claim_of(office, claim.claim_id)
    assert (after.state, after.payer_control_number) == ("accepted", "2026-778")
    assert claim.claim_id not in stuck(office)


def on_page(office: BillingOffice, claim: ClaimItem) -> str:
    reply = call("GET", f"/console/claims/{claim.claim_id}", caller=office.biller)
    assert reply.status == 200, reply.text
    return reply.text


def click(office: BillingOffice, claim: ClaimItem, what: str, **form: str) -> Reply:
    version = str(claim_of(office, claim.claim_id).version)
    fields = [("version", version), *form.items()]
    path = f"/console/claims/{claim.claim_id}/{what}"
    return call("POST", path, caller=office.biller, form=fields)


def test_the_page_offers_medicare_a_reopening_and_no_correction(office: BillingOffice) -> None:
    _, claim = medicare(office, ClaimState.PAID)
    text = on_page(office, claim)
    assert "it reopens" in text
    assert "Correct it (7)" not in text
    assert "frequency 8" not in text
    refused = click(office, claim, "reopening", way="telephone", note="")
    assert refused.status == 422
    assert "What it was told" in refused.text
    assert click(office, claim, "reopening", way="telephone", note="Ref 1").status == 303
    assert claim_of(office, claim.claim_id).state == "pended"


def test_the_page_of_a_forwarded_claim_offers_to_bill_it_here(office: BillingOffice) -> None:
    _, _, second = forwarded(office)
    text = on_page(office, second)
    assert "its answer is waited for" in text
    assert "Send it again as it is" not in text
    made = click(office, second, "anew", reason="The plan has no such claim")
    assert made.status == 303
    assert second.claim_id not in made.headers["location"]
    assert "Bill it ourselves" not in on_page(office, second)
    again = click(office, second, "anew", reason="twice")
    assert again.status == 409
    assert "on its way already" in again.text


def test_a_claim_that_went_by_post_is_confirmed_on_its_page(office: BillingOffice) -> None:
    office.add_payer("By hand", "HAND1", ways={"claims": "portal"})
    patient = office.patient()
    claim = office.claim(office.released(patient, office.cover(patient, payer="By hand")))
    assert office.act(claim, "approve").status == 200
    assert office.act(claim.claim_id, "handed-over", {"way": "paper"}).status == 200
    assert "The payer says it has it" in on_page(office, claim)
    wrong = click(office, claim, "confirmed", payer_control_number="a*b", note="Call")
    assert wrong.status == 422
    assert claim_of(office, claim.claim_id).state == "sent"
    right = click(office, claim, "confirmed", payer_control_number="A-1", note="Call")
    assert right.status == 303
    assert claim_of(office, claim.claim_id).payer_control_number == "A-1"
