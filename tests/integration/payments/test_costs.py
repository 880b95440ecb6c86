"""What posting one claim asks of DynamoDB: counts don't jitter, so they can be held to."""

from __future__ import annotations

from caresmith.actor import acting_as
from caresmith.clock import SystemClock
from caresmith.ids import RemittanceId
from caresmith.records.revenue.remittance import get_remittance, get_remitted
from functions.payments import runs
from scripts.benchmark.meter import watched
from tests.integration.payments.conftest import Office
from tests.support.remittances import actor_of, clp, file_835, svc

READS = 6
"""Control number, claim, sheet (two), what was said of it; and one to spare."""
UNITS = 40
"""Capacity units of one claim of two lines; a transaction's writes count twice."""


def test_a_posted_claim_keeps_to_its_calls(office: Office) -> None:
    office.billed(number="1000017")
    line_1 = svc("99213", 150_00, ("CO", "45", 50_00), ("PR", "3", 20_00), ref="1")
    line_2 = svc("87880", 100_00, ("CO", "45", 30_00), ("PR", "1", 10_00), ref="2")
    office.take(file_835(clp("NOBODYS", line_1, line_2, icn="X")))
    head_id = RemittanceId(office.only_remittance()["remittance_id"])
    actor, clock = actor_of(office.practice), SystemClock()
    head = get_remittance(office.practice, head_id)
    item = get_remitted(office.practice, head_id, 1)
    assert head is not None
    assert item is not None
    item.claim_id = office.billed(number="1000018").claims[0]
    day = runs.today(office.practice, clock.now())
    with acting_as(actor), watched() as usage:
        runs.post_one(head, item, actor=actor, clock=clock, day=day)
    assert usage.calls["dynamodb:TransactWriteItems"] == 1
    reads = sum(
        count for call, count in usage.calls.items() if call != "dynamodb:TransactWriteItems"
    )
    assert reads <= READS, usage.described()
    assert usage.capacity <= UNITS, usage.capacity
