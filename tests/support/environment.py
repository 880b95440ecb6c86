"""The environment of functions under test. Import before anything of caresmith."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]

PUBLIC_URL = "https://caresmith.test"
"""Under which webhooks and the links in e-mails are reached."""
ENVIRONMENT = {
    "CARESMITH_STAGE": "test",
    "CARESMITH_PREFIX": "caresmith-test-",
    "CARESMITH_MALWARE_SCAN": "signatures",
    "CARESMITH_ASSETS_DIR": str(ROOT / ".build" / "web" / "dist"),
    "CARESMITH_CODES_DIR": str(ROOT / ".build" / "codes" / "dist"),
    # Nobody listens there: a test asks no card processor by accident.
    "CARESMITH_STRIPE_URL": "http://127.0.0.1:9",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Caresmith",
    "POWERTOOLS_TRACE_DISABLED": "1",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
}


def set_environment() -> None:
    os.environ.update(ENVIRONMENT)
    os.environ.pop("AWS_PROFILE", None)
