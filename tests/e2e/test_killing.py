"""The power may go at any moment: what was acknowledged stays, and nothing stays half done."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.bootstrap.paths import ROOT

ROUNDS = 8
"""``scripts/race --kill 50`` does it longer."""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_acknowledged_is_lost_however_often_the_stack_is_killed() -> None:
    # A process of its own: it lives in the environment of its stack, not in this one's.
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "race", "--kill", str(ROUNDS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ROUNDS} rounds" in done.stdout
    assert done.stdout.rstrip().endswith("nothing lost, nothing twice, no time leaked")
