"""Counts what does not jitter: AWS calls, consumed capacity and seals of a stretch of code.

Every client in the process is watched where botocore makes its call, so no
code under measurement knows of it.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.client import BaseClient

from caresmith.sealing import Sealer


@dataclass
class Usage:
    """What a stretch of code used."""

    calls: Counter[str] = field(default_factory=Counter)
    """Calls by ``service:Operation``."""
    capacity: float = 0.0
    """DynamoDB capacity units, reads and writes together."""
    cpu_seconds: float = 0.0
    """CPU time inside the AWS client: the rest of a stretch's is ours."""
    seals: int = 0
    unseals: int = 0
    partitions: set[str] = field(default_factory=set)
    """Partition keys that queries named."""

    def described(self) -> str:
        """``Query ×1, PutItem ×1``; services other than DynamoDB by their name."""
        names = (
            f"{call.removeprefix('dynamodb:')} ×{count}"
            for call, count in sorted(self.calls.items())
        )
        return ", ".join(names) or "none"


_watchers: list[Usage] = []
# Where every botocore client makes its calls, whoever made the client.
_SEAM = "_make_api_call"
_real_call: Callable[..., Any] = getattr(BaseClient, _SEAM)


def _counted_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    service = client.meta.service_model.service_name
    if _watchers and service == "dynamodb":
        parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
    before = time.process_time()
    answer = _real_call(client, operation, parameters)
    spent = time.process_time() - before
    for usage in _watchers:
        usage.cpu_seconds += spent
        usage.calls[f"{service}:{operation}"] += 1
        if operation == "Query":
            values = parameters.get("ExpressionAttributeValues", {}).values()
            usage.partitions |= {value["S"] for value in values if "S" in value}
        usage.capacity += _units(answer.get("ConsumedCapacity")) if service == "dynamodb" else 0
    return answer


def _units(consumed: Any) -> float:
    if not consumed:
        return 0.0
    parts = consumed if isinstance(consumed, list) else [consumed]
    return math.fsum(float(part.get("CapacityUnits", 0)) for part in parts)


def _counted_seal(name: str) -> Callable[..., bytes]:
    real: Callable[..., bytes] = getattr(Sealer, name)

    def counted(*given: Any) -> bytes:
        for usage in _watchers:
            setattr(usage, _SEALS[name], getattr(usage, _SEALS[name]) + 1)
        return real(*given)

    return counted


_SEALS: Final = {"seal_bytes": "seals", "unseal_bytes": "unseals"}
_real_seals: Final = {name: getattr(Sealer, name) for name in _SEALS}


@contextmanager
def watched() -> Iterator[Usage]:
    """Count the AWS calls made inside the block."""
    usage = Usage()
    if not _watchers:
        for name in _SEALS:
            setattr(Sealer, name, _counted_seal(name))
    _watchers.append(usage)
    setattr(BaseClient, _SEAM, _counted_call)
    try:
        yield usage
    finally:
        _watchers.remove(usage)
        if not _watchers:
            setattr(BaseClient, _SEAM, _real_call)
            for name, real in _real_seals.items():
                setattr(Sealer, name, real)


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that ``action`` took, and what it returned."""
    begin = time.perf_counter()
    result = action()
    return time.perf_counter() - begin, result


def percentile(seconds: list[float], percent: float) -> float:
    """The nearest-rank percentile of a non-empty list."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
