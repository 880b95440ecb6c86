"""``scripts/invoke`` hands an event of ``events/samples`` to a function of the running stack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bootstrap.paths import ROOT
from scripts.localstack.harness import Stack

SAMPLES = ROOT / "events" / "samples"


def invoke(stack: Stack, function: str, event: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, ROOT / "scripts" / "invoke", function, event, "--data", stack.data]
    return subprocess.run(line, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("function", ["patients", "scheduling", "audit", "console"])
def test_a_request_is_answered(stack: Stack, function: str) -> None:
    done = invoke(stack, function, SAMPLES / function / "http.json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["statusCode"] == 200


def test_bus_events_are_taken(stack: Stack) -> None:
    done = invoke(stack, "patients", SAMPLES / "patients" / "bus.json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"batchItemFailures": []})


def test_an_event_that_the_function_knows_nothing_of_fails(stack: Stack, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"job": "nobody does this"}')
    done = invoke(stack, "patients", event)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errorType"] == "NothingHandles"


@pytest.mark.parametrize(
    ("function", "event", "said"),
    [("nobody", "{}", "There is no function nobody"), ("patients", "{", "Expecting property name")],
)
def test_a_mistake_is_named(
    stack: Stack, tmp_path: Path, function: str, event: str, said: str
) -> None:
    path = tmp_path / "event.json"
    path.write_text(event)
    done = invoke(stack, function, path)
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
