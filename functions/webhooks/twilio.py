"""Twilio's webhooks: texts that come in, and what became of ours.

A signature is made over the URL and the form with the account's token; it holds
no time, so a call that was recorded could be played again. Texts are therefore
known by their id, and receipts move a message one way only.
https://www.twilio.com/docs/usage/webhooks/webhooks-security
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from chalice.app import Response

from caresmith.errors import Unavailable
from caresmith.ids import MessageId, PracticeId
from caresmith.messages.failures import twilio_reason
from caresmith.messages.receipts import Report, settle_receipt
from caresmith.settings import service_name
from functions.webhooks import inbound
from functions.webhooks.edge import (
    FORM,
    Call,
    VerifiedBlueprint,
    acting_for,
    current_call,
    respond,
    verified_by,
)
from functions.webhooks.errors import NotAuthentic, Unreadable
from functions.webhooks.numbers import telephone

twilio_routes: Final = VerifiedBlueprint(__name__)

_SECRET_SECONDS: Final = 300
_MOST_FIELDS: Final = 200
_REPORTS: Final[Mapping[str, Report]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
"""By MessageStatus; the others say only that it is under way."""


@dataclass(frozen=True)
class TwilioCall:
    """A call that Twilio has signed."""

    form: Mapping[str, str]
    parameters: Mapping[str, str]


def twilio_signature(call: Call, parameters: Mapping[str, str]) -> TwilioCall:
    """Raises NotAuthentic unless the account's token has signed the call."""
    from twilio.request_validator import RequestValidator

    account, token = _account()
    try:
        pairs = parse_qsl(call.body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise NotAuthentic from None
    form = dict(pairs)
    given, validator = call.headers.get("x-twilio-signature", ""), RequestValidator(token)
    if not any(validator.validate(url, form, given) for url in call.urls):
        raise NotAuthentic
    if form.get("AccountSid") != account:
        raise NotAuthentic
    return TwilioCall(form, parameters)


def _account() -> tuple[str, str]:
    """The account's id and token; read again after five minutes, so that a new one is taken."""
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        text = get_secret(os.environ["CARESMITH_SECRET_TWILIO"], max_age=_SECRET_SECONDS)
        account = json.loads(text)
        return str(account["account_sid"]), str(account["auth_token"])
    except (GetParameterError, ValueError, KeyError, TypeError):
        # The secret's text stays out of whatever is said about it.
        raise Unavailable from None


@twilio_routes.route("/webhooks/twilio/sms", methods=["POST"], content_types=FORM)
@verified_by(twilio_signature)
def text_received(call: TwilioCall) -> Response:
    """A person wrote. Answered at once; what it sets going comes after."""
    return twiml(inbound.take(_text(call.form), current_call().now))


@twilio_routes.route(
    "/webhooks/twilio/status/{practice}/{party}/{message}", methods=["POST"], content_types=FORM
)
@verified_by(twilio_signature)
def receipt_received(call: TwilioCall) -> Response:
    """What became of a text that we sent."""
    try:
        practice = PracticeId(call.parameters["practice"])
        message = MessageId(call.parameters["message"])
    except ValueError:
        raise Unreadable from None
    report = _REPORTS.get(call.form.get("MessageStatus", ""))
    if report:
        with acting_for(practice, "receipt-received"):
            settle_receipt(
                practice,
                call.parameters["party"],
                message,
                report,
                reason=_reason(call.form) if report == "failed" else "",
                now=current_call().now,
                actor_id=f"system:{service_name()}",
            )
    return respond("", "text/plain", 204)


def twiml(text: str | None) -> Response:
    """The answer to a text: nothing, or one text in return."""
    from twilio.twiml.messaging_response import MessagingResponse

    answer = MessagingResponse()
    if text:
        answer.message(text)
    return respond(str(answer), "text/xml")


def _text(form: Mapping[str, str]) -> inbound.InboundText:
    """Raises Unreadable where it is no text between two telephone numbers."""
    try:
        return inbound.InboundText(
            delivery="twilio-" + form["MessageSid"],
            sender=telephone(form["From"]),
            recipient=telephone(form["To"]),
            body=form.get("Body", ""),
            carrier="twilio",
            carrier_took_for=form.get("OptOutType", ""),
        )
    except (KeyError, ValueError):
        # A short code, an alphanumeric sender, WhatsApp: nobody whom we could answer.
        raise Unreadable from None


def _reason(form: Mapping[str, str]) -> str:
    code = form.get("ErrorCode", "")
    return twilio_reason(int(code) if code.isdecimal() else None)
