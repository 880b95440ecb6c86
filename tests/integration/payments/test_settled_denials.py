"""Denials that were settled: their money stays in sight until it is somebody's or given up."""

from __future__ import annotations

from datetime import date
from typing import Any

from caresmith.ids import ClaimId
from caresmith.permissions import Role
from caresmith.records.revenue.ledger import Book
from tests.integration.payments.conftest import Office
from tests.support.remittances import Billed, clp, file_835, svc

DENIED = svc("99213", 150_00, ("CO", "197", 150_00), ref="1")
PAID = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")


def denied(office: Office) -> Billed:
    one = office.billed(("99213", 150_00))
    office.take(file_835(clp("1000017", DENIED, status="4"), trace="T1"))
    return one


def path(claim: ClaimId, line: str = "1") -> str:
    return f"/payments/denials/{claim}/{line}"


def move(office: Office, one: Billed, state: str, note: str = "Their last word") -> Any:
    version = office.get(path(one.claims[0]))["version"]
    reply = office.post(path(one.claims[0]), {"state": state, "note": note}, version)
    assert reply.status == 200, reply.text
    return reply.json


def lists(office: Office) -> tuple[list[str], list[str]]:
    """The claims with an open denial, and those with one that is lost and still owed."""
    return tuple(  # type: ignore[return-value]
        [one["claim_id"] for one in office.get("/payments/denials", group=group)["denials"]]
        for group in ("open", "lost")
    )


def test_a_lost_denial_is_found_and_listed_with_its_money_until_it_is_given_up(
    office: Office,
) -> None:
    one = denied(office)
    lost = move(office, one, "lost")
    assert (lost["state"], lost["cents"], lost["due_on"]) == ("lost", 150_00, None)
    assert office.get(path(one.claims[0]))["state"] == "lost"
    assert lists(office) == ([], [one.claims[0]])
    move(office.as_role(Role.MANAGER), one, "written-off")
    assert lists(office) == ([], [])
    assert one.balances() == {"1": [0, 0]}
    assert office.get(path(one.claims[0]))["state"] == "written-off"


def test_a_lost_denial_is_opened_again(office: Office) -> None:
    one = denied(office)
    move(office, one, "lost")
    again = move(office, one, "open", "New evidence")
    assert again["state"] == "open"
    assert again["history"][-1].endswith("Opened again. New evidence")
    assert lists(office) == ([one.claims[0]], [])
    causes = office.get("/payments/denials/causes", month="2026-03")
    assert causes["total"]["count"] == 1


def test_causes_count_lost_denials_too(office: Office) -> None:
    one = denied(office)
    move(office, one, "lost")
    causes = office.get("/payments/denials/causes", month="2026-03")
    assert (causes["total"]["count"], causes["total"]["amount"]) == (1, 150_00)


def test_a_denial_that_was_written_off_is_opened_again_with_its_money(office: Office) -> None:
    one = denied(office)
    manager = office.as_role(Role.MANAGER)
    move(manager, one, "written-off")
    version = office.get(path(one.claims[0]))["version"]
    wanted = {"state": "open", "note": "They look at it again"}
    assert office.post(path(one.claims[0]), wanted, version).status == 403
    assert manager.post(path(one.claims[0]), {"state": "open"}, version).status == 422
    done = manager.post(path(one.claims[0]), wanted, version)
    assert done.status == 200, done.text
    assert one.balances() == {"1": [150_00, 0]}
    assert Book.WRITE_OFF not in office.ledger(one.patient)
    assert lists(office) == ([one.claims[0]], [])


def test_what_is_paid_after_it_was_written_off_takes_the_write_off_back(office: Office) -> None:
    one = denied(office)
    move(office.as_role(Role.MANAGER), one, "written-off")
    office.take(file_835(clp("1000017", PAID), trace="T2", on=date(2026, 5, 1)))
    assert one.balances() == {"1": [0, 20_00]}
    assert Book.WRITE_OFF not in office.ledger(one.patient)
    assert office.get(path(one.claims[0]))["state"] == "won"
    assert lists(office) == ([], [])


def test_a_lost_denial_stays_lost_when_another_line_is_answered(office: Office) -> None:
    one = office.billed(("99213", 150_00), ("87880", 100_00))
    office.take(file_835(clp("1000017", DENIED, status="4"), trace="T1"))
    move(office, one, "lost")
    other = svc("87880", 100_00, ("CO", "45", 30_00), ref="2")
    office.take(file_835(clp("1000017", other), trace="T2", on=date(2026, 4, 1)))
    assert lists(office) == ([], [one.claims[0]])
    assert one.balances() == {"1": [150_00, 0], "2": [0, 0]}


def test_a_lost_denial_that_is_denied_otherwise_opens_again_and_is_won_when_paid(
    office: Office,
) -> None:
    one = denied(office)
    move(office, one, "lost")
    upheld = svc("99213", 150_00, ("CO", "193", 150_00), ref="1")
    office.take(file_835(clp("1000017", upheld, status="4"), trace="T2", on=date(2026, 5, 1)))
    assert lists(office) == ([one.claims[0]], [])
    move(office, one, "lost")
    office.take(file_835(clp("1000017", PAID), trace="T3", on=date(2026, 6, 1)))
    assert lists(office) == ([], [])
    assert office.get(path(one.claims[0]))["state"] == "won"


def test_a_denial_is_not_called_won_while_its_money_has_not_come(office: Office) -> None:
    one = denied(office)
    version = office.get(path(one.claims[0]))["version"]
    early = office.post(path(one.claims[0]), {"state": "won"}, version)
    assert (early.status, early.json["type"].rsplit("/", 1)[-1]) == (409, "denial-still-owed")
    assert lists(office) == ([one.claims[0]], [])


def handed_on(office: Office) -> Billed:
    """The first payer denies, and the second is asked for it."""
    one = office.billed(("99213", 150_00), payers=2, sent_to=2)
    office.take(file_835(clp("1000017", DENIED, status="4"), trace="T1", payer="1521234567"))
    told = {"reason": "The denial stands."}
    reply = office.post(f"/payments/claims/{one.claims[0]}/bill-next", told)
    assert reply.status == 200, reply.text
    return one


def second(office: Office, service: list[str], status: str = "2", icn: str = "GAP1") -> None:
    """What the second payer says."""
    told = clp("1000017S2", service, status=status, icn=icn)
    office.take(file_835(told, trace=icn, payer="1369876543"))


def test_what_the_next_payer_is_asked_for_is_with_it_and_not_lost(office: Office) -> None:
    one = handed_on(office)
    assert lists(office) == ([], [])
    assert office.get(path(one.claims[0]))["state"] == "handed-on"
    page = office.get(path(one.claims[0]))
    refused = office.post(path(one.claims[0]), {"state": "lost", "note": "no"}, page["version"])
    assert refused.status == 409, refused.text


def test_what_the_next_payer_pays_is_won(office: Office) -> None:
    one = handed_on(office)
    second(office, PAID)
    assert office.get(path(one.claims[0]))["state"] == "won"
    assert lists(office) == ([], [])


def test_what_the_next_payer_denies_as_well_is_listed_once(office: Office) -> None:
    one = handed_on(office)
    second(office, DENIED, status="4")
    assert lists(office) == ([one.claims[1]], [])
    assert office.get(path(one.claims[0]))["state"] == "handed-on"


def test_a_payer_that_takes_its_denial_back_and_pays_has_settled_it(office: Office) -> None:
    one = handed_on(office)
    back = svc("99213", -150_00, ("CO", "197", -150_00), ref="1")
    anew = (clp("1000017", back, status="22"), clp("1000017", PAID, icn="ICN2"))
    office.take(file_835(*anew, trace="T3", payer="1521234567"))
    assert office.get(path(one.claims[0]))["state"] == "won"
