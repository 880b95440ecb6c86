"""JSONata in a definition: every text ``{% ... %}``, however deep, is an expression.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from jsonata import Jsonata
from jsonata.utils import Utils

_EXPRESSION: Final = re.compile(r"\{%(.*)%\}", re.DOTALL)
# $eval is not in the cloud's JSONata; the others are there only, and nothing uses them yet.
_UNKNOWN: Final = re.compile(r"\$(eval|partition|range|hash|random|uuid|parse)\s*\(")


class QueryError(Exception):
    """``States.QueryEvaluationError``: the expression is wrong, or has no value."""


def instant_text(at: float) -> str:
    """An epoch second as Step Functions writes it."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def source(text: str) -> str | None:
    """The expression in a text; None where the text means itself."""
    found = _EXPRESSION.fullmatch(text)
    return found.group(1).strip() if found else None


def check(expression: str) -> None:
    """Raises ValueError for what cannot be compiled or is not the same in the cloud."""
    unknown = _UNKNOWN.search(expression)
    if unknown:
        raise ValueError(f"${unknown.group(1)} is not available: {expression}")
    try:
        Jsonata(expression)
    except Exception as error:
        raise ValueError(f"{expression}: {error}") from error


class Scope:
    """What expressions of one state see: ``$states``, the variables, and the clock."""

    def __init__(self, states: Mapping[str, Any], variables: Mapping[str, Any], now: float) -> None:
        self._states, self._variables, self._now = states, variables, now

    def and_states(self, **more: Any) -> Scope:
        """The scope with further members of ``$states``: ``result`` or ``errorOutput``."""
        return Scope({**self._states, **more}, self._variables, self._now)

    def value(self, template: Any) -> Any:
        """The template with each expression replaced by its value. Raises QueryError."""
        if isinstance(template, str):
            expression = source(template)
            return template if expression is None else self._evaluate(expression)
        if isinstance(template, Mapping):
            return {key: self.value(inner) for key, inner in template.items()}
        if isinstance(template, list):
            return [self.value(inner) for inner in template]
        return template

    def _evaluate(self, expression: str) -> Any:
        try:
            found = _compiled(expression, threading.get_ident()).evaluate(None, self._bindings)
        except Exception as error:
            raise QueryError(f"{expression}: {error}") from error
        if found is None:
            raise QueryError(f"{expression} has no value")
        return _plain(found, expression)

    @cached_property
    def _bindings(self) -> dict[str, Any]:
        known = {name: _with_nulls(value) for name, value in self._variables.items()}
        return {
            **known,
            "states": _with_nulls(self._states),
            "now": Jsonata.JLambda(lambda: instant_text(self._now)),
            "millis": Jsonata.JLambda(lambda: int(self._now * 1000)),
        }


@lru_cache(maxsize=2048)
def _compiled(expression: str, _thread: int) -> Jsonata:
    """Compiled once for each thread: an expression under evaluation is not to be shared."""
    compiled = Jsonata(expression)
    # Its own conversion changes the values that were bound.
    compiled.set_output_convert_nulls(False)
    return compiled


def _with_nulls(value: Any) -> Any:
    """JSON as the evaluator wants it: it takes Python's None for "no value at all"."""
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, Mapping):
        return {key: _with_nulls(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_nulls(inner) for inner in value]
    return value


def _plain(value: Any, expression: str) -> Any:
    if value is Utils.NULL_VALUE:
        return None
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(inner, expression) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, expression) for inner in value]
    raise QueryError(f"{expression} gives a function")
