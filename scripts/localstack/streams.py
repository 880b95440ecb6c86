"""Carries table streams to the functions that are triggered by them, as Lambda's poller does.

In order; a position is written to disk only after the function has taken the
batch, so a kill at any moment delivers again and never loses. A batch that
fails is tried again from its first failed record, and after
:data:`MAX_ATTEMPTS` that record's place goes to the dead-letter queue.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.manifest import Function, StreamTrigger
from infra.patterns import matches, stream_pattern
from scripts.localstack.clients import Clients
from scripts.localstack.host import Invocation
from scripts.localstack.pulse import Pulse
from scripts.localstack.records import failed_items, stream_event
from scripts.localstack.system import Deployment

MAX_ATTEMPTS: Final = 5
IDLE_SECONDS: Final = 1.0
LONGEST_IDLE_SECONDS: Final = 8.0
"""What a script writes past the gateway is found no later than this."""
_READ_AT_ONCE: Final = 500
_TRIMMED: Final = "TrimmedDataAccessException"


@dataclass(frozen=True)
class Position:
    """The last record of a stream that a trigger has dealt with."""

    stream_arn: str
    shard_id: str
    sequence_number: str | None


class Checkpoint:
    """A trigger's position in a small file, replaced whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Position | None:
        try:
            return Position(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return None

    def write(self, position: Position) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(position)))
        fresh.replace(self._path)


class StreamPoller:
    """One trigger's reader."""

    def __init__(
        self,
        clients: Clients,
        deployment: Deployment,
        function: Function,
        trigger: StreamTrigger,
        invoke: Callable[[str, Any], Invocation],
        checkpoint: Checkpoint,
        pulse: Pulse,
    ) -> None:
        self._clients, self._deployment = clients, deployment
        self._function, self._trigger = function, trigger
        self._invoke, self._checkpoint, self._pulse = invoke, checkpoint, pulse
        self._pattern = stream_pattern(trigger)
        self._iterator: str | None = None
        self._position = Position("", "", None)

    def run(self) -> None:
        """Poll until the pulse stops: ever more seldom while there is nothing to read."""
        seen, patience = 0, IDLE_SECONDS
        while not self._pulse.stopping:
            try:
                while self.poll() and not self._pulse.stopping:
                    patience = IDLE_SECONDS
            except (ClientError, BotoCoreError) as error:
                # The engine may be restarting; an iterator also expires after a while.
                self._iterator = None
                if isinstance(error, ClientError) and error.response["Error"]["Code"] == _TRIMMED:
                    # The engine kept no more of a very long run of writes: go on with what is left.
                    self._position = replace(self._position, sequence_number=None)
                if not self._pulse.stopping:
                    self._say(type(error).__name__)
            beats = self._pulse.wait(seen, patience)
            patience = IDLE_SECONDS if beats != seen else min(2 * patience, LONGEST_IDLE_SECONDS)
            seen = beats

    def poll(self) -> int:
        """Read once and deliver what was read; returns how many records that were."""
        if self._iterator is None:
            self._iterator = self._open()
        if self._iterator is None:
            return 0
        answer = self._clients.streams.get_records(
            ShardIterator=self._iterator, Limit=_READ_AT_ONCE
        )
        records: list[Any] = list(answer["Records"])
        if records:
            self._deliver(records)
        if self._pulse.stopping:
            return 0
        self._iterator = answer.get("NextShardIterator") or self._open_next()
        if self._position.sequence_number is None:
            # On a stream that was empty the engine forgets, over a restart of its own,
            # where such an iterator stood; one opened anew begins at the first record.
            self._iterator = None
        return len(records)

    # -- where to read -------------------------------------------------------

    def _shards(self) -> tuple[str, list[str]]:
        name = self._deployment.prefix + self._trigger.domain
        arn = self._clients.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]
        told = self._clients.streams.describe_stream(StreamArn=arn)["StreamDescription"]
        # A shard's id begins with a number that grows, so parents come first.
        return arn, sorted(shard["ShardId"] for shard in told["Shards"])

    def _open(self) -> str | None:
        arn, shards = self._shards()
        known = self._position if self._position.stream_arn else self._checkpoint.read()
        if known and known.stream_arn == arn and known.shard_id in shards:
            return self._iterate(known)
        return self._iterate(Position(arn, shards[0], None)) if shards else None

    def _open_next(self) -> str | None:
        """The shard is closed and read to its end: go on with its successor."""
        _, shards = self._shards()
        later = [shard for shard in shards if shard > self._position.shard_id]
        if not later:
            return None
        return self._iterate(Position(self._position.stream_arn, later[0], None))

    def _iterate(self, position: Position) -> str:
        self._position = position
        where: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if position.sequence_number is not None:
            where = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": position.sequence_number,
            }
        return self._clients.streams.get_shard_iterator(
            StreamArn=position.stream_arn, ShardId=position.shard_id, **where
        )["ShardIterator"]

    # -- delivery ------------------------------------------------------------

    def _deliver(self, records: list[Any]) -> None:
        """Everything in order; returns early only when stopping."""
        wanted = [record for record in records if matches(self._pattern, record)]
        size = self._trigger.batch_size
        for start in range(0, len(wanted), size):
            if not self._take(wanted[start : start + size]):
                return
        self._advance(_number(records[-1]))

    def _take(self, batch: list[Any]) -> bool:
        """Try until every record is taken or given up; False where stopping came first."""
        attempt = 0
        while batch:
            failed = self._first_failure(batch)
            if failed is None:
                self._advance(_number(batch[-1]))
                return True
            if failed > 0:
                self._advance(_number(batch[failed - 1]))
                batch, attempt = batch[failed:], 0
            attempt += 1
            if attempt >= MAX_ATTEMPTS:
                self._give_up(batch[0])
                batch, attempt = batch[1:], 0
                continue
            if self._stopped_while_waiting(0.2 * 2**attempt):
                return False
        return True

    def _first_failure(self, batch: list[Any]) -> int | None:
        """The index of the first record that the function did not take."""
        event = stream_event(batch, self._position.stream_arn)
        result = self._invoke(self._function.name, event)
        if result.error:
            return 0
        try:
            failed = failed_items(result.payload)
        except ValueError:
            return 0
        if not failed:
            return None
        numbers = [_number(record) for record in batch]
        known = [numbers.index(number) for number in failed if number in numbers]
        return min(known, default=0)

    def _stopped_while_waiting(self, seconds: float) -> bool:
        return threading.Event().wait(seconds) or self._pulse.stopping

    def _give_up(self, record: Any) -> None:
        """Lambda's on-failure destination gets the record's place, not its content."""
        place = {
            "DDBStreamBatchInfo": {
                "shardId": self._position.shard_id,
                "startSequenceNumber": _number(record),
                "endSequenceNumber": _number(record),
                "batchSize": 1,
                "streamArn": self._position.stream_arn,
            }
        }
        queue = self._deployment.stream_dead_letters(self._function.name)
        url = self._clients.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        self._clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(place))
        self._advance(_number(record))
        self._say(f"record given up after {MAX_ATTEMPTS} attempts: see queue {queue}")

    def _advance(self, number: str) -> None:
        self._position = Position(self._position.stream_arn, self._position.shard_id, number)
        self._checkpoint.write(self._position)

    def _say(self, what: str) -> None:
        line = f"stream {self._trigger.domain} -> {self._function.name}: {what}"
        print(line, file=sys.stderr, flush=True)


def _number(record: Any) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number
