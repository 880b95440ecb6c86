"""Messages through the front door: each ends in the right place, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caresmith.ids import OrderId
from scripts.mllpbridge.messages import Person, Result, Value, batch, oru
from tests.integration.results.conftest import (
    HL7,
    Laboratory,
    glucose,
    later,
    values_of,
)
from tests.support.client import Caller, call

PANEL = Result("F-1", [glucose()])


def test_a_result_of_a_known_patient_stands_in_the_chart_and_waits_to_be_seen(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    assert lab.deliver(oru(jo, PANEL, control="1")) == "AA"
    read = lab.only_report()
    assert read["patient_id"] == lab.people["MRN-1"]
    assert values_of(read) == {"Glucose": "95 mg/dL final"}
    report = read["report"]
    assert (report["status"], report["flag"], report["performer"]) == (
        "final",
        "normal",
        "Acme Laboratories",
    )
    assert (report["observations"][0]["low"], report["observations"][0]["high"]) == ("70", "99")
    assert read["shown_to_patient"]
    assert lab.unfiled() == []


def test_the_same_message_again_changes_nothing(lab: Laboratory) -> None:
    jo = lab.person()
    message = oru(jo, PANEL, control="1")
    assert [lab.deliver(message) for _ in range(3)] == ["AA"] * 3
    assert lab.only_report()["version"] == 1
    # Also under another control id: it says nothing new.
    assert lab.deliver(oru(jo, PANEL, control="2")) == "AA"
    assert lab.only_report()["version"] == 1


def test_a_correction_is_a_new_version_and_shows_what_it_replaces(lab: Laboratory) -> None:
    jo = lab.person()
    lab.deliver(oru(jo, PANEL, control="1"))
    first = lab.only_report()
    lab.post(f"/results/reports/{first['report_id']}/review", {}, version=1)
    assert lab.inbox() == []
    fixed = later(PANEL, 2, status="C", values=[glucose("195", flag="H", status="C")])
    assert lab.deliver(oru(jo, fixed, control="2")) == "AA"
    read = lab.only_report()
    assert read["report_id"] == first["report_id"]
    assert (read["report"]["status"], read["report"]["flag"]) == ("corrected", "abnormal")
    assert values_of(read) == {"Glucose": "195 mg/dL corrected"}
    assert read["report"]["reviewed_at"] is None, "a correction has to be looked at again"
    formers = [values_of(former) for former in read["former"]]
    assert {"Glucose": "95 mg/dL final"} in formers


def test_a_cancelled_report_says_so_and_keeps_what_it_said(lab: Laboratory) -> None:
    jo = lab.person()
    lab.deliver(oru(jo, PANEL, control="1"))
    gone = later(PANEL, 2, status="X", values=[glucose("", status="X", kind="")])
    assert lab.deliver(oru(jo, gone, control="2")) == "AA"
    read = lab.only_report()
    assert read["report"]["status"] == "cancelled"
    assert values_of(read)["Glucose"].endswith("cancelled")
    assert values_of(read["former"][0]) == {"Glucose": "95 mg/dL final"}
    # What is older than the cancellation does not bring it back; what is newer does.
    assert lab.deliver(oru(jo, later(PANEL, 1), control="3")) == "AA"
    assert lab.only_report()["report"]["status"] == "cancelled"
    again = later(PANEL, 5, status="C", values=[glucose("96", status="C")])
    lab.deliver(oru(jo, again, control="4"))
    assert values_of(lab.only_report()) == {"Glucose": "96 mg/dL corrected"}


def test_a_preliminary_report_that_comes_after_the_final_one_changes_nothing(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    early = Result("F-1", [glucose("90", status="P")], status="P")
    lab.deliver(oru(jo, later(PANEL, 3), control="2"))
    assert lab.deliver(oru(jo, early, control="1")) == "AA"
    # Even where its lab says that it is newer.
    assert lab.deliver(oru(jo, later(early, 9), control="3")) == "AA"
    read = lab.only_report()
    assert (read["version"], values_of(read)) == (1, {"Glucose": "95 mg/dL final"})


def test_what_comes_bit_by_bit_grows_and_loses_nothing(lab: Laboratory) -> None:
    jo = lab.person()
    sodium = Value("2951-2", "Sodium", "140", "mmol/L")
    lab.deliver(oru(jo, Result("F-1", [glucose("90", status="P")], status="P"), control="1"))
    lab.deliver(oru(jo, later(PANEL, 1, values=[sodium], status="P"), control="2"))
    assert values_of(lab.only_report()) == {
        "Glucose": "90 mg/dL preliminary",
        "Sodium": "140 mmol/L final",
    }
    # OBX-11 U: final now, and not sent again.
    kept = later(PANEL, 2, values=[glucose("", status="U", kind="")])
    lab.deliver(oru(jo, kept, control="3"))
    assert values_of(lab.only_report()) == {
        "Glucose": "90 mg/dL final",
        "Sodium": "140 mmol/L final",
    }


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"mrn": "NOBODY"}, "unknown-number"),
        ({"mrn": ""}, "no-number"),
        ({"family": "Roe"}, "other-name"),
        ({"given": "Al"}, "other-name"),
        ({"birth_date": "19800228"}, "other-birth-date"),
        ({"birth_date": ""}, "no-birth-date"),
        ({"birth_date": "198002"}, "no-birth-date"),
        ({"sex": "M"}, "other-sex"),
    ],
)
def test_whoever_is_not_certain_is_nobody_until_a_person_says_so(
    lab: Laboratory, wrong: dict[str, str], reason: str
) -> None:
    jo = lab.person()
    doubtful = Person(**{**jo.__dict__, **wrong})
    answer = lab.acks(oru(doubtful, PANEL, control="1"))
    assert any(line.startswith("MSA|AA|1") for line in answer)
    assert any(line.startswith("ERR|") and "204^" in line for line in answer)
    assert lab.inbox() == []
    [item] = lab.unfiled()
    assert item["reason"] == reason
    assert item["shown"]["tests"] == ["Comprehensive metabolic 2000 panel"]


@pytest.mark.parametrize(
    "same",
    [
        {"family": "DOE"},
        {"given": "J"},
        {"given": "Jo Ann"},
        {"family": "Doe Jr"},
        {"sex": "U"},
        {"birth_date": "198002291530"},
    ],
)
def test_a_name_written_in_another_way_is_the_same_name(
    lab: Laboratory, same: dict[str, str]
) -> None:
    jo = lab.person()
    lab.deliver(oru(Person(**{**jo.__dict__, **same}), PANEL, control="1"))
    assert len(lab.inbox()) == 1


def test_what_waits_already_does_not_wait_twice(lab: Laboratory) -> None:
    jo = lab.person()
    doubtful = Person(**{**jo.__dict__, "family": "Roe"})
    message = oru(doubtful, PANEL, control="1")
    garbled = message.replace(b"|NM|", b"|ZZ|")
    for _ in range(3):
        assert lab.deliver(message + garbled) == "AA AE"
    assert sorted(item["reason"] for item in lab.unfiled()) == ["garbled", "other-name"]
    item = next(one for one in lab.unfiled() if one["reason"] == "other-name")
    path = f"/results/unfiled/{item['message_id']}/0"
    lab.post(f"{path}/dismiss", {"reason": "Not ours."}, version=item["version"])
    # Once it is settled, the same message is news again.
    lab.deliver(message)
    assert sorted(item["reason"] for item in lab.unfiled()) == ["garbled", "other-name"]


def test_a_garbled_message_is_read_again_when_the_laboratory_s_settings_are_right(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    lab.deliver(oru(jo, PANEL, control="1", authority="ACME"))
    [item] = lab.unfiled()
    settings = {"name": "Acme", "zone": "America/New_York", "mrn_authorities": ["acme"]}
    changed = call(
        "PUT",
        f"/results/labs/{lab.lab_id}",
        caller=lab.admin,
        json_body=settings,
        headers={"if-match": '"1"'},
    )
    assert changed.status == 200, changed.text
    path = f"/results/unfiled/{item['message_id']}/0/read-again"
    again = lab.post(path, version=item["version"])
    assert (again.status, again.json["outcomes"]) == (200, ["new"])
    assert lab.unfiled() == []


def test_a_fault_of_ours_loses_nothing_and_is_said(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    jo = lab.person()
    with monkeypatch.context() as broken:
        broken.setattr("functions.results.intake.match_patient", None)
        answer = lab.acks(oru(jo, PANEL, control="C7"))
    assert "MSA|AE|C7" in answer
    assert any("207^Application internal error" in line for line in answer)
    [item] = lab.unfiled()
    assert item["reason"] == "broken"
    path = f"/results/unfiled/{item['message_id']}/-1/read-again"
    again = lab.post(path, version=item["version"])
    assert (again.json["state"], again.json["outcomes"]) == ("filed", ["new"])
    assert len(lab.inbox()) == 1


def test_a_number_of_another_authority_is_not_ours(lab: Laboratory) -> None:
    jo = lab.person()
    lab.deliver(oru(jo, PANEL, control="1", authority="OTHER HOSPITAL"))
    assert [item["reason"] for item in lab.unfiled()] == ["unknown-number"]


def test_a_person_says_whose_results_they_are_and_the_lab_s_number_is_remembered(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    stranger = Person("LAB-77", "Doe", "Jo", jo.birth_date, "F")
    lab.deliver(oru(stranger, PANEL, control="1", authority="ACME"))
    [item] = lab.unfiled()
    path = f"/results/unfiled/{item['message_id']}/{item['part']}"
    body = {
        "patient_id": lab.people["MRN-1"],
        "remember": True,
        "reason": "The lab confirmed it by telephone.",
    }
    filed = lab.post(f"{path}/assign", body, version=item["version"])
    assert (filed.status, filed.json["outcomes"]) == (200, ["new"])
    assert lab.unfiled() == []
    assert lab.only_report()["patient_id"] == lab.people["MRN-1"]
    assert lab.post(f"{path}/assign", body, version=item["version"]).status == 404
    # The next message of that number needs nobody, as long as the name agrees.
    lab.deliver(oru(stranger, Result("F-2", [glucose()]), control="2", authority="ACME"))
    assert len(lab.inbox()) == 2
    other = Person("LAB-77", "Roe", "Al", jo.birth_date, "F")
    lab.deliver(oru(other, Result("F-3", [glucose()]), control="3", authority="ACME"))
    assert [item["reason"] for item in lab.unfiled()] == ["other-name"]


def test_a_correction_for_another_patient_is_not_filed_in_either_chart(lab: Laboratory) -> None:
    jo, al = lab.person(), lab.person("MRN-2", family="Roe", given="Al")
    lab.deliver(oru(jo, PANEL, control="1"))
    lab.deliver(oru(al, later(PANEL, 1, status="C"), control="2"))
    assert [item["reason"] for item in lab.unfiled()] == ["filed-elsewhere"]
    assert len(lab.inbox()) == 1


def test_an_order_of_another_chart_stops_the_result(lab: Laboratory) -> None:
    jo = lab.person()
    lab.deliver(oru(jo, Result("F-1", [glucose()], placer=OrderId.new()), control="1"))
    assert [item["reason"] for item in lab.unfiled()] == ["order-of-another"]
    # A number that is none of ours is only one that we don't know.
    lab.deliver(oru(jo, Result("F-2", [glucose()], placer="EXT-5"), control="2"))
    read = lab.only_report()
    assert (read["report"]["order_id"], read["report"]["placer_number"]) == (None, "EXT-5")


@pytest.mark.parametrize(
    ("garble", "place"),
    [
        (lambda m: m.replace(b"|NM|", b"|ZZ|"), "OBX^1^2"),
        (lambda m: m.replace(b"|95|", b"|ninety|"), "OBX^1^5"),
        (
            lambda m: m.replace(b"OBR|1||F-1", b"OBR|1||").replace(b"ORC|RE||F-1", b"ORC|RE||"),
            "OBR^1^3",
        ),
        (lambda m: m.replace(b"MSH|^~\\&", b"MSH|^^^^"), "MSH^1^2"),
        (lambda m: m.replace(b"UNICODE UTF-8", b"KLINGON"), "MSH^1^18"),
        (lambda m: m.replace(b"Doe", b"D\xffe"), "MSH^1^18"),
        (lambda m: m[: m.index(b"OBR|")] + m[m.index(b"OBX|") :], "OBX^1"),
    ],
)
def test_a_garbled_message_is_kept_and_shown_with_its_place(
    lab: Laboratory, garble: object, place: str
) -> None:
    jo = lab.person()
    raw = garble(oru(jo, PANEL, control="1"))  # type: ignore[operator]
    answer = lab.acks(raw)
    assert any(line.startswith("MSA|AE|") for line in answer)
    assert any(line.startswith(f"ERR||{place}") for line in answer), answer
    assert lab.inbox() == []
    [item] = lab.unfiled()
    assert (item["reason"], item["part"]) == ("garbled", -1)
    kept = lab.get(f"/results/messages/{item['message_id']}")
    assert kept["text"] == raw.decode("utf-8", "replace")
    assert kept["findings"][0]["severity"] == "E"
    dismissed = lab.post(
        f"/results/unfiled/{item['message_id']}/-1/dismiss",
        {"reason": "The laboratory sends it again."},
        version=item["version"],
    )
    assert dismissed.json["state"] == "dismissed"
    assert lab.unfiled() == []
    assert lab.get(f"/results/messages/{item['message_id']}")["text"] == kept["text"]


def test_another_kind_of_message_is_rejected_and_kept(lab: Laboratory) -> None:
    answer = lab.acks(b"MSH|^~\\&|A|B|C|D|20260101||ADT^A04|9|P|2.5.1\rPID|1||1\r")
    assert any(line == "MSA|AR|9" for line in answer)
    assert lab.unfiled() == []


def test_a_batch_is_answered_message_by_message(lab: Laboratory) -> None:
    jo = lab.person()
    messages = [
        oru(jo, Result("F-1", [glucose()]), control="1"),
        oru(jo, Result("F-2", [glucose()]), control="2").replace(b"|NM|", b"|ZZ|"),
        oru(jo, Result("F-3", [glucose("500", flag="HH")]), control="3"),
    ]
    assert lab.deliver(batch(messages)) == "AA AE AA"
    assert [entry["flag"] for entry in lab.inbox()] == ["critical", "normal"]
    assert len(lab.unfiled()) == 1


def test_latin_1_is_read_as_its_header_says(lab: Laboratory) -> None:
    muller = lab.person(family="Müller", given="Zoë")
    note = Result("F-1", [glucose(note="für Zoë")])
    assert lab.deliver(oru(muller, note, control="1", charset="8859/1")) == "AA"
    assert lab.only_report()["report"]["observations"][0]["note"] == "für Zoë"


def test_a_file_is_imported_by_a_person_and_counted(lab: Laboratory) -> None:
    jo = lab.person()
    messages = [oru(jo, Result(f"F-{n}", [glucose()]), control=str(n)) for n in range(5)]
    stray = b"this is no segment\r"
    raw = stray + batch([*messages, messages[0]], said=9)
    reply = call(
        "POST",
        "/results/imports",
        caller=lab.clinician,
        raw=raw,
        headers=HL7,
        query={"lab_id": lab.lab_id},
    )
    assert reply.status == 202, reply.text
    told = lab.get(f"/results/imports/{reply.json['import_id']}")
    assert (told["done"], told["read"]) == (True, len(raw))
    assert told["counts"] == {"filed": 6, "garbled": 1}
    assert told["remarks"] == ["BTS-1 does not say 6, and 6 messages came"]
    assert len(lab.inbox()) == 5


def test_only_the_laboratory_itself_delivers_and_only_while_its_interface_is_on(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    raw = oru(jo, PANEL, control="1")

    def asked(caller: Caller | None) -> int:
        return call("POST", "/results/deliveries", caller=caller, raw=raw, headers=HL7).status

    assert asked(None) == 401
    assert asked(lab.clinician) == 403
    closed = call("POST", f"/results/labs/{lab.lab_id}/close", caller=lab.admin, json_body={})
    assert closed.status == 200
    assert asked(lab.machine) == 409
    assert lab.inbox() == []


def test_a_critical_value_stands_first_in_the_inbox_of_who_ordered_it(lab: Laboratory) -> None:
    jo = lab.person()
    npi = "1234567893"
    lab.deliver(oru(jo, Result("F-1", [glucose()], orderer=npi), control="1"))
    lab.deliver(oru(jo, Result("F-2", [glucose("620", flag="HH")], orderer=npi), control="2"))
    whose = [lab.inbox(provider) for provider in (lab.small.ana, lab.small.ben)]
    [entries] = [entries for entries in whose if entries]
    assert [entry["flag"] for entry in entries] == ["critical", "normal"]


def test_nothing_is_taken_twice_while_two_deliveries_run(lab: Laboratory) -> None:
    jo = lab.person()
    told = [later(PANEL, hours, values=[glucose(str(90 + hours))]) for hours in range(4)]
    for number in (2, 0, 3, 1):
        lab.deliver(oru(jo, told[number], control=str(number)))
    read = lab.only_report()
    assert values_of(read) == {"Glucose": "93 mg/dL final"}
    assert read["version"] == 2, "what was older changed nothing"


def test_a_day_passes_and_the_message_is_still_found(lab: Laboratory) -> None:
    jo = lab.person()
    old = Result("F-1", [glucose()], collected=PANEL.collected - timedelta(days=400))
    lab.deliver(oru(jo, old, control="1"))
    assert lab.only_report()["report"]["effective"] == "2025-01-26"
