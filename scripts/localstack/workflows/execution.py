"""One execution: what it was given, where it stands, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


class Phase(StrEnum):
    """What the present state is doing."""

    READY = "ready"
    """It is to be entered."""
    CALLING = "calling"
    """Its function is being called: after a crash it is called again."""
    WAITING = "waiting"
    """A Wait state, until ``until``."""
    ASKED = "asked"
    """A task waits for its token."""
    RETRYING = "retrying"
    """An attempt failed; the next begins at ``until``."""


@dataclass
class Execution:
    """Times are epoch seconds."""

    arn: str
    machine_arn: str
    name: str
    definition: str
    """Digest of the definition that it runs from beginning to end, as in the cloud."""
    input: Any
    started: float
    state: str
    """The present state, or the last."""
    state_input: Any
    entered: float
    status: Status = Status.RUNNING
    stopped: float | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    phase: Phase = Phase.READY
    until: float | None = None
    tries: list[int] = field(default_factory=list)
    """How often each retrier of the present state has been used."""
    attempt: int = 0
    """Attempts of the present task before this one."""
    token: str | None = None
    heartbeat_seconds: float | None = None
    heard: float = 0.0
    """When the present task last gave a sign of life."""
    deadline: float | None = None
    """When the whole execution times out."""
    transitions: int = 0
    """States entered and retries: what the cloud charges for."""
    events: int = 0

    def due(self) -> float | None:
        """When something has to be done; None where it has ended."""
        if self.status is not Status.RUNNING:
            return None
        at_once = self.phase in {Phase.READY, Phase.CALLING}
        wanted = [self.entered if at_once else self.until, self.deadline]
        if self.phase is Phase.ASKED and self.heartbeat_seconds is not None:
            wanted.append(self.heard + self.heartbeat_seconds)
        return min(at for at in wanted if at is not None)

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Execution:
        found = cls(**told)
        found.status, found.phase = Status(found.status), Phase(found.phase)
        return found


@dataclass(frozen=True)
class Happening:
    """One line of an execution's history. It holds no data: names and codes only."""

    at: float
    type: str
    """As the cloud's history names it: ``TaskStateEntered``, ``ExecutionSucceeded``..."""
    state: str = ""
    error: str = ""
