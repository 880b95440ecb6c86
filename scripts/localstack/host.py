"""The function host: runs handlers as Lambda does, each in processes of its own.

A function's environments are separate processes that serve one event at a
time, are reused while warm, end when they exceed the timeout, and are replaced
when a source file has changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, Final

from infra.manifest import Function
from scripts.bootstrap.paths import ROOT
from scripts.localstack.system import Deployment, System

_EXITED: Final = "Runtime.ExitError"
INIT_SECONDS: Final = 30.0
"""How long an import may take. Lambda allows ten seconds on its own, faster, terms."""


@dataclass(frozen=True)
class Invocation:
    """What an invocation gave: the handler's value, or Lambda's description of an error."""

    payload: Any
    error: bool = False

    @property
    def timed_out(self) -> bool:
        return self.error and self.payload.get("errorType") == "Sandbox.Timedout"


class _Environment:
    """One worker process of a function."""

    def __init__(self, module: str, variables: Mapping[str, str], log: Path, lifeline: int) -> None:
        self._connection, theirs = Pipe()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "scripts.localstack.worker"),
                    *(module, str(theirs.fileno()), str(lifeline)),
                ],
                cwd=ROOT,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(theirs.fileno(), lifeline),
            )
        theirs.close()
        self.broken = self._await_ready()
        """Why it could not start, in Lambda's words; None where it is ready."""

    def _await_ready(self) -> dict[str, Any] | None:
        answer = _receive(self._connection, INIT_SECONDS)
        if answer is None:
            self.kill()
            return {"errorType": "Sandbox.Timedout", "errorMessage": "Init timed out"}
        error: dict[str, Any] | None = answer.get("error")
        return error

    def invoke(self, event: Any, context: Mapping[str, Any]) -> dict[str, Any] | None:
        """The worker's answer; None where it took longer than the context's timeout."""
        message = {"event": event, "context": context}
        try:
            self._connection.send_bytes(json.dumps(message).encode())
        except OSError:
            return {"error": _exited("before the request")}
        return _receive(self._connection, float(context["timeout_seconds"]))

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()


def _receive(connection: Connection[Any, Any], seconds: float) -> dict[str, Any] | None:
    if not connection.poll(seconds):
        return None
    try:
        answer: dict[str, Any] = json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return {"error": _exited("unexpectedly")}
    return answer


def _exited(when: str) -> dict[str, Any]:
    return {"errorType": _EXITED, "errorMessage": f"Runtime exited {when}"}


class _Pool:
    """A function's environments: at most ``limit``; who finds none free waits."""

    def __init__(self, host: FunctionHost, function: Function, limit: int) -> None:
        self._host, self._function = host, function
        self._free = threading.Condition()
        self._idle: list[tuple[int, _Environment]] = []
        self._count, self._limit = 0, limit
        self._generation = 0
        self._log = host.log_of(function.name)

    def invoke(self, event: Any, request_id: str) -> Invocation:
        generation, environment = self._acquire()
        if environment.broken is not None:
            self._discard(environment)
            return Invocation(environment.broken, error=True)
        timeout = self._function.timeout_seconds
        answer = environment.invoke(
            event,
            {
                "function_name": self._host.deployment.prefix + self._function.name,
                "memory_limit_in_mb": self._function.memory_mb,
                "timeout_seconds": timeout,
                "aws_request_id": request_id,
            },
        )
        if answer is None:
            self._discard(environment)
            at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            told = f"{at} {request_id} Task timed out after {timeout:.2f} seconds"
            return Invocation({"errorType": "Sandbox.Timedout", "errorMessage": told}, error=True)
        if answer.get("error", {}).get("errorType") == _EXITED:
            # Its pipe is closed; the process itself may take another moment to die.
            self._discard(environment)
        else:
            self._release(generation, environment)
        if "error" in answer:
            return Invocation(answer["error"], error=True)
        return Invocation(answer["result"])

    def warm(self) -> None:
        """Have one environment ready."""
        with self._free:
            if self._count:
                return
        self._release(*self._acquire())

    def renew(self) -> None:
        """Let no environment that runs now serve another event."""
        with self._free:
            self._generation += 1
            stale, self._idle = self._idle, []
        for _, environment in stale:
            self._discard(environment)

    def close(self) -> None:
        self.renew()

    def _acquire(self) -> tuple[int, _Environment]:
        with self._free:
            while not self._idle and self._count >= self._limit:
                self._free.wait()
            while self._idle:
                generation, environment = self._idle.pop()
                if environment.alive:
                    return generation, environment
                environment.kill()  # It died in its sleep: reap it.
                self._count -= 1
            self._count += 1
            generation = self._generation
        try:
            return generation, self._host.start_environment(self._function, self._log)
        except BaseException:
            with self._free:
                self._count -= 1
                self._free.notify()
            raise

    def _release(self, generation: int, environment: _Environment) -> None:
        with self._free:
            if generation == self._generation and environment.alive and not environment.broken:
                self._idle.append((generation, environment))
                self._free.notify()
                return
        self._discard(environment)

    def _discard(self, environment: _Environment) -> None:
        environment.kill()
        with self._free:
            self._count -= 1
            self._free.notify()


class FunctionHost:
    """Invokes the functions of a system by name. Safe to use from many threads."""

    def __init__(
        self, system: System, deployment: Deployment, logs: Path, *, limit: int = 4
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.system, self.deployment, self._logs = system, deployment, logs
        self._lifeline, self._lifeline_kept_open = os.pipe()
        self._pools = {f.name: _Pool(self, f, limit) for f in system.functions}

    def invoke(self, name: str, event: Any) -> Invocation:
        """Invoke and wait. Raises KeyError where there is no such function."""
        return self._pools[name].invoke(event, str(uuid.uuid4()))

    def warm(self) -> None:
        """Start one environment of each function, one after another."""
        for pool in self._pools.values():
            pool.warm()

    def renew(self) -> None:
        for pool in self._pools.values():
            pool.renew()

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        os.close(self._lifeline_kept_open)
        os.close(self._lifeline)

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def start_environment(self, function: Function, log: Path) -> _Environment:
        path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
        variables = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            **self.deployment.environment(self.system.buckets),
            **self.deployment.function_environment(function),
        }
        module = self.system.handler_module(function.name)
        return _Environment(module, variables, log, self._lifeline)
