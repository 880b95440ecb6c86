"""The description of the API is OpenAPI 3.1, and real answers are what it says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.integration.security.conftest import Full
from tests.support.client import call
from tests.support.routes import all_routes, apps

NAMES = sorted(name for name, _ in apps())
METHODS = {"get", "put", "post", "delete", "patch"}


@cache
def described(name: str) -> dict[str, Any]:
    """The document that a function exports."""
    app = dict(apps())[name]
    document: dict[str, Any] = json.loads(app.get_openapi_json_schema(title=name, version="1"))
    return document


def operations(name: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in described(name).get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_description_is_valid_openapi(name: str) -> None:
    document = described(name)
    assert document["openapi"].startswith("3.1.")
    problems = [
        f"{list(e.path)}: {e.message}" for e in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    assert problems == []


def test_every_route_is_described_but_pages_and_what_a_secret_url_opens() -> None:
    told = {key for name in NAMES for key in operations(name)}
    declared = {
        (route.method, route.pattern.replace("<", "{").replace(">", "}"))
        for route in all_routes()
        if not route.is_page
    }
    assert declared - told == {
        ("GET", "/calendar/feeds/{name}"),
        # The card processor's bell, and where it sends a browser back to.
        ("POST", "/accounts/stripe"),
        ("GET", "/accounts/thanks"),
    }
    assert told <= declared


def test_an_operation_id_names_one_operation_of_the_whole_api() -> None:
    found = [operation["operationId"] for name in NAMES for operation in operations(name).values()]
    assert len(found) == len(set(found))


def check(name: str, method: str, pattern: str, path: str, full: Full, **given: Any) -> Any:
    """Call, and hold the answer against the schema that its status and type are described with."""
    reply = call(method, path, caller=full.caller, **given)
    assert reply.status < 500, reply.text
    responses = operations(name)[(method, pattern)]["responses"]
    described_as = str(reply.status) if reply.status < 400 else "default"
    assert described_as in responses, f"{method} {pattern} answered {reply.status}"
    content = responses[described_as].get("content", {})
    if reply.status == 204:
        assert reply.text == ""
        return None
    media = reply.headers["content-type"].partition(";")[0]
    assert media in content, f"{method} {pattern} answered {media}"
    schema = {**content[media]["schema"], "components": described(name)["components"]}
    errors = [
        f"{list(e.path)}: {e.message}" for e in Draft202012Validator(schema).iter_errors(reply.json)
    ]
    assert errors == []
    return reply.json


def test_reads_answer_what_their_schemas_say(full: Full) -> None:
    day = {"first": "2026-03-08"}
    for name, pattern, query in (
        ("patients", "/patients/{patient_id}", {}),
        ("patients", "/patients/{patient_id}/timeline", {}),
        ("scheduling", "/appointments/{appointment_id}", {}),
        ("scheduling", "/calendar", day),
        ("scheduling", "/calendar/patients/{patient_id}", day),
        ("scheduling", "/calendar/rooms/{room_id}", day),
        ("scheduling", "/waitlist", {}),
        ("scheduling", "/waitlist/offers", {}),
        ("audit", "/audit/entries", {"day": "2026-03-08"}),
        ("audit", "/audit/patients/{patient_id}/entries", {}),
    ):
        answer = check(name, "GET", pattern, pattern.format(**full.ids), full, query=query)
        assert answer is not None


def test_changes_answer_the_status_and_the_schema_that_are_described(full: Full) -> None:
    ids = full.ids
    entry = {"patient_id": ids["patient_id"], "type_id": ids["type_id"]}
    joined = check("scheduling", "POST", "/waitlist", "/waitlist", full, json_body=entry)
    path = "/waitlist/{entry_id}"
    assert check("scheduling", "DELETE", path, path.format(**joined), full) is None
    path = "/appointments/{appointment_id}/confirm"
    check("scheduling", "POST", path, path.format(**ids), full, json_body={})
    path = "/holds/{hold_id}"
    assert check("scheduling", "DELETE", path, path.format(**ids), full) is None
    new = {
        "demographics": {
            "names": [{"family": "Ōe", "given": ["Kenzaburō"]}],
            "birth_date": "1935-01-31",
        }
    }
    check("patients", "POST", "/patients", "/patients", full, json_body=new)


def test_a_repeated_request_gets_an_answer_as_described_again(full: Full) -> None:
    path, again = "/holds/{hold_id}", {"headers": {"Idempotency-Key": "the same"}}
    for _ in range(2):
        assert check("scheduling", "DELETE", path, path.format(**full.ids), full, **again) is None


@pytest.mark.parametrize("first", ["0001-01-01", "0999-12-31", "1000-01-01", "9999-12-31"])
def test_any_date_there_is_has_an_answer_as_described(full: Full, first: str) -> None:
    for days in ("1", "42"):
        query = {"first": first, "days": days}
        check("scheduling", "GET", "/calendar", "/calendar", full, query=query)


def test_a_refusal_answers_the_problem_that_is_described(full: Full) -> None:
    told = check("patients", "POST", "/patients", "/patients", full, json_body={})
    assert told["status"] == 422
