"""The charge desk's pages: what is typed and refused stays typed, with a sentence beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from caresmith.money import Money
from caresmith.permissions import Role
from tests.integration.charges.conftest import FEES, TODAY, Office
from tests.support.client import Caller, Reply, call

PAGES = "/console/charges"


def page(office: Office, path: str, **query: str) -> str:
    reply = call("GET", f"{PAGES}{path}", caller=office.biller, query=query)
    assert reply.status == 200, reply.text
    return reply.text


def send(office: Office, path: str, fields: dict[str, Any], caller: Caller | None = None) -> Reply:
    form = [(name, str(value)) for name, value in fields.items()]
    path, _, asked = path.partition("?")
    query = dict([asked.split("=")]) if asked else {}
    return call("POST", f"{PAGES}{path}", caller=caller or office.biller, form=form, query=query)


def fields_of(html: str) -> dict[str, str]:
    """What a browser would send of the sheet's form."""
    [form] = re.findall(r'<form[^>]*id="sheet-form".*?</form>', html, re.DOTALL)
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        unset = 'type="checkbox"' in tag and " checked" not in tag
        if name and 'form="no-form"' not in tag and not unset:
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = (chosen or first)[1]  # type: ignore[index]
    return found


def complaint(html: str, name: str) -> str:
    found = re.search(rf'id="f-{name.replace(".", "-")}-error">([^<]*)<', html)
    return found[1] if found else ""


def test_charges_are_entered_priced_and_released_on_pages(office: Office) -> None:
    blank = fields_of(page(office, "/sheets/new"))
    typed = {
        **blank,
        "patient_id": office.insured,
        "patient_name": "Jo Doe",
        "day": TODAY,
        "rendering_id": office.small.ana,
        "diagnoses.0": "e11.9",
        "diagnoses.2": "I10",
        "lines.0.code": "99213",
        "lines.0.modifiers": "25",
        "lines.0.pointers": "C A",
        "lines.1.code": "83036",
    }
    made = send(office, "/sheets/new", typed)
    assert made.status == 303, made.text
    # Sent twice by an impatient hand, it is entered once.
    assert send(office, "/sheets/new", typed).headers["location"] == made.headers["location"]
    assert len(office.waiting("clean")) == 1
    path = made.headers["location"].removeprefix(PAGES).partition("#")[0]
    html = page(office, path)
    assert "Type 2 diabetes mellitus without complications" in html
    assert "Office visit of a known patient" in html
    shown = fields_of(html)
    assert (shown["diagnoses.1"], shown["lines.0.pointers"]) == ("I10", "B A")
    assert (shown["lines.0.charge"], shown["lines.1.pointers"]) == ("150.00", "A")
    assert "$190.00" in html
    # Two units cost twice as much, since nobody typed the amount.
    saved = send(office, path, {**shown, "lines.1.units": "2", "then": "release"})
    assert saved.status == 303, saved.text
    html = page(office, path)
    assert "$230.00" in html
    assert "Released" in html
    assert re.search(r"Insurance owes</dt><dd>\$230\.00", html)


def test_what_is_refused_stays_typed_with_a_sentence_beside_each_field(office: Office) -> None:
    sheet = office.enter()
    path = f"/sheets/{sheet['sheet_id']}"
    shown = fields_of(page(office, path))
    wrong = {
        **shown,
        "diagnoses.1": "nonsense",
        "lines.0.charge": "a lot",
        "lines.0.pointers": "Q",
        "lines.1.code": "83",
        "lines.1.modifiers": "LONG",
        "lines.1.drug.ndc": "12",
        "lines.1.drug.quantity": "1",
        "referring_npi": "12",
        "note": "Keep this",
    }
    refused = send(office, path, wrong)
    assert refused.status == 422
    assert "ICD-10-CM" in complaint(refused.text, "diagnoses.1")
    assert complaint(refused.text, "lines.0.charge") == "An amount is dollars and cents: 125.00"
    assert complaint(refused.text, "lines.0.pointers") == "No diagnosis stands at Q."
    assert "five characters" in complaint(refused.text, "lines.1.code")
    assert "two characters" in complaint(refused.text, "lines.1.modifiers")
    assert "eleven digits" in complaint(refused.text, "lines.1.drug.ndc")
    assert complaint(refused.text, "referring_npi") == "An NPI has ten digits."
    again = fields_of(refused.text)
    assert (again["lines.0.charge"], again["note"]) == ("a lot", "Keep this")
    assert office.sheet(sheet["sheet_id"]) == sheet


def test_an_amount_that_was_typed_is_kept_when_the_units_change(office: Office) -> None:
    sheet = office.enter()
    path = f"/sheets/{sheet['sheet_id']}"
    shown = fields_of(page(office, path))
    typed = {**shown, "lines.0.units": "2", "lines.0.charge": "275"}
    assert send(office, path, typed).status == 303
    assert office.sheet(sheet["sheet_id"])["content"]["lines"][0]["charge"] == 275_00


def test_a_line_whose_code_is_emptied_goes_and_letters_close_up(office: Office) -> None:
    sheet = office.enter(diagnoses=["E119", "I10"])
    path = f"/sheets/{sheet['sheet_id']}"
    shown = fields_of(page(office, path))
    emptied = {name: "" for name in shown if name.startswith("lines.0.")}
    changed = {**shown, **emptied, "diagnoses.0": "", "lines.1.pointers": "B"}
    assert send(office, path, changed).status == 303
    content = office.sheet(sheet["sheet_id"])["content"]
    assert [(one["line"], one["pointers"]) for one in content["lines"]] == [("2", [1])]
    assert content["diagnoses"] == ["I10"]


def test_somebody_who_was_faster_is_told_of_and_nothing_typed_is_lost(office: Office) -> None:
    sheet = office.enter()
    path = f"/sheets/{sheet['sheet_id']}"
    shown = fields_of(page(office, path))
    office.change(sheet, note="Faster")
    late = send(office, path, {**shown, "note": "Slower"})
    assert late.status == 412
    assert "Somebody changed this sheet meanwhile" in late.text
    assert fields_of(late.text)["note"] == "Slower"
    assert office.sheet(sheet["sheet_id"])["content"]["note"] == "Faster"


def test_a_favourite_adds_its_line_and_diagnoses_to_what_is_typed(office: Office) -> None:
    made = office.made(
        "/charges/favourites",
        {
            "name": "Diabetes",
            "lines": [
                {"code": "99214", "modifiers": ["25"], "diagnoses": ["E119"]},
                {"code": "36415", "units": "2"},
            ],
        },
    )
    typed = fields_of(page(office, "/sheets/new")) | {
        "day": TODAY,
        "rendering_id": office.small.ana,
        "diagnoses.0": "I10",
        "lines.0.code": "83036",
        "note": "Typed before",
    }
    one = send(office, "/sheets/form", {**typed, "add": f"favourite:{made['favourite_id']}.0"})
    assert one.status == 200, one.text
    assert 'value="99214"' in one.text
    assert 'value="E11.9"' in one.text
    assert re.search(r'name="lines\.1\.pointers"[^>]*value="B"', one.text)
    # 40.00 and 210.00 by the schedule.
    assert "$250.00" in one.text
    both = send(office, "/sheets/form", {**typed, "add": f"favourite:{made['favourite_id']}"})
    assert 'value="36415"' in both.text
    assert "$275.00" in both.text
    gone = send(office, "/sheets/form", {**typed, "add": f"favourite:{made['favourite_id']}.9"})
    assert gone.status == 404


def test_the_queue_shows_who_waits_and_why_and_filters(office: Office) -> None:
    lacking, clean = office.enter(diagnoses=[], lines=[]), office.enter()
    html = page(office, "")
    assert lacking["sheet_id"] in html
    assert clean["sheet_id"] not in html
    assert "No diagnosis" in html
    assert "Doe, Jo" in html
    assert lacking["sheet_id"] not in page(office, "", why="no-fee")
    assert lacking["sheet_id"] not in page(office, "", provider_id=office.small.ben)
    assert clean["sheet_id"] in page(office, "", which="clean", provider_id=office.small.ana)
    assert ">1<" in page(office, "/count")
    done = send(office, "/clean/release?which=clean", {})
    assert "1 sheet released" in done.text
    assert office.waiting("ready") == [clean["sheet_id"]]


def test_what_keeps_a_sheet_is_told_when_its_release_is_refused(office: Office) -> None:
    sheet = office.enter(lines=[])
    refused = send(office, f"/sheets/{sheet['sheet_id']}/release", {"version": 1})
    assert refused.status == 409
    assert "No service is charged." in refused.text


def test_a_sheet_is_voided_for_a_reason(office: Office) -> None:
    sheet = office.released()
    path = f"/sheets/{sheet['sheet_id']}"
    unsaid = send(office, f"{path}/void", {"version": sheet["version"]})
    assert unsaid.status == 422
    assert complaint(unsaid.text, "reason") == "This is needed."
    voided = send(office, f"{path}/void", {"version": sheet["version"], "reason": "Twice"})
    assert voided.status == 303
    html = page(office, path)
    assert "Voided" in html
    assert "sheet-form" not in html


def test_the_front_desk_sees_what_is_due_and_no_sheet(office: Office) -> None:
    office.released(office.alone)
    desk = Caller(office.practice, roles=(Role.FRONT_DESK,))
    due = call("GET", f"{PAGES}/due/{office.alone}", caller=desk)
    assert "$190.00" in due.text
    assert "99213" not in due.text
    assert call("GET", PAGES, caller=desk).status == 403


def test_a_clinician_reads_a_released_sheet_and_can_not_change_it(office: Office) -> None:
    sheet = office.released()
    clinician = Caller(office.practice, roles=(Role.CLINICIAN,))
    html = call("GET", f"{PAGES}/sheets/{sheet['sheet_id']}", caller=clinician).text
    assert "99213" in html
    assert "sheet-form" not in html
    assert "Void this sheet" not in html


def test_a_visit_leads_to_its_sheet(office: Office) -> None:
    key = office.close()
    [sheet] = office.of_visit(key)
    reply = call("GET", f"{PAGES}/encounters/{key}", caller=office.biller)
    assert reply.headers["location"] == f"{PAGES}/sheets/{sheet['sheet_id']}"
    waits = office.clinic.open()["encounter_id"]
    assert "No charges yet" in page(office, f"/encounters/{waits}")


# -- fees, codes, favourites ------------------------------------------------------------


def standard(office: Office) -> Any:
    known = office.send("GET", "/charges/fees").json
    return next(one for one in known if not one["facts"]["payer_id"])


def test_a_fee_schedule_is_made_filled_and_changed_on_pages(office: Office) -> None:
    assert "Acme 2020" in page(office, "/fees")
    wrong = send(office, "/fees", {"name": "", "starts": "2026-01-01", "percent.of": "standard"})
    assert wrong.status == 422
    assert complaint(wrong.text, "percent.value") == "A percentage: 150 or 112.5"
    taken = send(office, "/fees", {"name": "Twice", "starts": "2026-01-01"})
    assert taken.status == 409
    assert "holds on some of these days" in taken.text

    one = standard(office)
    path = f"/fees/{one['schedule_id']}"
    assert "71046" in page(office, path, prefix="71")
    row = {"version": one["version"], "code": "71046", "modifiers": "tc", "amount": "60.5"}
    assert send(office, f"{path}/row", row).status == 303
    assert "$60.50" in page(office, path, prefix="71")
    stale = send(office, f"{path}/row", row)
    assert stale.status == 412
    bad = send(office, f"{path}/row", {**row, "version": one["version"] + 1, "amount": "much"})
    assert complaint(bad.text, "amount") == "An amount is dollars and cents: 125.00"
    emptied = {**row, "version": one["version"] + 1, "amount": ""}
    assert send(office, f"{path}/row", emptied).status == 303
    assert "$60.50" not in page(office, path, prefix="71")


def test_a_file_with_wrong_lines_stays_in_its_field_with_what_is_wrong(office: Office) -> None:
    one = standard(office)
    path = f"/fees/{one['schedule_id']}/import"
    refused = send(office, path, {"version": one["version"], "file": "code,amount\n99213,x\n"})
    assert refused.status == 422
    assert "Line 2: amount:" in complaint(refused.text, "file")
    assert "99213,x" in refused.text
    taken = send(office, path, {"version": one["version"], "file": FEES})
    assert taken.status == 303
    codes = send(office, "/code-lists/cpt", {"file": "code\nNONE\n"})
    assert "Line 2: This is no CPT code." in codes.text
    assert send(office, "/code-lists/cpt", {"file": "code\n99215\n"}).status == 303
    assert "1 codes" in page(office, "/code-lists")


def test_a_group_of_favourites_is_made_and_dropped_on_pages(office: Office) -> None:
    wrong = send(office, "/favourites/new", {"name": "Visits", "lines.0.code": "9"})
    assert wrong.status == 422
    fields = {
        "name": "Visits",
        "provider_id": office.small.ana,
        "lines.1.code": "99213",
        "lines.1.modifiers": "25",
        "lines.1.diagnoses": "E11.9 i10",
        "lines.1.label": "Usual",
    }
    assert send(office, "/favourites/new", fields).status == 303
    [made] = office.send("GET", "/charges/favourites").json
    assert made["facts"]["lines"][0]["diagnoses"] == ["E119", "I10"]
    path = f"/favourites/{made['favourite_id']}"
    assert 'value="E11.9 I10"' in page(office, path)
    assert "Visits" in page(office, "/favourites")
    assert send(office, path, {**fields, "name": "Others", "version": 1}).status == 303
    assert send(office, f"{path}/drop", {"version": 2}).status == 303
    assert "No group yet" in page(office, "/favourites")


def test_how_charges_are_made_is_set_on_the_page(office: Office) -> None:
    fields = {"version": 0, "auto_release": "true", f"places.{office.small.east}": "22"}
    assert send(office, "/settings", fields).status == 303
    read = office.send("GET", "/charges/settings").json["settings"]
    assert (read["auto_release"], read["places"]) == (True, {office.small.east: "22"})
    assert office.enter()["content"]["place_of_service"] == "22"


@pytest.mark.parametrize("text", ["off", "992", "zzzz", ""])
def test_codes_are_searched_as_they_are_typed(office: Office, text: str) -> None:
    html = page(office, "/codes/picks", text=text)
    assert ('data-code="99213"' in html) is (text in ("off", "992"))
    assert ("No code of the practice" in html) is (text == "zzzz")


def test_amounts_are_shown_as_they_are_typed() -> None:
    from functions.charges.forms import dollars

    assert dollars(Money(1_234_50)) == "1234.50"
