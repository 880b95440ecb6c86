"""Makes moto's Cognito demand and check the second factor as the cloud does.

moto issues tokens for a password alone even where the pool requires MFA, and
never looks at the codes. Under :func:`like_the_cloud` a pool with MFA "ON"
gives tokens only to who also proves an authenticator (RFC 6238): the challenge
SOFTWARE_TOKEN_MFA where one is set up, MFA_SETUP where none is. All that moto
lacks here stands in this file, guarded by tests/integration/local_stack/test_cognito.py.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
"""

from __future__ import annotations

import hmac
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

import pyotp
from moto.cognitoidp.exceptions import (
    CodeMismatchException,
    ExpiredCodeException,
    InvalidParameterException,
    NotAuthorizedError,
    ResourceNotFoundError,
)
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, UserStatus
from moto.core.exceptions import JsonRESTError

SESSION_SECONDS: Final = 180
"""AuthSessionValidity's default: how long a challenge may be answered."""
STEP_SECONDS: Final = 30
TOLERATED_STEPS: Final = 1

# What a session may be used for next.
_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - a challenge's name
_CODE: Final = "SOFTWARE_TOKEN_MFA"
_SETUP: Final = "MFA_SETUP"
_SETUP_DONE: Final = "MFA_SETUP verified"

_plain_initiate: Final = CognitoIdpBackend.initiate_auth
_plain_admin_initiate: Final = CognitoIdpBackend.admin_initiate_auth
_plain_create_jwt: Final = CognitoIdpUserPool.create_jwt


@contextmanager
def like_the_cloud() -> Iterator[None]:
    """While open, every Cognito backend of this process behaves as described above."""
    replaced: dict[str, Callable[..., Any]] = {
        "initiate_auth": _initiate,
        "admin_initiate_auth": _admin_initiate,
        "respond_to_auth_challenge": _respond,
        "associate_software_token": _associate,
        "verify_software_token": _verify,
    }
    with ExitStack() as patches:
        for name, function in replaced.items():
            patches.enter_context(patch.object(CognitoIdpBackend, name, function))
        patches.enter_context(patch.object(CognitoIdpUserPool, "create_jwt", _create_jwt))
        yield


def _create_jwt(
    pool: Any,
    client_id: str,
    username: str,
    token_use: str,
    expires_in: int = 3600,
    extra_data: Any = None,
) -> Any:
    """Names the issuer that the functions are told of, so that they can find its keys."""
    base = os.environ.get("CARESMITH_COGNITO_ISSUER_BASE")
    extra = {**(extra_data or {}), **({"iss": f"{base}/{pool.id}"} if base else {})}
    return _plain_create_jwt(pool, client_id, username, token_use, expires_in, extra)


# -- logging in ----------------------------------------------------------------


def _initiate(backend: Any, client_id: str, auth_flow: str, auth_parameters: Any) -> Any:
    if auth_flow != "USER_PASSWORD_AUTH":
        return _plain_initiate(backend, client_id, auth_flow, auth_parameters)
    return _password(backend, client_id, auth_parameters)


def _admin_initiate(
    backend: Any, user_pool_id: str, client_id: str, auth_flow: str, auth_parameters: Any
) -> Any:
    if auth_flow not in {"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}:
        return _plain_admin_initiate(backend, user_pool_id, client_id, auth_flow, auth_parameters)
    return _password(backend, client_id, auth_parameters)


def _password(backend: Any, client_id: str, given: Any) -> Any:
    pool, client = _pool_of(backend, client_id)
    user = pool._get_user(given.get("USERNAME", ""))  # noqa: SLF001 - moto has no public way
    # One answer for an unknown user and a wrong password (PreventUserExistenceErrors).
    if user is None or not _same(user.password or "", given.get("PASSWORD", "")):
        raise NotAuthorizedError("Incorrect username or password.")
    if not user.enabled:
        raise NotAuthorizedError("User is disabled.")
    if user.status == UserStatus.UNCONFIRMED:
        raise JsonRESTError("UserNotConfirmedException", "User is not confirmed.")
    if user.status == UserStatus.RESET_REQUIRED:
        raise JsonRESTError("PasswordResetRequiredException", "Password reset required")
    if user.status == UserStatus.FORCE_CHANGE_PASSWORD:
        parameters = {"userAttributes": "{}", "requiredAttributes": "[]"}
        return _challenge(backend, pool, user, _NEW_PASSWORD, parameters)
    return _after_password(backend, pool, client, user)


def _after_password(backend: Any, pool: Any, client: Any, user: Any) -> Any:
    if user.software_token_mfa_enabled and pool.mfa_config != "OFF":
        return _challenge(backend, pool, user, _CODE, {})
    if pool.mfa_config == "ON":
        parameters = {"MFAS_CAN_SETUP": json.dumps([_CODE])}
        return _challenge(backend, pool, user, _SETUP, parameters)
    return backend._log_user_in(pool, client, user.username)  # noqa: SLF001


def _respond(
    backend: Any, session: str, client_id: str, challenge_name: str, challenge_responses: Any
) -> Any:
    pool, client = _pool_of(backend, client_id)
    awaited = _SETUP_DONE if challenge_name == _SETUP else challenge_name
    user = _user_of_session(backend, session, awaited)
    if challenge_name == _NEW_PASSWORD:
        new_password = challenge_responses.get("NEW_PASSWORD", "")
        backend._validate_password(pool.id, new_password)  # noqa: SLF001
        user.password, user.status = new_password, UserStatus.CONFIRMED
        _close(backend, session)
        return _after_password(backend, pool, client, user)
    if challenge_name == _CODE:
        _check_code(user, user.totp_secret, challenge_responses.get(f"{_CODE}_CODE", ""))
    elif challenge_name == _SETUP:
        user.software_token_mfa_enabled = True
        user.preferred_mfa_setting = _CODE
    else:
        raise InvalidParameterException(f"Challenge {challenge_name} is not supported here.")
    _close(backend, session)
    return backend._log_user_in(pool, client, user.username)  # noqa: SLF001


# -- setting up an authenticator -------------------------------------------------


def _associate(backend: Any, access_token: str | None, session: str | None) -> Any:
    user, pool = _user_by(backend, access_token, session, _SETUP)
    user.pending_totp_secret = pyotp.random_base32()
    answer = {"SecretCode": user.pending_totp_secret}
    if session:
        _close(backend, session)
        answer["Session"] = _open(backend, pool, user, _SETUP)
    return answer


def _verify(
    backend: Any,
    access_token: str | None,
    session: str | None,
    user_code: str,
    friendly_device_name: str | None,  # noqa: ARG001 - moto passes it
) -> Any:
    user, pool = _user_by(backend, access_token, session, _SETUP)
    secret = getattr(user, "pending_totp_secret", None)
    if secret is None:
        raise InvalidParameterException("Associate a software token first.")
    user.last_totp_step = -1
    try:
        _check_code(user, secret, user_code)
    except CodeMismatchException:
        # The cloud tells this one apart from a wrong code at log-in.
        raise JsonRESTError("EnableSoftwareTokenMFAException", "Code mismatch") from None
    user.totp_secret, user.pending_totp_secret = secret, None
    user.token_verified = True
    if not session:
        return {"Status": "SUCCESS"}
    _close(backend, session)
    return {"Status": "SUCCESS", "Session": _open(backend, pool, user, _SETUP_DONE)}


def _check_code(user: Any, secret: str, code: str) -> None:
    """Accept the code of this step or one beside it, each step once only."""
    now = int(time.time()) // STEP_SECONDS
    for step in range(now - TOLERATED_STEPS, now + TOLERATED_STEPS + 1):
        if _same(pyotp.TOTP(secret).generate_otp(step), code):
            if step <= getattr(user, "last_totp_step", -1):
                raise ExpiredCodeException("Your software token has already been used once.")
            user.last_totp_step = step
            return
    raise CodeMismatchException("Invalid code received for user")


# -- sessions --------------------------------------------------------------------


def _challenge(backend: Any, pool: Any, user: Any, name: str, parameters: Any) -> Any:
    return {
        "ChallengeName": name,
        "ChallengeParameters": {"USER_ID_FOR_SRP": user.username, **parameters},
        "Session": _open(backend, pool, user, name),
    }


def _open(backend: Any, pool: Any, user: Any, purpose: str) -> str:
    session = str(uuid.uuid4())
    backend.sessions[session] = (user.username, pool)
    _purposes(backend)[session] = (purpose, time.time() + SESSION_SECONDS)
    return session


def _close(backend: Any, session: str) -> None:
    del backend.sessions[session], _purposes(backend)[session]


def _purposes(backend: Any) -> dict[str, tuple[str, float]]:
    purposes: dict[str, tuple[str, float]] = backend.__dict__.setdefault("session_purposes", {})
    return purposes


def _user_of_session(backend: Any, session: str, purpose: str) -> Any:
    expected, ends_at = _purposes(backend).get(session, ("", 0.0))
    if expected != purpose or ends_at < time.time():
        raise NotAuthorizedError("Invalid session for the user.")
    username, pool = backend.sessions[session]
    return backend.admin_get_user(pool.id, username)


def _user_by(
    backend: Any, access_token: str | None, session: str | None, purpose: str
) -> tuple[Any, Any]:
    if session:
        user = _user_of_session(backend, session, purpose)
        return user, backend.user_pools[user.user_pool_id]
    for pool in backend.user_pools.values():
        if access_token in pool.access_tokens:
            _, username = pool.access_tokens[access_token]
            return backend.admin_get_user(pool.id, username), pool
    raise NotAuthorizedError("Invalid Access Token")


def _pool_of(backend: Any, client_id: str) -> tuple[Any, Any]:
    for pool in backend.user_pools.values():
        if client_id in pool.clients:
            return pool, pool.clients[client_id]
    raise ResourceNotFoundError(f"User pool client {client_id} does not exist.")


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
