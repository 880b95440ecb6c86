"""What a thousand reminders cost, from counts and the price table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from caresmith.messages import prices as messages
from infra.manifest import function_named
from scripts.benchmark.meter import Usage
from scripts.benchmark.prices import ASSUMED_MS, CLOUD, COLD, MAIL, TEXTS, Item, per_thousand
from scripts.benchmark.tally import Tally


def test_a_thousand_cost_a_thousand_times_the_price_of_one() -> None:
    counts = {Item.TRANSITIONS: 7, Item.WRITES: 200, Item.READS: 40, Item.SCHEDULES: 1}
    # 7 × $25 + 200 × $0.625 + 40 × $0.125 + 1 × $1, each a million
    assert per_thousand(counts, CLOUD) == Decimal("0.306")


def test_fractions_of_a_unit_stay_exact() -> None:
    assert per_thousand({Item.READS: 0.5}, CLOUD) == Decimal("0.0000625")


def test_nothing_used_costs_nothing() -> None:
    assert per_thousand({}, CLOUD) == 0


def test_what_the_prices_do_not_have_is_not_charged() -> None:
    counts = {Item.TEXTS_OUT: 1, Item.EMAILS: 1}
    assert per_thousand(counts, CLOUD) == 0
    assert per_thousand(counts, MAIL) == Decimal("0.1")


@pytest.mark.parametrize(
    ("carrier", "ours"), [("AWS End User Messaging", "aws"), ("Twilio", "twilio")]
)
def test_a_text_costs_what_the_product_itself_estimates(
    carrier: str, ours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_SMS_CARRIER", ours)
    dollars = per_thousand({Item.TEXTS_OUT: 2}, TEXTS[carrier])
    assert dollars == Decimal(messages.sms_cost(2)) / 1000


@pytest.mark.parametrize("carrier", TEXTS)
def test_each_thing_that_is_counted_has_one_price(carrier: str) -> None:
    tables = [CLOUD, COLD, MAIL, TEXTS[carrier]]
    priced = [item for table in tables for item in table]
    assert sorted(priced) == sorted(Item)


@pytest.mark.parametrize("table", [CLOUD, COLD, MAIL, *TEXTS.values()])
def test_each_price_is_positive_and_says_where_it_is_from(table: dict[Item, object]) -> None:
    for price in table.values():
        assert price.per_million > 0
        assert price.source.startswith("https://")


def test_an_invocation_is_counted_with_the_memory_of_its_function() -> None:
    tally = Tally()
    calls = {
        "dynamodb:GetItem": 2,
        "dynamodb:Query": 1,
        "kms:Decrypt": 1,
        "scheduler:CreateSchedule": 3,
    }
    usage = Usage(reads=2.5, writes=8)
    usage.calls.update(calls)
    tally.invoked("reminders", usage)
    memory = function_named("reminders").memory_mb / 1024
    counted = {item: number for item, number in tally.counts.items() if number}
    assert counted == {
        Item.INVOCATIONS: 1,
        Item.GB_SECONDS: memory * ASSUMED_MS / 1000,
        Item.RESTORED_GB: memory,
        Item.READS: 2.5,
        Item.WRITES: 8,
        Item.KMS: 1,
    }
    assert tally.calls == {"GetItem": 2, "Query": 1}
    assert tally.by_function == {"reminders": 3}


def test_a_service_without_a_price_is_not_passed_over() -> None:
    usage = Usage()
    usage.calls["bedrock:InvokeModel"] = 1
    with pytest.raises(KeyError, match="bedrock"):
        Tally().invoked("reminders", usage)


def test_the_mean_of_several_reminders() -> None:
    total = Tally()
    for writes in (10.0, 13.0):
        one = Tally()
        one.invoked("messaging", Usage(writes=writes))
        total.add(one)
    assert total.mean(2).counts[Item.WRITES] == 11.5
    assert total.mean(2).counts[Item.INVOCATIONS] == 1
