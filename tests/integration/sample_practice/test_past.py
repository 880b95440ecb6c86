"""Two months of the sample practice's billing, through the front doors of who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from caresmith.events import RevenueOutbox
from caresmith.permissions import Role
from functions.accounts.verifying import verify_all
from scripts.payer.house import House
from scripts.payer.rules import default_rules
from scripts.payer.store import Store
from scripts.sample_practice import loading
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.premises import PRACTICE
from tests.integration.sample_practice.conftest import this_minute
from tests.support.client import Caller, call

BILLER = Caller(loading.PRACTICE_ID, roles=(Role.BILLER,))
BUSY = Size(
    patients=40,
    past_days=62,
    future_days=7,
    past_visits=150,
    future_visits=5,
    waiting=0,
    charts=40,
)


@dataclass
class Lived:
    now: datetime
    payers: Path

    def weeks_ago(self, weeks: int) -> str:
        """A Wednesday: the practice is open."""
        day = PRACTICE.day_at(self.now) - timedelta(weeks=weeks)
        return (day - timedelta(days=(day.weekday() - 2) % 7)).isoformat()


@pytest.fixture(scope="module")
def lived(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    loading.remove()
    payers = tmp_path_factory.mktemp("payers") / "payer.sqlite3"
    now = this_minute()
    loading.load(now, BUSY, payers)
    yield Lived(now, payers)
    loading.remove()


def ask(path: str, **query: str) -> Any:
    reply = call("GET", path, caller=BILLER, query=query)
    assert reply.status == 200, reply.text
    return reply.json


def test_the_board_has_claims_in_the_states_of_a_claims_life(lived: Lived) -> None:
    for state in ("held", "accepted", "paid", "denied", "rejected"):
        assert ask("/claims", state=state)["rows"], state
    held = ask("/claims", state="held")["rows"]
    kinds = set()
    for row in held:
        kinds |= {one["edit"] for one in ask(f"/claims/{row['claim_id']}")["findings"]}
    assert len(kinds) > 1


def test_a_paid_claim_tells_its_way_from_the_charge_to_the_payment(lived: Lived) -> None:
    row = ask("/claims", state="paid")["rows"][0]
    told = [one["kind"] for one in ask(f"/claims/{row['claim_id']}")["history"]]
    for step in ("made", "batched", "sent", "received", "accepted"):
        assert step in told
    assert told.index("made") < told.index("sent") < told.index("accepted")


def test_every_cent_is_where_the_books_say(lived: Lived) -> None:
    found = verify_all(loading.PRACTICE_ID)
    assert found.journals > 100
    assert found.differences == []


def test_remittances_are_posted_and_one_waits_for_somebody(lived: Lived) -> None:
    posted = ask("/payments/remittances", state="posted")["remittances"]
    assert posted
    assert {one["method"] for one in posted} >= {"ACH"}
    # The claim of the former system is nobody's here.
    unposted = ask("/payments/unposted")["items"]
    assert [one for one in unposted if one["why"] == "unknown-claim"]


def test_denials_have_their_reasons_and_their_clocks(lived: Lived) -> None:
    denials = ask("/payments/denials")["denials"]
    assert len({one["cause"] for one in denials}) > 1
    assert all(one["due_on"] for one in denials)


def test_the_bank_has_brought_most_of_the_money(lived: Lived) -> None:
    found = ask("/payments/deposits")
    assert [one for one in found["deposits"] if one["remittance_id"]]
    assert [one for one in found["deposits"] if not one["remittance_id"]]


def test_days_are_closed_but_the_last(lived: Lived) -> None:
    manager = Caller(loading.PRACTICE_ID, roles=(Role.MANAGER,))
    day = call("GET", f"/accounts/days/{lived.weeks_ago(2)}", caller=manager)
    assert day.status == 200, day.text
    assert day.json["closed_at"]
    today = PRACTICE.day_at(lived.now).isoformat()
    assert not call("GET", f"/accounts/days/{today}", caller=manager).json["closed_at"]


def test_nobody_is_told_today_of_what_happened_then(lived: Lived) -> None:
    told = {
        item.detail_type for item in RevenueOutbox.scan() if item.pk.startswith(loading.PRACTICE_ID)
    }
    assert "ClaimMoved" not in told
    assert "RemittanceFiled" not in told


def test_the_payers_that_go_on_know_the_claims_and_pay_them(lived: Lived) -> None:
    house = House(Store(lived.payers), default_rules(), PRACTICE.day_at(lived.now))
    latest = max(int(row["seq"]) for row in house.files(0, 1_000))
    assert house.store.claims_by_state()["accepted"]
    house.advance(30)
    new = house.files(latest, 1_000)
    assert [one for one in new if one["kind"] == "835"]
    assert not house.store.claims_by_state().get("accepted")
