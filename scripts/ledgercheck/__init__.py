"""``scripts/ledger``: adds every account up anew and prints what differs.

Exit codes: 0 nothing differs, 1 something does, 2 it could not be looked at.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from scripts.localstack.running import NotRunning, environment

CANNOT: Final = 2


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    chosen = _parse(arguments)
    try:
        if not chosen.aws:
            os.environ.update(environment(chosen.data))
        elif "CARESMITH_PREFIX" not in os.environ:
            print("--aws needs CARESMITH_PREFIX.", file=sys.stderr)
            return CANNOT
    except NotRunning as error:
        print(error, file=sys.stderr)
        return CANNOT
    # Imported once the environment is set: the records read their table's name from it.
    from scripts.ledgercheck.verify import verify

    return verify(chosen.practice)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/ledger", description="The ledger's sums.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser(
        "verify", help="journals, accounts, sheets, payments, open balances, days: all of them"
    )
    verify.add_argument("--practice", help="only this one")
    verify.add_argument("--data", type=Path, help="the data folder of the local stack to ask")
    verify.add_argument("--aws", action="store_true", help="ask the account of this environment")
    return parser.parse_args(arguments)
