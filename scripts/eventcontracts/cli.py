"""The command line of ``scripts/contracts``."""

from __future__ import annotations

import argparse
import sys

from scripts.benchmark.throwaway import throwaway_system


def main(arguments: list[str]) -> int:
    """Write or check; 1 where a contract is broken, or with --check out of date."""
    parser = argparse.ArgumentParser(
        prog="scripts/contracts",
        description="Write the JSON Schema of each domain event into events/contracts. "
        "A version that has been written down is never broken: what takes something away "
        "is a new version.",
    )
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    parser.add_argument(
        "--samples", action="store_true", help="make the samples in events/samples anew, too"
    )
    chosen = parser.parse_args(arguments)
    with throwaway_system():
        from scripts.eventcontracts import contracts, samples

        try:
            names = contracts.stale() if chosen.check else contracts.write()
        except contracts.Broken as broken:
            print(broken, file=sys.stderr)
            return 1
        if chosen.samples and not chosen.check:
            names += samples.write()
    for name in names:
        print(f"{'out of date' if chosen.check else 'written'}: {name}")
    return 1 if chosen.check and names else 0
