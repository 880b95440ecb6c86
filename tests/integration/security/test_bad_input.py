"""Whatever arrives: a clear problem, and nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from caresmith.permissions import Permission
from tests.integration.security.conftest import Full, dump
from tests.support.client import Caller, call
from tests.support.routes import Route, all_routes

WRITES = [r for r in all_routes() if not r.is_page and r.method in ("POST", "PUT", "PATCH")]
NO_BODY = (
    *("/accept", "/decline", "/confirm", "/feeds"),
    *("/claim", "/release", "/close", "/reopen"),
    *("/earlier", "/repairs"),
    *("/disable", "/enable", "/reset-mfa", "/reset-password", "/end-sessions"),
    *("/new-key", "/read-again"),
    # Other systems' messages, which are kept whatever they are.
    *("/deliveries", "/imports"),
    # A file that came another way, a look at it, and a fax, which is larger than others' bodies.
    *("/complete", "/reviewed", "/documents/faxes"),
    # A code list and a fee schedule come as files.
    *("/code-lists/<code_set>", "/fees/<schedule_id>/rows"),
    # A remittance that waits is posted, and a claim of it was looked at.
    *("/post", "/seen"),
    # What is done to a claim as it stands: the version that was seen says it all.
    *("/let-go", "/redraft", "/rescrub", "/approve", "/withdraw", "/correct", "/ask"),
    *("/claims/batches", "/claims/files"),
    # A statement now, and the bell of the card processor, which proves itself by its body.
    *("/statements", "/statements/run", "/accounts/stripe", "/end", "/collections"),
    # A fax service's key is issued and revoked, and says itself what it is.
    *("/faxes/key", "/faxes/key/revoke"),
    # All links of a statement end at once.
    "/links/revoke",
)
WITH_BODY = [r for r in WRITES if not r.pattern.endswith(NO_BODY)]
_PLUMBING = ("audit", "idempotency")


def send(full: Full, route: Route, raw: bytes, **headers: str) -> Any:
    return call(
        route.method,
        route.path(full.ids),
        caller=full.caller,
        raw=raw,
        headers={"if-match": '"1"', **headers},
    )


def test_bodies_that_are_no_json_object_change_nothing(full: Full) -> None:
    before = dump(of=full.small.practice, without=_PLUMBING)
    deep = b"[" * 5000 + b"]" * 5000
    wrong: list[str] = []
    for route in WITH_BODY:
        for raw, expected in (
            (b"\xff\xfe{}", {400}),
            (b'{"a": ', {400}),
            (b"[1, 2]", {422}),
            (b'"text"', {422}),
            (deep, {400, 422}),
            (b"x" * (300 * 1024), {413}),
        ):
            reply = send(full, route, raw)
            problem = reply.headers.get("content-type") == "application/problem+json"
            if reply.status not in expected or not problem:
                wrong.append(f"{route}: {raw[:12]!r} -> {reply.status}")
    assert not wrong, "\n".join(wrong)
    assert dump(of=full.small.practice, without=_PLUMBING) == before


def test_an_unknown_field_is_refused_by_name(full: Full) -> None:
    before = dump(of=full.small.practice, without=_PLUMBING)
    for route in WITH_BODY:
        reply = send(full, route, json.dumps({"never_heard_of": 1}).encode())
        assert reply.status == 422, f"{route}: {reply.status}"
        fields = [error["field"] for error in reply.json["errors"]]
        assert "never_heard_of" in fields, f"{route}: {fields}"
    assert dump(of=full.small.practice, without=_PLUMBING) == before


@pytest.mark.parametrize("route", [r for r in all_routes() if r.parameters], ids=str)
def test_an_id_of_another_kind_is_a_problem_and_not_an_accident(
    everyone: Caller, route: Route
) -> None:
    if route.rule.permission is Permission.PUBLIC:
        return
    for bad in ("1", "pat_x", "..", "%00", "a" * 300):
        path = route.path(dict.fromkeys(route.parameters, bad))
        try:
            reply = call(route.method, path, caller=everyone)
        except LookupError:
            continue
        assert 300 <= reply.status < 500, f"{path}: {reply.status}"


def test_a_key_used_again_with_another_body_is_refused(full: Full) -> None:
    body = {"demographics": {"names": [{"family": "Once"}], "birth_date": "1990-01-01"}}
    headers = {"Idempotency-Key": "the-same"}
    first = full.post("/patients", body, headers=headers)
    again = full.post("/patients", body, headers=headers)
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    body["demographics"]["names"] = [{"family": "Twice"}]
    other = full.post("/patients", body, headers=headers)
    assert (other.status, other.json["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")


def test_a_slot_in_the_past_is_refused_and_named(full: Full) -> None:
    reply = full.post(
        "/appointments",
        {
            "type_id": full.small.visit,
            "provider_id": full.small.ana,
            "location_id": full.small.east,
            "patient_id": full.ids["patient_id"],
            "start": "2026-01-05T15:00:00Z",
        },
    )
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["start"]
