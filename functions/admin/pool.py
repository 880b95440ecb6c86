"""The staff pool in Cognito: who can log in, as far as administrators decide it.

The pool proves identities and keeps e-mail addresses; what a user may do here
stands in our own record. Usernames are unique in the pool, so across practices.

Passwords are not reset with AdminResetUserPassword, which needs self-service
recovery: the pool has none, since a mailbox must not be enough to get in. The
administrator gives a temporary password instead, good for one log-in.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.admin.errors import NoLogin, PoolUnavailable

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_PRACTICE: Final = "custom:practice_id"
# Read aloud or copied by hand: no character that looks like another.
_CLASSES: Final = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "-+*!?")
_LENGTH: Final = 20
_BUSY: Final = frozenset(
    {
        "TooManyRequestsException",
        "LimitExceededException",
        "InternalErrorException",
        "CodeDeliveryFailureException",
        "ThrottlingException",
    }
)


class AccountExists(Exception):
    """The pool has an account of that name, of whichever practice."""


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """An account in the pool."""

    practice_id: str
    email: str


@cache
def _cognito() -> CognitoIdentityProviderClient:
    import boto3

    return boto3.client("cognito-idp")


def create(username: str, account: Account, temporary_password: str | None) -> None:
    """Open an account; Cognito mails an invitation unless a temporary password is given.

    Raises AccountExists, PoolUnavailable.
    """
    attributes = [{"Name": _PRACTICE, "Value": account.practice_id}, *_mail(account.email)]
    quiet: Any = (
        {"MessageAction": "SUPPRESS", "TemporaryPassword": temporary_password}
        if temporary_password
        else {"DesiredDeliveryMediums": ["EMAIL"]}
    )
    with _asking():
        _cognito().admin_create_user(**_named(username), UserAttributes=attributes, **quiet)


def find(username: str) -> Account:
    """The account of that name. Raises NoLogin, PoolUnavailable."""
    with _asking():
        found = _cognito().admin_get_user(**_named(username))
    attributes = {a["Name"]: a.get("Value", "") for a in found["UserAttributes"]}
    return Account(attributes.get(_PRACTICE, ""), attributes.get("email", ""))


def change_email(username: str, email: str) -> None:
    with _asking():
        _cognito().admin_update_user_attributes(**_named(username), UserAttributes=_mail(email))


def set_temporary_password(username: str, password: str) -> None:
    """The password for the next log-in, at which the user chooses another."""
    with _asking():
        _cognito().admin_set_user_password(**_named(username), Password=password, Permanent=False)


def disable(username: str) -> None:
    with _asking():
        _cognito().admin_disable_user(**_named(username))


def enable(username: str) -> None:
    with _asking():
        _cognito().admin_enable_user(**_named(username))


def sign_out(username: str) -> None:
    """Void the account's tokens."""
    with _asking():
        _cognito().admin_user_global_sign_out(**_named(username))


def forget_authenticator(username: str) -> None:
    """The pool demands a second factor, so the next log-in sets one up again."""
    with _asking():
        _cognito().admin_set_user_mfa_preference(
            **_named(username), SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}
        )


def new_password() -> str:
    """A temporary password that the pool's policy accepts: about 115 bits."""
    each = [secrets.choice(letters) for letters in _CLASSES]
    rest = [secrets.choice("".join(_CLASSES)) for _ in range(_LENGTH - len(each))]
    mixed = each + rest
    secrets.SystemRandom().shuffle(mixed)
    return "".join(mixed)


def _named(username: str) -> Any:
    return {"UserPoolId": os.environ["CARESMITH_STAFF_POOL_ID"], "Username": username}


def _mail(email: str) -> Any:
    # An administrator vouches for the address: there is no code to confirm it with.
    return [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]


@contextmanager
def _asking() -> Iterator[None]:
    """Cognito's refusals in our words: its own texts repeat what was sent."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "UsernameExistsException":
            raise AccountExists from None
        if code == "UserNotFoundException":
            raise NoLogin from None
        if code in _BUSY:
            raise PoolUnavailable from None
        raise
    except BotoCoreError:
        raise PoolUnavailable from None
