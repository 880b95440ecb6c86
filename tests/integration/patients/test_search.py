"""Finding a chart by what somebody remembers of the person."""

from __future__ import annotations

from typing import Any

import pytest

from functions.patients import search
from scripts.benchmark.meter import watched
from tests.integration.patients.conftest import Office, person, phone
from tests.support.client import Caller, call


@pytest.fixture
def maria(office: Office) -> str:
    made = office.register(
        person(
            names=[
                {"use": "official", "given": ["María", "José"], "family": "García López"},
                {"use": "maiden", "given": ["María"], "family": "Ñúñez"},
            ],
            birth_date="1985-03-14",
        ),
        contact={"telecoms": [phone("(312) 555-0142"), phone("312-555-0199", use="old")]},
        mrn="K-4711",
    )
    office.register(person("John", "Smith", birth_date="1950-01-01"))
    return str(made["patient_id"])


@pytest.mark.parametrize(
    "text",
    [
        "garcia",
        "GARCÍA maria",
        "maria garcia",
        "lopez",
        "mar gar",
        "g maria",
        "ma",
        "maria jose garcia lopez",
        "mariajose",
        "García López, María",
        "nunez",
        "maria nunez",
        "garsia",
        "mariya garsia",
        "3/14/1985",
        "1985-03-14",
        "03141985",
        "3/14/85 gar",
        "garcia 3/14/1985",
        "(312) 555-0142",
        "3125550142",
        "+1 312 555 0142",
        "0142",
        "0142 maria",
        "555-0142",
        "555 0142",
        "garcia 555-0142",
        "312.555.0199",
        "K-4711",
        "k-4711 garcia",
    ],
)
def test_a_chart_is_found_by_what_is_known_in_any_order(
    office: Office, maria: str, text: str
) -> None:
    assert office.found(text) == [maria]


@pytest.mark.parametrize(
    "text",
    ["garcia john", "maria smith", "3/15/1985", "garcia 1/1/1950", "0143", "k-4711 smith", "zz"],
)
def test_everything_that_was_asked_must_fit(office: Office, maria: str, text: str) -> None:
    assert maria not in office.found(text)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ({"family": "王", "given": ["小明"]}, ["王小明", "wang", "xiao", "wang xiao"]),
        ({"family": "O'Brien", "given": ["Siobhán"]}, ["obrien", "o'brien", "siobhan o'b"]),
        ({"family": "van der Berg", "given": ["Anneke"]}, ["berg", "van der berg", "vanderberg"]),
        ({"given": ["Suharto"]}, ["suharto", "suh"]),
        ({"family": "Nguyễn", "given": ["Thị", "Hoa"]}, ["nguyen", "hoa nguyen", "thi hoa"]),
        ({"family": "Müller-Lüdenscheidt", "given": ["Jörg"]}, ["muller", "ludenscheidt", "jorg"]),
        ({"family": "Иванов", "given": ["Пётр"]}, ["иванов", "ivanov", "petr ivanov"]),
        ({"family": "Li", "given": ["Bo"]}, ["li", "li bo", "bo"]),
    ],
)
def test_names_from_everywhere_are_found_as_they_are_said_or_typed(
    office: Office, name: dict[str, Any], texts: list[str]
) -> None:
    made = office.register(person(names=[name]))
    for text in texts:
        assert office.found(text) == [made["patient_id"]], text


def test_many_that_fit_come_in_pages_without_gap_or_repeat(office: Office) -> None:
    made = {office.register(person(f"Person{n:02}", "Samename"))["patient_id"] for n in range(13)}
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        body = {"text": "samename", "limit": 4, **({"cursor": cursor} if cursor else {})}
        page = office.post("/patients/search", body).json
        seen += [card["patient_id"] for card in page["patients"]]
        assert page["refine"] is (page["cursor"] is not None)
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == 13
    assert set(seen) == made


def test_spelt_right_comes_before_what_only_sounds_alike(office: Office) -> None:
    sounds = office.register(person("Jon", "Smyth"))["patient_id"]
    exact = office.register(person("John", "Smith"))["patient_id"]
    assert office.found("john smith") == [exact, sounds]


def test_a_misspelt_name_is_found_among_many_who_share_the_other_one(
    office: Office, maria: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        office.register(person("Maria", f"Person{'abcde'[number]}"))
    # A practice so large that one request can't look at all who are called Maria.
    monkeypatch.setattr(search, "_READ", 3)
    monkeypatch.setattr(search, "_OPENED", 3)
    for typed in ("maria garrcia", "garcai maria", "mariya garsia"):
        assert office.found(typed) == [maria], typed


def test_a_chart_and_its_former_ones_are_shown_once(office: Office) -> None:
    one, other = (office.register(person("Jo", "Twofold")) for _ in range(2))
    body = {
        "merged_id": other["patient_id"],
        "merged_version": 1,
        "reason": "same person",
    }
    office.post(f"/patients/{one['patient_id']}/merge", body, version=1)
    for limit in (1, 25):
        assert office.found("jo twofold", limit=limit) == [one["patient_id"]]


def test_one_letter_asks_for_more(office: Office) -> None:
    office.register()
    page = office.post("/patients/search", {"text": "a"}).json
    assert (page["patients"], page["refine"]) == ([], True)


@pytest.mark.parametrize("cursor", ["x", "!!!", "WzAsICJ4Il0=", "WzksICJwYXQiXQ==", "bnVsbA=="])
def test_a_cursor_that_was_not_given_out_is_refused(office: Office, cursor: str) -> None:
    reply = office.post("/patients/search", {"text": "ana", "cursor": cursor})
    assert reply.status == 422
    assert reply.json["errors"][0]["field"] == "cursor"


def test_a_search_reads_the_index_once_and_the_cards_once(office: Office, maria: str) -> None:
    office.found("warm up")
    with watched() as usage:
        assert office.found("maria garcia") == [maria]
    assert usage.calls["dynamodb:BatchGetItem"] == 1
    assert usage.calls["dynamodb:Query"] <= 3  # the set-up may be read anew


def test_a_search_is_audited_with_whom_it_showed(office: Office, maria: str) -> None:
    from caresmith.audit import AuditEntry

    caller = Caller(office.practice)
    call("POST", "/patients/search", caller=caller, json_body={"text": "garcia"})
    entries = [e for e in AuditEntry.scan() if e.actor_id == caller.user_id]
    assert [(e.action, list(map(str, e.patient_ids))) for e in entries] == [
        ("patients.search", [maria])
    ]
