"""The command line of ``scripts/race``."""

from __future__ import annotations

import argparse
import sys
import time

from scripts.benchmark.throwaway import throwaway_system


def main(arguments: list[str]) -> int:
    """Run the race; 1 where anything came out wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/race",
        description="Many clients want one slot at once; exactly one must get it, round by round.",
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with throwaway_system():
        from scripts.racing.field import open_field
        from scripts.racing.rounds import Result, race

        print(f"{chosen.clients} clients, {chosen.rounds} rounds", flush=True)
        ground, total = open_field(chosen.clients), Result()
        total = race(ground, chosen.clients, chosen.rounds, chosen.seed)
    for end, count in sorted(total.ends.items()):
        print(f"  {count:6} {end}")
    for line in total.wrong:
        print(f"WRONG {line}", file=sys.stderr)
    verdict = f"{len(total.wrong)} things wrong" if total.wrong else "one winner in each"
    print(f"{total.rounds} rounds in {time.monotonic() - began:.0f} s: {verdict}")
    return 1 if total.wrong else 0
