"""Texts through AWS: End User Messaging SMS, or SNS where an account has only that.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from functions.messaging.carriers.aws_calls import one_call
from functions.messaging.carriers.port import Accepted, Outgoing, RefusalCode

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_sns import SNSClient

# ConflictException.Reason and ValidationException.Reason of the API reference.
_REFUSALS: Final[dict[str, RefusalCode]] = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": "opted-out",
    "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": "blocked",
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": "unreachable",
    "DESTINATION_COUNTRY_BLOCKED": "unreachable",
    "COUNTRY_NOT_ENABLED": "unreachable",
    "CANNOT_PARSE": "invalid",
    "MAXIMUM_SIZE_EXCEEDED": "content",
    "ValidationException": "rejected",
}
_SNS_REFUSALS: Final[dict[str, RefusalCode]] = {
    "InvalidParameterException": "invalid",
    "InvalidParameter": "invalid",
    "OptedOut": "opted-out",
}
_SHORTEST, _LONGEST = 5, 259_200
"""TimeToLive, in seconds."""


class EndUserMessagingSms:
    """Receipts come through the configuration set; the context says whose they are."""

    def __init__(self, client: PinpointSMSVoiceV2Client, *, configuration_set: str) -> None:
        self._client, self._configuration_set = client, configuration_set

    def send(self, message: Outgoing) -> Accepted:
        options: dict[str, Any] = {}
        if self._configuration_set:
            options["ConfigurationSetName"] = self._configuration_set
        if message.lifetime_seconds is not None:
            options["TimeToLive"] = max(_SHORTEST, min(_LONGEST, message.lifetime_seconds))
        with one_call(_REFUSALS):
            sent = self._client.send_text_message(
                DestinationPhoneNumber=message.to,
                OriginationIdentity=message.sender,
                MessageBody=message.text,
                MessageType="TRANSACTIONAL",
                Context={
                    "practice": message.practice_id,
                    "party": message.party_id,
                    "message": message.message_id,
                },
                **options,
            )
        return Accepted("aws", sent["MessageId"])


class SnsSms:
    """Publishes to a telephone number. SNS tells nobody what became of a single message."""

    def __init__(self, client: SNSClient) -> None:
        self._client = client

    def send(self, message: Outgoing) -> Accepted:
        with one_call(_SNS_REFUSALS):
            sent = self._client.publish(
                PhoneNumber=message.to,
                Message=message.text,
                MessageAttributes={
                    "AWS.SNS.SMS.SMSType": {
                        "DataType": "String",
                        "StringValue": "Transactional",
                    },
                    "AWS.MM.SMS.OriginationNumber": {
                        "DataType": "String",
                        "StringValue": message.sender,
                    },
                },
            )
        return Accepted("sns", sent["MessageId"])
