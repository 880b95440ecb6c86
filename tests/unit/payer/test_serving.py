"""The wire over HTTP, the page, the folders, and the day that goes on with the clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from caresmith.clock import FixedClock
from scripts.payer.app import payer_app
from scripts.payer.house import House
from scripts.payer.rules import default_rules
from scripts.payer.store import Store
from scripts.payer.ticking import Days, Folder
from tests.support.claims import claim
from tests.support.payers import TODAY, file_of, house, rules, visit
from tests.unit.payer.test_asking import asked_raw

KEY = {"Authorization": "Bearer secret"}
EDI = {**KEY, "Content-Type": "application/edi-x12"}
MORNING = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def wire(tmp_path: Path, clock: FixedClock) -> Iterator[TestClient]:
    app = payer_app(tmp_path, "secret", rules(), clock)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def test_without_the_key_nothing_is_taken_told_or_answered(wire: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        told = {**headers, "Content-Type": "application/edi-x12"}
        for reply in (
            wire.post("/files?name=a", content=file_of(claim()), headers=told),
            wire.post("/realtime", content=asked_raw(900), headers=told),
            wire.get("/files", headers=headers),
            wire.get("/files/000001.999", headers=headers),
        ):
            assert reply.status_code == 401
            assert reply.headers["content-type"] == "application/problem+json"
    assert wire.get("/files", headers=KEY).json() == {"files": [], "next": None}


def test_a_file_is_taken_once_and_its_answers_are_listed_from_a_cursor(wire: TestClient) -> None:
    raw = file_of(claim())
    first = wire.post("/files?name=a.837", content=raw, headers=EDI)
    assert (first.status_code, first.json()) == (202, {"name": "a.837"})
    assert wire.post("/files?name=a.837", content=raw, headers=EDI).status_code == 200
    other = wire.post("/files?name=a.837", content=file_of(claim()), headers=EDI)
    assert other.status_code == 409
    page = wire.get("/files?limit=1", headers=KEY).json()
    [one] = page["files"]
    assert one["name"] == "000001.999"
    assert datetime.fromisoformat(one["at"]).tzinfo is not None
    [two] = wire.get(f"/files?after={page['next']}", headers=KEY).json()["files"]
    assert two["name"] == "000002.277ca"
    got = wire.get(f"/files/{two['name']}", headers=KEY)
    assert (len(got.content), got.headers["content-type"]) == (two["size"], "application/edi-x12")
    assert wire.get("/files/000009.999", headers=KEY).status_code == 404


@pytest.mark.parametrize(
    ("path", "content", "kind", "status"),
    [
        ("/files?name=a", b"no X12", "application/edi-x12", 422),
        ("/files", b"ISA", "application/edi-x12", 422),
        ("/files?name=../a", b"ISA", "application/edi-x12", 422),
        ("/files?name=a", b"ISA", "text/plain", 415),
        ("/realtime", b"no X12", "application/edi-x12", 422),
        ("/realtime", file_of(claim()), "application/edi-x12", 422),
    ],
)
def test_what_can_not_be_taken_is_a_problem(
    wire: TestClient, path: str, content: bytes, kind: str, status: int
) -> None:
    reply = wire.post(path, content=content, headers={**KEY, "Content-Type": kind})
    assert reply.status_code == status
    assert reply.json()["title"]


@pytest.mark.parametrize("query", ["after=x", "limit=0", "limit=1001", "limit=-1"])
def test_a_cursor_that_was_not_given_is_a_problem(wire: TestClient, query: str) -> None:
    assert wire.get(f"/files?{query}", headers=KEY).status_code == 422


def test_a_question_is_answered_at_once(wire: TestClient) -> None:
    reply = wire.post("/realtime", content=asked_raw(901), headers=EDI)
    assert reply.status_code == 200
    assert b"ST*271*" in reply.content


def test_days_pass_when_they_are_asked_to(wire: TestClient) -> None:
    wire.post("/files?name=a", content=file_of(claim()), headers=EDI)
    assert wire.post("/_control/advance", json={"days": 14}).json() == {"day": "2026-11-16"}
    state = wire.get("/_control/state").json()
    assert state == {"day": "2026-11-16", "claims": {"paid": 1}}
    for wrong in ({"days": -1}, {"days": "1"}, {"days": True}, {}, {"days": 401}):
        assert wire.post("/_control/advance", json=wrong).status_code == 422
    assert wire.post("/next-day", data={"days": "1"}, follow_redirects=False).status_code == 303
    assert wire.get("/_control/state").json()["day"] == "2026-11-17"


def test_the_page_shows_files_claims_and_rules(wire: TestClient) -> None:
    assert "No claims yet" in wire.get("/").text
    wire.post("/files?name=a.837", content=file_of(claim()), headers=EDI)
    wire.post("/_control/advance", json={"days": 14})
    page = wire.get("/").text
    for shown in ("a.837", "000003.835", ">C1<", "M100", "1 $90.00 by 20261116000001", "1 paid"):
        assert shown in page, shown
    assert b"ST*835" in wire.get("/left/000003.835").content
    assert b"ST*837" in wire.get("/came/a.837").content
    number = wire.get("/").text.partition("/claims/")[2].partition('"')[0]
    assert wire.get(f"/claims/{number}").json()["decision"]["paid"] == 9_000


def test_rules_are_changed_on_the_page_or_told_what_is_wrong_with_them(wire: TestClient) -> None:
    text = '{"rules": [{"name": "no", "then": {"do": "deny", "reason": "50"}}]}'
    assert wire.post("/rules", data={"rules": text}, follow_redirects=False).status_code == 303
    assert wire.get("/_control/rules").json()["rules"][0]["then"]["reason"] == "50"
    for wrong in (
        '{"rules": [{"name": "x", "then": {"do": "deny", "reason": "<b>"}}]}',
        "not json",
        '{"plan": []}',
        '{"plans": [{"coinsurance": 101}]}',
    ):
        refused = wire.post("/rules", data={"rules": wrong})
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        assert "<b>" not in refused.text
        assert wire.put("/_control/rules", content=wrong).status_code == 422
    assert wire.get("/_control/rules").json()["rules"][0]["name"] == "no"
    wire.post("/rules", data={"rules": "", "defaults": "1"})
    assert wire.get("/_control/rules").json()["rules"][0]["name"] == "Silent in real time"


def test_a_page_of_another_site_can_not_move_the_day(wire: TestClient) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/next-day", "/rules", "/_control/advance"):
        assert wire.post(path, data={"days": "1"}, headers=elsewhere).status_code == 403
    assert wire.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_default_rules_hold_and_a_rule_that_is_none_is_refused() -> None:
    given = default_rules()
    assert given.plan("anything").pays_after == 14
    assert given.member("12345", "UNKNOWN1").standing == "unknown"
    assert given.plan("MCPTB").crosses_over
    assert given.plan("ILMCD").name == "STATE MEDICAID"
    assert len({one.tax_id for one in given.plans}) == len(given.plans)


def test_the_day_goes_on_with_the_clock_and_never_back(clock: FixedClock) -> None:
    payers = house()
    days = Days(payers, clock)
    clock.at = MORNING + timedelta(days=2)
    days.follow()
    assert payers.day == TODAY + timedelta(2)
    assert days.skip(10) == TODAY + timedelta(12)
    days.follow()
    assert payers.day == TODAY + timedelta(12)
    clock.at = MORNING + timedelta(days=3)
    days.follow()
    assert payers.day == TODAY + timedelta(13)
    clock.at = MORNING
    days.follow()
    assert payers.day == TODAY + timedelta(13)


def dropped(folder: Path, name: str, raw: bytes, seconds: float = 60) -> Path:
    path = folder / "in" / name
    path.write_bytes(raw)
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))
    return path


def test_files_may_be_dropped_and_fetched_from_folders(tmp_path: Path) -> None:
    payers = house()
    folder = Folder(payers, tmp_path)
    dropped(tmp_path, "a.837", file_of(claim()))
    dropped(tmp_path, "bad.837", b"no X12")
    dropped(tmp_path, "b.tmp", file_of(claim()))
    dropped(tmp_path, "fresh.837", file_of(claim()), seconds=0)
    folder.exchange()
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "000001.999",
        "000002.277ca",
    ]
    assert (tmp_path / "in" / "taken" / "a.837").exists()
    assert "does not begin with ISA" in (tmp_path / "in" / "refused" / "bad.837.txt").read_text()
    left = sorted(one.name for one in (tmp_path / "in").iterdir() if one.is_file())
    assert left == ["b.tmp", "fresh.837"]
    (tmp_path / "out" / "000001.999").unlink()
    folder.exchange()
    assert not (tmp_path / "out" / "000001.999").exists(), "what was fetched stays away"


def test_all_is_kept_when_the_program_ends(tmp_path: Path) -> None:
    def started() -> House:
        return House(Store(tmp_path / "payer.sqlite3"), rules(), TODAY)

    one = started()
    one.take("a", file_of(claim(lines=(visit(),))))
    one.advance(14)
    one.set_rules(rules({"do": "deny", "reason": "50", "when": {"control": "C9"}}))
    one.store.close()
    two = started()
    assert two.day == TODAY + timedelta(14)
    assert [each["kind"] for each in two.files()] == ["999", "277ca", "835"]
    assert two.rules.rules[0].when.control == "C9"
    two.take("b", file_of(claim(control_number="C2", lines=(visit(),))))
    two.advance(14)
    [again] = [each for each in two.store.latest_claims() if each["control"] == "C2"]
    assert again["told"] == "1 $0.00", "the service of before is remembered"
