"""``scripts/audit``: proves that the audit trail is whole, shows it, seals what was left out.

Exit codes: 0 all is well, 1 something was tampered with or lost, 2 it could not
be looked at.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from caresmith.ids import PracticeId
from scripts.localstack.running import NotRunning, environment

CANNOT: Final = 2
_NEEDED: Final = ("CARESMITH_PREFIX", "CARESMITH_BUCKET_AUDIT")


class CannotLook(Exception):
    """There is nothing to look at, or it does not answer; the text says what to do."""


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    chosen = _parse(arguments)
    try:
        _set_environment(chosen)
        command: Callable[[argparse.Namespace], int] = _commands()[chosen.command]
        code = command(chosen)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the lines (head, less) has gone; what was to come is not known to be well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT
    except (CannotLook, NotRunning) as error:
        print(error, file=sys.stderr)
        return CANNOT
    return code


def practice_named(text: str) -> PracticeId:
    """The id that ``--practice`` gives. Raises CannotLook."""
    try:
        return PracticeId(text)
    except ValueError as error:
        raise CannotLook(f"--practice: {error}") from None


def _commands() -> dict[str, Callable[[argparse.Namespace], int]]:
    # Imported once the environment is set: the records read their table's name from it.
    from scripts.audittrail.repair import seal
    from scripts.audittrail.show import show
    from scripts.audittrail.walk import verify

    return {"verify": verify, "show": show, "seal": seal}


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/audit", description="The audit trail.")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--data", type=Path, help="the data folder of the local stack to ask")
    where.add_argument(
        "--aws",
        action="store_true",
        help="ask the AWS account of this environment, with CARESMITH_PREFIX and "
        "CARESMITH_BUCKET_AUDIT set",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", parents=[where], help="walk every chain from its start")
    verify.add_argument("--practice", help="only this one")
    verify.add_argument(
        "--head",
        metavar="SEQUENCE:SHA256",
        help="a head noted earlier (GET /audit/chain) that the practice's chain must still hold",
    )
    show = commands.add_parser("show", parents=[where], help="print entries; makes one itself")
    show.add_argument("--practice", required=True)
    show.add_argument("--day", help="yyyy-mm-dd, UTC; today where nothing is said")
    show.add_argument("--patient", help="the entries that name this patient, over all days")
    show.add_argument("--emergency", action="store_true", help="emergency access only")
    seal = commands.add_parser(
        "seal", parents=[where], help="seal what the sealer was never given (see its dead letters)"
    )
    seal.add_argument("--practice", required=True)
    chosen = parser.parse_args(arguments)
    if chosen.command == "verify" and chosen.head and not chosen.practice:
        parser.error("--head needs --practice: each practice has a chain of its own")
    return chosen


def _set_environment(chosen: argparse.Namespace) -> None:
    """Raises NotRunning or CannotLook."""
    if not chosen.aws:
        os.environ.update(environment(chosen.data))
        return
    absent = [name for name in _NEEDED if not os.environ.get(name)]
    if absent:
        raise CannotLook(f"Set {' and '.join(absent)} to say which deployment to look at.")
