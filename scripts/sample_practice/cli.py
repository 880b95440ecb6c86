"""``scripts/seed``: loads the sample practice into the local stack that runs."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time

from scripts.localstack.running import NotRunning, data_folder, environment


def main(arguments: list[str]) -> int:
    """Load the sample unless it is there; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/seed", description="Load a sample practice into the local stack that runs."
    )
    parser.add_argument(
        "--reset", action="store_true", help="remove the sample practice and make it anew"
    )
    parser.add_argument(
        "--charts",
        type=int,
        metavar="N",
        default=os.environ.get("CARESMITH_SAMPLE_CHARTS"),
        help="how many patients' visits leave clinical charts (all)",
    )
    parser.add_argument("--no-logins", action="store_true", help="print no log-ins at the end")
    chosen = parser.parse_args(arguments)
    try:
        # The record types read the tables' names as they are imported.
        os.environ.update(environment())
    except NotRunning as error:
        print(error, file=sys.stderr)
        return 1
    return _load(chosen.charts, reset=chosen.reset, tell_logins=not chosen.no_logins)


def _load(charts: int | None, *, reset: bool, tell_logins: bool) -> int:
    from caresmith.clock import SystemClock
    from scripts.bootstrap.progress import step
    from scripts.sample_practice import loading
    from scripts.sample_practice.agenda import Size
    from scripts.sample_practice.logins import write_logins
    from scripts.sample_practice.premises import PRACTICE

    if loading.is_loaded() and not reset:
        loading.list_it()
        print(f"{PRACTICE.name} is there already; scripts/seed --reset makes it anew.")
        return 0
    began = time.monotonic()
    # Nearly all that is made lives until the end: looking for what does not costs a quarter more.
    gc.disable()
    # A load that was cut short leaves a part: it goes too.
    with step("Removing what is there of it"):
        if reset:
            loading.start_over()
        else:
            loading.remove()
    payers = data_folder() / "payer" / "payer.sqlite3"
    logins = loading.load(SystemClock().now(), Size(charts=charts), payers)
    write_logins(data_folder(), logins)
    print(f"{PRACTICE.name} is ready ({time.monotonic() - began:.0f} s).")
    for login in logins if tell_logins else ():
        print(f"  {login['label']:<15} {login['username']:<16} {login['password']}")
    return 0
