"""Appeals: each state has its own day, and a letter is kept as it was sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from caresmith.ids import ClaimId, PayerId
from caresmith.records.revenue.claim import ClaimItem, get_claim
from scripts.localstack.inprocess import request
from tests.integration.payments.conftest import Office
from tests.integration.payments.test_screens import get, submit, version
from tests.support.remittances import Billed, clp, file_835, svc

DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
PAYER: dict[str, Any] = {
    "name": "Lakeside Health Plan",
    "wire_id": "60054",
    "appeal_days": 120,
    "appeals_fax": "312-555-0142",
    "appeals_address": {
        "lines": ["PO Box 981107"],
        "city": "El Paso",
        "state": "TX",
        "postal_code": "79998",
    },
}


def denied(office: Office) -> Billed:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", DENIED, status="4"), trace="T1"))
    return one


def known_payer(office: Office, one: Billed) -> PayerId:
    """The claim's payer is in the directory, with where its appeals go."""
    payer = office.add_payer(**PAYER)
    claim = get_claim(office.practice, one.claims[0])
    assert claim is not None
    claim.update(actions=[ClaimItem.payer_id.set(payer)])
    return payer


def path(claim: ClaimId) -> str:
    return f"/payments/denials/{claim}/1"


def change(office: Office, one: Billed, **wanted: Any) -> Any:
    seen = office.get(path(one.claims[0]))["version"]
    reply = office.post(path(one.claims[0]), wanted, seen)
    assert reply.status == 200, reply.text
    return reply.json


def in_days(days: int) -> str:
    # The practice's day: Chicago may be a day behind UTC.
    return (today() + dt.timedelta(days=days)).isoformat()


def today() -> dt.date:
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo("America/Chicago")).date()


def test_an_appealed_denial_is_asked_after_and_does_not_run_out(office: Office) -> None:
    one = denied(office)
    appealed = change(office, one, state="appealed")
    assert (appealed["appeals"], appealed["due_on"]) == (1, in_days(45))
    assert appealed["days_left"] == 45
    again = change(office, one, due_on=in_days(7), note="They need a week")
    assert again["due_on"] == in_days(7)


def test_a_second_level_has_a_clock_and_a_count_of_its_own(office: Office) -> None:
    one = denied(office)
    change(office, one, state="appealed")
    opened = change(office, one, state="open", note="Upheld by letter")
    assert opened["due_on"] == in_days(90)
    second = change(office, one, state="appealed")
    assert second["appeals"] == 2
    page = get(office, f"/denials/{one.claims[0]}/1")
    assert "(second appeal)" in page
    assert "Ask for the answer on" in page


def test_a_day_that_is_over_or_means_nothing_is_refused(office: Office) -> None:
    one = denied(office)
    seen = office.get(path(one.claims[0]))["version"]
    past = office.post(path(one.claims[0]), {"due_on": "2020-01-01"}, seen)
    assert (past.status, past.json["errors"][0]["field"]) == (422, "due_on")
    late = office.post(path(one.claims[0]), {"state": "lost", "due_on": in_days(9)}, seen)
    assert late.status == 422
    assert office.get(path(one.claims[0]))["state"] == "open"


def test_a_letter_is_kept_as_it_was_sent_whatever_is_written_later(office: Office) -> None:
    pytest.importorskip("fpdf")
    from pypdf import PdfReader

    one = denied(office)
    known_payer(office, one)
    change(office, one, letter="It was authorized by telephone.")
    seen = office.get(path(one.claims[0]))["version"]
    sent = office.post(f"{path(one.claims[0])}/letters", {"way": "fax"}, seen)
    assert sent.status == 201, sent.text
    assert (sent.json["state"], sent.json["appeals"]) == ("appealed", 1)
    assert sent.json["history"][-1].endswith("Appealed. Letter 1 sent by fax")
    [letter] = sent.json["letters"]
    assert (letter["number"], letter["way"]) == (1, "fax")
    change(office, one, letter="Something else.")
    text = _text(PdfReader, office, f"{path(one.claims[0])}/letters/1")
    assert "It was authorized by telephone." in text
    assert "PO Box 981107" in text
    assert "El Paso, TX 79998" in text
    assert "Fax" in text
    assert "Something else." in _text(PdfReader, office, f"{path(one.claims[0])}/letter")
    assert office.send("GET", f"{path(one.claims[0])}/letters/2").status == 404
    stale = office.post(f"{path(one.claims[0])}/letters", {"way": "fax"}, seen)
    assert stale.status == 412


def _text(reader: Any, office: Office, at: str) -> str:
    import io

    answer = request("GET", at, caller=office.caller.context())
    assert answer.status == 200
    text = " ".join(page.extract_text() for page in reader(io.BytesIO(answer.body)).pages)
    return " ".join(text.split())


def test_a_letter_is_not_sent_tomorrow(office: Office) -> None:
    one = denied(office)
    seen = office.get(path(one.claims[0]))["version"]
    body = {"way": "mail", "sent_on": in_days(2)}
    early = office.post(f"{path(one.claims[0])}/letters", body, seen)
    assert (early.status, early.json["errors"][0]["field"]) == (422, "sent_on")
    assert office.get(path(one.claims[0]))["letters"] == []


def test_the_page_keeps_a_letter_and_links_what_was_sent(office: Office) -> None:
    pytest.importorskip("fpdf")
    one = denied(office)
    at = f"/denials/{one.claims[0]}/1"
    page = get(office, at)
    refused = submit(office, f"{at}/letters", version=version(page))
    assert refused.status == 422
    sent = submit(office, f"{at}/letters", version=version(page), way="mail")
    assert sent.status == 303, sent.text[-1500:]
    page = get(office, at)
    assert f"/payments/denials/{one.claims[0]}/1/letters/1" in page
    assert "by post" in page
