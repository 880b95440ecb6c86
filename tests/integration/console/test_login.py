"""The way in: password, second factor, session; and every way of staying out."""

from __future__ import annotations

import re

import pytest

from caresmith import sessions, users
from caresmith.audit import AuditEntry
from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from tests.integration.console.conftest import PASSWORD, TEMPORARY, Person, hidden
from tests.support.client import Caller, call


def entries(practice: PracticeId) -> list[tuple[str, str, str | None]]:
    found = [e for e in AuditEntry.scan() if str(e.practice_id) == practice]
    return [(str(e.action), str(e.outcome), e.reason) for e in sorted(found, key=lambda e: e.sk)]


def test_the_first_log_in_sets_password_and_authenticator(person: Person) -> None:
    first = person.password(TEMPORARY)
    assert "Choose your password" in first.text
    weak = person.post(
        "/console/login/password", **hidden(first), password="short", password_again="short"
    )
    assert (weak.status, "too weak" in weak.text) == (422, True)
    differ = person.post(
        "/console/login/password", **hidden(first), password=PASSWORD, password_again="other"
    )
    assert "differ" in differ.text
    chosen = person.post(
        "/console/login/password", **hidden(first), password=PASSWORD, password_again=PASSWORD
    )
    assert "data:image/svg+xml" in chosen.text
    wrong = person.post("/console/login/setup", **hidden(chosen), code="000000")
    assert (wrong.status, person.cookie) == (401, "")
    import pyotp

    person.authenticator = pyotp.TOTP(hidden(chosen)["secret"])
    done = person.post("/console/login/setup", **hidden(wrong), code=person.code())
    assert (done.status, done.headers["location"]) == (303, "/console")
    assert sessions.resume(person.cookie, SystemClock().now()) is not None


def test_password_and_code_open_a_session(set_up: Person, practice: PracticeId) -> None:
    asked = set_up.password(next="/console/patients")
    assert "authenticator app" in asked.text
    assert set_up.cookie == ""
    done = set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    assert done.headers["location"] == "/console/patients"
    cookie = done.headers["set-cookie"]
    for wanted in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert wanted in cookie
    live = sessions.resume(set_up.cookie, SystemClock().now())
    assert live is not None
    assert live.session.idle_seconds == 600
    assert entries(practice)[-1] == ("console.log-in", "success", None)


@pytest.mark.parametrize(
    ("username", "password"),
    [("", PASSWORD), (None, "wrong"), (None, ""), ("nobody.here", PASSWORD), (None, "x" * 300)],
)
def test_wrong_credentials_are_refused_in_the_same_words(
    set_up: Person, username: str | None, password: str
) -> None:
    name = set_up.username if username is None else username
    reply = set_up.post("/console/login", username=name, password=password)
    assert reply.status == 401
    assert "Username or password is not right." in reply.text
    assert set_up.cookie == ""
    if password:
        assert password not in reply.text


def test_a_refused_try_is_on_record_with_its_practice(set_up: Person, practice: PracticeId) -> None:
    set_up.password("wrong")
    asked = set_up.password()
    set_up.post("/console/login/code", **hidden(asked), code="000000")
    assert entries(practice)[-2:] == [
        ("console.log-in", "refused", "wrong-credentials"),
        ("console.log-in", "refused", "wrong-code"),
    ]


def test_a_wrong_code_may_be_corrected_but_not_used_twice(set_up: Person) -> None:
    asked = set_up.password()
    wrong = set_up.post("/console/login/code", **hidden(asked), code="000000")
    assert (wrong.status, "not right" in wrong.text) == (401, True)
    code = set_up.code()
    right = set_up.post("/console/login/code", **hidden(wrong), code=f"{code[:3]} {code[3:]}")
    assert right.status == 303
    again = set_up.password()
    replayed = set_up.post("/console/login/code", **hidden(again), code=code)
    assert replayed.status == 401


def test_a_made_up_step_opens_nothing(set_up: Person) -> None:
    reply = set_up.post(
        "/console/login/code", username=set_up.username, session="made-up", code="123456"
    )
    assert reply.status == 401
    assert set_up.cookie == ""


def test_a_disabled_account_stays_out_with_the_right_code(
    set_up: Person, practice: PracticeId
) -> None:
    asked = set_up.password()
    user = users.find_user(practice, set_up.username)
    assert user is not None
    user.update([users.StaffUser.status.set(users.UserStatus.DISABLED)])
    reply = set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    assert reply.status == 401
    assert set_up.cookie == ""


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil", "/console//evil", "/patients"]
)
def test_log_in_never_leads_out_of_the_console(set_up: Person, target: str) -> None:
    asked = set_up.password(next=target)
    done = set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    assert done.headers["location"] == "/console"


def test_another_site_cannot_log_its_visitor_in(set_up: Person) -> None:
    reply = call(
        "POST",
        "/console/login",
        form=[("username", set_up.username), ("password", PASSWORD)],
        headers={"sec-fetch-site": "cross-site"},
    )
    assert reply.status == 403


def test_log_off_ends_the_session_on_the_server(set_up: Person, practice: PracticeId) -> None:
    asked = set_up.password()
    set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    cookie = set_up.cookie
    done = set_up.post("/console/logout", caller=Caller(practice))
    assert done.headers["location"] == "/console/login?reason=bye"
    assert sessions.resume(cookie, SystemClock().now()) is None
    assert re.search(r"Max-Age=0", done.headers["set-cookie"])


def test_the_session_tells_how_long_it_lasts(set_up: Person, practice: PracticeId) -> None:
    asked = set_up.password()
    set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    reply = set_up.get("/console/session", caller=Caller(practice))
    assert 595 <= reply.json["seconds_left"] <= 600


def test_pages_send_whom_nobody_knows_to_the_log_in(aws: str) -> None:
    reply = call("GET", "/console/emergency")
    assert (reply.status, reply.headers["location"]) == (
        303,
        "/console/login?next=/console/emergency",
    )


def test_emergency_access_needs_a_reason_and_is_on_record(
    set_up: Person, practice: PracticeId
) -> None:
    asked = set_up.password()
    set_up.post("/console/login/code", **hidden(asked), code=set_up.code())
    clinician = Caller(practice, roles=(Role.CLINICIAN,))
    assert set_up.post("/console/emergency", caller=clinician, reason="x").status == 422
    opened = set_up.post(
        "/console/emergency", caller=clinician, reason="Patient unconscious in room 2"
    )
    assert opened.status == 303
    live = sessions.resume(set_up.cookie, SystemClock().now())
    assert live is not None
    assert live.session.emergency_until > SystemClock().now().timestamp()
    assert entries(practice)[-1] == (
        "console.break-glass",
        "success",
        "Patient unconscious in room 2",
    )
    front_desk = set_up.post("/console/emergency", caller=Caller(practice), reason="Let me in")
    assert front_desk.status == 403


def test_static_files_are_served_for_ever_and_nothing_else(aws: str) -> None:
    from caresmith.web.assets import asset_url

    path = asset_url("js/console.js")
    reply = call("GET", path, headers={"accept-encoding": "gzip"})
    assert reply.status == 200
    assert reply.headers["content-encoding"] == "gzip"
    assert "immutable" in reply.headers["cache-control"]
    plain = call("GET", path)
    assert "use strict" in plain.text
    for outside in ("/console/static/../manifest.json", "/console/static/manifest.json"):
        assert call("GET", outside).status == 404


def test_pages_allow_no_inline_script_or_style(aws: str) -> None:
    reply = call("GET", "/console/login")
    policy = reply.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", reply.text)
