"""Faxes: handed in by machine, waiting for whom they concern."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import boto3
import pytest

from caresmith.clients import find_client
from caresmith.clock import SystemClock, from_text
from caresmith.permissions import Role
from caresmith.settings import bucket_name
from functions.authorizer.service import identify
from functions.authorizer.tokens import InvalidToken
from tests.integration.documents.test_uploading import EICAR
from tests.support.client import Caller, call
from tests.support.filing import PDF, Files

RECEIVED = "2026-03-02T08:15:00-05:00"


def fax(content: bytes = PDF, **facts: Any) -> dict[str, Any]:
    return {
        "fax_id": "vendor-1",
        "received_at": RECEIVED,
        "from_number": "+1 312 555 0177",
        "pages": 2,
        "content": base64.b64encode(content).decode(),
        **facts,
    }


def came(files: Files, body: dict[str, Any] | None = None) -> str:
    reply = files.as_role(Role.FAX).post("/documents/faxes", body or fax())
    assert reply.status == 201, reply.text
    return str(reply.json["document_id"])


def waiting(files: Files) -> list[Any]:
    found: list[Any] = files.get("/documents/faxes").json["faxes"]
    return found


def test_a_fax_waits_on_the_list_and_goes_into_the_chart_that_it_concerns(files: Files) -> None:
    document = came(files)
    [listed] = waiting(files)
    assert (listed["document_id"], listed["pages"]) == (document, 2)
    assert files.listed() == []
    assert files.get(f"/documents/faxes/{document}/content").status == 200
    assigned = files.post(
        f"/documents/faxes/{document}/assign",
        {"patient_id": files.patient, "title": "Records from Lakeside", "category": "lab"},
    )
    assert assigned.status == 201, assigned.text
    assert waiting(files) == []
    [filed] = files.listed()
    assert (filed["origin"], filed["needs_review"]) == ("fax", True)
    assert filed["date"] == RECEIVED


def test_the_same_fax_told_twice_is_taken_once_even_after_it_was_assigned(files: Files) -> None:
    document = came(files)
    assert came(files) == document
    assert len(waiting(files)) == 1
    files.post(
        f"/documents/faxes/{document}/assign", {"patient_id": files.patient, "title": "Records"}
    )
    assert came(files) == document
    assert waiting(files) == []


def test_two_people_who_settle_the_same_fax_are_told_who_was_first(files: Files) -> None:
    document = came(files)
    body = {"patient_id": files.patient, "title": "Records"}
    assert files.post(f"/documents/faxes/{document}/assign", body).status == 201
    late = files.post(f"/documents/faxes/{document}/assign", body)
    assert (late.status, late.json["type"].rpartition("/")[2]) == (409, "fax-settled")
    dismissed = files.post(f"/documents/faxes/{document}/dismiss", {"reason": "advertisement"})
    assert dismissed.status == 409
    assert len(files.listed()) == 1


def test_an_advertisement_is_dismissed_with_a_reason(files: Files) -> None:
    document = came(files)
    path = f"/documents/faxes/{document}/dismiss"
    assert files.post(path, {}).status == 422
    assert files.post(path, {"reason": "advertisement"}).status == 204
    assert waiting(files) == []
    assert files.listed() == []


def test_a_fax_that_is_no_fax_is_refused_and_nothing_is_kept(files: Files) -> None:
    service = files.as_role(Role.FAX)
    for content, reason in (
        (b"MZ" + b"\0" * 100, "program"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x00IEND\xaeB`\x82", "wrong-type"),
        (b"", "empty"),
    ):
        reply = service.post("/documents/faxes", fax(content))
        assert (reply.status, reply.json["reason"]) == (422, reason)
    garbled = service.post("/documents/faxes", fax() | {"content": "%%%"})
    assert garbled.status == 400
    assert waiting(files) == []
    kept = boto3.client("s3").list_objects_v2(
        Bucket=bucket_name("documents"), Prefix=f"faxes/{files.practice}/"
    )
    assert "Contents" not in kept


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[1]", 422),
        (b'{"never_heard_of": 1}', 422),
        (b"x" * (6 * 1024 * 1024), 413),
    ],
)
def test_a_body_that_is_no_fax_is_a_problem(files: Files, raw: bytes, status: int) -> None:
    service = Caller(files.practice, roles=(Role.FAX,))
    reply = call("POST", "/documents/faxes", caller=service, raw=raw)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_fax_may_be_larger_than_any_other_body(files: Files) -> None:
    pages = PDF.replace(b"trailer", b"%" + b"a" * (3 * 1024 * 1024) + b"\ntrailer")
    assert came(files, fax(pages))
    reply = files.post("/documents/uploads", {"title": "x" * (300 * 1024)})
    assert reply.status == 413


def test_an_infected_fax_is_neither_shown_nor_assigned(files: Files) -> None:
    document = came(files, fax(b"%PDF-1.4\n" + EICAR + b"\n%%EOF"))
    shown = files.get(f"/documents/faxes/{document}/content")
    assert (shown.status, shown.json["reason"]) == (422, "infected")
    body = {"patient_id": files.patient, "title": "Records"}
    assert files.post(f"/documents/faxes/{document}/assign", body).status == 422
    assert len(waiting(files)) == 1


def test_the_fax_service_hands_in_and_reads_nothing(files: Files) -> None:
    document = came(files)
    service = files.as_role(Role.FAX)
    assert service.get("/documents/faxes").status == 403
    assert service.get(f"/documents/faxes/{document}/content").status == 403
    assert files.as_role(Role.CLINICIAN).post("/documents/faxes", fax()).status == 403


def test_a_fax_of_another_practice_is_not_found(files: Files, practice: Any) -> None:
    document = came(files)
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys

    elsewhere = PracticeId.new()
    create_keys(elsewhere, SystemClock())
    stranger = Files(elsewhere, Caller(elsewhere, roles=(Role.CLINICIAN,)))
    assert stranger.get(f"/documents/faxes/{document}/content").status == 404
    assert waiting(stranger) == []


def test_a_fax_service_gets_a_key_of_its_own_and_a_new_one_voids_it(files: Files) -> None:
    admin = files.as_role(Role.ADMIN)
    first = admin.post("/documents/faxes/key")
    assert first.status == 201, first.text
    assert holder(first.json) == (files.practice, Role.FAX)
    second = admin.post("/documents/faxes/key")
    assert holder(first.json) is None
    assert holder(second.json) == (files.practice, Role.FAX)
    assert admin.send("DELETE", "/documents/faxes/key").status == 204
    assert holder(second.json) is None
    assert files.post("/documents/faxes/key").status == 403


def test_what_is_known_of_the_key_tells_when_it_was_used_and_never_its_secret(
    files: Files,
) -> None:
    admin = files.as_role(Role.ADMIN)
    nothing = {"user": None, "issued_at": None, "used_at": None}
    assert admin.get("/documents/faxes/key").json == nothing
    key = admin.post("/documents/faxes/key").json
    state = admin.get("/documents/faxes/key").json
    assert (state["user"], state["used_at"]) == (key["user"], None)
    assert key["secret"] not in json.dumps(state)
    assert files.get("/documents/faxes/key").status == 403
    basic = base64.b64encode(f"{key['user']}:{key['secret']}".encode()).decode()
    first = SystemClock().now().replace(microsecond=0)
    for minutes, noted in ((0, 0), (3, 0), (6, 6)):
        identify({"authorization": f"Basic {basic}"}, first + timedelta(minutes=minutes))
        told = admin.get("/documents/faxes/key").json["used_at"]
        assert from_text(told) == first + timedelta(minutes=noted)
    assert admin.send("DELETE", "/documents/faxes/key").status == 204
    assert admin.get("/documents/faxes/key").json == nothing
    with pytest.raises(InvalidToken):
        identify({"authorization": f"Basic {basic}"}, first)


def test_the_administrators_page_issues_shows_once_and_revokes(files: Files) -> None:
    admin = files.as_role(Role.ADMIN)
    path = "/console/documents/faxes/key"

    def page(method: str = "GET", part: str = "") -> Any:
        return call(method, f"{path}{part}", caller=admin.caller, form=[])

    assert "There is no key" in page().text
    issued = page("POST")
    assert (issued.status, issued.headers["cache-control"]) == (200, "no-store")
    [secret] = re.findall(r"<dt>Password</dt><dd><code>([^<]+)</code>", issued.text)
    user = f"{files.practice}.fax"
    assert holder({"user": user, "secret": secret}) == (files.practice, Role.FAX)
    later = page().text
    assert (user in later, secret in later, "Never yet" in later) == (True, False, True)
    revoked = page("POST", "/revoke")
    assert (revoked.status, revoked.headers["location"]) == (303, f"{path}#saved")
    assert holder({"user": user, "secret": secret}) is None
    assert "There is no key" in page().text
    assert call("GET", path, caller=files.caller).status == 403
    assert call("POST", path, caller=files.caller, form=[]).status == 403
    assert f'href="{path}"' in call("GET", "/console/admin", caller=admin.caller).text


def holder(key: dict[str, str]) -> tuple[str, str] | None:
    """Whose key it is and what it may, as the authorizer finds it."""
    basic = base64.b64encode(f"{key['user']}:{key['secret']}".encode()).decode()
    found = find_client(basic)
    return (found.practice_id, Role(found.role)) if found else None
