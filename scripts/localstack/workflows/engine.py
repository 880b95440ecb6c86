"""Executes state machines on a clock that it is given: nothing sleeps, nothing is forgotten.

    engine = Engine({arn: text}, invoke, now, Store(path))
    engine.start(arn, "name", {"order": 7})
    engine.run_due()            # everything whose time has come
    engine.next_due()           # when there is something to do again

A Task calls its function and goes on with the answer at once; what waits (a Wait
state, a token, the pause before a retry) is a row with a due time. So a year of
many thousand executions runs as fast as its functions answer.

As in the cloud an execution keeps the definition it began with, a name starts
once, and a task may be called again after a crash. Unlike there, TimeoutSeconds
ends only tasks that wait for a token: a plain call ends with its function's own
timeout, which tests/infra holds below the task's.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random
from typing import Any, Final

from scripts.localstack.host import Invocation
from scripts.localstack.workflows import states
from scripts.localstack.workflows.definition import Definition, State, read
from scripts.localstack.workflows.execution import Execution, Happening, Phase, Status
from scripts.localstack.workflows.expressions import QueryError
from scripts.localstack.workflows.faults import (
    HEARTBEAT,
    QUERY,
    RUNTIME,
    TIMEOUT,
    StateError,
    catcher_of,
    delay_before_retry,
)
from scripts.localstack.workflows.states import Ended, Moved, Waits
from scripts.localstack.workflows.store import Store

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAX_EVENTS: Final = 25_000
_NO_TIMEOUT: Final = 99_999_999
_DECIMALS: Final = 3
"""What is due is due at a whole millisecond, as in the cloud."""

Invoke = Callable[[str, Any], Invocation]
"""Calls the function with that ARN and waits for it."""


class AlreadyExists(Exception):
    """An execution of that name has ended, or began with another input."""


class NoSuchMachine(Exception):
    """No state machine has that ARN."""


class NoSuchExecution(Exception):
    """No execution has that ARN."""


class NoSuchTask(Exception):
    """The token is nobody's."""


class TaskIsOver(Exception):
    """The task has been answered already, has timed out, or its execution has ended."""


class Engine:
    """Safe to use from many threads; one execution advances in one thread at a time."""

    def __init__(
        self,
        machines: Mapping[str, str],
        invoke: Invoke,
        now: Callable[[], float],
        store: Store,
        *,
        chance: Random | None = None,
    ) -> None:
        """``machines``: the definition's text by ARN; ``now``: the epoch second.

        Raises Unsound for a definition that is wrong.
        """
        self._invoke, self._now, self.store = invoke, now, store
        self._chance = chance or Random()
        self._machines: dict[str, tuple[str, Definition]] = {}
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        for arn, text in machines.items():
            digest = hashlib.sha256(text.encode()).hexdigest()
            self._machines[arn] = (digest, read(text))
            store.keep_definition(digest, text)

    @property
    def machines(self) -> list[str]:
        return list(self._machines)

    # -- asked from outside -------------------------------------------------

    def start(self, machine: str, name: str, given: Any) -> Execution:
        """Begin, once for each name: the same call again finds the execution that runs.

        Raises NoSuchMachine or AlreadyExists.
        """
        if machine not in self._machines:
            raise NoSuchMachine(machine)
        digest, definition = self._machines[machine]
        now = self._now()
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        with self.store.one_change():
            known = self.store.load(arn)
            if known is not None:
                if known.status is Status.RUNNING and known.input == given:
                    return known
                raise AlreadyExists(arn)
            begun = Execution(
                arn=arn,
                machine_arn=machine,
                name=name,
                definition=digest,
                input=given,
                started=now,
                state=definition.start_at,
                state_input=given,
                entered=now,
                deadline=now + definition.timeout_seconds if definition.timeout_seconds else None,
            )
            self.store.note(begun, Happening(now, "ExecutionStarted"))
            self.store.save(begun)
        return begun

    def describe(self, arn: str) -> Execution:
        """Raises NoSuchExecution."""
        found = self.store.load(arn)
        if found is None:
            raise NoSuchExecution(arn)
        return found

    def send_task_success(self, token: str, output: Any) -> None:
        """Raises NoSuchTask or TaskIsOver."""
        self._answer(token, {"output": output})

    def send_task_failure(self, token: str, error: str, cause: str) -> None:
        """Raises NoSuchTask or TaskIsOver."""
        self._answer(token, {"error": error, "cause": cause})

    def send_task_heartbeat(self, token: str) -> None:
        """Raises NoSuchTask or TaskIsOver."""
        with self.store.one_change():
            execution = self.store.load(self._waiting(token))
            if execution is not None:
                execution.heard = self._now()
                self.store.save(execution)

    def stop(self, arn: str, error: str = "", cause: str = "") -> Execution:
        """End an execution from outside. Raises NoSuchExecution."""
        with self.store.one_change():
            execution = self.describe(arn)
            if execution.status is Status.RUNNING:
                self._end(execution, Status.ABORTED, StateError(error, cause))
        return execution

    def _answer(self, token: str, answer: dict[str, Any]) -> None:
        with self.store.one_change():
            self.store.put_answer(token, self._waiting(token), answer)

    def _waiting(self, token: str) -> str:
        asked = self.store.asked(token)
        if asked is None:
            raise NoSuchTask
        arn, waits = asked
        if not waits:
            raise TaskIsOver
        return arn

    # -- driven by the clock ------------------------------------------------

    def next_due(self) -> float | None:
        """The epoch second at which something has to be done; None where nothing waits."""
        return self.store.next_due()

    def due(self) -> list[str]:
        """The executions that are due, without those that another thread has in hand."""
        found = self.store.due(self._now())
        with self._lock:
            return [arn for arn in found if arn not in self._busy]

    def run_due(self) -> int:
        """Advance all that are due until none is; returns how many advances that were."""
        count = 0
        while found := self.due():
            for arn in found:
                self.advance(arn)
            count += len(found)
        return count

    def advance(self, arn: str) -> None:
        """Go on with an execution until it waits or ends."""
        with self._lock:
            if arn in self._busy:
                return
            self._busy.add(arn)
        try:
            execution = self.store.load(arn)
            while execution is not None and self._step(execution):
                pass
        finally:
            with self._lock:
                self._busy.discard(arn)

    def _step(self, execution: Execution) -> bool:
        """One state, or one attempt of it; returns whether there is more to do at once."""
        now = self._now()
        if execution.status is not Status.RUNNING:
            return False
        if execution.deadline is not None and execution.deadline <= now:
            self._end(execution, Status.TIMED_OUT, None)
            return False
        if execution.events >= MAX_EVENTS:
            self._end(execution, Status.FAILED, StateError(RUNTIME, "The history is too long."))
            return False
        definition = _read(self.store.definition(execution.definition))
        state = definition.states[execution.state]
        if execution.phase is Phase.READY:
            self._enter(execution, state)
        try:
            outcome = self._outcome(execution, state, now)
        except QueryError as error:
            outcome = self._failed(execution, state, StateError(QUERY, str(error)), now)
        except StateError as error:
            outcome = self._failed(execution, state, error, now)
        return self._follow(execution, state, outcome)

    def _enter(self, execution: Execution, state: State) -> None:
        execution.transitions += 1
        kind = f"{state['Type']}StateEntered"
        self.store.note(execution, Happening(self._now(), kind, execution.state))

    # -- what a state comes to ----------------------------------------------

    def _outcome(self, execution: Execution, state: State, now: float) -> Moved | Waits | Ended:
        """Raises StateError or QueryError where the state fails."""
        scope = states.scope(execution, now)
        if state["Type"] != "Task":
            return states.outcome(execution, state, scope, now)
        if execution.phase is Phase.ASKED:
            result = self._answered(execution, now)
        else:
            result = self._call(execution, state, now)
        if isinstance(result, Waits):
            return result
        done = scope.and_states(result=result)
        moved = states.leave(state, done, default=result)
        self.store.note(execution, Happening(self._now(), "TaskSucceeded", execution.state))
        return moved

    def _call(self, execution: Execution, state: State, now: float) -> Any:
        """The function's answer, or Waits where the task goes on until its token comes back."""
        waits = state["Resource"].endswith(".waitForTaskToken")
        execution.phase, execution.until = Phase.CALLING, None
        if waits:
            execution.token = _token(execution)
            self.store.ask(execution.token, execution.arn)
        # Kept before the call: after a crash it is made again, under the same token.
        self.store.save(execution)
        scope = states.scope(execution, now)
        timeout = states.seconds(state.get("TimeoutSeconds", _NO_TIMEOUT), scope)
        heartbeat = state.get("HeartbeatSeconds")
        arguments = scope.value(state["Arguments"])
        answer = self._invoke(arguments["FunctionName"], arguments.get("Payload", {}))
        if answer.error:
            told = answer.payload if isinstance(answer.payload, dict) else {}
            error = str(told.get("errorType") or "Lambda.Unknown")
            raise StateError(error, json.dumps(answer.payload))
        if not waits:
            return {"ExecutedVersion": "$LATEST", "Payload": answer.payload, "StatusCode": 200}
        execution.heartbeat_seconds = states.seconds(heartbeat, scope) if heartbeat else None
        execution.heard = now
        self.store.note(execution, Happening(self._now(), "TaskSubmitted", execution.state))
        return Waits(now + timeout, Phase.ASKED)

    def _answered(self, execution: Execution, now: float) -> Any:
        """What the token brought, or Waits. Raises StateError: failed, or nobody answered."""
        answer = self.store.answer(execution.token or "")
        if answer is not None:
            if "error" in answer:
                raise StateError(answer["error"], answer["cause"])
            return answer["output"]
        if execution.until is not None and execution.until <= now:
            raise StateError(TIMEOUT)
        silent = now - execution.heard
        if execution.heartbeat_seconds is not None and execution.heartbeat_seconds <= silent:
            raise StateError(HEARTBEAT)
        return Waits(execution.until or now, Phase.ASKED)

    def _failed(
        self, execution: Execution, state: State, error: StateError, now: float
    ) -> Moved | Waits | Ended:
        """Another attempt, the way of a catcher, or the end of the execution."""
        if state["Type"] == "Task":
            kind = "TaskTimedOut" if error.error in {TIMEOUT, HEARTBEAT} else "TaskFailed"
            self.store.note(execution, Happening(now, kind, execution.state, error.error))
        retriers = state.get("Retry", [])
        tries = execution.tries or [0] * len(retriers)
        delay = delay_before_retry(retriers, tries, error.error, self._chance)
        if delay is not None:
            execution.tries = tries
            # A finer time than a clock can be set to would never come.
            return Waits(round(self._now() + delay, _DECIMALS), Phase.RETRYING)
        rule = catcher_of(state.get("Catch", []), error.error)
        if rule is None:
            return Ended(Status.FAILED, error=error)
        caught = states.scope(execution, now).and_states(errorOutput=error.output())
        try:
            return states.leave(rule, caught, default=error.output())
        except QueryError as wrong:
            return Ended(Status.FAILED, error=StateError(QUERY, str(wrong)))

    # -- following it -------------------------------------------------------

    def _follow(self, execution: Execution, state: State, outcome: Moved | Waits | Ended) -> bool:
        with self.store.one_change():
            if not self.store.is_running(execution.arn):
                return False  # It was stopped while its function ran.
            if isinstance(outcome, Waits):
                return self._wait(execution, outcome)
            self._close_task(execution)
            if isinstance(outcome, Ended) and outcome.status is not Status.SUCCEEDED:
                self._end(execution, outcome.status, outcome.error)
                return False
            kind = f"{state['Type']}StateExited"
            self.store.note(execution, Happening(self._now(), kind, execution.state))
            if isinstance(outcome, Moved):
                execution.variables = {**execution.variables, **outcome.variables}
            if isinstance(outcome, Ended) or outcome.state is None:
                execution.output = outcome.output
                self._end(execution, Status.SUCCEEDED, None)
                return False
            self._move(execution, outcome.state, outcome.output)
            return True

    def _wait(self, execution: Execution, wait: Waits) -> bool:
        begins = wait.phase is not execution.phase
        execution.phase, execution.until = wait.phase, wait.until
        if wait.phase is Phase.RETRYING:
            self._close_task(execution)
            execution.attempt += 1
            execution.transitions += 1
        self.store.save(execution)
        return begins and wait.until <= self._now()

    def _move(self, execution: Execution, state: str, output: Any) -> None:
        execution.state, execution.state_input = state, output
        execution.entered, execution.phase, execution.until = self._now(), Phase.READY, None
        execution.tries, execution.attempt = [], 0
        self.store.save(execution)

    def _close_task(self, execution: Execution) -> None:
        if execution.token:
            self.store.close_task(execution.token)
        execution.token, execution.heartbeat_seconds = None, None

    def _end(self, execution: Execution, status: Status, error: StateError | None) -> None:
        self._close_task(execution)
        execution.status, execution.stopped = status, self._now()
        if error is not None:
            execution.error, execution.cause = error.error, error.cause
        kind = "Execution" + "".join(part.title() for part in status.split("_"))
        at = execution.stopped
        self.store.note(execution, Happening(at, kind, "", execution.error or ""))
        self.store.save(execution)


@lru_cache(maxsize=64)
def _read(text: str) -> Definition:
    return read(text)


def _token(execution: Execution) -> str:
    """One for each attempt at a state, and the same after a crash."""
    place = f"{execution.arn}#{execution.transitions}#{execution.attempt}"
    return hashlib.sha256(place.encode()).hexdigest()
