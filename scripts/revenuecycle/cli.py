"""The command line of ``scripts/cycle``."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from caresmith.money import Money

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.localstack.system import Deployment
    from scripts.revenuecycle.figures import Figures
    from scripts.revenuecycle.world import World

FIRST_DAY: Final = date(2026, 3, 2)
_SHOWN: Final = 12


def main(arguments: list[str]) -> int:
    """Run it and report; 1 where a cent differs or an event was given up."""
    parser = argparse.ArgumentParser(
        prog="scripts/cycle",
        description="Visits of a practice from the charge to the last cent, on a fast clock: "
        "charges, scrubber, 837P, acknowledgements, 835, posting, statements, with payers that deny, pay "
        "in part, take back, and fall silent. Ends with a reconciliation.",
    )
    parser.add_argument("--encounters", type=int, default=5_000)
    parser.add_argument("--patients", type=int, default=1_500)
    parser.add_argument("--days", type=int, default=60, help="working days in which they are seen")
    parser.add_argument("--after", type=int, default=75, help="days in which money still comes")
    parser.add_argument("--slips", type=float, default=0.05, help="share coded in a hurry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true", help="the bus tells everything once")
    chosen = parser.parse_args(arguments)
    began = monotonic()
    console = Console(width=110)
    world, found = _run(chosen, progress=lambda text: print(text, flush=True))
    for table in (_events(world, found), _money(found)):
        console.print(table)
    for why, count in world.office.why_held.most_common(_SHOWN):
        console.print(f"  held by {why}: {count}")
    for difference in found.differences[:_SHOWN]:
        console.print(f"  DIFFERS: {difference}")
    for letter in world.cloud.dead_letters[:_SHOWN]:
        console.print(f"  given up: {letter}")
    for error, count in world.cloud.errors.most_common(_SHOWN):
        console.print(f"  tried again {count:,} times: {error}")
    console.print(
        f"{found.accounts:,} accounts and {found.journals:,} journals added up anew: "
        f"{len(found.differences)} differences; {monotonic() - began:.0f} s"
    )
    return 1 if found.differences or world.cloud.dead_letters else 0


def _run(chosen: argparse.Namespace, progress: Callable[[str], None]) -> tuple[World, Figures]:
    from scripts.simulation.stage import stage

    with stage("cycle") as (deployment, folder):
        return _lived(chosen, deployment, folder, progress)


def _lived(
    chosen: argparse.Namespace,
    deployment: Deployment,
    folder: Path,
    progress: Callable[[str], None],
) -> tuple[World, Figures]:
    # What uses the system is imported when its environment stands.
    from caresmith.clock import time_runs_on
    from scripts.payer.house import House
    from scripts.payer.rules import default_rules
    from scripts.payer.store import Store
    from scripts.revenuecycle import figures, link, practice
    from scripts.revenuecycle.office import Office
    from scripts.revenuecycle.visits import Clinic
    from scripts.revenuecycle.world import World
    from scripts.simulation.clock import Diary, SimulatedClock
    from scripts.simulation.cloud import Cloud, Mess

    dice = random.Random(chosen.seed)
    clock = SimulatedClock(datetime.combine(FIRST_DAY, time(5), UTC))
    diary = Diary()
    mess = Mess() if chosen.calm else Mess(twice=0.03, slow=0.1)
    house = House(Store(), default_rules(), FIRST_DAY - timedelta(days=1))
    with ExitStack() as stack:
        stack.enter_context(time_runs_on(clock))
        link.connect(deployment)
        cloud = Cloud(deployment, clock, diary, dice, mess, folder)
        stack.enter_context(cloud.around())
        stack.enter_context(link.linked(house))
        progress(f"Registering {chosen.patients} patients")
        billed = practice.build(chosen.patients, clock.now())
        clinic = Clinic(billed, dice, chosen.slips)
        world = World(clinic, Office(dice), house, cloud, clock, diary)

        def on_day(day: date) -> None:
            if day.weekday() == 0:
                progress(
                    f"{day}: {world.seen} visits, {cloud.counts['ClaimMoved']} steps of claims"
                )

        world.run(FIRST_DAY, chosen.encounters, chosen.days, chosen.after, on_day)
        progress("Adding up")
        found = figures.Figures()
        figures.of_events(cloud.told, found)
        figures.of_ledger(billed.practice, found)
        figures.of_payers(house, found)
        figures.reconcile(found)
    return world, found


def _events(world: World, found: Figures) -> Table:
    adjudicated = sum(found.first.values())
    table = Table("what", "how many", "share", title="From the visit to the answer")

    def row(name: str, count: int, of: int = 0) -> None:
        table.add_row(name, f"{count:,}", f"{count / of:.1%}" if of else "")

    row("visits closed", world.seen)
    row("claims made", found.claims)
    row("clean when made (clean-claim rate)", found.clean, found.claims)
    row("accepted by a payer", found.accepted)
    row("rejected", found.rejected)
    row("adjudicated", adjudicated)
    row("paid at the first pass", found.first["paid"], adjudicated)
    row("paid in part", found.first["partly-paid"], adjudicated)
    row("denied", found.first["denied"], adjudicated)
    for name, count in sorted(world.office.counts.items()):
        row(f"office: {name}", count)
    for kind in ("ExchangeFileArrived", "RemittanceFiled", "TurnPassed", "StatementsDue"):
        row(f"events: {kind}", world.cloud.counts[kind])
    return table


def _money(found: Figures) -> Table:
    from caresmith.records.revenue.ledger import Book

    table = Table("book", "balance", title="The ledger")
    for book in Book:
        table.add_row(book.value, str(Money(found.books.get(book, 0))))
    table.add_row("all books together", str(Money(sum(found.books.values()))))
    table.add_row("paid by the payers' own remittances", str(Money(found.paid_by_payers)))
    table.add_row("of payers in the bank", str(Money(found.banked_of_payers)))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
