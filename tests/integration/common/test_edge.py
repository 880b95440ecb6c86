"""The edge that surrounds every route: default deny, audit, problems, repeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from caresmith.http import FeatureApp
from caresmith.ids import PatientId, PracticeId
from caresmith.permissions import Role
from tests.integration.common.conftest import Sample
from tests.support.client import Caller

Entries = Callable[[str], list[Any]]


def test_a_route_without_permission_does_not_import() -> None:
    app = FeatureApp("sample")
    with pytest.raises(TypeError, match="names no permission"):

        @app.get("/sample/forgotten")
        def forgotten() -> None: ...


def test_an_anonymous_caller_is_told_to_sign_in(sample: Sample, aws: str) -> None:
    reply = sample.call("POST", "/sample", body={"name": "x"})
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (401, "not-signed-in")
    assert sample.made == 0


def test_an_anonymous_browser_is_sent_to_the_login_page(sample: Sample, aws: str) -> None:
    reply = sample.call("POST", "/console/sample")
    assert (reply.status, reply.headers["location"]) == (303, "/console/login?next=/console")


def test_a_public_route_answers_anyone(sample: Sample, aws: str) -> None:
    assert sample.call("GET", "/sample/open").status == 200


def test_a_role_without_the_permission_is_refused_and_the_refusal_recorded(
    sample: Sample, practice: PracticeId, entries_of: Entries
) -> None:
    auditor = Caller(practice, roles=(Role.AUDITOR,))
    reply = sample.call("POST", "/sample", caller=auditor, body={"name": "x"})
    assert reply.status == 403
    assert sample.made == 0
    [entry] = entries_of(practice)
    assert (entry.action, entry.outcome, entry.actor_id) == (
        "sample.make",
        "refused",
        auditor.user_id,
    )


def test_permission_is_asked_before_the_body_is_looked_at(
    sample: Sample, practice: PracticeId
) -> None:
    auditor = Caller(practice, roles=(Role.AUDITOR,))
    assert sample.call("POST", "/sample", caller=auditor, raw=b"{").status == 403


def test_a_read_leaves_one_entry_that_names_the_patient(
    sample: Sample, front_desk: Caller, entries_of: Entries
) -> None:
    patient = PatientId.new()
    assert sample.call("GET", f"/sample/{patient}", caller=front_desk).status == 200
    [entry] = entries_of(front_desk.practice_id)
    assert (entry.action, entry.patient_ids, entry.status) == ("sample.read", [patient], 200)
    assert entry.source_ip == "127.0.0.1"


def test_without_its_audit_entry_no_data_leaves(
    sample: Sample, front_desk: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from caresmith.audit import AuditTrail

    def broken(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(AuditTrail, "close", broken)
    reply = sample.call("GET", f"/sample/{PatientId.new()}", caller=front_desk)
    assert reply.status == 503
    assert "read" not in reply.text


def test_an_unforeseen_error_tells_nothing_of_itself(
    sample: Sample, front_desk: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = sample.call("GET", "/sample/broken", caller=front_desk)
    assert reply.status == 500
    assert "Zyxwv" not in reply.text + capsys.readouterr().out


@pytest.mark.parametrize(
    ("raw", "status", "field"),
    [
        (b'{"name": 5}', 422, "name"),
        (b'{"name": "x", "extra": 1}', 422, "extra"),
        (b'{"name": "' + b"x" * 21 + b'"}', 422, "name"),
        (b"{}", 422, "name"),
        (b"[]", 422, None),
        (b"{", 400, None),
        (b'{"name": "\xff"}', 400, None),
        (b"[" * 100_000, 400, None),
        (b'"' + b"x" * 300_000 + b'"', 413, None),
    ],
)
def test_bad_bodies_get_a_problem_that_names_the_field(
    sample: Sample, front_desk: Caller, raw: bytes, status: int, field: str | None
) -> None:
    reply = sample.call("POST", "/sample", caller=front_desk, raw=raw)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    if field:
        assert field in {error["field"] for error in reply.json["errors"]}
    assert sample.made == 0


def test_a_repeat_under_the_same_key_is_carried_out_once(
    sample: Sample, front_desk: Caller
) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = sample.call("POST", "/sample", caller=front_desk, body={"name": "x"}, headers=key)
    again = sample.call("POST", "/sample", caller=front_desk, body={"name": "x"}, headers=key)
    assert (first.status, again.status, sample.made) == (201, 201, 1)
    assert first.json == again.json
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"


def test_a_repeat_with_another_body_is_refused(sample: Sample, front_desk: Caller) -> None:
    key = {"Idempotency-Key": "k-1"}
    sample.call("POST", "/sample", caller=front_desk, body={"name": "x"}, headers=key)
    other = sample.call("POST", "/sample", caller=front_desk, body={"name": "y"}, headers=key)
    assert (other.status, sample.made) == (422, 1)
    assert other.json["type"].endswith("idempotency-key-reused")


def test_a_key_belongs_to_its_user(sample: Sample, practice: PracticeId) -> None:
    for caller in (Caller(practice), Caller(practice)):
        sample.call(
            "POST",
            "/sample",
            caller=caller,
            body={"name": "x"},
            headers={"Idempotency-Key": "k-1"},
        )
    assert sample.made == 2


def test_a_kept_answer_is_sealed(sample: Sample, front_desk: Caller) -> None:
    import boto3

    from caresmith.settings import Domain, table_name

    sample.call(
        "POST",
        "/sample",
        caller=front_desk,
        body={"name": "Zyxwv"},
        headers={"Idempotency-Key": "k-1"},
    )
    items = boto3.client("dynamodb").scan(TableName=table_name(Domain.IDEMPOTENCY))["Items"]
    mine = [item for item in items if item["id"]["S"].startswith(front_desk.practice_id)]
    assert mine
    assert "Zyxwv" not in str(mine)


def test_a_failed_request_may_be_tried_again_under_its_key(
    sample: Sample, front_desk: Caller
) -> None:
    key = {"Idempotency-Key": "k-1"}
    bad = sample.call("POST", "/sample", caller=front_desk, body={"name": 1}, headers=key)
    good = sample.call("POST", "/sample", caller=front_desk, body={"name": "x"}, headers=key)
    assert (bad.status, good.status) == (422, 201)


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"name=x", {}, 403),
        (b"name=x&csrf_token=wrong", {}, 403),
        (b"name=x&csrf_token=t0ken", {}, 200),
        (b"name=x", {"x-csrf-token": "t0ken"}, 200),
    ],
)
def test_a_form_under_a_cookie_session_must_carry_the_token(
    sample: Sample, practice: PracticeId, body: bytes, headers: dict[str, str], status: int
) -> None:
    caller = Caller(practice, extra={"csrf_token": "t0ken", "session_id": "s"})
    reply = sample.call(
        "POST", "/console/sample", caller=caller, raw=body, headers={**FORM, **headers}
    )
    assert (reply.status, sample.made) == (status, int(status == 200))


def test_an_unknown_path_is_a_problem(sample: Sample, front_desk: Caller) -> None:
    reply = sample.call("GET", "/sample/a/b/c", caller=front_desk)
    assert (reply.status, reply.json["title"]) == (404, "There is no such record.")
