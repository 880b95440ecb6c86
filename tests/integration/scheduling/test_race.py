"""A short race; ``scripts/race`` runs the long one."""

from __future__ import annotations

from scripts.racing.field import open_field
from scripts.racing.rounds import race


def test_of_many_who_want_one_time_exactly_one_gets_it(aws: str) -> None:
    result = race(open_field(12), clients=12, rounds=8, seed=3)
    assert result.wrong == []
    assert result.rounds == 8
    assert sum(result.ends.values()) == 96
