"""The simulation's cloud with a meter at each invocation, its streams included.

Every function runs as it would for the first reminder after a quiet quarter of an
hour: with nothing kept in memory, each event alone in its batch. A busy practice
pays less. Nothing fails here: retries would come on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from aws_lambda_powertools.utilities.parameters import clear_caches

from caresmith.ids import PracticeId
from caresmith.keystore import forget_keys
from caresmith.messages.settings import forget_settings
from caresmith.records.practice import forget_setup
from infra.manifest import FUNCTIONS
from scripts.benchmark.meter import watched
from scripts.benchmark.prices import ASSUMED_QUEUE_REQUESTS, Item
from scripts.benchmark.tally import Tally
from scripts.localstack.clients import Clients
from scripts.localstack.host import Invocation
from scripts.localstack.inprocess import invoke
from scripts.localstack.once import Entry
from scripts.localstack.pulse import Pulse
from scripts.localstack.streams import Checkpoint, StreamPoller
from scripts.localstack.system import Deployment
from scripts.simulation.cloud import Cloud

_OURS: Final = "reminders"
_BEFORE: Final = ("PatientRegistered", "AppointmentBooked")
"""What led to the reminder."""


@dataclass
class MeteredCloud(Cloud):
    """Counts into ``tally`` while there is one."""

    tally: Tally | None = None
    practice: PracticeId | None = None
    """Whose settings and set-up are forgotten between invocations."""
    _streams: Streams = field(init=False)

    @contextmanager
    def around(self) -> Iterator[None]:
        with super().around(), TemporaryDirectory() as folder:
            self._streams = Streams(self.deployment, Path(folder), self._stream_batch)
            self._streams.pass_over()
            yield

    @contextmanager
    def counting(self, tally: Tally | None) -> Iterator[None]:
        """Count what happens inside there, and nowhere for None."""
        before, self.tally = self.tally, tally
        try:
            yield
        finally:
            self.tally = before

    def catch_up(self) -> None:
        """Let what was written follow its streams now, for whoever it is counted."""
        self._streams.deliver()

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """One invocation of the function; what its writes set going by streams follows."""
        with self._metered(function):
            yield
        self.catch_up()

    @contextmanager
    def _metered(self, function: str) -> Iterator[None]:
        self._forget()
        with watched() as usage:
            yield
        if self.tally is not None:
            self.tally.invoked(function, usage)

    def _forget(self) -> None:
        forget_keys()
        clear_caches()  # type: ignore[no-untyped-call]
        if self.practice is not None:
            forget_settings(self.practice)
            forget_setup(self.practice)

    def _count(self, item: Item, number: float = 1) -> None:
        if self.tally is not None:
            self.tally.count(item, number)

    def _deliver(self, function: str, kind: str, detail: Mapping[str, Any], tries: int) -> None:
        # What others do about a booking is what the booking costs.
        others = kind in _BEFORE and function != _OURS
        with self.counting(None) if others else nullcontext(), self.invocation(function):
            super()._deliver(function, kind, detail, tries)
            self._count(Item.QUEUE, ASSUMED_QUEUE_REQUESTS)

    def _fire(self, entry: Entry) -> str | None:
        self._count(Item.SCHEDULES)
        return super()._fire(entry)

    def _invoke_by_arn(self, arn: str, payload: Any) -> Invocation:
        name = arn.rpartition(":")[2].removeprefix(self.deployment.prefix)
        with self.invocation(name):
            return super()._invoke_by_arn(arn, payload)

    def _stream_batch(self, function: str, event: Mapping[str, Any]) -> Invocation:
        if function == "relay":
            self._count(Item.EVENTS, len(event["Records"]))
        with self._metered(function):
            return Invocation(invoke(function, dict(event)))


class Streams:
    """Every stream trigger of the manifest, read when it is asked to be."""

    def __init__(
        self,
        deployment: Deployment,
        folder: Path,
        take: Callable[[str, Mapping[str, Any]], Invocation],
    ) -> None:
        clients, self._take, self._passing = Clients(deployment), take, False
        self._pollers = [
            StreamPoller(
                clients,
                deployment,
                function,
                trigger,
                self._invoke,
                Checkpoint(folder / f"{function.name}-{trigger.domain}"),
                Pulse(),
            )
            for function in FUNCTIONS
            for trigger in function.streams
        ]

    def pass_over(self) -> None:
        """Let everything go by that was written until now."""
        self._passing = True
        self.deliver()
        self._passing = False

    def deliver(self) -> None:
        """Hand over what was written, until nothing new is."""
        while any([poller.poll() for poller in self._pollers]):  # noqa: C419 - each reads
            pass

    def _invoke(self, function: str, event: Any) -> Invocation:
        nothing_failed: dict[str, Any] = {"batchItemFailures": []}
        return Invocation(nothing_failed) if self._passing else self._take(function, event)
