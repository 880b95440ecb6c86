"""``scripts/invoke``: one event into one function of the running stack."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import httpx

from scripts.localstack.running import NotRunning, environment


def main(arguments: list[str]) -> int:
    """Print the answer; the exit code is 1 where the function failed."""
    parser = argparse.ArgumentParser(prog="scripts/invoke")
    parser.add_argument("function", help="its name in infra/manifest.py")
    parser.add_argument("event", type=Path, help="a file with the event; see events/")
    parser.add_argument("--data", type=Path, help="the data folder of the stack to ask")
    chosen = parser.parse_args(arguments)
    try:
        url = environment(chosen.data)["CARESMITH_LOCAL_URL"]
        event = json.loads(chosen.event.read_text())
    except (NotRunning, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    answer = httpx.post(f"{url}/_local/invoke/{chosen.function}", json=event, timeout=120)
    print(json.dumps(answer.json(), indent=2))
    return 0 if answer.is_success else 1
