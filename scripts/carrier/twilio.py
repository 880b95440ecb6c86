"""Twilio's wire format: the message resource, its errors, what it posts to webhooks.

https://www.twilio.com/docs/messaging/api/message-resource
https://www.twilio.com/docs/messaging/guides/webhook-request
https://www.twilio.com/docs/messaging/guides/outbound-message-logging
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree

from scripts.carrier.fates import MESSAGES
from scripts.carrier.store import Row

API_VERSION: Final = "2010-04-01"
MESSAGES_PATH: Final = f"/{API_VERSION}/Accounts/{{account}}/Messages.json"
MESSAGE_PATH: Final = f"/{API_VERSION}/Accounts/{{account}}/Messages/{{sid}}.json"
_STATUSES: Final = {20003: 401, 20404: 404, 20429: 429, 20503: 503}


def new_sid() -> str:
    """As Twilio names a text."""
    return "SM" + secrets.token_hex(16)


def knows(authorization: str, account: str, token: str) -> bool:
    """Whether basic authentication names this account with its token."""
    scheme, _, given = authorization.partition(" ")
    expected = base64.b64encode(f"{account}:{token}".encode()).decode()
    return scheme.lower() == "basic" and hmac.compare_digest(given.strip(), expected)


def problem(code: int) -> tuple[dict[str, Any], int]:
    """An error's document and HTTP status."""
    status = _STATUSES.get(code, 400)
    document = {
        "code": code,
        "message": MESSAGES[code],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return document, status


def resource(text: Row, account: str) -> dict[str, Any]:
    """The message resource of a text."""
    path = f"/{API_VERSION}/Accounts/{account}/Messages/{text['sid']}"
    at = format_datetime(datetime.fromisoformat(text["at"]))
    return {
        "sid": text["sid"],
        "account_sid": account,
        "api_version": API_VERSION,
        "body": text["body"],
        "date_created": at,
        "date_updated": at,
        "date_sent": None if text["status"] == "queued" else at,
        "direction": "inbound" if text["direction"] == "in" else "outbound-api",
        "error_code": text["error"],
        "error_message": MESSAGES.get(text["error"]) if text["error"] else None,
        "from": text["sender"],
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(text["segments"]),
        "price": None,
        "price_unit": "USD",
        "status": text["status"],
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text["recipient"],
        "uri": f"{path}.json",
    }


def receipt(text: Row, account: str, status: str, error: int | None) -> dict[str, str]:
    """The form of a status callback."""
    form = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "From": text["sender"],
        "MessageSid": text["sid"],
        "MessageStatus": status,
        "SmsSid": text["sid"],
        "SmsStatus": status,
        "To": text["recipient"],
    }
    return {**form, "ErrorCode": str(error)} if error else form


def inbound(text: Row, account: str) -> dict[str, str]:
    """The form of a text that a person wrote."""
    return {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "Body": text["body"],
        "From": text["sender"],
        "FromCountry": "US",
        "MessageSid": text["sid"],
        "NumMedia": "0",
        "NumSegments": str(text["segments"]),
        "SmsMessageSid": text["sid"],
        "SmsSid": text["sid"],
        "SmsStatus": "received",
        "To": text["recipient"],
        "ToCountry": "US",
    }


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """What X-Twilio-Signature holds."""
    from twilio.request_validator import RequestValidator

    computed: str = RequestValidator(token).compute_signature(url, dict(form))
    return computed


def answers_in(twiml: str) -> list[str]:
    """The texts that a webhook's TwiML answer asks to send. Anything else asks for none."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - from the system that this program serves
    except ElementTree.ParseError:
        return []
    return ["".join(message.itertext()) for message in root.iter("Message")]
