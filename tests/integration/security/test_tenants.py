"""Many practices share a deployment: no request crosses from one to another."""

from __future__ import annotations

import json

import boto3
import pytest

from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from caresmith.settings import Domain, table_name
from tests.integration.security.conftest import EVERYONE, MARKS, REGISTRATION, Full, dump
from tests.support.client import Caller, call
from tests.support.practices import small_practice
from tests.support.routes import all_routes

BODIES = (
    {},
    {"reason": "x", "status": "arrived", "flow": "roomed", "text": "Quillfeather"},
    REGISTRATION["coverages"][0],
)


@pytest.fixture
def stranger(full: Full) -> Caller:
    """Somebody with every right in another practice."""
    elsewhere = PracticeId.new()
    create_keys(elsewhere, SystemClock())
    small_practice(elsewhere)
    return Caller(elsewhere, roles=EVERYONE)


def test_with_every_right_elsewhere_nothing_here_is_read_or_changed(
    full: Full, stranger: Caller
) -> None:
    before = dump(of=full.small.practice)
    leaks = []
    for route in all_routes():
        path = route.path(full.ids)
        for body in BODIES if route.method not in ("GET", "DELETE") else ({},):
            given = {**body, "patient_id": full.ids["patient_id"], "version": "1"}
            sent = (
                {"form": [(k, str(v)) for k, v in given.items()]}
                if route.is_page
                else {"json_body": body}
            )
            reply = call(
                route.method,
                path,
                caller=stranger,
                headers={"If-Match": '"1"'},
                **(sent if route.method not in ("GET", "DELETE") else {}),  # type: ignore[arg-type]
            )
            told = reply.text + json.dumps(dict(reply.headers))
            leaks += [
                f"{route}: {mark}" for mark in MARKS if mark in told and mark not in str(body)
            ]
            named = [p for p in route.parameters if p in full.ids]
            # To drop what is not there is no error, and changes nothing: see the dump below.
            gone = route.method == "DELETE" and reply.status == 204
            # Nor is an empty list of accesses, of a patient whom the trail does not know.
            accesses = route.pattern == "/audit/patients/<patient_id>/entries"
            blank = accesses and reply.json["entries"] == []
            known = named and not gone and not blank and route.rule.permission != "public"
            if known and reply.status < 300:
                leaks.append(f"{route} answered {reply.status} for another practice's ids")
    assert leaks == []
    assert dump(of=full.small.practice) == before


def test_the_same_word_has_other_tokens_in_another_practice(full: Full, stranger: Caller) -> None:
    call("POST", "/patients", caller=stranger, json_body={**REGISTRATION, "coverages": []})
    tokens = [
        {
            item["pk"]["S"].rpartition("#")[2]
            for item in dump(of=p, without=())["patients"]
            if "#find#" in item["pk"]["S"]
        }
        for p in (full.small.practice, stranger.practice_id)
    ]
    assert tokens[0]
    assert tokens[1]
    assert not tokens[0] & tokens[1]


def test_sealed_bytes_moved_to_another_practice_do_not_open(full: Full, stranger: Caller) -> None:
    [item] = [
        item
        for item in dump(of=full.small.practice)["patients"]
        if item["sk"]["S"] == "chart" and full.ids["patient_id"] in item["pk"]["S"]
    ]
    item["pk"]["S"] = f"{stranger.practice_id}#{full.ids['patient_id']}"
    boto3.client("dynamodb").put_item(TableName=table_name(Domain.PATIENTS), Item=item)
    reply = call("GET", f"/patients/{full.ids['patient_id']}", caller=stranger)
    assert reply.status == 500
    assert not any(mark in reply.text for mark in MARKS)
