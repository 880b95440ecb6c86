"""Makes what functions reach the outside with: schedule group, secrets, the mail's settings.

As in the cloud the names come from :class:`scripts.localstack.system.Deployment`;
each step makes only what is missing.
"""

from __future__ import annotations

import json
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.manifest import SECRETS
from scripts.localstack.clients import Clients
from scripts.localstack.system import Deployment

TWILIO_ACCOUNT: Final = "AC" + "0123456789abcdef" * 2
TWILIO_TOKEN: Final = "local-carrier-token-0123456789ab"  # noqa: S105 - the local carrier's own
STRIPE_KEY: Final = "sk_test_local_card_processor"
STRIPE_WEBHOOK_SECRET: Final = "whsec_local_card_processor"  # noqa: S105 - the local one's own
PAYER_KEY: Final = "local-payer-key-0123456789abcdef"
"""With which the local payer knows whom it talks to."""
_CONTENTS: Final[dict[str, Any]] = {
    "twilio": {"account_sid": TWILIO_ACCOUNT, "auth_token": TWILIO_TOKEN},
    "stripe": {"api_key": STRIPE_KEY, "webhook_secret": STRIPE_WEBHOOK_SECRET},
    # Its address stands in CARESMITH_LOCAL_PAYER: ports differ from run to run.
    "payer_exchange": {
        "base_url": "",
        "key": PAYER_KEY,
        "sender_id": "CARESMITH",
        "receiver_id": "PAYERS",
    },
}
_ALREADY: Final = frozenset({"AlreadyExistsException", "ConfigurationSetAlreadyExists"})


def provision_outside(clients: Clients, deployment: Deployment) -> None:
    """Make the schedule group, the secrets and the mail's configuration set where missing."""
    group = deployment.prefix + "once"
    known_groups = clients.scheduler.list_schedule_groups()["ScheduleGroups"]
    if group not in {known["Name"] for known in known_groups}:
        clients.scheduler.create_schedule_group(Name=group)
    known_secrets = {known["Name"] for known in clients.secrets.list_secrets()["SecretList"]}
    for secret in SECRETS:
        name = deployment.prefix + secret
        if name not in known_secrets:
            clients.secrets.create_secret(Name=name, SecretString=json.dumps(_CONTENTS[secret]))
    try:
        clients.mail.create_configuration_set(ConfigurationSetName=deployment.configuration_set)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ALREADY:
            raise
