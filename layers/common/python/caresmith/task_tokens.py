"""Telling a waiting execution how it goes on."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# The execution has ended, was killed, or has waited long enough.
_NOBODY_WAITS: Final = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


@cache
def _workflows() -> SFNClient:
    import boto3

    return boto3.client("stepfunctions")


def complete(token: str, reply: str) -> bool:
    """Let the execution that waits with ``token`` go on with ``reply``; whether one did."""
    try:
        _workflows().send_task_success(taskToken=token, output=json.dumps({"reply": reply}))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOBODY_WAITS:
            raise
        return False
    return True
