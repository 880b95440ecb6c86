"""The command line of ``scripts/bench``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from scripts.benchmark.packages import import_costs
from scripts.benchmark.throwaway import throwaway_system

if TYPE_CHECKING:
    from scripts.benchmark.operations import Measured


def main(arguments: list[str]) -> int:
    """Measure and print; never fails for being slow."""
    chosen = _parser().parse_args(arguments)
    console = Console(width=160)
    for table in _without_a_system(chosen.only):
        console.print(table)
    if chosen.only in {"x12", "scrub"}:
        return 0
    bill: list[Table] = []
    with TemporaryDirectory() as folder, throwaway_system(Path(folder)) as deployment:
        from scripts.benchmark import bills

        measured = _measured(chosen.only, chosen.patients, chosen.repeats)
        if chosen.only in (None, "results"):
            from scripts.benchmark import filing

            filed = filing.file_messages(max(1, chosen.messages))
            measured.append(filed.measured)
            bill.append(filing.memory_table(filed))
        if chosen.only in (None, "claims"):
            from scripts.benchmark import submissions

            bill.append(submissions.measure())
        if chosen.only in (None, "posting"):
            from scripts.benchmark import posting

            bill.append(posting.table(posting.measure(max(1, chosen.claims))))
        if chosen.only in (None, "reminders"):
            bill += bills.of_reminders(deployment)
    if measured:
        console.print(_operations(measured))
    for table in bill:
        console.print(table)
    if chosen.only in (None, "imports"):
        console.print(_imports())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="What each operation and each function costs. Time is a ratio measured "
        "in the same run: to a bare DynamoDB GetItem, to importing boto3, to pyx12, or to "
        "building the same claims. What a "
        "reminder costs is computed from counts and list prices.",
    )
    parser.add_argument("--patients", type=int, nargs="*", default=[5_000, 50_000])
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument(
        "--messages", type=int, default=200, help="how many results are filed; 10000 show a leak"
    )
    parser.add_argument(
        "--claims", type=int, default=400, help="of the 835 that is posted; 20000 take long"
    )
    parser.add_argument(
        "--only",
        choices=[
            "operations",
            "charts",
            "search",
            "coverage",
            "charges",
            "claims",
            "posting",
            "accounts",
            "results",
            "reminders",
            "imports",
            "x12",
            "scrub",
        ],
    )
    return parser


def _measured(only: str | None, patients: list[int], repeats: int) -> list[Measured]:
    """Of the groups of operations, one or all. Needs an environment with the system."""
    from scripts.benchmark import accounts, charged, covered, suite

    groups: dict[str, Callable[[], list[Measured]]] = {
        "operations": lambda: suite.sample_operations(repeats),
        "charts": lambda: suite.chart_summaries(repeats),
        "search": lambda: suite.searches(patients, repeats),
        "coverage": lambda: covered.coverage_pages(repeats),
        "charges": lambda: charged.charge_desk(repeats),
        "accounts": lambda: accounts.account_operations(repeats),
    }
    return [one for name, group in groups.items() if only in (None, name) for one in group()]


def _without_a_system(only: str | None) -> Iterator[Table]:
    """What needs neither tables nor functions: files, and the rules of claims."""
    if only in (None, "x12"):
        from scripts.benchmark import wirefiles

        yield wirefiles.table(wirefiles.measure())
    if only in (None, "scrub"):
        from scripts.benchmark import scrubbing

        yield scrubbing.table(scrubbing.measure())


def _operations(measured: list[Measured]) -> Table:
    table = Table(
        "operation", "AWS calls", "capacity", "seals/unseals", "p50 ×GetItem", "p95 ×GetItem"
    )
    table.add_column("CPU ms", justify="right")
    table.add_column("own CPU ms", justify="right")
    table.add_column("bytes", justify="right")
    for one in measured:
        table.add_row(
            one.name,
            one.usage.described(),
            f"{one.usage.capacity:g}",
            f"{one.usage.seals}/{one.usage.unseals}",
            f"{one.p50:.1f}",
            f"{one.p95:.1f}",
            f"{one.cpu_ms:.1f}",
            f"{one.own_cpu_ms:.1f}",
            f"{one.bytes:,}",
        )
    return table


def _imports() -> Table:
    table = Table("function", "import ×boto3", "modules", "own KiB")
    for cost in import_costs():
        table.add_row(cost.function, f"{cost.ratio:.2f}", str(cost.modules), str(cost.unzipped_kib))
    return table
