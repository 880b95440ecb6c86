"""What a reminder uses and what a thousand cost, as tables to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from typing import Final

from rich.table import Table

from scripts.benchmark.prices import (
    AS_OF,
    ASSUMED_MS,
    ASSUMED_QUEUE_REQUESTS,
    CLOUD,
    COLD,
    MAIL,
    TEXTS,
    Item,
    Price,
    per_thousand,
)
from scripts.benchmark.reminders import tallies
from scripts.benchmark.tally import Tally
from scripts.bootstrap.progress import step
from scripts.localstack.system import Deployment

_SEALING: Final = "audit"


def of_reminders(deployment: Deployment) -> list[Table]:
    """Run reminders of each fate; the bill, and the prices by which it was computed."""
    # Functions print their metrics, which are no part of the report.
    with step("Running reminders to their end"), redirect_stdout(StringIO()):
        found = tallies(deployment)
    return [_bill(found), _prices()]


def _bill(found: Mapping[str, Tally]) -> Table:
    table = Table(title="One reminder, from its planning to the end of its execution")
    table.add_column("what it uses")
    for fate in found:
        table.add_column(fate, justify="right")
    kept = list(found.values())
    _row(table, "DynamoDB calls", [sum(tally.calls.values()) for tally in kept])
    for call in sorted({call for tally in kept for call in tally.calls}):
        _row(table, f"  {call}", [tally.calls.get(call, 0) for tally in kept])
    _row(table, "  of all, to seal the audit trail", [t.by_function.get(_SEALING, 0) for t in kept])
    for item in Item:
        _row(table, item, [tally.counts[item] for tally in kept])
    table.add_section()
    for name, costs in _costs(kept):
        table.add_row(name, *(f"${cost:.2f}" for cost in costs))
    return table


def _row(table: Table, name: str, numbers: list[float]) -> None:
    table.add_row(name, *(f"{number:,.2f}".rstrip("0").rstrip(".") for number in numbers))


def _costs(kept: list[Tally]) -> Iterator[tuple[str, list[Decimal]]]:
    """Lines of the bill: what a thousand cost."""
    cloud = [per_thousand(tally.counts, CLOUD) for tally in kept]
    yield "1,000 reminders without what carriers charge", cloud
    for carrier, prices in TEXTS.items():
        carried = [per_thousand(tally.counts, {**MAIL, **prices}) for tally in kept]
        whole = [ours + theirs for ours, theirs in zip(cloud, carried, strict=True)]
        yield f"1,000 reminders with texts by {carrier}", whole
    cold = [per_thousand(tally.counts, COLD) for tally in kept]
    yield "more, if every invocation restored its snapshot", cold


def _prices() -> Table:
    table = Table(
        title=f"List prices of {AS_OF}, US East (N. Virginia), no free tier taken off",
        caption=f"Assumed: {ASSUMED_MS} ms an invocation with its function's memory; "
        f"{ASSUMED_QUEUE_REQUESTS} requests a queued message. Nothing is kept warm or batched.",
    )
    table.add_column("what")
    table.add_column("$ a million", justify="right")
    table.add_column("source")
    table.add_column("")
    for item, price in {**CLOUD, **COLD, **MAIL}.items():
        _price(table, item, price)
    for carrier, prices in TEXTS.items():
        table.add_section()
        for item, price in prices.items():
            _price(table, f"{item}, {carrier}", price)
    return table


def _price(table: Table, name: str, price: Price) -> None:
    said = "" if price.confirmed else "unconfirmed"
    table.add_row(name, f"{price.per_million:,}", price.source, said)
