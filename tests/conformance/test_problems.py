"""Refusals are RFC 9457 problem documents, whoever refuses and whatever for."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from caresmith.errors import DomainError, FieldError
from caresmith.permissions import Role
from caresmith.problems import document
from scripts.localstack.gateway import problem
from tests.integration.scheduling.conftest import Desk, next_weekday
from tests.support.client import Caller, Reply, call
from tests.support.routes import apps

# RFC 9457, appendix A: the JSON Schema of a problem.
PROBLEM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 100, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
    },
}
STANDARD = set(PROBLEM["properties"])
# RFC 9457 3.2: what an extension's name should be, so that it fits into other formats.
EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,}")


def complaints(problem: Any) -> list[str]:
    """All that is wrong with a problem document; the members beside the standard's count too."""
    validator = Draft202012Validator(PROBLEM, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = [error.message for error in validator.iter_errors(problem)]
    found += [f"no {name}" for name in ("type", "title", "status") if name not in problem]
    kind = urlsplit(problem.get("type", ""))
    if problem.get("type") != "about:blank" and not (kind.scheme == "https" and kind.netloc):
        found.append(f"type {problem.get('type')} is not absolute")
    found += [f"extension {n}" for n in set(problem) - STANDARD if not EXTENSION.fullmatch(n)]
    return found


def kinds(of: type[DomainError] = DomainError) -> list[type[DomainError]]:
    """Every error that any feature can answer with."""
    assert list(apps())
    found = [of]
    for kind in of.__subclasses__():
        found += kinds(kind)
    return [kind for kind in found if kind.__module__.startswith(("caresmith", "functions"))]


def test_every_error_of_the_domain_is_a_problem() -> None:
    all_kinds = kinds()
    assert len(all_kinds) > 20
    for kind in all_kinds:
        error = kind.__new__(kind)  # A feature's own errors are made of other things.
        DomainError.__init__(error, "why", fields=[FieldError("names.0.family", "is empty")])
        told = document(error)
        assert complaints(told) == [], kind
        assert told["status"] == kind.status
        assert 400 <= kind.status < 600


def test_a_type_has_one_title_and_one_status_wherever_it_is_answered() -> None:
    """RFC 9457 3.1.4: the title should not change from occurrence to occurrence."""
    meanings: dict[str, set[tuple[str, int]]] = {}
    for kind in kinds():
        meanings.setdefault(kind.kind, set()).add((kind.title, kind.status))
    assert {kind: told for kind, told in meanings.items() if len(told) > 1} == {}


def refusals(desk: Desk) -> dict[str, tuple[int, Reply]]:
    """Ways to be refused: what for, the status that is due, and the answer."""
    visit = desk.book(next_weekday(1, 10)).json["appointment_id"]
    auditor = Caller(desk.small.practice, roles=(Role.AUDITOR,))
    chart = f"/patients/{desk.patient}"
    change = {"contact": {"telecoms": []}}
    form = {"content-type": "text/plain"}
    return {
        "not signed in": (401, call("GET", f"/appointments/{visit}")),
        "not permitted": (403, call("POST", "/patients", caller=auditor, json_body={})),
        "not there": (404, desk.get("/patients/pat_01ARZ3NDEKTSV4RRFFQ69G5FAV")),
        "no such path": (404, desk.get("/patients/x/y/z/nowhere")),
        "taken": (409, desk.book(next_weekday(1, 10))),
        "too large": (413, call("POST", "/patients", caller=desk.caller, raw=b"x" * 300_000)),
        "no JSON": (400, call("POST", "/patients", caller=desk.caller, raw=b"{")),
        "not valid": (422, desk.post("/appointments", {"start": "tomorrow"})),
        "of another type": (
            415,
            call("POST", "/appointments", caller=desk.caller, raw=b"hello", headers=form),
        ),
        "no version": (428, call("PATCH", chart, caller=desk.caller, json_body=change)),
        "stale version": (
            412,
            call(
                "POST",
                f"/appointments/{visit}/confirm",
                caller=desk.caller,
                json_body={},
                headers={"if-match": '"99"'},
            ),
        ),
    }


def test_every_way_to_be_refused_answers_a_problem(desk: Desk) -> None:
    for why, (status, reply) in refusals(desk).items():
        assert reply.status == status, f"{why}: {reply.status} {reply.text}"
        # RFC 9457 3: the media type; 3.1.3: the status repeats the answer's own.
        assert reply.headers["content-type"] == "application/problem+json", why
        assert complaints(reply.json) == [], why
        assert reply.json["status"] == status, why


@pytest.mark.parametrize("status", [401, 403, 404, 413, 502, 504])
def test_what_the_gateway_refuses_by_itself_is_a_problem_too(status: int) -> None:
    answer = problem(status)
    assert answer.status == status
    assert ("content-type", "application/problem+json") in answer.headers
    assert complaints(json.loads(answer.body)) == []


@pytest.mark.parametrize("field", ["start", "patient_id"])
def test_what_is_wrong_with_a_field_stands_beside_its_name(desk: Desk, field: str) -> None:
    reply = desk.post("/appointments", {**desk.booking(next_weekday(1, 10)), field: "nonsense"})
    assert reply.status == 422
    [told] = reply.json["errors"]
    assert told["field"] == field
    assert told["message"]
