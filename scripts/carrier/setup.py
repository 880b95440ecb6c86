"""Where the carrier runs and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setup:
    url: str
    """Its own address, without a slash at the end."""
    data: Path
    """The folder of its one database and of its SNS key."""
    webhooks: str
    """Base URL of who takes replies: ``/webhooks/twilio/sms`` and ``/webhooks/sns`` below it."""
    account: str
    token: str
    topics: str = "arn:aws:sns:us-east-1:123456789012:caresmith-local-"

    def topic(self, name: str) -> str:
        """The ARN of the topic ``mail`` or ``texts``."""
        return self.topics + name
