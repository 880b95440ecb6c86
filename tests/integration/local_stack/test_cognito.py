"""Guards what the local Cognito adds to moto: the second factor is demanded and checked."""

import time
import uuid

import boto3
import pyotp
import pytest
from moto import mock_aws

from scripts.localstack import cognito
from scripts.localstack.clients import Clients
from scripts.localstack.provision import make_pools
from scripts.localstack.system import Deployment

PASSWORD = "Correct-Horse-7-Battery"


class Pool:
    """A pool and who tries to log in to it."""

    def __init__(self, name: str) -> None:
        deployment = Deployment(f"mfa-{uuid.uuid4().hex}", "http://127.0.0.1:1", "")
        self.ids = make_pools(Clients(deployment), deployment)[name]
        self.client = boto3.client("cognito-idp")
        self.client.admin_create_user(
            UserPoolId=self.ids.pool_id, Username="ana", TemporaryPassword="Temporary-1-Word"
        )

    def log_in(self, password: str = PASSWORD, username: str = "ana"):
        return self.client.initiate_auth(
            ClientId=self.ids.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )

    def respond(self, name: str, session: str, **responses: str):
        return self.client.respond_to_auth_challenge(
            ClientId=self.ids.client_id,
            ChallengeName=name,
            Session=session,
            ChallengeResponses={"USERNAME": "ana", **responses},
        )

    def set_password(self) -> None:
        self.client.admin_set_user_password(
            UserPoolId=self.ids.pool_id, Username="ana", Password=PASSWORD, Permanent=True
        )

    def set_up_authenticator(self) -> pyotp.TOTP:
        """Through the MFA_SETUP challenge, to tokens."""
        associated = self.client.associate_software_token(Session=self.log_in()["Session"])
        authenticator = pyotp.TOTP(associated["SecretCode"])
        verified = self.client.verify_software_token(
            Session=associated["Session"], UserCode=authenticator.at(at_step(-1))
        )
        answer = self.respond("MFA_SETUP", verified["Session"])
        assert answer["AuthenticationResult"]["IdToken"]
        return authenticator


def at_step(offset: int) -> int:
    return int(time.time()) + 30 * offset


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.delenv("CARESMITH_COGNITO_ISSUER_BASE", raising=False)
    with mock_aws(), cognito.like_the_cloud():
        yield


@pytest.fixture
def staff(cloud):
    pool = Pool("staff")
    pool.set_password()
    return pool


def refused(error: str, call, *args, **kwargs) -> None:
    with pytest.raises(call.__self__.client.exceptions.ClientError) as raised:
        call(*args, **kwargs)
    assert raised.value.response["Error"]["Code"] == error


def test_password_alone_gives_no_token_but_asks_for_an_authenticator(staff):
    answer = staff.log_in()
    assert answer["ChallengeName"] == "MFA_SETUP"
    assert "AuthenticationResult" not in answer


def test_setup_cannot_be_skipped(staff):
    refused("NotAuthorizedException", staff.respond, "MFA_SETUP", staff.log_in()["Session"])


def test_setup_with_a_wrong_code_is_refused(staff):
    associated = staff.client.associate_software_token(Session=staff.log_in()["Session"])
    with pytest.raises(staff.client.exceptions.EnableSoftwareTokenMFAException):
        staff.client.verify_software_token(Session=associated["Session"], UserCode="000000")
    refused("NotAuthorizedException", staff.respond, "MFA_SETUP", associated["Session"])


def test_after_setup_each_log_in_needs_a_code(staff):
    authenticator = staff.set_up_authenticator()
    answer = staff.log_in()
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    done = staff.respond(
        "SOFTWARE_TOKEN_MFA", answer["Session"], SOFTWARE_TOKEN_MFA_CODE=authenticator.now()
    )
    assert done["AuthenticationResult"]["IdToken"]


@pytest.mark.parametrize("offset", [-3, 3])
def test_code_of_another_time_is_refused(staff, offset):
    authenticator = staff.set_up_authenticator()
    code = authenticator.at(at_step(offset))
    refused(
        "CodeMismatchException",
        staff.respond,
        "SOFTWARE_TOKEN_MFA",
        staff.log_in()["Session"],
        SOFTWARE_TOKEN_MFA_CODE=code,
    )


def test_code_is_not_accepted_twice(staff):
    authenticator = staff.set_up_authenticator()
    code = authenticator.now()
    answer = ("SOFTWARE_TOKEN_MFA", staff.log_in()["Session"])
    staff.respond(*answer, SOFTWARE_TOKEN_MFA_CODE=code)
    again = ("SOFTWARE_TOKEN_MFA", staff.log_in()["Session"])
    refused("ExpiredCodeException", staff.respond, *again, SOFTWARE_TOKEN_MFA_CODE=code)


def test_session_serves_one_purpose_once(staff):
    authenticator = staff.set_up_authenticator()
    session = staff.log_in()["Session"]
    refused("NotAuthorizedException", staff.respond, "MFA_SETUP", session)
    refused(
        "NotAuthorizedException",
        staff.respond,
        "NEW_PASSWORD_REQUIRED",
        session,
        NEW_PASSWORD=PASSWORD,
    )
    code = authenticator.now()
    staff.respond("SOFTWARE_TOKEN_MFA", session, SOFTWARE_TOKEN_MFA_CODE=code)
    refused(
        "NotAuthorizedException",
        staff.respond,
        "SOFTWARE_TOKEN_MFA",
        session,
        SOFTWARE_TOKEN_MFA_CODE=code,
    )


def test_session_ends_after_three_minutes(staff, monkeypatch):
    session = staff.log_in()["Session"]
    later = cognito.time.time() + cognito.SESSION_SECONDS + 1
    monkeypatch.setattr(cognito.time, "time", lambda: later)
    with pytest.raises(staff.client.exceptions.NotAuthorizedException):
        staff.client.associate_software_token(Session=session)


def test_new_password_comes_before_the_second_factor(cloud):
    pool = Pool("staff")
    answer = pool.log_in("Temporary-1-Word")
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    answer = pool.respond("NEW_PASSWORD_REQUIRED", answer["Session"], NEW_PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "MFA_SETUP"


def test_weak_new_password_is_refused(cloud):
    pool = Pool("staff")
    session = pool.log_in("Temporary-1-Word")["Session"]
    refused(
        "InvalidPasswordException",
        pool.respond,
        "NEW_PASSWORD_REQUIRED",
        session,
        NEW_PASSWORD="short",
    )


def test_unknown_user_and_wrong_password_get_the_same_answer(staff):
    told = []
    for username, password in (("nobody", PASSWORD), ("ana", "wrong")):
        with pytest.raises(staff.client.exceptions.NotAuthorizedException) as raised:
            staff.log_in(password, username)
        told.append(raised.value.response["Error"]["Message"])
    assert told[0] == told[1]


def test_disabled_user_is_refused(staff):
    staff.client.admin_disable_user(UserPoolId=staff.ids.pool_id, Username="ana")
    refused("NotAuthorizedException", staff.log_in)


def test_authenticator_that_an_administrator_removed_must_be_set_up_anew(staff):
    staff.set_up_authenticator()
    staff.client.admin_set_user_mfa_preference(
        UserPoolId=staff.ids.pool_id,
        Username="ana",
        SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
    )
    assert staff.log_in()["ChallengeName"] == "MFA_SETUP"


def test_patients_may_log_in_with_the_password_alone(cloud):
    pool = Pool("patients")
    pool.set_password()
    assert pool.log_in()["AuthenticationResult"]["IdToken"]
