"""Every route times every role: who may, may; everybody else is refused."""

from __future__ import annotations

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of
from infra.manifest import function_named
from tests.support.client import Caller, call
from tests.support.practices import small_practice
from tests.support.routes import Route, all_routes

ROUTES = all_routes()


def body_of(route: Route) -> dict[str, object]:
    return {"form": []} if route.is_page else {"json_body": {}}


def asked(route: Route, caller: Caller | None) -> int:
    body = body_of(route) if route.method not in ("GET", "DELETE") else {}
    return call(route.method, route.path(), caller=caller, **body).status  # type: ignore[arg-type]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_exactly_what_its_permissions_name(
    practice: PracticeId, role: Role
) -> None:
    small_practice(practice)
    caller = Caller(practice, roles=(role,))
    held = permissions_of({role})
    wrong = []
    for route in ROUTES:
        status = asked(route, caller)
        refused = status == 403
        if refused is (route.rule.permission in held) or status >= 500:
            wrong.append(f"{route}: {status} for {role}")
    assert wrong == []


OWNERS = sorted({route.function for route in ROUTES})


@pytest.mark.parametrize("function", OWNERS)
def test_nobody_unknown_reaches_what_is_not_public(aws: str, function: str) -> None:
    wrong = []
    for route in ROUTES:
        if route.function != function:
            continue
        status = asked(route, None)
        if route.rule.permission is Permission.PUBLIC:
            # A log-in without credentials is refused as any wrong one is.
            log_in = route.method == "POST" and route.pattern.startswith("/console/login")
            # So is what says it is the card processor's and is not signed by it.
            signed = route.pattern == "/accounts/stripe"
            right = (status == 401) if log_in or signed else status not in (401, 403)
        else:
            right = status == (303 if route.is_page else 401)
        if not right:
            wrong.append(f"{route}: {status}")
    assert wrong == []


@pytest.mark.parametrize("function", OWNERS)
def test_a_form_without_the_session_token_changes_nothing(
    practice: PracticeId, function: str
) -> None:
    small_practice(practice)
    everything = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PATIENT))
    caller = Caller(practice, roles=everything, extra={"csrf_token": "right"})
    reached = [
        f"{route}: {status}"
        for route in ROUTES
        if route.function == function
        and route.method != "GET"
        and route.rule.permission is not Permission.PUBLIC
        and (status := asked(route, caller)) != 403
    ]
    assert reached == []


def test_public_routes_are_these_and_no_others() -> None:
    public = {str(route) for route in ROUTES if route.rule.permission is Permission.PUBLIC}
    assert public == {
        "GET /accounts/thanks",
        "POST /accounts/stripe",
        "GET /calendar/feeds/<name>",
        "GET /console/login",
        "POST /console/login",
        "POST /console/login/code",
        "POST /console/login/password",
        "POST /console/login/setup",
        "GET /console/static/.+",
        "GET /pay/<token>",
        "POST /pay/<token>",
        "GET /pay/returned",
        "GET /pay/my/statement",
        "GET /pay/my/file",
        "POST /pay/my/card",
        "GET /pay/my/status",
        "GET /pay/my/status/part",
        "POST /pay/my/leave",
    }


def test_each_route_lies_below_a_base_path_that_its_function_owns() -> None:
    for route in ROUTES:
        bases = function_named(route.function).base_paths
        assert any(route.pattern == b or route.pattern.startswith(b + "/") for b in bases), route


def test_what_shows_or_changes_a_record_is_audited() -> None:
    """Without an entry: what holds nobody's data, the log-in (which writes its own)."""
    keeps_nothing = (
        *("/console/login", "/console/session", "/console/messages/segments"),
        # What was typed is reckoned with, and it is said of nobody.
        "/console/charts/body-mass-index",
    )
    unaudited = {str(route) for route in ROUTES if not route.rule.audited}
    for route in unaudited:
        method, _, path = route.partition(" ")
        assert method == "GET" or path.startswith(keeps_nothing), route
        # A template is named by what it is for, a public code by itself: they are nobody's.
        named = path.replace("/wording/<name>", "/wording").replace("/icd-10-cm/<code>", "")
        named = named.replace("/rxnorm/<rxcui>", "").replace("/loinc/<code>", "")
        # A payer's rule says what a payer wants of whoever's claim.
        named = named.replace("/rules/<payer_rule>", "").replace("-rules/<payer_rule>", "")
        assert "<" not in named, f"{route} names a record and leaves no entry"


def test_no_role_but_the_admin_manages_users_and_none_of_theirs_sees_patients() -> None:
    holders = [r for r, held in ROLE_PERMISSIONS.items() if Permission.MANAGE_USERS in held]
    assert holders == [Role.ADMIN]
    assert Permission.READ_PATIENT not in ROLE_PERMISSIONS[Role.ADMIN]
