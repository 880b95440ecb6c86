"""Carries queue messages to the functions that consume them, as Lambda's poller does.

Bus events arrive here too: moto's EventBridge puts what a rule matches into the
rule's queue. What a function took is deleted; what it did not comes again
when its visibility timeout has passed, and after five times SQS itself moves
it to the dead-letter queue.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from scripts.localstack.clients import Clients
from scripts.localstack.host import Invocation
from scripts.localstack.pulse import Pulse
from scripts.localstack.records import failed_items, sqs_event
from scripts.localstack.system import ACCOUNT, REGION

BATCH_SIZE: Final = 10
WAIT_SECONDS: Final = 5


class QueuePoller:
    """One function's reader of one queue."""

    def __init__(
        self,
        clients: Clients,
        queue: str,
        function: str,
        invoke: Callable[[str, Any], Invocation],
        pulse: Pulse,
    ) -> None:
        self._sqs, self._queue, self._function = clients.sqs, queue, function
        self._invoke, self._pulse = invoke, pulse
        self._url = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]

    def run(self) -> None:
        """Poll until the pulse stops."""
        seen = 0
        while not self._pulse.stopping:
            try:
                self.poll(WAIT_SECONDS)
            except (ClientError, BotoCoreError) as error:
                if not self._pulse.stopping:
                    print(f"queue {self._queue}: {type(error).__name__}", file=sys.stderr)
                seen = self._pulse.wait(seen, 1.0)

    def poll(self, wait_seconds: int = 0) -> int:
        """Receive once and deliver; returns how many messages the function took."""
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH_SIZE,
            WaitTimeSeconds=wait_seconds,
            AttributeNames=["All"],
        )
        messages = received.get("Messages", [])
        if not messages or self._pulse.stopping:
            return 0
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._queue}"
        result = self._invoke(self._function, sqs_event(messages, arn))
        if result.error:
            return 0
        try:
            failed = failed_items(result.payload)
        except ValueError:
            return 0
        taken = [message for message in messages if message["MessageId"] not in failed]
        for message in taken:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        # The function's own changes may have put records into streams.
        self._pulse.beat()
        return len(taken)
