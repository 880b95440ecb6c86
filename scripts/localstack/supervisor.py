"""The one process that starts everything, watches it, and ends it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]
import uvicorn

from scripts.bootstrap.paths import ASSETS, LOCAL, ROOT
from scripts.localstack.awspages import aws_pages
from scripts.localstack.clients import Clients
from scripts.localstack.engine import DynamoDBLocal, free_port
from scripts.localstack.gateway import Gateway
from scripts.localstack.host import FunctionHost
from scripts.localstack.localpages import local_pages
from scripts.localstack.programs import (
    Program,
    launch_aws,
    launch_cards,
    launch_carrier,
    launch_payer,
    launch_pharmacy,
)
from scripts.localstack.provision import provision
from scripts.localstack.pulse import Pulse
from scripts.localstack.queues import QueuePoller
from scripts.localstack.schedules import Scheduler, VirtualClock
from scripts.localstack.streams import Checkpoint, StreamPoller
from scripts.localstack.system import Deployment, System
from scripts.localstack.waiting import Waiting

_AWS_START_SECONDS: Final = 60
_AT_ONCE: Final = 4
_PAUSE: Final = 0.05
_LOOK_AGAIN: Final = 0.5
"""Seconds: a stopping stack is noticed after that."""
_CODE: Final = ("functions", "layers/common/python", "infra/manifest.py")


class CannotStart(Exception):
    """The stack can't run; the text says why, for a person."""


@dataclass(frozen=True)
class Options:
    port: int = 8000
    data: Path = LOCAL
    system: System = field(default_factory=System)
    clock: VirtualClock = field(default_factory=VirtualClock)
    progress: Callable[[str], None] = lambda _: None


class LocalStack:
    """``start`` from the main thread: the engines end with the thread that started them."""

    def __init__(self, options: Options) -> None:
        self.options, self._data = options, options.data
        self.url = f"http://127.0.0.1:{options.port}"
        self._pulse = Pulse()
        self._closing = contextlib.ExitStack()
        self._threads: list[threading.Thread] = []
        self._something_waits = threading.Event()

    # -- life ---------------------------------------------------------------

    def start(self) -> None:
        """Returns when the first request can be answered. Raises CannotStart."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self._lock()
        listener = self._listen()
        self._engine = DynamoDBLocal(
            self._data / "dynamodb", _preferred_port(self.options.port + 1)
        )
        logs = self._data / "logs"
        self._aws = Program(
            "scripts.localstack.awsserver", logs / "aws.log", _preferred_port(self.options.port + 2)
        )
        self._carrier = Program(
            "scripts.carrier", logs / "carrier.log", _preferred_port(self.options.port + 3)
        )
        self._pharmacy = Program(
            "scripts.pharmacy", logs / "pharmacy.log", _preferred_port(self.options.port + 4)
        )
        self._cards = Program(
            "scripts.cardprocessor", logs / "cards.log", _preferred_port(self.options.port + 6)
        )
        self._payer = Program(
            "scripts.payer", logs / "payer.log", _preferred_port(self.options.port + 5)
        )
        self.options.progress("Starting DynamoDB Local and the AWS stand-ins")
        self._closing.callback(self._engine.stop)
        self._engine.launch()
        clock = self.options.clock.as_variable()
        for program in (self._aws, self._carrier, self._pharmacy, self._payer, self._cards):
            self._closing.callback(program.stop)
        launch_aws(self._aws, self._data / "aws.sqlite", self._carrier.url)
        launch_carrier(self._carrier, self._data / "carrier", self.url, clock)
        launch_pharmacy(self._pharmacy, self._data / "pharmacy")
        launch_cards(self._cards, self._data / "cards", self.url)
        launch_payer(self._payer, self._data / "payer", clock)
        self.deployment = Deployment(
            stage="local",
            dynamodb_url=self._engine.endpoint,
            assets_dir=str(ASSETS),
            aws_url=self._aws.url,
            clock=clock,
            public_url=self.url,
            carrier_url=self._carrier.url,
            pharmacy_url=f"{self._pharmacy.url}/fhir",
            cards_url=self._cards.url,
            payer_url=self._payer.url,
            waiting_url=f"{self.url}/_local/aws",
        )
        self._engine.wait()
        self._await_aws()
        self.options.progress("Checking tables, keys, queues and user pools")
        clients, system = Clients(self.deployment), self.options.system
        pools = provision(clients, self.deployment, system)
        self._engine.index_streams()
        self.deployment = replace(self.deployment, pools=pools)
        self._write_environment()
        self.host = FunctionHost(system, self.deployment, self._data / "logs")
        self._closing.callback(self.host.close)
        self._waiting = Waiting(
            self.deployment,
            self.host.invoke,
            self.options.clock.now,
            folder=self._data,
            workflows=system.workflows,
        )
        self._closing.callback(self._waiting.close)
        self._serve(listener)
        self._start_pollers(clients)
        self._in_background("warming", self.host.warm, forever=False)
        self._in_background("watching the source", self._watch_source)

    def wait(self, stop: threading.Event) -> str | None:
        """Until ``stop`` is set (returns None) or a part has died (returns which)."""
        parts = (
            (self._engine, "DynamoDB Local has"),
            (self._aws, "The AWS stand-ins have"),
            (self._carrier, "The carrier has"),
            (self._pharmacy, "The pharmacy has"),
            (self._payer, "The payers have"),
            (self._cards, "The card processor has"),
        )
        while not stop.wait(0.5):
            for part, words in parts:
                if not part.running:
                    return f"{words} ended."
        return None

    def repair(self) -> None:
        """Have every practice compare its calendar with what is planned, without waiting.

        The cloud does so each night. Here time goes on while the stack is off, and
        the sample practice is written without events.
        """
        if any(function.name == "jobs" for function in self.options.system.functions):
            answer = self.host.invoke("jobs", {"job": "repair-all"})
            self._pulse.beat()
            if answer.error:
                print(f"repair: {answer.payload.get('errorType')} (see its log)", file=sys.stderr)

    def stop(self) -> None:
        """End every thread and child. Nothing is lost: all was written when it changed."""
        self._pulse.stop()
        self._closing.close()
        for thread in self._threads:
            thread.join(2)

    # -- parts ---------------------------------------------------------------

    def _lock(self) -> None:
        """One stack per data folder; the kernel gives the lock back when its holder dies."""
        self._data.mkdir(parents=True, exist_ok=True)
        held = self._closing.enter_context((self._data / "lock").open("a+"))
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.seek(0)
            raise CannotStart(
                f"It already runs on this data (process {held.read() or 'unknown'})."
            ) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()

    def _listen(self) -> socket.socket:
        # The protocol is named so that asyncio turns Nagle's delay off on each connection.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._closing.callback(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until = time.monotonic() + 3  # A stack that was killed a moment ago is still dying.
        while True:
            try:
                listener.bind(("127.0.0.1", self.options.port))
            except OSError:
                if time.monotonic() < until:
                    time.sleep(0.1)
                    continue
                raise CannotStart(
                    f"Port {self.options.port} is taken{_holder(self.options.port)}. "
                    "End that, or choose another with --port or CARESMITH_PORT."
                ) from None
            listener.listen(128)
            return listener

    def _await_aws(self) -> None:
        until = time.monotonic() + _AWS_START_SECONDS
        while time.monotonic() < until and self._aws.running:
            try:
                urllib.request.urlopen(f"{self._aws.url}/moto-api/", timeout=5)  # noqa: S310
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise CannotStart(f"The AWS stand-ins did not start: see {self._data}/logs/aws.log.")

    def _write_environment(self) -> None:
        """For scripts that talk to the running stack: see scripts/localstack/running.py."""
        variables = self.deployment.environment(self.options.system.buckets)
        told = {**variables, "CARESMITH_LOCAL_URL": self.url}
        (self._data / "environment.json").write_text(json.dumps(told, indent=1))

    def _serve(self, listener: socket.socket) -> None:
        addresses = {
            "Staff console": f"{self.url}/console",
            "Carrier and mailbox": self._carrier.url,
            "Pharmacy": self._pharmacy.url,
            "Card processor": self._cards.url,
            "Payers": self._payer.url,
            "This page": f"{self.url}/_local/",
            "Workflows and schedules": f"{self.url}/_local/workflows",
            "DynamoDB Local": self.deployment.dynamodb_url,
            "Other AWS services": self.deployment.aws_url or "",
            "Logs": str(self._data / "logs"),
        }
        routes = aws_pages(self._waiting, self._something_waits.set)
        pages = local_pages(self._data, addresses, self.host.invoke, routes)
        app = Gateway(self.host, pages, self._pulse.beat)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="gateway"
        )
        thread.start()

        def close() -> None:
            server.should_exit = True
            thread.join(5)

        self._closing.callback(close)
        while not server.started and thread.is_alive():
            time.sleep(0.01)

    def _start_pollers(self, clients: Clients) -> None:
        system, invoke = self.options.system, self.host.invoke
        (self._data / "checkpoints").mkdir(exist_ok=True)
        for function in system.functions:
            for trigger in function.streams:
                name = f"{function.name}-{trigger.domain}"
                checkpoint = Checkpoint(self._data / "checkpoints" / f"{name}.json")
                poller = StreamPoller(
                    clients, self.deployment, function, trigger, invoke, checkpoint, self._pulse
                )
                self._in_background(f"stream {name}", poller.run)
            if function.events:
                queue = self.deployment.queue(function.name)
                reader = QueuePoller(clients, queue, function.name, invoke, self._pulse)
                self._in_background(f"queue {queue}", reader.run)
        schedules = [(f.name, s.name, s.expression) for f in system.functions for s in f.schedules]
        scheduler = Scheduler(schedules, self.options.clock, invoke, self._pulse)
        self._in_background("schedules", scheduler.run)
        self._in_background("workflows", self._run_what_waits)

    def _run_what_waits(self) -> None:
        """Executions and one-time schedules, each at its time by the stack's clock."""
        pool = ThreadPoolExecutor(_AT_ONCE, "workflows")
        try:
            while not self._pulse.stopping:
                self._something_waits.clear()
                self._waiting.begin_due(pool, self._something_was_done)
                due, clock = self._waiting.next_due(), self.options.clock
                seconds = (due - clock.now()) / clock.scale if due is not None else _LOOK_AGAIN
                self._something_waits.wait(min(max(seconds, _PAUSE), _LOOK_AGAIN))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _something_was_done(self) -> None:
        self._something_waits.set()
        self._pulse.beat()  # It may have put records into streams.

    def _watch_source(self) -> None:
        """New environments for new code, new assets for new front-end sources."""
        from scripts.bootstrap import assets

        seen, seen_assets = _newest(), assets.source_digest()
        while not self._pulse.stopping:
            threading.Event().wait(1.0)
            now, now_assets = _newest(), assets.source_digest()
            if now_assets != seen_assets:
                assets.ensure()
            if (now, now_assets) != (seen, seen_assets):
                seen, seen_assets = now, now_assets
                self.host.renew()

    def _in_background(self, name: str, run: Callable[[], Any], *, forever: bool = True) -> None:
        """A thread that starts over after an error, until the stack stops."""

        def guarded() -> None:
            while not self._pulse.stopping:
                try:
                    run()
                except Exception:
                    if not self._pulse.stopping:
                        traceback.print_exc()
                        threading.Event().wait(1.0)
                if not forever:
                    return

        thread = threading.Thread(target=guarded, daemon=True, name=name)
        thread.start()
        self._threads.append(thread)


def _preferred_port(port: int) -> int:
    """That port, or a free one where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return free_port()
    return port


def _holder(port: int) -> str:
    """Who listens on a port, as far as this user may know."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f" by {process.name()} (process {connection.pid})"
    except (psutil.Error, TypeError):
        pass
    return ""


def _newest() -> tuple[int, float]:
    """Changes when a source file is added, removed or changed."""
    times = [
        file.stat().st_mtime
        for place in _CODE
        for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*"))
        if file.suffix in {".py", ".html", ".json"} and file.is_file()
    ]
    return len(times), max(times, default=0.0)
