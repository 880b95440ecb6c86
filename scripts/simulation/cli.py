"""The command line of ``scripts/simulate``."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from caresmith.messages.records import MessageRecord
    from scripts.localstack.system import Deployment
    from scripts.simulation.verdict import Verdict
    from scripts.simulation.world import World

ACCOUNT_SID: Final = "ACsimulated"
TOKEN: Final = "simulated-twilio-token"  # noqa: S105 - of no account
FIRST_DAY: Final = date(2037, 1, 5)
"""A Monday yet to come: the database drops what has expired by the clock on the wall."""
_SHOWN: Final = 5


def main(arguments: list[str]) -> int:
    """Simulate, judge and report; 1 where a rule was broken or an event was given up."""
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="A practice's reminders for a year on a fast clock: patients answer, ignore, "
        "answer late, twice, or something else; the carrier fails; executions are killed. "
        "The judge reads the carrier's log and the desk's own book.",
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--providers", type=int, default=12)
    parser.add_argument("--patients", type=int, default=1500)
    parser.add_argument("--visits", type=int, default=4, help="booked a provider and working day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true", help="nothing fails and nothing comes twice")
    chosen = parser.parse_args(arguments)
    began = monotonic()
    console = Console(width=110)
    world, verdict = simulate(chosen, progress=lambda text: print(text, flush=True))
    console.print(_report(world, verdict))
    console.print(_rules(verdict))
    for rule, seen in verdict.violations.items():
        for what in seen[:_SHOWN]:
            console.print(f"  {rule}: {what}")
    for letter in world.cloud.dead_letters[:_SHOWN]:
        console.print(f"  dead letter: {letter}")
    for error, count in world.cloud.errors.most_common(_SHOWN):
        console.print(f"  tried again {count:,} times: {error}")
    console.print(f"{chosen.days} days in {monotonic() - began:.0f} s")
    return 1 if any(verdict.violations.values()) or world.cloud.dead_letters else 0


def simulate(
    chosen: argparse.Namespace, *, progress: Callable[[str], None]
) -> tuple[World, Verdict]:
    """One whole run on an engine of its own."""
    from scripts.simulation.stage import stage

    with stage("sim") as (deployment, folder):
        return _lived(chosen, deployment, folder, progress)


def _lived(
    chosen: argparse.Namespace,
    deployment: Deployment,
    folder: Path,
    progress: Callable[[str], None],
) -> tuple[World, Verdict]:
    # What uses the system is imported when its environment stands.
    import json

    import boto3

    from caresmith.clock import time_runs_on
    from scripts.simulation.carrier import SimulatedCarrier
    from scripts.simulation.clock import Diary, SimulatedClock
    from scripts.simulation.cloud import Cloud, Mess
    from scripts.simulation.practice import build
    from scripts.simulation.twilio_calls import TwilioCalls
    from scripts.simulation.verdict import judge
    from scripts.simulation.world import Odds, World

    account = {"account_sid": ACCOUNT_SID, "auth_token": TOKEN}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=deployment.prefix + "twilio", SecretString=json.dumps(account)
    )
    dice = random.Random(chosen.seed)
    clock = SimulatedClock(datetime.combine(FIRST_DAY - timedelta(days=1), time.min, UTC))
    diary = Diary()
    mess = Mess() if chosen.calm else Mess(twice=0.03, slow=0.1, killed=0.02)
    odds = Odds(visits_a_day=chosen.visits)
    if chosen.calm:
        odds = replace(odds, outages_a_month=0, throttled_hours_a_month=0, repeated=0)
    with ExitStack() as stack:
        stack.enter_context(time_runs_on(clock))
        cloud = Cloud(deployment, clock, diary, dice, mess, folder)
        stack.enter_context(cloud.around())
        progress(f"Registering {chosen.patients} patients")
        practice = build(chosen.providers, chosen.patients, dice)
        carrier = SimulatedCarrier(clock, dice)
        calls = TwilioCalls(ACCOUNT_SID, TOKEN)
        stack.enter_context(carrier.around())
        world = World(practice, cloud, carrier, clock, diary, dice, calls, odds)
        carrier.on_sent = world.hear

        def on_day(day: date) -> None:
            if day.weekday() == 0 or chosen.days <= 40:
                progress(f"{day}: {len(world.booked)} visits, {len(carrier.sent)} messages")

        world.run(FIRST_DAY, chosen.days, on_day)
        progress("Judging")
        verdict = judge(world, _messages(), clock.now())
    return world, verdict


def _messages() -> dict[str, MessageRecord]:
    from caresmith.messages.records import MessageRecord

    return {record.message_id: record for record in MessageRecord.scan()}


def _report(world: World, verdict: Verdict) -> Table:
    table = Table("what", "how many", title="What happened")
    rows = {
        "visits booked": len(world.booked),
        **world.counts,
        **{f"sent: {kind}": count for kind, count in sorted(verdict.counts.items())},
        **{k: v for k, v in world.cloud.counts.items() if k.startswith("executions")},
        "requests that the carrier refused": world.carrier.refused,
        "events on the bus": sum(
            v for k, v in world.cloud.counts.items() if not k.startswith("executions")
        ),
        "deliveries tried again": sum(world.cloud.errors.values()),
        "events given up": len(world.cloud.dead_letters),
    }
    for name, count in rows.items():
        table.add_row(name, f"{count:,}")
    return table


def _rules(verdict: Verdict) -> Table:
    from scripts.simulation.verdict import RULES

    table = Table("no reminder was", "violations", title="The guarantees")
    for rule in RULES:
        table.add_row(rule, str(len(verdict.violations.get(rule, []))))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
