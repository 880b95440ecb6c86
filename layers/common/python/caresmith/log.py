"""Structured logs that cannot carry PHI.

Log ids, codes and counts. An exception is logged as its type and the places it
passed, never its text: texts of library errors repeat the input that they
refused, and that input may be a patient's.
"""

from __future__ import annotations

import logging
import traceback
from functools import cache
from types import TracebackType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PhiSafeFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON lines, with exceptions reduced to type and stack places."""

    def __init__(self, **options: Any) -> None:
        # The serialised stack trace would repeat the exception's text.
        super().__init__(**{**options, "serialize_stacktrace": False})

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's own name
        if ei[0] is None:
            return ""
        return describe(ei[1])


def describe(error: BaseException) -> str:
    """``ValueError at module.py:12 in parse``: where and what kind, without the text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} in {frame.name}"
        for frame in reversed(frames[-6:])
    )
    return f"{type(error).__name__} at {places}" if places else type(error).__name__


@cache
def logger() -> Logger:
    """This function's logger; correlation ids are set per request by the edge."""
    log = Logger(logger_formatter=PhiSafeFormatter(), log_uncaught_exceptions=False)
    # botocore's debug lines hold request bodies; nothing may ever switch them on.
    logging.getLogger("botocore").setLevel(logging.WARNING)
    return log


def bind(**ids: Any) -> None:
    """Add ids (correlation id, practice id) to each further line of this request."""
    logger().append_keys(**ids)
