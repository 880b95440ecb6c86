"""Lets moto's Step Functions evaluate JSONata, which it leaves unimplemented.

moto composes the expression with its variables as text and calls one function
pointer that it never sets; tests/integration/local_stack/test_jsonata.py fails if a new
version of moto moves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from jsonata import Jsonata
from moto.stepfunctions.parser.asl.jsonata import jsonata as seam


def evaluate(expression: str) -> Any:
    """The value of a self-contained JSONata expression. Raises what moto expects of errors."""
    try:
        return Jsonata(expression).evaluate(None)
    except Exception as error:
        raise seam.JSONataException("UNKNOWN", str(error)) from error


@contextmanager
def evaluated() -> Iterator[None]:
    """While open, state machines of this process may use JSONata."""
    with patch.object(seam, "_eval_jsonata", evaluate):
        yield
