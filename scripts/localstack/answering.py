"""AWS services that the local stack answers by itself: over HTTP, or within one process.

An *answer* takes an operation's name with its parameters and gives its result,
or raises :class:`ApiError` with the cloud's code. The same answers serve boto3 of
another process (:mod:`scripts.localstack.awspages`) and of this one::

    with answered_here({"stepfunctions": api.answer}):
        boto3.client("stepfunctions").start_execution(...)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

Answer = Callable[[str, Mapping[str, Any]], dict[str, Any]]

# Where every botocore client makes its calls, whoever made the client.
_SEAM: Final = "_make_api_call"


class ApiError(Exception):
    """An error answer: the code that boto3 makes an exception of, and a text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@contextmanager
def answered_here(answers: Mapping[str, Answer]) -> Iterator[None]:
    """While open, these services (by boto3's names) are answered in this process."""
    plain = getattr(BaseClient, _SEAM)

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = answers.get(client.meta.service_model.service_name)
        if answer is None:
            return plain(client, operation, parameters)
        try:
            told = answer(operation, parameters)
        except ApiError as error:
            raise client.exceptions.from_code(error.code)(
                {"Error": {"Code": error.code, "Message": str(error)}}, operation
            ) from None
        return {**_dated(told), "ResponseMetadata": {"HTTPStatusCode": 200}}

    with patch.object(BaseClient, _SEAM, call):
        yield


def _dated(told: Any) -> Any:
    """Epoch seconds under names that end in Date or timestamp, as boto3 hands them over."""
    if isinstance(told, list):
        return [_dated(inner) for inner in told]
    if not isinstance(told, dict):
        return told
    return {
        key: datetime.fromtimestamp(value, UTC)
        if isinstance(value, float) and key.endswith(("Date", "timestamp"))
        else _dated(value)
        for key, value in told.items()
    }
