"""A policy is verified: asked in the payer's own terms, answered, kept, shown."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from caresmith import exchange_https
from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from tests.integration.coverage.conftest import Covered, Practice, policy
from tests.support.client import Caller, call
from tests.support.payer_desk import (
    ACTIVE,
    INACTIVE,
    PAYER_KEY,
    benefits,
    http,
    late,
    rejected,
    turned_down,
)
from tests.support.practices import Practice as PracticeFacts
from tests.support.practices import put, small_practice


def test_an_active_policy_is_shown_with_what_the_desk_collects(office: Practice) -> None:
    covered = office.covered()
    check = covered.verified()
    assert (check["outcome"], check["reason"], check["kept"]) == ("active", None, False)
    standing = covered.standing()
    assert standing["badge"] == "active"
    assert standing["glance"]["copay"] == 2500
    assert standing["glance"]["copay_for"] == "98"
    assert standing["glance"]["deductible_left"] == 41250
    [deductible] = check["benefits"]["deductibles"]
    assert (deductible["total"], deductible["used"], deductible["left"]) == (150000, 108750, 41250)
    assert check["benefits"]["plan"] == "GOLD PLAN"


def test_the_payer_is_asked_about_the_subscriber_under_our_key(office: Practice) -> None:
    covered = office.covered()
    check = covered.verified()
    [asked] = office.payer.asked
    assert office.payer.keys == [f"Bearer {PAYER_KEY}"]
    assert asked.names == [
        ["NM1", "IL", "1", "Example", "Ana", "", "", "", "MI", "XYZ1234"],
    ]
    assert asked.segments("DMG") == [["DMG", "D8", "19850314", "F"]]
    assert asked.segments("EQ") == [["EQ", "30^98"]]
    assert asked.segments("DTP") == [["DTP", "291", "D8", "20261127"]]
    assert asked.trace == check["eligibility_id"]
    assert ["NM1", "PR", "2", "Acme Health", "", "", "", "", "PI", "ACME1"] in asked.segments("NM1")
    assert asked.segments("NM1")[1][-2:] == ["XX", "1234567893"]


def test_a_dependent_stands_below_the_subscriber(office: Practice) -> None:
    covered = office.covered(
        relationship="child",
        subscriber_given="Petra",
        subscriber_family="Núñez",
        subscriber_birth_date="1960-01-02",
        subscriber_sex="F",
    )
    assert covered.verified()["outcome"] == "active"
    [asked] = office.payer.asked
    assert asked.names == [
        ["NM1", "IL", "1", "Nunez", "Petra", "", "", "", "MI", "XYZ1234"],
        ["NM1", "03", "1", "Example", "Ana"],
    ]
    assert asked.segments("INS") == [["INS", "N", "19"]]


@pytest.mark.parametrize(
    ("facts", "rules", "sent"),
    [
        ({"own_member_id": "KID-77"}, {}, "KID77"),
        ({"member_suffix": "03"}, {"suffix_identifies": True}, "XYZ123403"),
    ],
)
def test_a_dependent_with_an_id_of_their_own_is_asked_about_as_a_subscriber(
    office: Practice, facts: dict[str, Any], rules: dict[str, Any], sent: str
) -> None:
    office.add_payer("Own Ids", wire_id="OWN", **rules)
    covered = office.covered(
        payer_name="Own Ids", relationship="child", subscriber_name="Petra Example", **facts
    )
    covered.verified()
    [asked] = office.payer.asked
    assert asked.names == [["NM1", "IL", "1", "Example", "Ana", "", "", "", "MI", sent]]
    assert asked.segments("INS") == []


def test_traces_and_control_numbers_never_come_again(office: Practice) -> None:
    covered = office.covered()
    for _ in range(3):
        covered.verified(force=True)
    assert len({asked.trace for asked in office.payer.asked}) == 3
    numbers = [asked.segments("ISA")[0][13] for asked in office.payer.asked]
    assert numbers == ["000000001", "000000002", "000000003"]


def test_the_same_question_on_the_same_day_costs_one_fee(office: Practice) -> None:
    covered = office.covered()
    first = covered.verified()
    again = covered.verify()
    assert again.status == 200
    assert again.json["kept"]
    assert again.json["eligibility_id"] == first["eligibility_id"]
    assert again.json["benefits"] == first["benefits"]
    assert len(office.payer.asked) == 1
    covered.verified(force=True)
    covered.verified(service_types=["MH"])
    assert len(office.payer.asked) == 3
    office.later(hours=14)
    covered.verified()
    assert len(office.payer.asked) == 4


def test_a_changed_policy_is_asked_about_anew_and_shown_as_changed(office: Practice) -> None:
    covered = office.covered()
    covered.verified()
    chart = covered.chart
    path = f"/patients/{covered.patient_id}/coverages/{covered.coverage_id}"
    version = chart["coverages"][0]["version"]
    changed = call(
        "PUT",
        path,
        caller=office.desk,
        json_body=policy(member_id="OTHER9"),
        headers={"If-Match": f'"{version}"'},
    )
    assert changed.status == 200, changed.text
    assert covered.standing()["badge"] == "stale"
    assert covered.standing()["stale_because"] == "changed"
    covered.verified()
    assert len(office.payer.asked) == 2
    assert covered.standing()["badge"] == "active"


def test_two_who_ask_at_once_cost_one_fee(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(late(0.5))
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(lambda _: covered.verify().status, range(2)))
    assert statuses == [201, 409]
    assert len(office.payer.asked) == 1


def test_the_whole_answer_is_kept_as_it_came(office: Practice) -> None:
    covered = office.covered()
    check = covered.verified()
    path = f"{covered.path}/checks/{check['eligibility_id']}/file"
    reply = call("GET", path, caller=office.desk)
    assert reply.status == 200
    assert hashlib.sha256(reply.text.encode()).hexdigest() == check["sha256"]
    assert f"TRN*2*{check['eligibility_id']}*" in reply.text


def test_inactive_waits_on_the_list_until_it_is_active(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(benefits(*INACTIVE))
    assert covered.verified()["outcome"] == "inactive"
    [item] = office.work()
    assert item["what"] == "inactive"
    assert "new card" in item["do"][0]
    office.payer.answers_with(benefits())
    covered.verified(force=True)
    assert office.work() == []
    assert [one.outcome for one in office.verified()] == ["inactive", "active"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(503), "unreachable"),
        (http(400), "refused"),
        (http(401), "key-refused"),
        (http(200, b"no X12 at all"), "garbled"),
        (http(200, b""), "garbled"),
        (http(204), "garbled"),
        (benefits(trace="elg_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"), "another-answer"),
        (rejected("72"), "rejected"),
        (rejected("42", "R"), "not-now"),
        (turned_down("50"), "rejected"),
        (benefits("EB*D**30***", "MSG*CALL US"), "unclear"),
    ],
)
def test_what_can_go_wrong_is_told_and_waits_for_a_person(
    office: Practice, answer: Any, reason: str
) -> None:
    covered = office.covered()
    office.payer.answers_with(answer)
    check = covered.verified()
    assert (check["outcome"], check["reason"]) == ("unverified", reason)
    [item] = office.work()
    assert item["what"] == reason
    assert item["says"]
    assert item["do"]
    assert covered.standing()["badge"] == "unverified"


def test_a_payer_that_never_answers_holds_the_desk_up_for_a_while_only(
    office: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_https, "REALTIME_SECONDS", 0.3)
    covered = office.covered()
    office.payer.answers_with(late(1.5))
    assert covered.verified()["reason"] == "timed-out"
    office.payer.answers_with(benefits())
    assert covered.verified()["outcome"] == "active"


def test_nobody_there_at_all(office: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARESMITH_LOCAL_PAYER", "http://127.0.0.1:9")
    assert office.covered().verified()["reason"] == "unreachable"


def test_a_deployment_without_an_exchange_says_so(
    office: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CARESMITH_LOCAL_PAYER")
    assert office.covered().verified()["reason"] == "not-configured"


def test_a_rejection_says_in_plain_words_what_to_correct(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(rejected("75"))
    check = covered.verified()
    [why] = check["benefits"]["rejections"]
    assert why["says"] == "It does not find the subscriber."
    assert why["field"] == "member_id"
    [item] = office.work()
    assert item["says"] == ["It does not find the subscriber."]


def test_the_same_rejection_is_not_paid_for_twice_on_a_day(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(rejected("72"))
    covered.verified()
    assert covered.verified()["kept"]
    assert len(office.payer.asked) == 1


@pytest.mark.parametrize(
    ("facts", "rules", "reason"),
    [
        ({"payer_name": "Nobody Knows"}, None, "no-payer"),
        ({"payer_name": "By Portal"}, {"ways": {"eligibility": "portal"}}, "portal"),
        ({"payer_name": "By Phone"}, {"ways": {"eligibility": "paper"}}, "paper"),
        ({"member_id": "-"}, None, "incomplete"),
    ],
)
def test_who_can_not_be_asked_by_wire_is_not(
    office: Practice, facts: dict[str, Any], rules: dict[str, Any] | None, reason: str
) -> None:
    if rules is not None:
        office.add_payer(facts["payer_name"], **rules)
    covered = office.covered(**facts)
    assert covered.verified()["reason"] == reason
    assert covered.verified()["kept"]
    assert office.payer.asked == []
    assert [item["what"] for item in office.work()] == [reason]


def test_a_practice_without_an_npi_can_not_ask(office: Practice) -> None:
    put(office.practice, PracticeFacts(id=office.practice, name="Small", zone="America/New_York"))
    assert office.covered().verified()["reason"] == "no-npi"


def test_an_alias_links_a_policy_that_has_only_a_name(office: Practice) -> None:
    office.add_payer("Blue of Illinois", wire_id="BLUE", aliases=["BCBS-IL", "Blue Cross IL"])
    covered = office.covered(payer_name="bcbs il")
    assert covered.verified()["outcome"] == "active"
    assert office.payer.asked[0].segments("NM1")[0][-1] == "BLUE"


def test_questions_of_eligibility_may_go_to_another_id(office: Practice) -> None:
    office.add_payer("Two Ids", wire_id="CLAIMS", eligibility_id="ELIG")
    office.covered(payer_name="Two Ids").verified()
    assert office.payer.asked[0].segments("NM1")[0][-1] == "ELIG"


def test_an_ended_policy_is_not_asked_about(office: Practice) -> None:
    covered = office.covered(period={"end": "2026-01-31"})
    reply = covered.verify()
    assert reply.status == 409
    assert reply.json["type"].endswith("policy-ended")
    assert office.payer.asked == []


def test_two_policies_are_each_known_by_themselves(office: Practice) -> None:
    chart = office.register(policy(), policy(member_id="SECOND2", order=2))
    first, second = Covered(office, chart), Covered(office, chart, 1)
    office.payer.answers_with(benefits(), benefits(*INACTIVE))
    first.verified()
    second.verified()
    found = office.get(f"/coverage/patients/{first.patient_id}")
    assert [one["badge"] for one in found["standings"]] == ["active", "inactive"]
    assert [asked.names[0][-1] for asked in office.payer.asked] == ["XYZ1234", "SECOND2"]


def test_what_is_known_follows_the_policy_into_the_chart_that_survives(office: Practice) -> None:
    covered = office.covered()
    covered.verified()
    survivor = office.register()
    office.desk = Caller(office.practice, roles=("manager",))  # type: ignore[arg-type]
    gone = office.get(f"/patients/{covered.patient_id}")
    merged = office.post(
        f"/patients/{survivor['patient_id']}/merge",
        {
            "merged_id": covered.patient_id,
            "merged_version": gone["version"],
            "reason": "The same person",
        },
        version=survivor["version"],
    )
    assert merged.status == 200, merged.text
    # By the old chart's id as by the new one's.
    for patient in (covered.patient_id, survivor["patient_id"]):
        found = office.get(f"/coverage/patients/{patient}")
        assert found["patient_id"] == survivor["patient_id"]
        [standing] = found["standings"]
        assert standing["badge"] == "active"
    covered.verified(force=True)
    assert office.verified()[-1].patient_id == survivor["patient_id"]
    assert len(covered.view()["checks"]) == 2


def test_what_was_said_by_telephone_takes_it_off_the_list(office: Practice) -> None:
    covered = office.covered(payer_name="Nobody Knows")
    covered.verified()
    refused = office.post(f"{covered.path}/telephone", {"outcome": "active"})
    assert refused.status == 422
    reply = office.post(
        f"{covered.path}/telephone",
        {"outcome": "active", "reference": "C-99", "note": "Effective since January."},
    )
    assert reply.status == 201, reply.text
    assert reply.json["origin"] == "telephone"
    assert office.work() == []
    assert covered.standing()["badge"] == "active"
    assert covered.view()["checks"][0]["reference"] == "C-99"
    assert office.verified()[-1].by_telephone


def test_the_history_has_the_newest_first_and_each_can_be_opened(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(benefits(*INACTIVE), benefits())
    old = covered.verified()
    office.later(days=1)
    covered.verified()
    checks = covered.view()["checks"]
    assert [one["outcome"] for one in checks] == ["active", "inactive"]
    opened = office.get(f"{covered.path}/checks/{old['eligibility_id']}")
    assert opened["benefits"]["status"] == "inactive"


def test_an_answer_grows_old(office: Practice) -> None:
    covered = office.covered()
    covered.verified()
    office.later(days=31)
    standing = covered.standing()
    assert (standing["badge"], standing["stale_because"]) == ("stale", "old")


def test_what_the_payer_has_otherwise_is_shown_and_taken_over(office: Practice) -> None:
    covered = office.covered()
    office.payer.answers_with(
        benefits(*ACTIVE, member="NEW777", after_name=("REF*6P*G-55*ACME WORKERS",))
    )
    found = {one["field"]: one for one in covered.verified()["differences"]}
    assert set(found) == {"member_id", "group_number", "group_name", "plan_name"}
    assert all(one["certain"] for one in found.values())
    version = covered.chart["coverages"][0]["version"]
    taken = call(
        "PATCH",
        f"/patients/{covered.patient_id}/coverages/{covered.coverage_id}",
        caller=office.desk,
        json_body={"member_id": found["member_id"]["payer"], "group_number": "G-55"},
        headers={"If-Match": f'"{version}"'},
    )
    assert taken.status == 200, taken.text
    [now] = taken.json["coverages"]
    assert (now["member_id"], now["group_number"]) == ("NEW777", "G-55")
    assert now["payer_name"] == "Acme Health"


def test_another_birth_date_is_nothing_to_take_over_and_makes_the_id_doubtful(
    office: Practice,
) -> None:
    covered = office.covered()
    office.payer.answers_with(benefits(*ACTIVE, member="NEW777", born="19850315"))
    found = {one["field"]: one for one in covered.verified()["differences"]}
    assert not found["birth_date"]["certain"]
    assert not found["member_id"]["certain"]


def test_another_practice_sees_nothing_of_it(office: Practice) -> None:
    covered = office.covered()
    check = covered.verified()
    elsewhere = PracticeId.new()
    create_keys(elsewhere, SystemClock())
    small_practice(elsewhere)
    stranger = Caller(elsewhere, roles=("manager", "biller"))  # type: ignore[arg-type]
    for path in (covered.path, f"{covered.path}/checks/{check['eligibility_id']}"):
        assert call("GET", path, caller=stranger).status == 404
    assert call("POST", f"{covered.path}/checks", caller=stranger, json_body={}).status == 404
    payer = office.payers["Acme Health"]
    assert call("GET", f"/coverage/payers/{payer}", caller=stranger).status == 404
    taken = policy(payer_id=payer)
    body = {
        "demographics": {"names": [{"family": "Alone"}], "birth_date": "1990-01-01"},
        "coverages": [taken],
    }
    refused = call("POST", "/patients", caller=stranger, json_body=body)
    assert refused.status == 422
    assert refused.json["errors"][0]["field"] == "payer_id"
