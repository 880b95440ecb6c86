"""Who opens a pay link: only who knows whose it is, a few tries long, and only while it holds."""

from __future__ import annotations

import re
from datetime import date

import boto3
import pytest

from caresmith.records.demographics import Guarantor, Person, Relations, Relationship
from caresmith.records.patient import CHART, Patient, chart_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain, table_name
from functions.accounts.settings import forget_settings
from tests.integration.paylink.conftest import Desk, Phone, link_in, reachable
from tests.support.client import call

STATEMENT = "/pay/my/statement"
OVER = "This link can&#39;t be used"


def is_over(phone: Phone, path: str) -> bool:
    """For who only looks, and for who knows the answer."""
    looked, entered = phone.get(path), Phone().enter(path)
    assert looked.status == entered.status, (looked.status, entered.status)
    return looked.status == 404 and OVER in looked.text and OVER in entered.text


def test_the_link_asks_first_and_then_shows_what_the_statement_says(
    desk: Desk, phone: Phone
) -> None:
    asked = phone.get(desk.path)
    assert asked.status == 200
    assert "$60.00" not in asked.text
    assert "Doe" not in asked.text
    assert phone.get(STATEMENT).status == 404
    entered = phone.enter(desk.path)
    assert (entered.status, entered.headers["location"]) == (303, STATEMENT)
    shown = phone.get(STATEMENT)
    assert shown.status == 200
    assert shown.text.count("$60.00") == 3
    assert "03/06/2026" in shown.text
    file = phone.get("/pay/my/file")
    assert file.headers["content-type"] == "application/pdf"
    assert file.text.startswith("%PDF")


def test_nobody_else_learns_of_it(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    for reply in (phone.get(desk.path), phone.get(STATEMENT), phone.get("/pay/my/file")):
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["x-robots-tag"] == "noindex, nofollow"
        assert reply.headers["cache-control"] == "no-store"
        assert "pat_" not in str(reply.headers)
    policy = phone.get(STATEMENT).headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy
    cookie = Phone().enter(desk.path).headers["set-cookie"]
    assert cookie.startswith("__Host-caresmith_pay=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie, cookie


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": "1984"},
        {"other": "Dole"},
        {"other": "60615"},
        {"month": "3", "day": "1"},
    ],
    ids=str,
)
def test_every_wrong_answer_is_told_the_same(
    desk: Desk, phone: Phone, wrong: dict[str, str]
) -> None:
    refused = phone.enter(desk.path, **wrong)
    assert refused.status == 422
    assert "That does not fit" in refused.text
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("other", ["doe", "DOE", " Doe ", "60614", "60614-1234"])
def test_a_name_or_zip_is_understood_as_people_write_it(
    desk: Desk, phone: Phone, other: str
) -> None:
    assert phone.enter(desk.path, other=other).status == 303


def test_who_pays_opens_it_with_their_own_birth_date(desk: Desk, phone: Phone) -> None:
    mother = Person(name="Maria de la Cruz", relationship=Relationship.PARENT)
    pays = Guarantor(is_self=False, person=mother, birth_date=date(1955, 7, 4))
    practice = desk.office.practice
    sealed = Sealer(practice, Domain.PATIENTS).seal(
        desk.patient, "relations", Relations(guarantor=pays)
    )
    chart = Patient.get(chart_key(practice, desk.patient), CHART)
    chart.update(actions=[Patient.relations.set(sealed)])
    born = {"month": "7", "day": "4", "year": "1955"}
    assert phone.enter(desk.path, **born).status == 422, "the patient's name, not hers"
    for other in ("Cruz", "de la Cruz", "60614"):
        assert phone.enter(desk.path, **born, other=other).status == 303


def test_after_five_wrong_answers_it_is_locked_and_the_staff_sends_another(
    desk: Desk, phone: Phone
) -> None:
    for _ in range(5):
        assert phone.enter(desk.path, year="1984").status == 422
    assert is_over(phone, desk.path)
    [link] = desk.links()["links"]
    assert link["state"] == "locked"
    sent = desk.office.post(
        f"/accounts/patients/{desk.patient}/statements/{desk.statement}/links", {"channel": "sms"}
    )
    assert (sent.status, sent.json["state"], sent.json["way"]) == (201, "sent", "sms")
    fresh = link_in(desk.texts()[-1])
    assert fresh != desk.path
    assert phone.enter(fresh).status == 303
    assert is_over(Phone(), desk.path)


def test_a_right_answer_gives_the_tries_back_and_none_is_taken_by_an_unfinished_one(
    desk: Desk, phone: Phone
) -> None:
    for _ in range(4):
        phone.enter(desk.path, year="1984")
    for unfinished in ({"year": ""}, {"other": ""}, {"day": "31"}, {"month": "x"}):
        assert phone.enter(desk.path, **unfinished).status == 422
    assert phone.enter(desk.path).status == 303
    for _ in range(4):
        assert phone.enter(desk.path, year="1984").status == 422
    assert phone.enter(desk.path).status == 303


def test_an_unknown_link_looks_as_one_that_is_over(phone: Phone, aws: str) -> None:
    for path in ("/pay/" + "A" * 22, "/pay/x", "/pay/" + "A" * 300):
        assert is_over(phone, path)


def test_it_ends_with_its_days(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    desk.office.later(days=119)
    assert Phone().enter(desk.path).status == 303
    desk.office.later(days=1)
    assert is_over(Phone(), desk.path)


def test_it_ends_with_the_next_statement_also_for_who_has_it_open(desk: Desk, phone: Phone) -> None:
    desk.office.later(days=31)
    phone.enter(desk.path)
    assert desk.office.post(f"/accounts/patients/{desk.patient}/statements").status == 201
    assert is_over(Phone(), desk.path)
    assert phone.get(STATEMENT).status == 404
    assert Phone().enter(link_in(desk.texts()[-1])).status == 303


def test_it_ends_when_nothing_is_owed(desk: Desk) -> None:
    desk.office.pay(desk.patient, 60_00)
    assert is_over(Phone(), desk.path)
    [link] = desk.links()["links"]
    assert link["state"] == "over"


def test_the_staff_revokes_it_at_once(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    revoked = desk.office.post(
        f"/accounts/patients/{desk.patient}/statements/{desk.statement}/links/revoke"
    )
    assert revoked.status == 204
    assert phone.get(STATEMENT).status == 404
    assert is_over(Phone(), desk.path)
    assert [one["state"] for one in desk.links()["links"]] == ["revoked"]


def test_a_practice_that_switches_links_off_ends_all_of_them(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    rules = call("GET", "/accounts/rules", caller=desk.office.caller)
    off = {**rules.json, "pay_links": {"active": False, "days": 120}}
    changed = call(
        "PUT",
        "/accounts/rules",
        caller=desk.office.caller,
        json_body=off,
        headers={"if-match": rules.headers["etag"]},
    )
    assert changed.status == 200, changed.text
    forget_settings(desk.office.practice)
    assert phone.get(STATEMENT).status == 404
    assert is_over(Phone(), desk.path)
    refused = desk.office.post(
        f"/accounts/patients/{desk.patient}/statements/{desk.statement}/links", {"channel": "sms"}
    )
    assert refused.status == 409
    assert refused.json["type"].endswith("pay-links-off")


def test_a_session_ends_after_fifteen_idle_minutes_or_two_hours(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    for _ in range(8):
        desk.office.later(minutes=14)
        assert phone.get(STATEMENT).status == 200
    desk.office.later(minutes=14)
    assert phone.get(STATEMENT).status == 404, "two hours are over"
    phone.enter(desk.path)
    desk.office.later(minutes=14)
    # The page that looks by itself keeps nothing alive.
    assert phone.get("/pay/my/status/part").status == 200
    desk.office.later(minutes=1)
    assert phone.get(STATEMENT).status == 404


def test_a_cookie_that_was_tampered_with_opens_nothing(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    [(name, value)] = phone.cookies.items()
    digest, begun, seen, nonce, proof = value.split(".")
    later = str(int(seen) + 900)
    for forged in (
        f"{digest}.{begun}.{later}.{nonce}.{proof}",
        f"{'0' * 64}.{begun}.{seen}.{nonce}.{proof}",
        f"{digest}.{begun}.{seen}.{nonce}.{proof[::-1]}",
        value[:-1],
        "",
    ):
        assert Phone({name: forged}).get(STATEMENT).status == 404
    assert phone.get(STATEMENT).status == 200


def test_who_leaves_on_a_shared_device_is_out(desk: Desk, phone: Phone) -> None:
    phone.enter(desk.path)
    left = phone.post("/pay/my/leave")
    assert left.status == 200
    assert phone.get(STATEMENT).status == 404


def test_the_table_knows_no_token_and_the_trail_knows_every_opening(
    desk: Desk, phone: Phone
) -> None:
    phone.enter(desk.path, year="1984")
    phone.enter(desk.path)
    phone.get(STATEMENT)
    token = desk.path.rpartition("/")[2]
    client = boto3.client("dynamodb")
    for domain in (Domain.REVENUE, Domain.AUDIT, Domain.MESSAGES):
        for page in client.get_paginator("scan").paginate(TableName=table_name(domain)):
            assert token not in str(page["Items"]), domain
    entries = [
        (item["action"]["S"], item["outcome"]["S"])
        for page in client.get_paginator("scan").paginate(TableName=table_name(Domain.AUDIT))
        for item in page["Items"]
        if item.get("actor_id", {}).get("S", "").startswith("link:")
        and desk.patient in str(item.get("patient_ids"))
    ]
    assert sorted(entries) == [
        ("paylink.open", "refused"),
        ("paylink.open", "success"),
        ("paylink.read", "success"),
    ]


def test_the_page_speaks_spanish_to_who_prefers_it(desk: Desk, phone: Phone) -> None:
    patient = desk.office.patient(language="es", contact=reachable())
    desk.office.owes(patient, 30_00)
    desk.office.post(f"/accounts/patients/{patient}/statements")
    other = Desk(desk.office, patient, "", "")
    text = other.texts()[-1]
    assert "estado de cuenta" in text
    path = link_in(text)
    assert '<html lang="es">' in phone.get(path).text
    phone.enter(path)
    shown = phone.get(STATEMENT).text
    assert "Se debe ahora" in shown
    assert not re.search(r"\bOwed now\b", shown)
