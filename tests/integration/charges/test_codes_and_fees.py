"""Code lists, fee schedules, favourites and settings through the front door."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from caresmith.ids import FavouriteId, FeeScheduleId, LocationId, PayerId, ProviderId
from caresmith.records.revenue.pricing import Asked, prices
from functions.charges import code_lists
from scripts.benchmark.meter import watched
from tests.integration.charges.conftest import CODES, Office, add_payer
from tests.support.client import Reply

DAY = date(2026, 3, 6)


def kind(reply: Reply) -> str:
    return str(reply.json["type"]).rpartition("/")[2]


def problems(reply: Reply) -> dict[str, str]:
    return {one["field"]: one["message"] for one in reply.json["errors"]}


def search(office: Office, text: str, **query: str) -> list[str]:
    reply = office.send("GET", "/charges/codes", query={"text": text, **query})
    assert reply.status == 200, reply.text
    return [one["code"] for one in reply.json]


# -- codes ------------------------------------------------------------------------


def test_a_code_is_found_by_how_it_begins_and_by_its_words(office: Office) -> None:
    assert search(office, "992") == ["99213", "99214"]
    assert search(office, "office longer") == ["99214"]
    assert search(office, "blood sug") == ["3044F", "83036"]
    assert search(office, "99241") == []
    assert search(office, "99241", on="2022-06-01") == ["99241"]


def test_both_lists_are_searched(office: Office) -> None:
    text = "code\tdescription\tfrom\nJ1885\tKetorolac, by injection\t01/01/2020\n"
    assert office.upload("/charges/code-lists/hcpcs", text).status == 200
    assert search(office, "J18") == ["J1885"]
    assert search(office, "injection ketor") == ["J1885"]
    lists = office.send("GET", "/charges/code-lists").json
    assert [(one["code_set"], one["codes"]) for one in lists] == [("cpt", 7), ("hcpcs", 1)]


def test_a_search_is_one_read_once_the_list_was_read(office: Office) -> None:
    code_lists._remembered.clear()
    with watched() as first:
        code_lists.code_book(office.practice)
    with watched() as again:
        code_lists.code_book(office.practice)
    assert (first.calls.total(), again.calls.total()) == (2, 1)


def test_a_file_with_wrong_lines_is_refused_with_each_of_them_and_nothing_is_lost(
    office: Office,
) -> None:
    wrong = (
        "code,description,until,from\n99213,ok,,\n9921,short,,\n"
        '99214,"a day",yesterday,\n99214,b,2020-01-01,2021-01-01\n99213,twice,,\n'
    )
    reply = office.upload("/charges/code-lists/cpt", wrong)
    assert (reply.status, kind(reply)) == (422, "rows-refused")
    assert problems(reply) == {
        "line 3": "This is no CPT code.",
        "line 4": "A date is written 2026-01-31 or 01/31/2026.",
        "line 5": "The last day lies before the first.",
    }
    twice = office.upload("/charges/code-lists/cpt", "code\n99213\n99213\n")
    assert problems(twice) == {"line 3": "The code stands in line 2 for the same days."}
    assert search(office, "992") == ["99213", "99214"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", "line 1", "name the column code"),
        ("code\n", "line 1", "no row below"),
        ("codes,description\n99213,x\n", "line 1", "name the column code"),
        ("code,code\n99213,99213\n", "line 1", "same name"),
        ("code,description\n99213\n", "line 2", "1 columns"),
        ('code,description\n99213,"unended\n', "line 2", "no CSV"),
        ("code,description\n99213," + "x" * 301 + "\n", "line 2", "300 characters"),
        ("code\nJ1885\n", "line 2", "no CPT code"),
    ],
)
def test_a_file_that_is_none_is_refused_by_line(
    office: Office, text: str, line: str, why: str
) -> None:
    reply = office.upload("/charges/code-lists/cpt", text)
    assert reply.status == 422, reply.text
    assert why in problems(reply)[line]
    assert search(office, "992") == ["99213", "99214"]


def test_another_load_replaces_the_list_whole(office: Office) -> None:
    assert office.upload("/charges/code-lists/cpt", "code\n99215\n").status == 200
    assert search(office, "99") == ["99215"]
    assert office.upload("/charges/code-lists/cpt", CODES).status == 200
    assert search(office, "99") == ["99213", "99214"]


def test_ten_thousand_codes_load_and_are_searched(office: Office) -> None:
    lines = (
        f"{number:05},Service of kind {number % 97} and place {number}" for number in range(10_000)
    )
    reply = office.upload("/charges/code-lists/cpt", "code,description\n" + "\n".join(lines))
    assert (reply.status, reply.json["codes"]) == (200, 10_000)
    assert search(office, "place 4711") == ["04711"]
    assert len(search(office, "kind 5", limit="7")) == 7


# -- fees -------------------------------------------------------------------------


def test_a_sheet_is_priced_in_two_reads(office: Office) -> None:
    asked = [Asked(code, (), "1", "11", DAY) for code in ("99213", "83036", "36415", "71046")]
    with watched() as usage:
        found = prices(office.practice, asked, office.payer)
    assert [one.charge and one.charge.cents for one in found] == [150_00, 40_00, 12_50, 90_00]
    assert [one.expected and one.expected.cents for one in found] == [98_00, 13_25, None, None]
    assert usage.calls.total() == 2


def test_one_schedule_of_a_payer_holds_on_a_day(office: Office) -> None:
    reply = office.send(
        "POST",
        "/charges/fees",
        {"name": "Acme again", "starts": "2026-01-01", "payer_id": office.payer},
    )
    assert (reply.status, kind(reply)) == (409, "fee-schedules-overlap")
    other = add_payer(office.practice, "Other Payer")
    assert (
        office.send(
            "POST", "/charges/fees", {"name": "Other", "starts": "2026-01-01", "payer_id": other}
        ).status
        == 201
    )


def test_a_schedule_reckoned_from_another_prices_what_it_has_no_row_for(office: Office) -> None:
    other = add_payer(office.practice, "Other Payer")
    percent = {"hundredths": 15000, "payer_id": office.payer}
    office.made(
        "/charges/fees",
        {"name": "Other", "starts": "2026-01-01", "payer_id": other, "percent": percent},
    )
    [found] = prices(office.practice, [Asked("83036", (), "2", "11", DAY)], other)
    # 150 % of 13.25 is 19.875, a cent is the least, and two units of that.
    assert found.expected is not None
    assert found.expected.cents == 2 * 19_88
    known = office.send("GET", "/charges/fees").json
    acme = next(one for one in known if one["facts"]["payer_id"] == office.payer)
    path = f"/charges/fees/{acme['schedule_id']}"
    in_use = office.send("DELETE", path, version=acme["version"])
    assert (in_use.status, kind(in_use)) == (409, "fee-schedule-in-use")
    circle = office.send(
        "PUT",
        path,
        {**acme["facts"], "percent": {"hundredths": 10000, "payer_id": other}},
        version=acme["version"],
    )
    assert (circle.status, circle.json["errors"][0]["field"]) == (422, "percent")


def test_one_fee_is_changed_and_a_stale_page_is_refused(office: Office) -> None:
    one = next(
        one for one in office.send("GET", "/charges/fees").json if not one["facts"]["payer_id"]
    )
    path = f"/charges/fees/{one['schedule_id']}"
    rows = [
        {"code": "71046", "amount": 95_00},
        {"code": "71046", "modifiers": ["TC"], "amount": 65_00},
    ]
    changed = office.send("PUT", f"{path}/rows/71046", {"rows": rows}, version=one["version"])
    assert (changed.status, changed.json["rows"]) == (200, 7)
    shown = office.send("GET", path, query={"prefix": "7104"}).json["shown"]
    assert [(row["modifiers"], row["amount"]) for row in shown] == [([], 95_00), (["TC"], 65_00)]
    late = office.send("PUT", f"{path}/rows/71046", {"rows": []}, version=one["version"])
    assert (late.status, kind(late)) == (412, "version-conflict")
    gone = office.send("PUT", f"{path}/rows/71046", {"rows": []}, version=changed.json["version"])
    assert gone.json["rows"] == 5
    assert office.send("GET", path, query={"prefix": "7104"}).json["shown"] == []


def test_a_file_of_fees_is_refused_by_line_and_the_rows_stay(office: Office) -> None:
    one = office.send("GET", "/charges/fees").json[0]
    path = f"/charges/fees/{one['schedule_id']}"
    before = office.send("GET", path).json
    wrong = (
        "code,modifiers,amount\n99213,,12.345\n99213,ABC,1\n99,,1\n99214,,-1\n99215,,5\n99215,,6\n"
    )
    reply = office.upload(f"{path}/rows", wrong, one["version"])
    assert reply.status == 422
    told = problems(reply)
    assert list(told) == ["line 2", "line 3", "line 4", "line 5"]
    assert told["line 2"] == "amount: expected dollars and cents, like 1,234.56."
    twice = office.upload(f"{path}/rows", "code,amount\n99215,5\n99215,6\n", one["version"])
    assert problems(twice) == {"line 3": "Line 2 has the same code and modifiers."}
    assert office.send("GET", path).json == before


def test_a_schedule_that_is_dropped_prices_nothing_and_charges_stay(office: Office) -> None:
    sheet = office.enter()
    one = next(
        one for one in office.send("GET", "/charges/fees").json if not one["facts"]["payer_id"]
    )
    path = f"/charges/fees/{one['schedule_id']}"
    assert office.send("DELETE", path, version=one["version"]).status == 204
    assert office.send("GET", path).status == 404
    assert office.sheet(sheet["sheet_id"])["charge"] == 190_00
    assert office.enter()["missing"] == ["no-fee:1", "no-fee:2"]
    assert office.send("GET", f"/charges/fees/{FeeScheduleId.new()}").status == 404


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "", "starts": "2026-01-01"},
        {"name": "X", "starts": "2026-01-02", "ends": "2026-01-01"},
        {"name": "X", "starts": "2026-01-01", "percent": {"hundredths": 0}},
        {"name": "X", "starts": "2026-01-01", "payer_id": "nobody"},
    ],
)
def test_a_schedule_that_can_not_be_is_refused(office: Office, facts: dict[str, Any]) -> None:
    before = office.send("GET", "/charges/fees").json
    assert office.send("POST", "/charges/fees", facts).status == 422
    assert office.send("GET", "/charges/fees").json == before


def test_a_payer_without_fees_has_no_expected_amount(office: Office) -> None:
    [found] = prices(office.practice, [Asked("99213", (), "1", "11", DAY)], PayerId.new())
    assert found.expected is None
    assert found.charge is not None


# -- favourites and settings ----------------------------------------------------------

GROUP = {
    "name": "Diabetes visit",
    "lines": [{"code": "99213", "modifiers": ["25"], "diagnoses": ["E119"], "label": "Visit"}],
}


def test_a_group_of_favourites_is_kept_changed_and_dropped(office: Office) -> None:
    made = office.made("/charges/favourites", GROUP)
    path = f"/charges/favourites/{made['favourite_id']}"
    changed = office.send(
        "PUT", path, {**GROUP, "provider_id": office.small.ana}, version=made["version"]
    )
    assert (changed.status, changed.json["version"]) == (200, 2)
    late = office.send("PUT", path, GROUP, version=1)
    assert (late.status, kind(late)) == (412, "version-conflict")
    [listed] = office.send("GET", "/charges/favourites").json
    assert listed["facts"]["lines"][0]["label"] == "Visit"
    assert office.send("DELETE", path, version=2).status == 204
    assert office.send("DELETE", path, version=2).status == 404
    assert office.send("GET", "/charges/favourites").json == []


def test_a_group_is_of_a_provider_of_the_practice(office: Office) -> None:
    strange = office.send("POST", "/charges/favourites", {**GROUP, "provider_id": ProviderId.new()})
    assert (strange.status, strange.json["errors"][0]["field"]) == (422, "provider_id")
    both = {**GROUP, "provider_id": office.small.ana, "specialty": "Family Medicine"}
    assert office.send("POST", "/charges/favourites", both).status == 422
    path = f"/charges/favourites/{FavouriteId.new()}"
    assert office.send("PUT", path, GROUP, version=1).status == 404


def test_settings_are_changed_by_version_and_name_what_is_there(office: Office) -> None:
    path = "/charges/settings"
    assert office.send("GET", path).json["version"] == 0
    wrong = {"places": {LocationId.new(): "11"}}
    assert office.send("PUT", path, wrong, version=0).status == 422
    assert office.send("PUT", path, {"places": {office.small.east: "98"}}, version=0).status == 422
    taken = office.send("PUT", path, {"auto_release": True}, version=0)
    assert (taken.status, taken.json["version"]) == (200, 1)
    late = office.send("PUT", path, {"auto_release": False}, version=0)
    assert (late.status, kind(late)) == (412, "version-conflict")
