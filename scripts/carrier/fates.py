"""What becomes of texts and e-mails: rules by the end of a number and by an address.

As Twilio's test numbers and SES's mailbox simulator do, so that every way a
message can go is reached without changing the program.
https://www.twilio.com/docs/iam/test-credentials
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Fate:
    """How one text ends."""

    refused: int | None = None
    """Twilio's error code, where the call itself is refused."""
    ends: str = "delivered"
    """The last status that is called back."""
    error: int | None = None
    """Twilio's error code of that status."""


DELIVERED: Final = Fate()
BY_ENDING: Final[dict[str, Fate]] = {
    "0001": Fate(ends="undelivered", error=30003),  # Unreachable destination handset
    "0002": Fate(refused=21211),  # Invalid 'To' phone number
    "0003": Fate(ends="undelivered", error=30007),  # Filtered by the carrier
    "0004": Fate(refused=21610),  # The recipient has replied with STOP
}
MESSAGES: Final[dict[int, str]] = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20503: "Service unavailable",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "The 'From' phone number is required",
    21610: "Attempt to send to unsubscribed recipient",
    30003: "Unreachable destination handset",
    30007: "Carrier violation: message filtered",
}
"""https://www.twilio.com/docs/api/errors"""


def fate_of(number: str) -> Fate:
    """What happens to a text to that number."""
    return BY_ENDING.get(number[-4:], DELIVERED)


class Notice(StrEnum):
    """What SES tells about an e-mail."""

    DELIVERY = "delivery"
    BOUNCE = "bounce"
    SOFT_BOUNCE = "soft-bounce"
    COMPLAINT = "complaint"


def notices_of(address: str) -> tuple[Notice, ...]:
    """What is told of an e-mail to that address, by what stands before the @."""
    local = address.partition("@")[0].lower()
    if local.startswith("soft-bounce"):
        return (Notice.SOFT_BOUNCE,)
    if local.startswith("bounce"):
        return (Notice.BOUNCE,)
    if local.startswith("complaint"):
        return (Notice.DELIVERY, Notice.COMPLAINT)
    return (Notice.DELIVERY,)


class SmsMode(StrEnum):
    UP = "up"
    DOWN = "down"
    """Every call is answered 503."""
    THROTTLED = "throttled"
    """Every call is answered 429."""
    SILENT = "silent"
    """The text is taken and the answer never comes."""


class ReceiptMode(StrEnum):
    ON = "on"
    OFF = "off"
    REVERSED = "reversed"
    """The last status first."""
    TENFOLD = "tenfold"
    """Each ten times, all at once."""
