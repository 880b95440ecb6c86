"""Proving who somebody is, step by step, with the staff pool in Cognito.

A password alone opens nothing: what follows it is a new password (where the
first one was temporary), the setting up of an authenticator, or a code from it
(RFC 6238). Cognito keeps where one stands in an opaque ``session`` of minutes,
which travels with the form; only its last answer names the person.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from caresmith.errors import DomainError, Unavailable
from caresmith.ids import PracticeId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

ISSUER: Final = "Caresmith"


class StepKind(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a step
    NEW_PASSWORD = "new-password"  # noqa: S105
    SETUP = "setup"
    CODE = "code"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked next."""

    kind: StepKind
    username: str = ""
    session: str = ""
    secret: str = ""
    """While setting up: the authenticator's key, to be shown once."""
    practice_id: PracticeId | None = None
    """When done."""

    @property
    def otpauth(self) -> str:
        """The key as an authenticator app reads it from a QR code."""
        return f"otpauth://totp/{ISSUER}:{self.username}?secret={self.secret}&issuer={ISSUER}"


class WrongCredentials(DomainError):
    kind, status, title = "wrong-credentials", 401, "Username or password is not right."


class WrongCode(DomainError):
    kind, status, title = "wrong-code", 401, "That code is not right. Wait for the next one."


class WeakPassword(DomainError):
    kind, status = "weak-password", 422
    title = (
        "The password is too weak: at least 14 characters with capital and small letters, "
        "a digit and a symbol."
    )


class StepExpired(DomainError):
    kind, status, title = "step-expired", 401, "That took too long. Log in again."


class TooManyTries(DomainError):
    kind, status, title = "too-many-tries", 429, "Too many tries. Wait a while, then try again."


class NoSecondFactor(DomainError):
    kind, status = "no-second-factor", 403
    title = "This account has no second factor. Ask your administrator to reset it."


_REFUSALS: Final[Mapping[str, type[DomainError]]] = {
    "NotAuthorizedException": WrongCredentials,
    "UserNotFoundException": WrongCredentials,
    "UserNotConfirmedException": WrongCredentials,
    "PasswordResetRequiredException": WrongCredentials,
    "CodeMismatchException": WrongCode,
    "EnableSoftwareTokenMFAException": WrongCode,
    "ExpiredCodeException": WrongCode,
    "InvalidPasswordException": WeakPassword,
    "TooManyRequestsException": TooManyTries,
    "LimitExceededException": TooManyTries,
    "TooManyFailedAttemptsException": TooManyTries,
}
_CHALLENGES: Final = {
    "NEW_PASSWORD_REQUIRED": StepKind.NEW_PASSWORD,
    "SOFTWARE_TOKEN_MFA": StepKind.CODE,
    "MFA_SETUP": StepKind.SETUP,
}


@cache
def _cognito() -> CognitoIdentityProviderClient:
    import boto3

    return boto3.client("cognito-idp")


def _client_id() -> str:
    return os.environ["CARESMITH_STAFF_CLIENT_ID"]


def check_password(username: str, password: str) -> Step:
    """The first step. Raises WrongCredentials, TooManyTries."""
    answer = _asked(
        lambda: _cognito().initiate_auth(
            ClientId=_client_id(),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
    )
    return _next(answer, username)


def set_password(step: Step, password: str) -> Step:
    """Replace a temporary password. Raises WeakPassword, StepExpired."""
    return _respond(step, "NEW_PASSWORD_REQUIRED", NEW_PASSWORD=password)


def check_code(step: Step, code: str) -> Step:
    """The second factor. Raises WrongCode, StepExpired."""
    return _respond(step, "SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE=code)


def finish_setup(step: Step, code: str) -> Step:
    """Prove that the authenticator holds the key. Raises WrongCode, StepExpired."""
    verified = _asked(
        lambda: _cognito().verify_software_token(Session=step.session, UserCode=code), later=True
    )
    proven = Step(StepKind.SETUP, step.username, verified["Session"])
    return _respond(proven, "MFA_SETUP")


def practice_of(username: str) -> PracticeId | None:
    """Whose user that is, for the record of a refused log-in; None for an unknown name."""
    try:
        found = _cognito().admin_get_user(
            UserPoolId=os.environ["CARESMITH_STAFF_POOL_ID"], Username=username
        )
        return _practice(found["UserAttributes"])
    except (ClientError, BotoCoreError, DomainError):
        return None


def _respond(step: Step, challenge: str, **responses: str) -> Step:
    answer = _asked(
        lambda: _cognito().respond_to_auth_challenge(
            ClientId=_client_id(),
            ChallengeName=challenge,  # type: ignore[arg-type]
            Session=step.session,
            ChallengeResponses={"USERNAME": step.username, **responses},
        ),
        later=True,
    )
    return _next(answer, step.username)


def _next(answer: Any, username: str) -> Step:
    name = answer.get("ChallengeName")
    if name is None:
        # Tokens for a password alone would mean that the pool does not demand MFA.
        if "AccessToken" not in answer.get("AuthenticationResult", {}):
            raise NoSecondFactor
        return _done(answer["AuthenticationResult"]["AccessToken"])
    kind = _CHALLENGES.get(name)
    if kind is None:
        raise NoSecondFactor
    if kind is not StepKind.SETUP:
        return Step(kind, username, answer["Session"])
    key = _asked(lambda: _cognito().associate_software_token(Session=answer["Session"]))
    return Step(kind, username, key["Session"], secret=key["SecretCode"])


def _done(access_token: str) -> Step:
    found = _asked(lambda: _cognito().get_user(AccessToken=access_token))
    return Step(StepKind.DONE, found["Username"], practice_id=_practice(found["UserAttributes"]))


def _practice(attributes: Any) -> PracticeId:
    for attribute in attributes:
        if attribute["Name"] == "custom:practice_id":
            return PracticeId(attribute["Value"])
    raise WrongCredentials


def _asked(ask: Callable[[], Any], *, later: bool = False) -> Any:
    """Cognito's answer. ``later``: past the password, "not authorized" means too late."""
    try:
        return ask()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if later and code == "NotAuthorizedException":
            raise StepExpired from None
        refusal = _REFUSALS.get(code)
        if refusal is None:
            raise
        raise refusal from None
    except ParamValidationError:
        raise (StepExpired if later else WrongCredentials) from None
    except BotoCoreError:
        raise Unavailable from None
