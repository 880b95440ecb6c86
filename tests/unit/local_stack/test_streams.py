"""A trigger's reader outlives what goes wrong between it and the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from infra.manifest import FUNCTIONS
from scripts.localstack.streams import Checkpoint, StreamPoller


class _Pulse:
    """Stops after so many beats."""

    def __init__(self, beats: int) -> None:
        self.left = beats

    @property
    def stopping(self) -> bool:
        return self.left <= 0

    def wait(self, seen: int, patience: float) -> int:
        self.left -= 1
        return seen + 1


class _Failing(StreamPoller):
    """Each look at the stream fails."""

    error: Exception
    looks = 0

    def poll(self) -> int:
        self.looks += 1
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        # The engine took too long, or its connection broke: there is no answer at all.
        HTTPClientError(error="broken"),
        ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetRecords"),
        ClientError({"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords"),
    ],
)
def test_it_looks_again_after_an_engine_that_fails(
    error: Exception, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    function = next(one for one in FUNCTIONS if one.streams)
    nothing = cast("Any", None)
    poller = _Failing(
        nothing,
        nothing,
        function,
        function.streams[0],
        nothing,
        Checkpoint(tmp_path / "at"),
        cast("Any", _Pulse(3)),
    )
    poller.error = error
    poller.run()
    assert poller.looks == 3
    assert type(error).__name__ in capsys.readouterr().err
