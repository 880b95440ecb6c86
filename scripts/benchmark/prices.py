"""What the things cost that a reminder uses: public list prices, in one table.

US East (N. Virginia), on demand, first tier, nothing taken off for free tiers;
looked up on :data:`AS_OF`. A price is *confirmed* where the publisher's page, or
more than one copy of what it says, was read for it. The others are what is said of
pages that could not be read: look them up before you plan with them.

What a text and an e-mail cost comes from :mod:`caresmith.messages.prices`, by
which the product itself estimates; so no price stands in two places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from caresmith.messages.prices import CARRIER_FEE, EMAIL, SMS_SEGMENT

AS_OF: Final = date(2026, 11, 25)
ASSUMED_MS: Final = 150
"""An ASSUMPTION, not measured: billed milliseconds of an invocation of any function.

Its memory is the manifest's. A laptop says nothing about Lambda's time; the
operator's own dashboard does.
"""
ASSUMED_QUEUE_REQUESTS: Final = 3
"""An ASSUMPTION: each message is sent, received and deleted by itself, never in a batch."""


class Item(StrEnum):
    """What is counted, and charged for by the piece."""

    READS = "DynamoDB read units"
    WRITES = "DynamoDB write units"
    TRANSITIONS = "state transitions"
    SCHEDULES = "one-time schedules fired"
    INVOCATIONS = "Lambda invocations"
    GB_SECONDS = "Lambda GB-seconds (assumed)"
    RESTORED_GB = "snapshot GB restored, at most"
    REQUESTS = "API requests"
    EVENTS = "events on the bus"
    QUEUE = "SQS requests (assumed)"
    KMS = "KMS requests"
    SECRETS = "secret reads"
    AUDIT_PUTS = "S3 puts (audit)"
    TEXTS_OUT = "text segments sent"
    TEXTS_IN = "text segments received"
    EMAILS = "e-mails sent"


@dataclass(frozen=True)
class Price:
    per_million: Decimal
    """US dollars for a million of them: the same number as micro-dollars for one."""
    source: str
    confirmed: bool = True


_DYNAMODB: Final = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
_EVENTBRIDGE: Final = "https://aws.amazon.com/eventbridge/pricing/"

CLOUD: Final[Mapping[Item, Price]] = {
    # Halved on 1 November 2024; older texts have 0.25 and 1.25.
    Item.READS: Price(Decimal("0.125"), _DYNAMODB),
    Item.WRITES: Price(Decimal("0.625"), _DYNAMODB),
    # Standard workflows; "a state transition each time a step of your workflow is executed".
    Item.TRANSITIONS: Price(Decimal(25), "https://aws.amazon.com/step-functions/pricing/"),
    Item.SCHEDULES: Price(Decimal(1), _EVENTBRIDGE),
    Item.INVOCATIONS: Price(Decimal("0.20"), _LAMBDA),
    # Arm.
    Item.GB_SECONDS: Price(Decimal("13.3334"), _LAMBDA),
    # REST API.
    Item.REQUESTS: Price(Decimal("3.50"), "https://aws.amazon.com/api-gateway/pricing/"),
    Item.EVENTS: Price(Decimal(1), _EVENTBRIDGE),
    # Standard queues.
    Item.QUEUE: Price(Decimal("0.40"), "https://aws.amazon.com/sqs/pricing/"),
    # Symmetric keys: 0.03 for ten thousand.
    Item.KMS: Price(Decimal(3), "https://aws.amazon.com/kms/pricing/"),
    # 0.05 for ten thousand.
    Item.SECRETS: Price(Decimal(5), "https://aws.amazon.com/secrets-manager/pricing/"),
    # S3 Standard: 0.005 for a thousand.
    Item.AUDIT_PUTS: Price(Decimal(5), "https://aws.amazon.com/s3/pricing/", confirmed=False),
}
"""All but what carries a message to a person."""

COLD: Final[Mapping[Item, Price]] = {
    # SnapStart for Python; how many invocations pay it is the traffic's matter.
    Item.RESTORED_GB: Price(Decimal("139.7998"), _LAMBDA, confirmed=False),
}
"""What comes on top where an invocation finds no environment that runs."""

MAIL: Final[Mapping[Item, Price]] = {
    # À la carte. An account that first sends after 21 July 2026 begins with the plan
    # Essentials, 160 a million, until it chooses otherwise.
    Item.EMAILS: Price(Decimal(EMAIL), "https://aws.amazon.com/ses/pricing/"),
}

_EUM: Final = "https://aws.amazon.com/end-user-messaging/pricing/"
_TWILIO: Final = "https://www.twilio.com/en-us/sms/pricing/us"

TEXTS: Final[Mapping[str, Mapping[Item, Price]]] = {
    # A registered ten-digit number, the receiving network's fee included: it differs by
    # network, and 4,500 a million is said of some where this reckons with 3,500.
    "AWS End User Messaging": {
        Item.TEXTS_OUT: Price(Decimal(SMS_SEGMENT["aws"] + CARRIER_FEE), _EUM, confirmed=False),
        Item.TEXTS_IN: Price(Decimal(7_500), _EUM, confirmed=False),
    },
    "Twilio": {
        Item.TEXTS_OUT: Price(Decimal(SMS_SEGMENT["twilio"] + CARRIER_FEE), _TWILIO),
        Item.TEXTS_IN: Price(Decimal(8_300), _TWILIO),
    },
}
"""By who carries them."""


def per_thousand(counts: Mapping[Item, float], prices: Mapping[Item, Price]) -> Decimal:
    """US dollars for a thousand times these counts, as far as ``prices`` has them."""
    used = (Decimal(str(counts.get(item, 0))) * price.per_million for item, price in prices.items())
    return sum(used, Decimal(0)) / 1000
