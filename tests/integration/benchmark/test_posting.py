"""The measurement of posting: every claim of the file is posted, and what it used is told."""

from __future__ import annotations

import pytest

from scripts.benchmark.posting import measure, table


@pytest.mark.usefixtures("practice")
def test_every_claim_is_posted_by_the_same_calls() -> None:
    posted = measure(10)
    assert sum(len(tenth.seconds) for tenth in posted.tenths) == 10
    calls = {sum(tenth.usage.calls.values()) / len(tenth.seconds) for tenth in posted.tenths}
    # Five reads, and one transaction that writes all of it.
    assert calls == {6}
    assert all(tenth.usage.capacity > 0 for tenth in posted.tenths)
    assert posted.taken.calls["dynamodb:TransactWriteItems"] > 0
    assert table(posted).row_count == len(posted.tenths) + 1
