"""The chart's drawers: entries written, changed and taken back as forms, by whoever may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from caresmith.ids import UserId
from caresmith.permissions import Role
from caresmith.records.patient import ChartStatus
from tests.integration.encounters.conftest import ICD10CM, SNOMED, Clinic, concept
from tests.integration.encounters.test_chart import ASTHMA, PEANUT, a1c, sitting
from tests.support.client import Caller, Reply, call
from tests.support.practices import NEW_YORK, add_patient

Fields = dict[str, Any]

PROBLEM = {
    "code.text": "Asthma",
    "code.codings.0.system": ICD10CM,
    "code.codings.0.code": "j45.909",
    "onset": "4/2019",
    "verification": "confirmed",
    "clinical_status": "active",
    "category": "problem-list-item",
}
FORMS: dict[str, Fields] = {
    "conditions": PROBLEM,
    "allergies": {
        "substance.text": "Peanut",
        "reactions.0.manifestations.0.text": "Hives",
        "reactions.0.severity": "moderate",
        "criticality": "high",
        "category[]": "food",
    },
    "immunizations": {
        "vaccine.codings.0.system": "http://hl7.org/fhir/sid/cvx",
        "vaccine.codings.0.code": "115",
        "given_on": "10/02/2025",
        "lot": "A77",
        "site": "LD",
        "route": "IM",
        "dose.value": "0.5",
    },
    "procedures": {
        "code.text": "Colonoscopy",
        "code.codings.0.code": "45378",
        "performed": "2011",
        "status": "completed",
    },
    "family-history": {
        "relationship": "MTH",
        "conditions.0.code.text": "Diabetes",
        "conditions.0.code.codings.0.system": ICD10CM,
        "conditions.0.code.codings.0.code": "E11.9",
        "conditions.0.onset_age": "51",
        "conditions.1.code.codings.0.system": ICD10CM,
        "conditions.1.code.codings.0.code": "",
    },
    "social-history": {"topic": "72166-2", "smoking": "266919005", "on": "01/10/2026"},
    "care-plans": {
        "title": "Asthma",
        "text": "Peak flow daily.",
        "starts": "2026-01-10",
        "goals": "No night symptoms\n\nSports",
    },
    "tasks": {"what": "Call her sister", "due": "2027-01-02", "priority": "urgent"},
}
SHOWN = {
    "conditions": ("Asthma (J45.909)", "04/2019"),
    "allergies": ("Peanut: Hives", "moderate"),
    "immunizations": ("Tdap", "Left deltoid", "0.5 mL", "10/02/2025"),
    "procedures": ("Colonoscopy (45378)", "2011"),
    "family-history": ("Mother", "Diabetes (E11.9), onset age 51"),
    "social-history": ("Never smoked", "01/10/2026"),
    "care-plans": ("Peak flow daily.", "No night symptoms; Sports"),
    "tasks": ("Call her sister", "Urgent", "01/02/2027"),
}


def send(clinic: Clinic, path: str, fields: Fields, caller: Caller | None = None) -> Reply:
    """A form of the patient's chart, as htmx posts it."""
    return call(
        "POST",
        f"/console/charts/{clinic.patient}/{path}",
        caller=caller or clinic.ana,
        form=[(name, str(value)) for name, value in fields.items()],
        headers={"HX-Request": "true"},
    )


def look(clinic: Clinic, path: str, caller: Caller | None = None, **query: str) -> Reply:
    return clinic.get(f"/console/charts/{clinic.patient}/{path}", caller=caller, **query)


def fields_of(page: str, which: str = "novalidate") -> Fields:
    """What a form of the drawer would send if nothing were typed: that which has ``which``."""
    [body] = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if which in form]
    found: Fields = {}
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<', body):
        found[name] = unescape(text)
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        first = re.search(r'<option value="([^"]*)"', options)
        told = chosen or first
        found[name] = told[1] if told else ""
    return found


def complaint(page: str, field: str) -> str:
    """The sentence beside the field."""
    told = re.search(rf'id="f-{re.escape(field)}-error">([^<]*)<', page)
    assert told, page
    return unescape(told[1])


def newest(clinic: Clinic, kind: str) -> Any:
    entries = clinic.get(f"/charts/{clinic.patient}/{kind}").json["entries"]
    assert entries, kind
    return entries[0]


@pytest.mark.parametrize("kind", FORMS)
def test_each_kind_is_added_shown_changed_and_taken_back(clinic: Clinic, kind: str) -> None:
    assert look(clinic, f"{kind}/new").status == 200
    added = send(clinic, kind, FORMS[kind])
    assert added.status == 204, added.text
    assert "chart-changed" in added.headers["hx-trigger"]
    one = newest(clinic, kind)
    drawer = look(clinic, f"{kind}/{one['id']}")
    for words in SHOWN[kind]:
        assert words.replace("'", "&#39;") in drawer.text
    # Saved as it is shown, it still says the same: no field of the form loses anything.
    same = send(clinic, f"{kind}/{one['id']}", fields_of(drawer.text))
    assert same.status == 204, same.text
    again = newest(clinic, kind)
    assert (again["version"], again["content"]) == (2, one["content"])
    gone = send(clinic, f"{kind}/{one['id']}/in-error", {"version": 2})
    assert gone.status == 204, gone.text
    assert "entered-in-error" in str(newest(clinic, kind)["content"])
    listed = look(clinic, kind)
    assert "<s>" in listed.text
    assert "Entered in error: it does not count." in look(clinic, f"{kind}/{one['id']}").text


@pytest.mark.parametrize(
    ("kind", "wrong", "field", "words"),
    [
        ("conditions", {"code.codings.0.code": "J4590"}, "code-codings-0-code", "ICD-10-CM"),
        ("conditions", {"code.text": "", "code.codings.0.code": ""}, "code-text", "needed"),
        ("conditions", {"onset": "soon"}, "onset", "04/17/2019"),
        ("conditions", {"onset": "2019-02-31"}, "onset", "04/17/2019"),
        ("conditions", {"onset": "2999"}, "onset", "future"),
        ("conditions", {"abatement": "2020"}, "abatement", "inactive, resolved"),
        ("allergies", {"substance.text": ""}, "substance-text", "needed"),
        (
            "allergies",
            {"reactions.0.manifestations.0.text": ""},
            "reactions-0-manifestations-0-text",
            "needed",
        ),
        ("immunizations", {"vaccine.codings.0.code": ""}, "vaccine-codings-0-code", ""),
        ("immunizations", {"vaccine.codings.0.code": "flu"}, "vaccine-codings-0-code", "CVX"),
        ("immunizations", {"status": "not-done"}, "status_reason-text", "not given"),
        ("immunizations", {"dose.value": "half"}, "dose-value", "decimal"),
        ("procedures", {"code.codings.0.code": "a colonoscopy"}, "code-codings-0-code", "CPT"),
        ("procedures", {"performed": ""}, "performed", "needed"),
        ("family-history", {"relationship": ""}, "relationship", "needed"),
        (
            "family-history",
            {"conditions.0.code.codings.0.code": "E119"},
            "conditions-0-code-codings-0-code",
            "ICD-10-CM",
        ),
        ("social-history", {"smoking": ""}, "text", "one value"),
        ("care-plans", {"ends": "2025-01-01"}, "ends", "before it starts"),
        ("care-plans", {"text": ""}, "text", "needed"),
        ("tasks", {"what": " "}, "what", "needed"),
        ("tasks", {"due": "someday"}, "due", ""),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    clinic: Clinic, kind: str, wrong: Fields, field: str, words: str
) -> None:
    given = {**FORMS[kind], **wrong}
    refused = send(clinic, kind, given)
    assert refused.status == 422, refused.text
    assert refused.headers["x-form"] == "refused"
    assert words in complaint(refused.text, field)
    shown = fields_of(refused.text)
    for name, value in given.items():
        if value and not name.endswith("[]"):
            assert shown[name] == value, name
    assert clinic.get(f"/charts/{clinic.patient}/{kind}").json["entries"] == []


class TestProblems:
    def test_one_that_is_over_leaves_the_list_and_its_history_says_who_and_when(
        self, clinic: Clinic
    ) -> None:
        key = clinic.chart("conditions", ASTHMA).json["id"]
        given = fields_of(look(clinic, f"conditions/{key}").text)
        over = {**given, "clinical_status": "resolved", "abatement": "06/2024"}
        assert send(clinic, f"conditions/{key}", over).status == 204
        assert clinic.summary()["problems"] == []
        drawer = look(clinic, f"conditions/{key}").text
        for shown in ("Version 2", "Version 1", "<s class=", "Resolved", "06/2024"):
            assert shown in drawer

    def test_codes_that_nobody_saw_stay_until_what_they_stand_for_is_changed(
        self, clinic: Clinic
    ) -> None:
        both = concept(ICD10CM, "J45.909", "Asthma")
        both["codings"].append({"system": SNOMED, "code": "195967001"})
        key = clinic.chart("conditions", {**ASTHMA, "code": both}).json["id"]
        given = fields_of(look(clinic, f"conditions/{key}").text)
        reworded = {**given, "code.text": "Asthma, mild"}
        assert send(clinic, f"conditions/{key}", reworded).status == 204
        kept = newest(clinic, "conditions")["content"]["code"]
        assert kept["text"] == "Asthma, mild"
        assert {one["code"] for one in kept["codings"]} == {"J45.909", "195967001"}
        given = fields_of(look(clinic, f"conditions/{key}").text)
        other = {**given, "code.text": "Gout", "code.codings.0.code": "M10.9"}
        assert send(clinic, f"conditions/{key}", other).status == 204
        changed = newest(clinic, "conditions")["content"]["code"]
        assert [one["code"] for one in changed["codings"]] == ["M10.9"]

    def test_the_same_problem_is_not_added_twice(self, clinic: Clinic) -> None:
        assert send(clinic, "conditions", PROBLEM).status == 204
        again = send(clinic, "conditions", PROBLEM)
        assert again.status == 409
        assert "The chart has this already." in again.text


class TestTwoEditors:
    def test_the_second_sees_what_the_first_wrote_and_keeps_their_own(self, clinic: Clinic) -> None:
        key = clinic.chart("conditions", ASTHMA).json["id"]
        mine = fields_of(look(clinic, f"conditions/{key}").text)
        theirs = {**mine, "note": "Worse in spring"}
        assert send(clinic, f"conditions/{key}", theirs, clinic.ben).status == 204
        late = send(clinic, f"conditions/{key}", {**mine, "note": "Uses a spacer"})
        assert late.status == 412
        assert "Somebody else changed this meanwhile." in late.text
        assert "Worse in spring" in late.text
        shown = fields_of(late.text)
        assert (shown["note"], shown["version"]) == ("Uses a spacer", "2")
        assert send(clinic, f"conditions/{key}", shown).status == 204
        assert newest(clinic, "conditions")["content"]["note"] == "Uses a spacer"

    def test_taking_back_what_somebody_else_changed_asks_to_look_again(
        self, clinic: Clinic
    ) -> None:
        key = clinic.chart("conditions", ASTHMA).json["id"]
        mine = fields_of(look(clinic, f"conditions/{key}").text)
        assert send(clinic, f"conditions/{key}", {**mine, "note": "New"}).status == 204
        assert send(clinic, f"conditions/{key}/in-error", {"version": 1}).status == 412
        assert newest(clinic, "conditions")["content"]["verification"] == "confirmed"


class TestAllergies:
    def test_none_known_is_said_once_asked_and_an_allergy_ends_it(self, clinic: Clinic) -> None:
        assert send(clinic, "allergies", {"none_known": "true"}).status == 204
        [none] = clinic.summary()["allergies"]
        assert none["content"]["substance"]["codings"][0]["code"] == "716186003"
        assert send(clinic, "allergies", FORMS["allergies"]).status == 204
        [peanut] = clinic.summary()["allergies"]
        assert peanut["content"]["substance"]["text"] == "Peanut"

    def test_none_known_is_refused_while_one_is_listed(self, clinic: Clinic) -> None:
        clinic.chart("allergies", PEANUT)
        refused = send(clinic, "allergies", {"none_known": "true"})
        assert refused.status == 422
        assert "lists allergies" in complaint(refused.text, "substance-text")


class TestVitals:
    TAKEN: ClassVar = {
        "systolic": "128",
        "diastolic": "82",
        "temperature": "98.6",
        "temperature_unit": "[degF]",
        "weight": "154",
        "weight_unit": "[lb_av]",
        "height": "68",
        "height_unit": "[in_i]",
    }

    def at(self, hours_ago: float = 1) -> str:
        then = datetime.now(ZoneInfo(NEW_YORK)) - timedelta(hours=hours_ago)
        return then.strftime("%Y-%m-%dT%H:%M")

    def test_kept_in_the_units_that_were_chosen_with_the_body_mass_index(
        self, clinic: Clinic
    ) -> None:
        taken = send(clinic, "vitals", {**self.TAKEN, "at": self.at()})
        assert taken.status == 204, taken.text
        content = newest(clinic, "vitals")["content"]
        values = {
            one["code"]["codings"][0]["code"]: (one["quantity"]["value"], one["quantity"]["unit"])
            for one in content["measurements"]
        }
        assert values["8310-5"] == ("98.6", "[degF]")
        assert values["29463-7"] == ("154", "[lb_av]")
        assert values["39156-5"] == ("23.42", "kg/m2")
        page = look(clinic, "glance").text
        for shown in ("128/82 mmHg", "98.6 °F", "154 lb", "23.42 kg/m²"):
            assert shown in page

    def test_the_next_form_has_the_units_of_the_last_sitting(self, clinic: Clinic) -> None:
        metric = {"weight": "70", "weight_unit": "kg", "at": self.at()}
        assert send(clinic, "vitals", metric).status == 204
        shown = fields_of(look(clinic, "vitals/new").text)
        assert (shown["weight_unit"], shown["temperature_unit"]) == ("kg", "[degF]")

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"temperature": "120"}, "temperature", "51.8 to 116.6 °F is possible"),
            ({"temperature": "high"}, "temperature", "Give a number."),
            ({"temperature": "NaN"}, "temperature", "Give a number."),
            ({"weight": "-3"}, "weight", "0.4 to 1543.2 lb is possible"),
            ({"weight_unit": "stone"}, "weight", "units"),
            ({"diastolic": "140"}, "systolic", "the higher one"),
            ({"at": ""}, "at", "date and a time"),
            ({"at": "2999-01-01T10:00"}, "at", "future"),
        ],
    )
    def test_what_nobody_lives_with_is_refused_beside_the_field(
        self, clinic: Clinic, wrong: Fields, field: str, words: str
    ) -> None:
        refused = send(clinic, "vitals", {**self.TAKEN, "at": self.at(), **wrong})
        assert refused.status == 422
        assert words in complaint(refused.text, field)
        assert clinic.get(f"/charts/{clinic.patient}/vitals").json["entries"] == []

    def test_nothing_measured_is_nothing_to_record(self, clinic: Clinic) -> None:
        refused = send(clinic, "vitals", {"at": self.at()})
        assert "at least one" in complaint(refused.text, "systolic")

    def test_an_unusual_value_is_asked_about_once_and_may_be_right(self, clinic: Clinic) -> None:
        given = {**self.TAKEN, "at": self.at(), "temperature": "109"}
        asked = send(clinic, "vitals", given)
        assert asked.status == 422
        assert "Is it right?" in complaint(asked.text, "temperature")
        assert send(clinic, "vitals", {**given, "sure": "true"}).status == 204

    def test_corrected_with_what_the_form_does_not_show_kept(self, clinic: Clinic) -> None:
        key = clinic.chart("vitals", sitting(note="Left arm")).json["id"]
        given = fields_of(look(clinic, f"vitals/{key}").text)
        assert (given["systolic"], given["note"]) == ("128", "Left arm")
        assert send(clinic, f"vitals/{key}", {**given, "systolic": "118"}).status == 204
        assert "118/82 mmHg" in look(clinic, "glance").text
        drawer = look(clinic, f"vitals/{key}").text
        assert "128/82 mmHg" in drawer
        gone = send(clinic, f"vitals/{key}/in-error", {"version": 2})
        assert gone.status == 204
        assert "None taken yet." in look(clinic, "glance").text

    def test_the_index_is_computed_while_somebody_types(self, clinic: Clinic) -> None:
        told = call(
            "POST",
            "/console/charts/body-mass-index",
            caller=clinic.ana,
            form=list(self.TAKEN.items()),
        )
        assert "Body mass index 23.4 kg/m²" in told.text
        nothing = call(
            "POST", "/console/charts/body-mass-index", caller=clinic.ana, form=[("weight", "x")]
        )
        assert (nothing.status, nothing.text.strip()) == (200, "")


class TestOrders:
    ORDER: ClassVar = {
        "category": "108252007",
        "code.text": "Hemoglobin A1c",
        "code.codings.0.code": "4548-4",
        "priority": "urgent",
        "wanted_on": "2027-02-01",
        "note": "Fasting not needed",
    }

    def test_placed_because_of_a_problem_and_another_diagnosis(self, clinic: Clinic) -> None:
        problem = clinic.chart("conditions", ASTHMA).json["id"]
        visit = clinic.open()["encounter_id"]
        form = look(clinic, "orders/new").text
        assert f'value="{clinic.small.ana}" selected' in form
        placed = send(
            clinic,
            "orders",
            {
                **self.ORDER,
                "requester_id": clinic.small.ana,
                "because[]": problem,
                "reason.codings.0.code": "e11.9",
                "reason.codings.0.system": ICD10CM,
                "encounter_id": visit,
            },
        )
        assert placed.status == 204, placed.text
        [order] = clinic.summary()["orders"]
        assert order["encounter_id"] == visit
        content = order["content"]
        assert content["code"]["codings"][0]["system"] == "http://loinc.org"
        codes = [reason["codings"][0]["code"] for reason in content["reasons"]]
        assert codes == ["J45.909", "E11.9"]
        assert (content["priority"], content["wanted_on"]) == ("urgent", "2027-02-01")

    def test_held_given_up_and_never_changed(self, clinic: Clinic) -> None:
        key = clinic.chart("orders", a1c(clinic)).json["id"]
        held = {"version": 1, "status": "on-hold", "reason": "Insurance"}
        assert send(clinic, f"orders/{key}", held).status == 204
        drawer = look(clinic, f"orders/{key}").text
        assert "Insurance" in drawer
        assert send(clinic, f"orders/{key}", {**held, "version": 1}).status == 412
        illegal = send(clinic, f"orders/{key}", {"version": 2, "status": "completed"})
        assert illegal.status == 409
        assert send(clinic, f"orders/{key}", {"version": 2, "status": "revoked"}).status == 204
        assert clinic.summary()["orders"] == []

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"requester_id": ""}, "requester_id"),
            ({"code.text": "", "code.codings.0.code": ""}, "code-text"),
            ({"reason.codings.0.code": "E119"}, "reason-codings-0-code"),
            ({"code.codings.0.code": "4548-5"}, "code-codings-0-code"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, clinic: Clinic, wrong: Fields, field: str
    ) -> None:
        given = {**self.ORDER, "requester_id": clinic.small.ana, **wrong}
        refused = send(clinic, "orders", given)
        assert refused.status == 422
        assert complaint(refused.text, field)
        assert clinic.summary()["orders"] == []


class TestTasks:
    def test_given_to_somebody_and_done_with_one_button(self, clinic: Clinic) -> None:
        owner = UserId.new()
        given = {**FORMS["tasks"], "owner_id": owner}
        assert send(clinic, "tasks", given).status == 204
        one = newest(clinic, "tasks")
        assert one["content"]["owner_id"] == owner
        page = look(clinic, f"tasks/{one['id']}").text
        done = fields_of(page, 'value="completed"><button')
        assert done["status"] == "completed"
        assert send(clinic, f"tasks/{one['id']}", done).status == 204
        assert clinic.summary()["tasks"] == []


class TestWhoMay:
    ROLES = (Role.FRONT_DESK, Role.BILLER, Role.MANAGER, Role.ADMIN, Role.AUDITOR)

    @pytest.mark.parametrize("role", ROLES)
    def test_nobody_else_opens_a_drawer_or_writes_by_one(self, clinic: Clinic, role: Role) -> None:
        stranger = Caller(clinic.small.practice, roles=(role,))
        key = clinic.chart("conditions", ASTHMA).json["id"]
        for path in ("conditions", f"conditions/{key}", "vitals/new", "glance", "plots"):
            refused = look(clinic, path, stranger)
            assert refused.status == 403
            assert "Asthma" not in refused.text
        assert send(clinic, "conditions", PROBLEM, stranger).status == 403

    def test_in_an_emergency_all_is_read_and_nothing_written(self, clinic: Clinic) -> None:
        key = clinic.chart("conditions", ASTHMA).json["id"]
        stranger = Caller(clinic.small.practice, roles=(Role.EMERGENCY,))
        drawer = look(clinic, f"conditions/{key}", stranger)
        assert "Asthma" in drawer.text
        assert "<form" not in drawer.text
        assert send(clinic, "conditions", PROBLEM, stranger).status == 403

    def test_another_practice_finds_nothing(self, clinic: Clinic) -> None:
        key = clinic.chart("conditions", ASTHMA).json["id"]
        other = add_patient(clinic.small.practice)
        path = f"/console/charts/{other}/conditions/{key}"
        assert clinic.get(path).status == 404

    def test_an_archived_chart_is_not_changed(self, clinic: Clinic) -> None:
        archived = add_patient(clinic.small.practice, status=ChartStatus.ARCHIVED)
        path = f"/console/charts/{archived}/conditions"
        refused = call("POST", path, caller=clinic.ana, form=list(PROBLEM.items()))
        assert refused.status == 409
        assert "archived" in refused.text


class TestTheTimeline:
    def test_the_latest_first_and_on_from_where_a_page_ends(self, clinic: Clinic) -> None:
        today = datetime.now(UTC).date()
        for back in range(30):
            day = today - timedelta(days=back)
            done = {"code": concept(SNOMED, "80146002", f"Done {back}"), "performed": f"{day}"}
            assert clinic.chart("procedures", done).status == 201
        brief = look(clinic, "timeline", brief="1").text
        assert brief.index("Done 0") < brief.index("Done 7")
        assert "Done 8" not in brief
        first = look(clinic, "timeline").text
        assert "Done 25" in first
        assert "Done 26" not in first
        until = re.search(r"until=([\d-]+)", first)
        assert until
        rest = look(clinic, "timeline", until=until[1]).text
        assert [n for n in range(26, 30) if f"Done {n}<" in rest] == [26, 27, 28, 29]
        assert "Done 25<" not in rest
