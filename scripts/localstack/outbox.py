"""Hears domain events as they are committed, without a stream: for tests and simulations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

# Where every botocore client makes its calls, whoever made the client.
_SEAM: Final = "_make_api_call"

Heard = tuple[str, str, str]
"""An event's key in the outbox, its detail type, and its detail as JSON."""


@contextmanager
def heard_events() -> Iterator[list[Heard]]:
    """While open, the list grows by each event that a transaction of this process commits."""
    heard: list[Heard] = []
    plain = getattr(BaseClient, _SEAM)

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = plain(client, operation, parameters)
        if operation == "TransactWriteItems":
            heard.extend(_events(parameters["TransactItems"]))
        return answer

    with patch.object(BaseClient, _SEAM, call):
        yield heard


def _events(writes: list[dict[str, Any]]) -> Iterator[Heard]:
    for write in writes:
        item = write.get("Put", {}).get("Item", {})
        if item.get("entity", {}).get("S") == "event":
            yield item["pk"]["S"], item["detail_type"]["S"], item["detail"]["S"]
