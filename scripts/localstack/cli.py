"""``scripts/run``: starts the local stack and says where everything is."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from scripts.bootstrap.paths import LOCAL, ROOT, VENV_PYTHON
from scripts.localstack.engine import EngineError
from scripts.localstack.localpages import logins
from scripts.localstack.schedules import VirtualClock
from scripts.localstack.supervisor import CannotStart, LocalStack, Options
from scripts.localstack.system import System


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit code."""
    chosen = _parse(arguments)
    stop = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        stop.set()

    # SIGHUP too: closing the terminal ends the stack as cleanly as Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    began = time.monotonic()
    start_at = datetime.fromisoformat(chosen.clock_start) if chosen.clock_start else None
    if start_at is not None and start_at.tzinfo is None:
        start_at = start_at.replace(tzinfo=UTC)
    clock = VirtualClock()
    if start_at is not None or chosen.clock_scale != 1.0:
        clock = VirtualClock.starting(start_at, chosen.clock_scale)
    stack = LocalStack(
        Options(
            port=chosen.port,
            data=chosen.data,
            system=_system(chosen.system),
            clock=clock,
            progress=lambda text: _say(f"  {text}"),
        )
    )
    try:
        stack.start()
    except (CannotStart, EngineError) as error:
        print(f"\nCan't start: {error}", file=sys.stderr)
        return 1
    try:
        died = _attend(stack, chosen, stop, began)
    finally:
        stack.stop()
    return 1 if died else 0


def _attend(
    stack: LocalStack, chosen: argparse.Namespace, stop: threading.Event, began: float
) -> str | None:
    """Seed, tell, and wait for the end; returns what has died, None where a person ended it."""
    if chosen.verbose:
        threading.Thread(target=_follow, args=(chosen.data / "logs",), daemon=True).start()
    if not chosen.no_seed and not stop.is_set():
        _seed_once(stack, chosen.data)
    if not stop.is_set():
        threading.Thread(target=stack.repair, daemon=True, name="repair").start()
    _tell(stack, chosen.data, time.monotonic() - began)
    died = stack.wait(stop)
    _say(f"\n{died}" if died else "\nStopping ...")
    return died


def _system(place: str | None) -> System:
    if place is None:
        return System()
    module, _, name = place.partition(":")
    found: System = getattr(importlib.import_module(module), name)
    return found


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description="Run the whole system here.")
    parser.add_argument("--port", type=_port, default=os.environ.get("CARESMITH_PORT", "8000"))
    parser.add_argument("--data", type=Path, default=LOCAL, help="where all data is kept")
    parser.add_argument("--no-seed", action="store_true", help="load no sample practice")
    parser.add_argument("--verbose", action="store_true", help="show the functions' logs")
    parser.add_argument("--clock-start", help="what the clock shows at start, ISO 8601, UTC")
    parser.add_argument("--system", help="module:name of a System other than the manifest's")
    parser.add_argument("--clock-scale", type=float, default=1.0, help="how fast it runs")
    chosen = parser.parse_args(arguments)
    chosen.data = chosen.data.resolve()
    return chosen


def _port(text: str) -> int:
    """A port that has two more after it: for the engine, and for the other AWS services."""
    if text.isdecimal() and 1024 <= int(text) <= 65533:
        return int(text)
    raise argparse.ArgumentTypeError("must be a number from 1024 to 65533")


def _seed_once(stack: LocalStack, data: Path) -> None:
    """Load the sample practice into fresh data, where the script for it is there."""
    seed, done = ROOT / "scripts" / "seed", data / "seeded"
    if done.exists() or not seed.exists():
        return
    _say("  Loading the sample practice (once, a minute or two)")
    environment = {
        **os.environ,
        **stack.deployment.environment(),
        "CARESMITH_LOCAL_URL": stack.url,
        "CARESMITH_DATA": str(data),
    }
    load: list[str | Path] = [VENV_PYTHON, seed, "--no-logins"]  # They are told when all is up.
    if subprocess.run(load, env=environment, check=False).returncode == 0:
        done.write_text(datetime.now(UTC).isoformat())
        _say("  Sample practice loaded")
    else:
        _say("  The sample practice could not be loaded: run scripts/seed to try again.")


def _tell(stack: LocalStack, data: Path, seconds: float) -> None:
    _say(f"\nCaresmith runs (started in {seconds:.1f} s). Ctrl-C stops it; all data is kept.\n")
    _say(f"  Staff console   {stack.url}/console")
    carrier = stack.deployment.carrier_url
    _say(f"  Carrier         {carrier}   (texts and e-mails; answer as a patient)")
    pharmacy = stack.deployment.pharmacy_url
    _say(f"  Pharmacy        {pharmacy}   (FHIR endpoint; its counter is at the root)")
    cards = stack.deployment.cards_url
    _say(f"  Card processor  {cards}   (pay, refund and dispute as a patient's bank)")
    _say(f"  Payers          {stack.deployment.payer_url}   (claims, their fate, the next day)")
    _say(f"  This machine    {stack.url}/_local/   (addresses, log-ins with their codes)")
    known = logins(data)
    for login in known:
        _say(f"  {login['label']:<15} {login['username']}  {login['password']}")
    if not known:
        _say("  There are no sample log-ins yet: run scripts/seed.")


def _say(text: str) -> None:
    print(text, flush=True)


def _follow(logs: Path) -> None:
    """Show what is added to the logs."""
    sizes = {log: log.stat().st_size for log in logs.glob("*.log")}
    while True:
        for log in sorted(logs.glob("*.log")):
            with log.open(errors="replace") as lines:
                lines.seek(sizes.get(log, 0))
                for line in lines:
                    _say(f"{log.stem}: {line.rstrip()}")
                sizes[log] = lines.tell()
        time.sleep(0.5)
