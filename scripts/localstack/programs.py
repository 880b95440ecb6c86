"""The stack's own programs beside it: the AWS stand-ins, and who is on the other side."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.bootstrap.paths import ROOT
from scripts.localstack.children import die_with_parent
from scripts.localstack.outside import PAYER_KEY, TWILIO_ACCOUNT, TWILIO_TOKEN


class Program:
    """A Python module that runs as a child and logs into the stack's folder."""

    def __init__(self, module: str, log: Path, port: int) -> None:
        self._module, self._log = module, log
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self, *arguments: str, **variables: str) -> None:
        """Start without waiting; call it from the main thread: the child ends with it."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, **variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, takes no lock
            )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def launch_aws(program: Program, state: Path, carrier_url: str) -> None:
    """moto's server; what it keeps is in ``state``, its e-mails go to the carrier's mailbox."""
    program.launch(
        *(str(program.port), str(state), carrier_url),
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",  # noqa: S106 - no real credential
        CARESMITH_COGNITO_ISSUER_BASE=program.url,
        # As S3, it lets pages of another origin in only where the bucket says so.
        MOTO_DISABLE_GLOBAL_CORS="true",
    )


def launch_carrier(program: Program, folder: Path, webhooks: str, clock: str) -> None:
    """The carrier and mailbox. What it keeps is in ``folder``; ``clock`` as functions have it."""
    folder.mkdir(parents=True, exist_ok=True)
    program.launch(
        *("--port", str(program.port), "--data", str(folder), "--webhooks", webhooks),
        *("--account", TWILIO_ACCOUNT, "--token", TWILIO_TOKEN),
        CARESMITH_CLOCK=clock,
    )


def launch_cards(program: Program, folder: Path, webhooks: str) -> None:
    """The card processor. What it keeps is in ``folder``; it tells ``webhooks``."""
    folder.mkdir(parents=True, exist_ok=True)
    program.launch("--port", str(program.port), "--data", str(folder), "--webhooks", webhooks)


def launch_pharmacy(program: Program, folder: Path) -> None:
    """The pharmacy that takes electronic prescriptions. What it keeps is in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    program.launch("--port", str(program.port), "--data", str(folder))


def launch_payer(program: Program, folder: Path, clock: str, sftp_port: int | None = None) -> None:
    """The payers behind their clearinghouse. What they keep is in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    program.launch(
        *("--port", str(program.port), "--data", str(folder), "--key", PAYER_KEY),
        *(("--sftp-port", str(sftp_port)) if sftp_port else ()),
        CARESMITH_CLOCK=clock,
    )
