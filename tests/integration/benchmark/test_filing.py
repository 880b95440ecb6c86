"""The measurement of filing results: it files, and tells growth from flat."""

from __future__ import annotations

import itertools

import pytest

from scripts.benchmark.filing import Filed, Memory, file_messages, memory_table
from scripts.benchmark.meter import Usage
from scripts.benchmark.operations import Measured

MIB = 1024 * 1024


def filed(*resident: float) -> Filed:
    held = tuple(
        Memory(count * 100, int(one * MIB)) for count, one in zip(itertools.count(), resident)
    )
    return Filed(Measured("", Usage(), 0, 0, 0, 0, 0), 100 * (len(held) - 1), held)


@pytest.mark.parametrize(
    ("resident", "growth"),
    [
        ((200, 240, 250, 250, 250, 250), 0),
        # A mebibyte more every hundred messages.
        ((200, 201, 202, 203, 204, 205), 10 * 1024),
        ((200,), 0),
        ((), 0),
    ],
)
def test_growth_is_that_of_the_second_half(resident: tuple[float, ...], growth: float) -> None:
    assert filed(*resident).kib_per_thousand == pytest.approx(growth)


@pytest.mark.usefixtures("practice")
def test_every_message_is_filed_in_one_transaction() -> None:
    found = file_messages(2)
    assert found.measured.usage.calls["dynamodb:TransactWriteItems"] == 1
    assert found.measured.usage.calls["s3:PutObject"] == 1
    assert found.measured.usage.capacity > 0
    assert [one.messages for one in found.held] == [0, 1, 2]
    assert memory_table(found).row_count == 4
