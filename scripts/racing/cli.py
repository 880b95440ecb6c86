"""The command line of ``scripts/race``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from scripts.benchmark.throwaway import throwaway_system


def main(arguments: list[str]) -> int:
    """Run the race; 1 where anything came out wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/race",
        description="Many clients want one slot at once; exactly one must get it, round by round. "
        "With --kill, the whole stack is killed while they work; nothing acknowledged may be lost.",
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kill", type=int, metavar="TIMES", help="kill and restart so often")
    chosen = parser.parse_args(arguments)
    if chosen.kill is not None:
        return _kill(chosen.kill, chosen.seed)
    return _race(chosen.clients, chosen.rounds, chosen.seed)


def _race(clients: int, rounds: int, seed: int) -> int:
    began = time.monotonic()
    with throwaway_system():
        from scripts.racing.field import open_field
        from scripts.racing.rounds import race

        _say(f"{clients} clients, {rounds} rounds")
        total = race(open_field(clients), clients, rounds, seed)
    for end, count in sorted(total.ends.items()):
        _say(f"  {count:6} {end}")
    verdict = _complain(total.wrong) or "one winner in each"
    _say(f"{total.rounds} rounds in {time.monotonic() - began:.0f} s: {verdict}")
    return 1 if total.wrong else 0


def _kill(rounds: int, seed: int) -> int:
    from scripts.racing.killing import COUNTERS, kill_while_working

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="caresmith-race-") as folder:
        _say(f"{COUNTERS} counters at work, {rounds} rounds")
        outcome = kill_while_working(Path(folder), rounds, seed, _say)
    for what, count in sorted(outcome.kills.items()):
        _say(f"  {count:6} times killed: {what}")
    _say(f"  {outcome.acknowledged:6} changes acknowledged, {outcome.visits} visits in the end")
    _say(f"  {outcome.slowest_start:6.1f} s for the slowest start")
    verdict = _complain(outcome.wrong) or "nothing lost, nothing twice, no time leaked"
    _say(f"{outcome.rounds} rounds in {time.monotonic() - began:.0f} s: {verdict}")
    return 1 if outcome.wrong else 0


def _complain(wrong: list[str]) -> str:
    """Print each thing that is wrong; returns how many, or nothing."""
    for line in wrong:
        print(f"WRONG {line}", file=sys.stderr, flush=True)
    return f"{len(wrong)} things wrong" if wrong else ""


def _say(text: str) -> None:
    print(text, flush=True)
