"""Anything that the OpenAPI description allows, and much that it does not: never a 5xx."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode

from tests.integration.security.conftest import Full, fill
from tests.support.client import call
from tests.support.routes import apps

EXAMPLES = 8


@cache
def operations() -> dict[str, Any]:
    found = {}
    for name, app in apps():
        described = json.loads(app.get_openapi_json_schema(title=name, version="1"))
        if not described.get("paths"):
            continue
        schema = schemathesis.openapi.from_dict(described)
        for result in schema.get_all_operations():
            operation = result.ok()
            found[f"{operation.method.upper()} {operation.path}"] = operation
    return found


@pytest.fixture(scope="module")
def practice_at_work(aws: str) -> Full:
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys

    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    return fill(practice)


def test_the_description_covers_the_api() -> None:
    assert {"POST /patients", "POST /appointments", "GET /audit/entries"} <= set(operations())


@pytest.mark.parametrize("name", sorted(operations()))
def test_no_request_breaks_the_server(practice_at_work: Full, name: str) -> None:
    full, operation = practice_at_work, operations()[name]
    known = full.ids

    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    )
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def never_breaks(case: Case) -> None:
        for key in case.path_parameters or {}:
            if key in known:
                case.path_parameters[key] = known[key]
        has_body = isinstance(case.body, dict | list | str | int | float | bool)
        body = json.dumps(case.body).encode() if has_body else None
        query = {k: str(v) for k, v in (case.query or {}).items()}
        headers = {k: str(v) for k, v in (case.headers or {}).items()}
        reply = call(
            case.method,
            case.formatted_path,
            caller=full.caller,
            raw=body,
            query=query,
            headers={**headers, "if-match": '"1"'},
        )
        # Without an account at the card processor it can't be asked, and that is said.
        away = reply.status == 503 and "no-card-processor" in reply.text
        assert reply.status < 500 or away, f"{name}: {reply.text}"
        if reply.status >= 400:
            assert reply.headers["content-type"] == "application/problem+json"
            assert set(reply.json) >= {"type", "title", "status"}

    never_breaks()
