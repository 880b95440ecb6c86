"""The names of environment variables that CDK and the local stack both set."""

from __future__ import annotations


def once_variable(target: str) -> str:
    """Where the ARN of a one-time schedule's target stands: ``CARESMITH_ONCE_WORKFLOW_REMINDER``.

    :mod:`caresmith.later` reads it by the same rule.
    """
    return "CARESMITH_ONCE_" + target.upper().replace(":", "_").replace("-", "_")


def secret_variable(secret: str) -> str:
    """Where the name of a secret in Secrets Manager stands: ``CARESMITH_SECRET_TWILIO``."""
    return f"CARESMITH_SECRET_{secret.upper()}"
