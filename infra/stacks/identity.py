"""Who can log in: a pool for the staff and one for patients."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.manifest import PASSWORD_LENGTH
from infra.stage import Stage

_TOKEN_LIFE = Duration.minutes(15)


class IdentityStack(Stack):
    """``pools`` and ``clients`` by name: ``staff``, ``patients``."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, "Identity", stack_name=f"{stage.prefix}identity")
        self.pools: dict[str, cognito.UserPool] = {}
        self.clients: dict[str, cognito.UserPoolClient] = {}
        # 45 CFR 164.312(d): a password alone does not prove who a staff member is.
        self._pool(stage, "staff", cognito.Mfa.REQUIRED)
        self._pool(stage, "patients", cognito.Mfa.OPTIONAL)

    def _pool(self, stage: Stage, name: str, mfa: cognito.Mfa) -> None:
        pool = cognito.UserPool(
            self,
            f"{name.capitalize()}Pool",
            user_pool_name=f"{stage.prefix}{name}",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            sign_in_case_sensitive=False,
            mfa=mfa,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=PASSWORD_LENGTH,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
                password_history_size=12,
            ),
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            account_recovery=cognito.AccountRecovery.NONE,
            custom_attributes={"practice_id": cognito.StringAttribute(mutable=False)},
            deletion_protection=stage.keeps_data,
            removal_policy=stage.removal_policy,
        )
        self.pools[name] = pool
        self.clients[name] = pool.add_client(
            f"{name.capitalize()}Client",
            user_pool_client_name=f"{stage.prefix}{name}",
            # The console's server logs people in over TLS; no browser holds a token.
            auth_flows=cognito.AuthFlow(user_password=True),
            generate_secret=False,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=_TOKEN_LIFE,
            id_token_validity=_TOKEN_LIFE,
            refresh_token_validity=Duration.hours(12),
            auth_session_validity=Duration.minutes(5),
            disable_o_auth=True,
        )
