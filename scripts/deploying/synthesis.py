"""Synthesises the CDK app in a process of its own, without the CDK command line.

Needs Node.js for CDK itself. The first time, and whenever the lock changes, the
packages of the dependency layers are fetched; other than that it needs no network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.bootstrap.npm import ADVICE
from scripts.bootstrap.paths import ROOT
from scripts.bootstrap.progress import SetupError, step, tool

_SETTINGS: Final = ROOT / "cdk.json"


def context(given: list[str]) -> dict[str, str]:
    """``["stage=prod"]`` as CDK's context. Raises SetupError where it isn't key=value."""
    found = {}
    for pair in given:
        key, separator, value = pair.partition("=")
        if not separator or not key:
            raise SetupError(f"{pair!r} is no context: write -c key=value.")
        found[key] = value
    return found


def synthesise(output: Path, given: Mapping[str, str]) -> list[str]:
    """Write the cloud assembly to ``output``; returns the stacks' names. Raises SetupError."""
    tool("node", ADVICE)
    settings = json.loads(_SETTINGS.read_text())["context"]
    environment = {
        **os.environ,
        # What the CDK command line would tell the app.
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps({**settings, **given}),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }
    with step(f"Synthesising stage {given.get('stage', 'dev')}"):
        done = subprocess.run(
            [sys.executable, "-m", "infra.app"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = done.stdout.strip().splitlines()[-30:]
            raise SetupError("the CDK app failed:\n    " + "\n    ".join(lines))
    return stacks_in(output)


def stacks_in(output: Path) -> list[str]:
    """The names of the stacks of an assembly, in the order in which they are deployed."""
    artifacts = json.loads((output / "manifest.json").read_text())["artifacts"]
    return [
        artifact["properties"].get("stackName", name)
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
