"""A stack of its own for a test: start it, kill it at any moment, start it again.

with Stack(folder) as stack:
    requests_to(stack.url)
    stack.kill()
    stack.start()
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Final

from scripts.bootstrap.paths import ROOT
from scripts.localstack.engine import free_port

_START_SECONDS: Final = 60
_SEED_SECONDS: Final = 600


class Stack:
    """``scripts/run`` in a process group of its own, on a port and data folder of its own."""

    def __init__(self, data: Path, *arguments: str, seed: bool = False) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._seed = seed
        self._arguments = [*arguments, *([] if seed else ["--no-seed"])]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The supervisor's process id, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> float:
        """Start and wait until it is healthy; returns the seconds that took.

        Raises RuntimeError with the end of its output where it did not start.
        """
        began = time.monotonic()
        process = self.launch()
        while time.monotonic() - began < _START_SECONDS and process.poll() is None:
            if self.healthy():
                self._await_seed(process)
                return time.monotonic() - began
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("the stack did not start: " + self._output()[-2000:])

    def launch(self) -> subprocess.Popen[bytes]:
        """Start without waiting for anything."""
        self.data.mkdir(parents=True, exist_ok=True)
        output = self.data / "run.log"
        path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
        with output.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "scripts.localstack"),
                    *("--port", str(self.port), "--data", str(self.data), *self._arguments),
                ],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._process

    def _await_seed(self, process: subprocess.Popen[bytes]) -> None:
        """The stack answers while the sample practice is still being loaded."""
        until = time.monotonic() + _SEED_SECONDS
        while self._seed and not (self.data / "seeded").exists():
            ended = process.poll() is not None or time.monotonic() > until
            if ended or "could not be loaded" in self._output():
                self.kill()
                raise RuntimeError("no sample practice: " + self._output()[-2000:])
            time.sleep(0.2)

    def _output(self) -> str:
        return (self.data / "run.log").read_text(errors="replace")

    def healthy(self) -> bool:
        try:
            health = self.url + "/_local/health"
            with urllib.request.urlopen(health, timeout=2) as answer:  # noqa: S310 - our own URL
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """SIGKILL to the whole process group, as a power button would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(30)
        self._process = None
        return code

    def __enter__(self) -> Stack:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
