"""The sample's staff: their records here, their log-ins in Cognito, and the list of both."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyotp

from caresmith.ids import PracticeId
from caresmith.users import NewUser, StaffUser, new_record, user_key
from scripts.sample_practice.staff import STAFF, StaffMember

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_STEP_SECONDS: Final = 30


class LoginFailed(Exception):
    """Cognito answered otherwise than it does for a new user."""


def make_users(practice: PracticeId) -> list[dict[str, object]]:
    """Make all members of the staff; returns what ``logins.json`` says of them."""
    import boto3

    pool = os.environ["CARESMITH_STAFF_POOL_ID"]
    client_id = os.environ["CARESMITH_STAFF_CLIENT_ID"]
    cognito = boto3.client("cognito-idp")
    made: list[dict[str, object]] = []
    for member in STAFF:
        _save_record(practice, member)
        secret = make_login(cognito, pool, client_id, practice, member)
        made.append(
            {
                "label": member.label,
                "username": member.username,
                "password": member.password,
                "totp_secret": secret,
                "roles": [str(member.role)],
            }
        )
    return made


def write_logins(folder: Path, logins: list[dict[str, object]]) -> None:
    """The list that the local pages show, readable by this user alone."""
    path = folder / "logins.json"
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(logins, indent=1, ensure_ascii=False))
    half.replace(path)


def users_there(practice: PracticeId) -> bool:
    """Whether the last of them is made; users are made after everything else."""
    with suppress(StaffUser.DoesNotExist):
        StaffUser.get(practice, user_key(STAFF[-1].username), consistent_read=True)
        return True
    return False


def _save_record(practice: PracticeId, member: StaffMember) -> None:
    new = NewUser(
        member.username, member.display_name, frozenset({member.role}), member.provider_id
    )
    record = new_record(practice, new)
    record.user_id = member.user_id
    record.mfa_confirmed = True
    record.save()


def make_login(
    cognito: CognitoIdentityProviderClient,
    pool: str,
    client_id: str,
    practice: PracticeId,
    member: StaffMember,
) -> str:
    """A user with a lasting password and an authenticator; returns the authenticator's secret."""
    remove_login(cognito, pool, member)
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=member.username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": f"{member.username}@lakeshore.example.org"},
            {"Name": "custom:practice_id", "Value": practice},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=member.username, Password=member.password, Permanent=True
    )
    asked = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": member.username, "PASSWORD": member.password},
    )
    if asked.get("ChallengeName") != "MFA_SETUP":
        raise LoginFailed("the staff pool does not ask for an authenticator")
    token = cognito.associate_software_token(Session=asked["Session"])
    # The code of the step before, so that the present one still serves for a log-in.
    code = pyotp.TOTP(token["SecretCode"]).at(int(time.time()) - _STEP_SECONDS)
    verified = cognito.verify_software_token(Session=token["Session"], UserCode=code)
    cognito.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName="MFA_SETUP",
        Session=verified["Session"],
        ChallengeResponses={"USERNAME": member.username},
    )
    return token["SecretCode"]


def remove_login(cognito: CognitoIdentityProviderClient, pool: str, member: StaffMember) -> None:
    with suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=pool, Username=member.username)
