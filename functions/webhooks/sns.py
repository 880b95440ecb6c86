"""What AWS tells through SNS: e-mails' fate, texts' fate, texts that come in.

Receipts name their message by the tags or context that it was sent with.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Response

from caresmith.errors import Unavailable
from caresmith.ids import MessageId, PracticeId
from caresmith.log import logger
from caresmith.messages.receipts import Report, settle_receipt
from caresmith.settings import service_name
from functions.webhooks import inbound
from functions.webhooks.edge import (
    VerifiedBlueprint,
    acting_for,
    current_call,
    respond,
    verified_by,
)
from functions.webhooks.errors import NotAuthentic, Unreadable
from functions.webhooks.numbers import telephone
from functions.webhooks.sns_signature import SnsMessage, sns_signature, trusted

sns_routes: Final = VerifiedBlueprint(__name__)

# SNS posts JSON as plain text.
_CONTENT: Final = ["text/plain", "application/json"]
_CONFIRM_SECONDS: Final = 5

Told = tuple[Report, str]
"""A report with its reason, as :mod:`caresmith.messages.failures` has them."""
TEXTS: Final[Mapping[str, Told]] = {
    "TEXT_SENT": ("sent", ""),
    # The carrier has it; where handsets report, TEXT_DELIVERED follows.
    "TEXT_SUCCESSFUL": ("sent", ""),
    "TEXT_DELIVERED": ("delivered", ""),
    "TEXT_BLOCKED": ("blocked", "blocked"),
    "TEXT_CARRIER_BLOCKED": ("blocked", "content"),
    "TEXT_SPAM": ("blocked", "content"),
    "TEXT_INVALID": ("failed", "invalid"),
    "TEXT_INVALID_MESSAGE": ("failed", "rejected"),
    "TEXT_CARRIER_UNREACHABLE": ("failed", "off"),
    "TEXT_UNREACHABLE": ("failed", "off"),
    "TEXT_TTL_EXPIRED": ("failed", "expired"),
    "TEXT_PROTECT_BLOCKED": ("failed", "rejected"),
    "TEXT_UNKNOWN": ("failed", "unknown"),
}
EMAILS: Final[Mapping[str, Told]] = {
    "Delivery": ("delivered", ""),
    "Complaint": ("complaint", ""),
    "Reject": ("failed", "rejected"),
    "Rendering Failure": ("failed", "rejected"),
}
"""Bounces are told apart by their type: only a permanent one says that the address is dead."""


@sns_routes.route("/webhooks/sns", methods=["POST"], content_types=_CONTENT)
@verified_by(sns_signature)
def told_by_sns(message: SnsMessage) -> Response:
    """Every message of every topic that we listen to."""
    if message.kind == "SubscriptionConfirmation":
        _confirm(message)
    elif message.kind == "Notification":
        _take(message)
    return respond("", "text/plain", 204)


def _confirm(message: SnsMessage) -> None:
    """Say yes to SNS's question whether we want the topic."""
    if not trusted(message.subscribe_url, message.topic):
        raise NotAuthentic
    try:
        # Only SNS's own address comes here.
        urllib.request.urlopen(message.subscribe_url, timeout=_CONFIRM_SECONDS).close()  # noqa: S310
    except OSError:
        raise Unavailable from None


def _take(message: SnsMessage) -> None:
    try:
        told = json.loads(message.content)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(told, dict):
        raise Unreadable
    if "inboundMessageId" in told:
        inbound.take(_text(told, message), current_call().now)
        return
    kind = str(told.get("eventType") or told.get("notificationType") or "")
    if "mail" in told:
        _settle(_email_report(kind, told), _tags(told))
    elif kind.startswith("TEXT_"):
        _settle(TEXTS.get(kind), told.get("context"))


def _text(told: Mapping[str, Any], message: SnsMessage) -> inbound.InboundText:
    try:
        return inbound.InboundText(
            delivery="aws-" + str(told["inboundMessageId"]),
            sender=telephone(str(told["originationNumber"])),
            recipient=telephone(str(told["destinationNumber"])),
            body=str(told.get("messageBody") or ""),
            carrier="aws",
            said_at=message.sent_at,
        )
    except (KeyError, ValueError):
        raise Unreadable from None


def _email_report(kind: str, told: Mapping[str, Any]) -> Told | None:
    if kind != "Bounce":
        return EMAILS.get(kind)
    bounce = told.get("bounce")
    permanent = isinstance(bounce, dict) and bounce.get("bounceType") == "Permanent"
    return ("bounced", "") if permanent else ("failed", "expired")


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    """SES gives each tag's values as a list."""
    mail = told["mail"] if isinstance(told["mail"], dict) else {}
    tags = mail.get("tags") or {}
    return {name: str(values[0]) for name, values in tags.items() if values}


def _settle(report: Told | None, whose: object) -> None:
    """Take a receipt; what is not about a message of ours is passed over."""
    if report is None or not isinstance(whose, dict):
        return
    try:
        practice, message = PracticeId(whose["practice"]), MessageId(whose["message"])
        party = str(whose["party"])
    except (KeyError, ValueError, AttributeError):
        logger().warning("a receipt names no message")
        return
    with acting_for(practice, "receipt-received"):
        settle_receipt(
            practice,
            party,
            message,
            report[0],
            reason=report[1],
            now=current_call().now,
            actor_id=f"system:{service_name()}",
        )
