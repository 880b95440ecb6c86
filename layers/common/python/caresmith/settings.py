"""Names and places that differ between deployments, read from the environment.

CDK and the local stack set the same variables, so no code asks where it runs.
"""

from __future__ import annotations

import os
from enum import StrEnum


class Domain(StrEnum):
    """The data domains. Each is one table under one customer-managed KMS key."""

    KEYSTORE = "keystore"
    IDENTITY = "identity"
    PRACTICE = "practice"
    PATIENTS = "patients"
    SCHEDULE = "schedule"
    CLINICAL = "clinical"
    REVENUE = "revenue"
    MESSAGES = "messages"
    AUDIT = "audit"
    IDEMPOTENCY = "idempotency"


def prefix() -> str:
    """What every named resource of this deployment begins with: ``caresmith-<stage>-``."""
    return os.environ["CARESMITH_PREFIX"]


def table_name(domain: Domain) -> str:
    return prefix() + domain


def key_alias(domain: Domain) -> str:
    """The alias of the domain's KMS key."""
    return f"alias/{prefix()}{domain}"


def bus_name() -> str:
    return prefix() + "bus"


def bucket_name(name: str) -> str:
    """The bucket that the manifest lists as ``name``. KeyError if it was not granted."""
    return os.environ[f"CARESMITH_BUCKET_{name.upper()}"]


def service_name() -> str:
    """The function that this process serves."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "caresmith")
