"""Which carrier this deployment uses for a channel, from its environment."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Final

from caresmith.messages.settings import Written
from caresmith.records.contact import Channel
from functions.messaging.carriers.port import Carrier, CarrierDown

_SECRET_SECONDS: Final = 300


def carrier_for(channel: Written) -> Carrier:
    """The carrier of the channel. Raises CarrierDown where it can't be made ready."""
    if channel is Channel.EMAIL:
        return _email(os.environ.get("CARESMITH_SES_CONFIGURATION_SET", ""))
    kind = os.environ.get("CARESMITH_SMS_CARRIER", "aws")
    if kind == "twilio":
        return _twilio(
            _twilio_account(),
            os.environ.get("CARESMITH_TWILIO_URL", ""),
            os.environ.get("CARESMITH_PUBLIC_URL", ""),
        )
    if kind == "sns":
        return _sns()
    return _end_user_messaging(os.environ.get("CARESMITH_SMS_CONFIGURATION_SET", ""))


def _twilio_account() -> tuple[str, str]:
    """The account's id and token; read again after five minutes, so that a new one is taken."""
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        text = get_secret(os.environ["CARESMITH_SECRET_TWILIO"], max_age=_SECRET_SECONDS)
        account = json.loads(text)
        return str(account["account_sid"]), str(account["auth_token"])
    except (GetParameterError, ValueError, KeyError, TypeError):
        # The secret's text stays out of whatever is said about it.
        raise CarrierDown from None


@cache
def _twilio(account: tuple[str, str], api_url: str, callback_url: str) -> Carrier:
    from functions.messaging.carriers.twilio_sms import TwilioSms

    return TwilioSms(*account, api_url=api_url, callback_url=callback_url)


@cache
def _end_user_messaging(configuration_set: str) -> Carrier:
    import boto3

    from functions.messaging.carriers.aws_calls import ONE_TRY, without_kept_connections
    from functions.messaging.carriers.aws_sms import EndUserMessagingSms

    client = without_kept_connections(boto3.client("pinpoint-sms-voice-v2", config=ONE_TRY))
    return EndUserMessagingSms(client, configuration_set=configuration_set)


@cache
def _sns() -> Carrier:
    import boto3

    from functions.messaging.carriers.aws_calls import ONE_TRY, without_kept_connections
    from functions.messaging.carriers.aws_sms import SnsSms

    return SnsSms(without_kept_connections(boto3.client("sns", config=ONE_TRY)))


@cache
def _email(configuration_set: str) -> Carrier:
    import boto3

    from functions.messaging.carriers.aws_calls import ONE_TRY, without_kept_connections
    from functions.messaging.carriers.ses_email import SesEmail

    client = without_kept_connections(boto3.client("sesv2", config=ONE_TRY))
    return SesEmail(client, configuration_set=configuration_set)
