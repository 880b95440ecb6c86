"""Chance from a fixed seed: the same draws, and the same ids, on every machine."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from ulid import ULID

from caresmith.ids import EntityId

SEED: Final = 20260101
_FIRST_MS: Final = 1_767_225_600_000  # 2026-01-01T00:00:00Z: an id must not depend on today

Id = TypeVar("Id", bound=EntityId)
Item = TypeVar("Item")


class Dice(random.Random):
    """A generator of its own per part, so that a change in one leaves the others as they were."""

    def __init__(self, part: str, seed: int = SEED) -> None:
        super().__init__(f"{seed}:{part}")
        self._ids = 0

    def ulid(self) -> str:
        """A ULID that sorts after those drawn before it."""
        self._ids += 1
        return str(ULID.from_bytes((_FIRST_MS + self._ids).to_bytes(6) + self.randbytes(10)))

    def id(self, kind: type[Id]) -> Id:
        return kind.new(self.ulid)

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, weights: Mapping[Item, float]) -> Item:
        """One key, as often as its weight says."""
        return self.choices(list(weights), list(weights.values()))[0]

    def one(self, items: Sequence[Item]) -> Item:
        return items[self.randrange(len(items))]
