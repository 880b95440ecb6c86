"""One running DynamoDB Local engine, in memory or on a folder."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Final

from scripts.bootstrap import dynamodb
from scripts.bootstrap.paths import ENGINE
from scripts.localstack.children import die_with_parent

_START_SECONDS: Final = 60
_PORTS: Final = (16_000, 32_000)
# What the engine names its file with -sharedDb, and in it the table of all stream records.
_FILE: Final = "shared-local-instance.db"
_STREAM_INDEXES: Final = (
    # For who reads a stream.
    'CREATE INDEX IF NOT EXISTS "caresmith*streams" ON us (ShardID, SequenceNumber)',
    # For each write, before which the engine looks for its stream's oldest record.
    'CREATE INDEX IF NOT EXISTS "caresmith*oldest" ON us (StreamID, SequenceNumber)',
)


class EngineError(Exception):
    """The engine can't be started; the text says why."""


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on.

    Below those that the system gives to callers: who asks again and again whether
    somebody listens yet would one day be given that very port, and hear himself.
    """
    while True:
        port = random.randrange(*_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class DynamoDBLocal:
    """Usable as a context manager; ``endpoint`` is its URL.

    On a folder, a write is in SQLite's file before it is acknowledged: killing
    the process loses none.
    """

    def __init__(self, data: Path | None = None, port: int | None = None) -> None:
        self._data = data
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start without waiting. Call it from the main thread: the engine ends with it."""
        dynamodb.ensure()
        store = ["-inMemory"]
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            store = ["-dbPath", str(self._data)]
        jvm = ["-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
        library = f"-Djava.library.path={ENGINE / 'DynamoDBLocal_lib'}"
        command = [dynamodb.java(), *jvm, library, "-jar", str(ENGINE / "DynamoDBLocal.jar")]
        self._process = subprocess.Popen(
            [*command, "-sharedDb", "-disableTelemetry", "-port", str(self.port), *store],
            cwd=ENGINE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DDB_LOCAL_TELEMETRY": "0"},
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, takes no lock
        )

    def wait(self) -> None:
        """Wait until it answers. Raises EngineError."""
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                code = self._process.returncode if self._process else "none"
                raise EngineError(f"DynamoDB Local ended with code {code}.")
            try:
                urllib.request.urlopen(self.endpoint, timeout=5)  # noqa: S310 - our own URL
            except urllib.error.HTTPError:
                return  # It answers; a bare GET is no DynamoDB call.
            except OSError:
                time.sleep(0.05)
        raise EngineError(f"DynamoDB Local did not answer within {_START_SECONDS} s.")

    def index_streams(self) -> None:
        """Call once the tables are there: else each reading of a quiet stream, also an
        empty one, goes through all records of all other streams since the beginning; and
        so does each write to a table whose stream has none of the oldest records, as after
        a day or for a table made anew (tens of milliseconds, and in the end a timeout).
        """
        if self._data is None:
            return
        with closing(sqlite3.connect(self._data / _FILE, timeout=_START_SECONDS)) as store, store:
            for index in _STREAM_INDEXES:
                store.execute(index)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def __enter__(self) -> DynamoDBLocal:
        self.launch()
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
