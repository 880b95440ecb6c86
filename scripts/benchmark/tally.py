"""What was used, in the pieces that are charged for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from infra.manifest import function_named
from scripts.benchmark.meter import Usage
from scripts.benchmark.prices import ASSUMED_MS, Item

Key = TypeVar("Key", bound=str)

_OF_CALL: Final[Mapping[str, Item | None]] = {
    "dynamodb": None,  # by consumed units
    "events": None,  # by the entries that a call puts
    "kms": Item.KMS,
    "s3": Item.AUDIT_PUTS,
    "scheduler": None,  # by schedules that fire; making and dropping them is free
    "secretsmanager": Item.SECRETS,
    "sesv2": Item.EMAILS,
    "stepfunctions": None,  # by transitions
}
"""What a call of the service counts as; None where it is counted otherwise or free."""


@dataclass
class Tally:
    """Counts of one or several reminders."""

    counts: dict[Item, float] = field(default_factory=lambda: dict.fromkeys(Item, 0.0))
    calls: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Of DynamoDB, by operation."""
    by_function: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """The same calls by the function that made them."""

    def count(self, item: Item, number: float = 1) -> None:
        self.counts[item] += number

    def invoked(self, function: str, usage: Usage) -> None:
        """One invocation, and what it used. Raises KeyError for a service that has no price."""
        spec = function_named(function)
        memory_gb = spec.memory_mb / 1024
        self.count(Item.INVOCATIONS)
        self.count(Item.GB_SECONDS, memory_gb * ASSUMED_MS / 1000)
        # infra/constructs/feature_function.py: a snapshot where a person waits.
        self.count(Item.RESTORED_GB, memory_gb if spec.on_user_path else 0)
        self.count(Item.READS, usage.reads)
        self.count(Item.WRITES, usage.writes)
        for call, number in usage.calls.items():
            service, _, operation = call.partition(":")
            item = _OF_CALL[service]
            if item is not None:
                self.count(item, number)
            if service == "dynamodb":
                self.calls[operation] += number
                self.by_function[function] += number

    def add(self, other: Tally) -> None:
        for item, number in other.counts.items():
            self.count(item, number)
        for call, number in other.calls.items():
            self.calls[call] += number
        for function, number in other.by_function.items():
            self.by_function[function] += number

    def mean(self, times: int) -> Tally:
        """Of one, where this is of so many."""
        return Tally(
            _shared(self.counts, times),
            _shared(self.calls, times),
            _shared(self.by_function, times),
        )


def _shared(sums: Mapping[Key, float], times: int) -> dict[Key, float]:
    return {key: number / times for key, number in sums.items()}
