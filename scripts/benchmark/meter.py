"""Counts what does not jitter: AWS calls, consumed capacity and seals of a stretch of code.

Every client in the process is watched where botocore makes its call, so no
code under measurement knows of it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

from caresmith.sealing import Sealer


@dataclass
class Usage:
    """What a stretch of code used."""

    calls: Counter[str] = field(default_factory=Counter)
    """Calls by ``service:Operation``, those that failed as well."""
    reads: float = 0.0
    writes: float = 0.0
    """DynamoDB capacity units."""
    cpu_seconds: float = 0.0
    """CPU time inside the AWS client: the rest of a stretch's is ours."""
    seals: int = 0
    unseals: int = 0
    partitions: set[str] = field(default_factory=set)
    """Partition keys that queries named."""

    @property
    def capacity(self) -> float:
        """DynamoDB capacity units, reads and writes together."""
        return self.reads + self.writes

    def described(self) -> str:
        """``Query ×1, PutItem ×1``; services other than DynamoDB by their name."""
        names = (
            f"{call.removeprefix('dynamodb:')} ×{count}"
            for call, count in sorted(self.calls.items())
        )
        return ", ".join(names) or "none"

    def note(self, operation: str, parameters: dict[str, Any], answer: dict[str, Any]) -> None:
        """Take down what a call of DynamoDB says that it consumed."""
        if operation == "Query":
            values = parameters.get("ExpressionAttributeValues", {}).values()
            self.partitions |= {value["S"] for value in values if "S" in value}
        units = _units(answer.get("ConsumedCapacity"))
        if operation in _READS:
            self.reads += units
        else:
            self.writes += units


_READS: Final = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})
# Where every botocore client makes its calls, whoever made the client.
_SEAM: Final = "_make_api_call"
_SEALS: Final = {"seal_bytes": "seals", "unseal_bytes": "unseals"}


def _units(consumed: Any) -> float:
    if not consumed:
        return 0.0
    parts = consumed if isinstance(consumed, list) else [consumed]
    return math.fsum(float(part.get("CapacityUnits", 0)) for part in parts)


@contextmanager
def watched() -> Iterator[Usage]:
    """Count the AWS calls made inside the block, whoever answers them there."""
    usage = Usage()
    plain = getattr(BaseClient, _SEAM)

    def counted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
        usage.calls[f"{service}:{operation}"] += 1
        before = time.process_time()
        try:
            answer = plain(client, operation, parameters)
        finally:
            usage.cpu_seconds += time.process_time() - before
        if service == "dynamodb":
            usage.note(operation, parameters, answer)
        return answer

    with ExitStack() as patches:
        patches.enter_context(patch.object(BaseClient, _SEAM, counted))
        for method, count in _SEALS.items():
            patches.enter_context(patch.object(Sealer, method, _counting(usage, method, count)))
        yield usage


def _counting(usage: Usage, method: str, count: str) -> Callable[..., bytes]:
    """The sealer's method as it is now, counted."""
    plain: Callable[..., bytes] = getattr(Sealer, method)

    def counted(*given: Any) -> bytes:
        setattr(usage, count, getattr(usage, count) + 1)
        return plain(*given)

    return counted


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that ``action`` took, and what it returned."""
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def percentile(seconds: list[float], percent: float) -> float:
    """The nearest-rank percentile of a non-empty list."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
