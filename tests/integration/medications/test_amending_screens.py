"""The console's pages that correct a prescription and write down what is reported."""

from __future__ import annotations

from html import unescape
from typing import Any, ClassVar

import pytest

from caresmith.permissions import Role
from tests.integration.encounters.test_drawers import fields_of
from tests.integration.medications.conftest import (
    AMOXICILLIN,
    LISINOPRIL,
    RXNORM,
    Clinic,
    FakePharmacy,
    drug,
)
from tests.integration.medications.test_screens import at, seen, sent
from tests.integration.medications.test_sending import carry
from tests.support.client import Caller, Reply, call
from tests.support.delivery import Streams

SNOMED = "http://snomed.info/sct"


def shown(clinic: Clinic, path: str) -> dict[str, Any]:
    """What the page's form would send if nothing were typed."""
    reply = call("GET", at(clinic, path), caller=clinic.ana)
    assert reply.status == 200, reply.text
    return {name: value for name, value in fields_of(reply.text, f"/{path}").items() if value}


def posted(clinic: Clinic, path: str, fields: dict[str, Any]) -> Reply:
    form = [(name, str(value)) for name, value in fields.items()]
    return call("POST", at(clinic, path), caller=clinic.ana, form=form)


def read(clinic: Clinic, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = clinic.get(f"entries/{made['id']}")
    return found


class TestCorrecting:
    ODD: ClassVar[dict[str, Any]] = {
        "dose": {"value": "0.5", "unit": "{tbl}"},
        "dose_high": {"value": "1", "unit": "{tbl}"},
        "timing": {"frequency": 1, "period": "1", "period_unit": "d", "days": ["mon", "fri"]},
        "route": {
            "codings": [{"system": SNOMED, "code": "26643006", "display": "Oral route"}],
            "text": "By mouth, crushed",
        },
        "as_needed": True,
        "as_needed_for": {
            "codings": [{"system": SNOMED, "code": "22253000", "display": "Pain"}],
            "text": "Pain",
        },
        "most_per_day": {"value": "20", "unit": "mg"},
        "duration": {"value": "6", "unit": "wk"},
        "reason": {
            "codings": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}],
            "text": "High blood pressure",
        },
        "days_supply": 77,
        "as_written": True,
        "as_written_reason": "Reacts to a dye.",
        "pharmacist_note": "Large print, please.",
        "note": "Agreed with the daughter.\nBlister pack.",
        "started": "2026-01",
    }

    def test_what_nobody_touches_stays_as_it_was_written(self, clinic: Clinic) -> None:
        made = clinic.prescribe(**self.ODD)
        form = shown(clinic, f"entries/{made['id']}/correct")
        done = posted(clinic, f"entries/{made['id']}/correct", {**form, "refills": "5"})
        assert done.status == 303, done.text
        after = read(clinic, made)["content"]
        assert after.pop("refills") == 5
        before = made["content"]
        assert before.pop("refills") == 3
        for content in (after, before):
            content.pop("authored")
        assert after == before

    def test_a_dose_is_put_right_and_the_former_version_stands_below(self, clinic: Clinic) -> None:
        made = clinic.prescribe()
        page = seen(clinic, f"entries/{made['id']}")
        assert "Correct it" in page
        path = f"entries/{made['id']}/correct"
        form = shown(clinic, path)
        assert form["drug"] == "lisinopril 10 MG Oral Tablet (314076)"
        changed = {**form, "dose": "2", "frequency": "bid", "dispense": "120"}
        preview = posted(clinic, f"{path}/preview", changed)
        assert "Take 2 tablets by mouth twice daily." in unescape(preview.text)
        assert "Duplicate" not in preview.text, "it is not checked against itself"
        done = posted(clinic, path, changed)
        assert done.headers["location"].endswith(f"/entries/{made['id']}#saved"), done.text
        content = read(clinic, made)["content"]
        assert (content["sig"], content["days_supply"]) == (
            "Take 2 tablets by mouth twice daily.",
            30,
        )
        page = seen(clinic, f"entries/{made['id']}")
        for told in ("What it said before", "Take 1 tablet by mouth once daily.", "Dispense 30"):
            assert told in page, told
        late = posted(clinic, path, {**changed, "dose": "3"})
        assert late.status == 412
        assert read(clinic, made)["version"] == 2

    def test_another_drug_and_another_unit_replace_the_former_ones(self, clinic: Clinic) -> None:
        made = clinic.prescribe(**self.ODD)
        path = f"entries/{made['id']}/correct"
        new = {
            "drug": "amoxicillin 500 MG Oral Capsule (308191)",
            "unit": "{capsule}",
            "dose": "1",
            "dose_high": "",
            "most_per_day": "",
            "dispense_unit": "{capsule}",
            "frequency": "tid",
            "as_needed_for": "",
            "reason": "Sinusitis",
            "as_written": "",
        }
        form = {**shown(clinic, path), **new}
        assert posted(clinic, path, form).status == 303
        content = read(clinic, made)["content"]
        assert content["drug"] == AMOXICILLIN
        assert content["reason"] == {"codings": [], "text": "Sinusitis"}
        assert content["dose"]["unit"] == content["dispense"]["unit"] == "{capsule}"
        assert content["timing"]["days"] == []
        assert content["as_written_reason"] is None

    def test_reasons_given_before_are_offered_again(self, clinic: Clinic) -> None:
        clinic.allergic_to(drug("Penicillin", "70618"))
        made_of = {"what": AMOXICILLIN, "dose": {"value": "1", "unit": "{capsule}"}}
        body = {"drug": AMOXICILLIN, "timing": {"frequency": 1}}
        [found] = clinic.post("checks", body).json["alerts"]
        reasons = [{"alert": found["key"], "reason": "Tolerated in 2024."}]
        made = clinic.prescribe(**made_of, reasons=reasons)
        path = f"entries/{made['id']}/correct"
        form = shown(clinic, path)
        assert "Tolerated in 2024." in form.values()
        without = {name: text for name, text in form.items() if text != "Tolerated in 2024."}
        refused = posted(clinic, path, {**without, "refills": "0"})
        assert refused.status == 409
        assert posted(clinic, path, {**form, "refills": "0"}).status == 303
        [override] = read(clinic, made)["content"]["overrides"]
        assert override["reason"] == "Tolerated in 2024."

    @pytest.mark.parametrize(
        "wrong", [{"dose": "one"}, {"dispense": ""}, {"refills": "x"}, {"drug": "lisinopril"}]
    )
    def test_what_is_wrong_is_said_and_nothing_changes(
        self, clinic: Clinic, wrong: dict[str, str]
    ) -> None:
        made = clinic.prescribe()
        path = f"entries/{made['id']}/correct"
        refused = posted(clinic, path, {**shown(clinic, path), "reason": "Kept-ZQ", **wrong})
        assert (refused.status, "Kept-ZQ" in refused.text) == (422, True)
        assert 'name="version" value="1"' in refused.text
        assert read(clinic, made) == clinic.get(f"entries/{made['id']}")
        assert read(clinic, made)["version"] == 1

    def test_what_a_pharmacy_has_or_was_stopped_or_reported_is_not_corrected(
        self, clinic: Clinic, pharmacy_end: FakePharmacy
    ) -> None:
        pharmacy = clinic.pharmacy()
        sent_out = clinic.prescribe()
        where = {"version": 1, "pharmacy_id": pharmacy["pharmacy_id"]}
        assert sent(clinic, f"entries/{sent_out['id']}/sending", **where).status == 303
        stopped = clinic.prescribe(what=AMOXICILLIN)
        assert clinic.move(stopped, "stopped").status == 200
        told = clinic.report({"text": "Fish oil"})
        for one in (sent_out, stopped, told):
            path = f"entries/{one['id']}/correct"
            reply = call("GET", at(clinic, path), caller=clinic.ana)
            assert reply.status == 409, reply.text
            assert "Correct it" not in seen(clinic, f"entries/{one['id']}")
            version = read(clinic, one)["version"]
            form = {**shown_of_new(clinic), "version": version}
            assert posted(clinic, path, form).status == 409

    def test_who_does_not_prescribe_does_not_correct(self, clinic: Clinic) -> None:
        made = clinic.prescribe()
        path = at(clinic, f"entries/{made['id']}/correct")
        assert call("GET", path, caller=clinic.desk).status == 403
        assert call("POST", path, caller=clinic.desk, form=[]).status == 403
        form = [*shown(clinic, f"entries/{made['id']}/correct").items()]
        assert call("POST", path, caller=clinic.assistant, form=form).status == 403


def shown_of_new(clinic: Clinic) -> dict[str, Any]:
    """A whole form, as the page for a new prescription would send it."""
    return {
        "drug": "lisinopril 10 MG Oral Tablet (314076)",
        "dose": "1",
        "unit": "{tbl}",
        "route": "26643006",
        "frequency": "daily",
        "dispense": "30",
        "refills": "0",
    }


class TestReporting:
    TOLD: ClassVar[dict[str, Any]] = {
        "drug": "Fish oil",
        "sig": "One capsule with breakfast",
        "status": "active",
        "started": "4/2019",
        "reason": "Heart",
        "note": "Buys it himself.",
    }

    def test_what_the_patient_takes_is_written_down_at_any_time(self, clinic: Clinic) -> None:
        assert "Report one" in seen(clinic, "")
        assert posted(clinic, "report", self.TOLD).status == 303
        [line] = clinic.get("")["reported"]
        content = line["content"]
        assert content["drug"]["text"] == "Fish oil"
        assert (content["sig"], content["started"]) == ("One capsule with breakfast", "2019-04")
        assert (content["reported"], content["status"]) == (True, "active")
        assert "since 04/2019" in seen(clinic, "")

    def test_a_coded_drug_keeps_its_code(self, clinic: Clinic) -> None:
        named = {**self.TOLD, "drug": "lisinopril 10 MG Oral Tablet (314076)"}
        assert posted(clinic, "report", named).status == 303
        [line] = clinic.get("")["reported"]
        assert line["content"]["drug"] == LISINOPRIL

    def test_a_change_of_one_thing_leaves_the_structure_behind_the_others(
        self, clinic: Clinic
    ) -> None:
        full = {
            "codings": [
                {"system": RXNORM, "code": "314076", "display": "lisinopril 10 MG Oral Tablet"},
                {"system": "http://hl7.org/fhir/sid/ndc", "code": "00093111301", "display": None},
            ],
            "text": "lisinopril 10 MG Oral Tablet",
        }
        dose = {"value": "1", "unit": "{tbl}"}
        made = clinic.report(full, dose=dose, timing={"frequency": 2}, note="Two\nlines")
        path = f"entries/{made['id']}/report"
        form = shown(clinic, path)
        assert posted(clinic, path, {**form, "note": "Asked.\r\nAgain."}).status == 303
        after = read(clinic, made)["content"]
        assert after == {**made["content"], "note": "Asked.\nAgain."}
        form = {**shown(clinic, path), "sig": "Half a tablet now and then"}
        assert posted(clinic, path, form).status == 303
        after = read(clinic, made)["content"]
        assert (after["sig"], after["dose"], after["timing"]) == (
            "Half a tablet now and then",
            None,
            None,
        ), "other words do not agree with the former structure"
        assert after["drug"] == full

    def test_a_medication_is_told_to_be_taken_no_more(self, clinic: Clinic) -> None:
        made = clinic.report({"text": "Fish oil"})
        path = f"entries/{made['id']}/report"
        form = {**shown(clinic, path), "status": "stopped", "ended": "2025"}
        done = posted(clinic, path, form)
        assert done.headers["location"].endswith(f"/entries/{made['id']}#saved"), done.text
        [line] = clinic.get("")["past"]
        assert (line["content"]["status"], line["content"]["ended"]) == ("stopped", "2025")
        assert posted(clinic, path, form).status == 412

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"drug": ""}, "This is needed."),
            ({"started": "long ago"}, "Give a date as 04/17/2019, 04/2019 or 2019."),
            ({"started": "2999"}, "lies in the future"),
            ({"status": "on-hold"}, "active"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(
        self, clinic: Clinic, wrong: dict[str, str], said: str
    ) -> None:
        refused = posted(clinic, "report", {**self.TOLD, **wrong})
        text = unescape(refused.text)
        assert refused.status == 422
        assert said in text
        assert 'aria-invalid="true"' in text
        assert "Buys it himself." in text
        assert clinic.get("")["reported"] == []

    def test_what_was_entered_in_error_or_prescribed_is_not_told_otherwise(
        self, clinic: Clinic
    ) -> None:
        told, made = clinic.report({"text": "Fish oil"}), clinic.prescribe()
        assert clinic.move(told, "entered-in-error").status == 200
        for one, version in ((told, 2), (made, 1)):
            path = f"entries/{one['id']}/report"
            assert call("GET", at(clinic, path), caller=clinic.ana).status == 409
            form = {**self.TOLD, "version": version}
            assert posted(clinic, path, form).status == 409
            body = {"drug": {"text": "Fish oil"}}
            assert clinic.put(f"reported/{one['id']}", body, version).status == 409

    def test_why_it_was_stopped_outlives_a_change_of_the_note(self, clinic: Clinic) -> None:
        told = clinic.report({"text": "Fish oil"})
        assert clinic.move(told, "stopped", "Reflux.").status == 200
        path = f"entries/{told['id']}/report"
        assert posted(clinic, path, {**shown(clinic, path), "note": "Asked."}).status == 303
        content = read(clinic, told)["content"]
        assert content["status_reason"]["text"] == "Reflux."

    def test_who_does_not_reconcile_writes_nothing_down(self, clinic: Clinic) -> None:
        told = clinic.report({"text": "Fish oil"})
        desk = Caller(clinic.small.practice, roles=(Role.FRONT_DESK, Role.MANAGER))
        for path in ("report", f"entries/{told['id']}/report"):
            assert call("GET", at(clinic, path), caller=desk).status == 403
            assert call("POST", at(clinic, path), caller=desk, form=[]).status == 403


def test_what_the_pharmacy_says_by_telephone_is_written_down(
    clinic: Clinic, pharmacy_end: FakePharmacy, streams: Streams
) -> None:
    pharmacy = clinic.pharmacy()
    made = clinic.prescribe()
    path = f"entries/{made['id']}"
    assert "says by telephone" not in seen(clinic, path), "it was never sent"
    assert sent(clinic, f"{path}/sending/outcome", outcome="accepted").status == 404
    where = {"version": 1, "pharmacy_id": pharmacy["pharmacy_id"]}
    assert sent(clinic, f"{path}/sending", **where).status == 303
    early = sent(clinic, f"{path}/sending/outcome", outcome="accepted")
    assert (early.status, "still on its way" in early.text) == (409, True)
    pharmacy_end.answers.append("sent")
    carry(streams)
    assert "says by telephone" in seen(clinic, path)
    refused = sent(clinic, f"{path}/sending/outcome", outcome="")
    assert (refused.status, "This is needed." in refused.text) == (422, True)
    assert sent(clinic, f"{path}/sending/outcome", outcome="failed").status == 303
    assert "Not arrived" in seen(clinic, path)
    assert sent(clinic, f"{path}/sending/outcome", outcome="accepted").status == 303
    assert "The pharmacy has it" in seen(clinic, path)
