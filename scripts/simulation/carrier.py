"""The carrier of the simulation: takes what Twilio's client and SES's client send.

It keeps a log of what left, when and to whom. It can be down, throttle, and lose
its answer on the way back.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

import requests
import urllib3
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from scripts.localstack.answering import ApiError, answered_here
from scripts.simulation.clock import SimulatedClock


@dataclass(frozen=True)
class Sent:
    """A message that the carrier took."""

    at: datetime
    channel: str
    to: str
    text: str
    message_id: str
    """Ours, as it comes back with receipts."""
    callback: str = ""
    """Where the carrier is to post the receipts of a text."""


@dataclass
class SimulatedCarrier:
    clock: SimulatedClock
    dice: random.Random
    on_sent: Callable[[Sent], None] = lambda _: None
    down: bool = False
    throttles: float = 0.0
    """Share of requests that are refused for being too many."""
    sent: list[Sent] = field(default_factory=list)
    refused: int = 0

    @contextmanager
    def around(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(patch.object(TwilioHttpClient, "request", self._twilio))
            stack.enter_context(answered_here({"sesv2": self._ses}))
            yield

    def _unwilling(self) -> bool:
        unwilling = self.down or self.dice.random() < self.throttles
        self.refused += unwilling
        return unwilling

    def _take(self, channel: str, to: str, text: str, message_id: str, callback: str = "") -> None:
        sent = Sent(self.clock.now(), channel, to, text, message_id, callback)
        self.sent.append(sent)
        self.on_sent(sent)

    def _twilio(self, _method: str, _url: str, *_: Any, data: Any = None, **__: Any) -> Response:
        if self._unwilling():
            if self.down:
                pool = urllib3.HTTPConnectionPool("carrier.invalid")
                cause = urllib3.exceptions.NewConnectionError(pool, "down")  # type: ignore[arg-type]
                raise requests.ConnectionError(
                    urllib3.exceptions.MaxRetryError(pool, "/", reason=cause)
                )
            return Response(429, json.dumps({"code": 20429, "message": "Too Many Requests"}))
        form: Mapping[str, str] = data
        callback = form["StatusCallback"]
        self._take("sms", form["To"], form["Body"], callback.rpartition("/")[2], callback)
        answer = {"sid": f"SM{len(self.sent):032x}", "num_segments": "1", "status": "queued"}
        return Response(201, json.dumps(answer))

    def _ses(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "SendEmail":
            raise ApiError("UnknownOperationException", operation)
        if self._unwilling():
            raise ApiError("TooManyRequestsException", "Rate exceeded")
        tags = {tag["Name"]: tag["Value"] for tag in given["EmailTags"]}
        text = given["Content"]["Simple"]["Body"]["Text"]["Data"]
        self._take("email", given["Destination"]["ToAddresses"][0], text, tags["message"])
        return {"MessageId": f"mail-{len(self.sent)}"}
