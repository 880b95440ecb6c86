"""The console's page of the audit trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from functions.audit import reading
from tests.integration.audit.conftest import Trail

YESTERDAY = datetime.now(UTC).replace(hour=9, minute=0) - timedelta(days=1)
DAY = YESTERDAY.date().isoformat()


class Shown(HTMLParser):
    """What a page shows: text of the card's table rows, links, and what a strict CSP refuses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.links: list[str] = []
        self.refused: list[str] = []
        self._in_table = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._in_table = "card-table" in (given.get("class") or "")
        if tag == "tr" and self._in_table:
            self.rows.append("")
        if tag == "a":
            self.links.append(given.get("href") or "")
        inline = [name for name in given if name == "style" or name.startswith("on")]
        if inline or tag == "style" or (tag == "script" and "src" not in given):
            self.refused.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._in_table = False

    def handle_data(self, data: str) -> None:
        if self.rows and self._in_table:
            self.rows[-1] += f" {data.strip()}" if data.strip() else ""


def test_the_page_shows_a_day_with_emergency_access_marked(trail: Trail) -> None:
    patient = PatientId.new()
    trail.write(patient, at=YESTERDAY, reason="<script>alert(1)</script>")
    trail.write(at=YESTERDAY + timedelta(minutes=1), roles=(Role.EMERGENCY,))
    reply = trail.get("/console/audit", day=DAY)
    assert reply.status == 200
    shown = Shown(reply.text)
    heading, emergency, ordinary = shown.rows
    assert "Outcome" in heading
    assert "Emergency" in emergency
    assert "Emergency" not in ordinary
    assert all(part in ordinary for part in (patient, "patients.read", "192.0.2.1", "<script>"))
    assert f"/console/audit?patient={patient}" in shown.links
    assert shown.refused == []


def test_the_page_goes_on_to_older_entries(trail: Trail) -> None:
    trail.write(at=YESTERDAY, count=reading.PAGE + 1)
    [older] = [
        link for link in Shown(trail.get("/console/audit", day=DAY).text).links if "cursor" in link
    ]
    asked = dict(part.split("=", 1) for part in older.partition("?")[2].split("&"))
    asked["cursor"] = asked["cursor"].replace("%3D", "=")
    assert len(Shown(trail.get("/console/audit", **asked).text).rows) == 2


def test_the_page_shows_who_looked_at_a_patient(trail: Trail) -> None:
    patient = PatientId.new()
    trail.sealed(patient, at=YESTERDAY - timedelta(days=3))
    reply = trail.get("/console/audit", patient=f" {patient} ", day="")
    assert len(Shown(reply.text).rows) == 2
    trail.delete_item(trail.place(trail.segments()[0][0]["entry_id"]))
    assert "gone from the table" in trail.get("/console/audit", patient=patient).text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"day": "2026-13-01"}, "yyyy-mm-dd"),
        ({"patient": "Jane Doe"}, "not a patient"),
        ({"cursor": "x"}, "out of date"),
    ],
)
def test_the_page_says_what_is_wrong_beside_the_field(
    trail: Trail, query: dict[str, str], told: str
) -> None:
    reply = trail.get("/console/audit", **query)
    assert (reply.status, told in reply.text) == (422, True)


def test_looking_at_the_page_is_itself_audited(trail: Trail) -> None:
    trail.get("/console/audit", day=DAY)
    [entry] = trail.entries()
    assert (entry["action"], entry["records"]) == ("audit.read-page", [f"audit:{DAY}"])
