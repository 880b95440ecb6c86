"""E-mails through Amazon SES, as plain text.

Receipts, bounces and complaints come through the configuration set's topic; the
tags say whose they are.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from functions.messaging.carriers.aws_calls import one_call
from functions.messaging.carriers.port import Accepted, Outgoing, RefusalCode

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# MailFromDomainNotVerifiedException, SendingPausedException, AccountSuspendedException
# and NotFoundException are the operator's to mend.
_REFUSALS: Final[dict[str, RefusalCode]] = {
    "MessageRejected": "rejected",
    "BadRequestException": "invalid",
}


class SesEmail:
    def __init__(self, client: SESV2Client, *, configuration_set: str) -> None:
        self._client, self._configuration_set = client, configuration_set

    def send(self, message: Outgoing) -> Accepted:
        with one_call(_REFUSALS):
            sent = self._client.send_email(**self._request(message))
        return Accepted("ses", sent["MessageId"])

    def _request(self, message: Outgoing) -> dict[str, Any]:
        simple: dict[str, Any] = {
            "Subject": {"Data": message.subject, "Charset": "UTF-8"},
            "Body": {"Text": {"Data": message.text, "Charset": "UTF-8"}},
        }
        if message.unsubscribe_url:
            simple["Headers"] = [
                # RFC 8058, section 3.1: both headers, and a POST to an https address.
                {"Name": "List-Unsubscribe", "Value": f"<{message.unsubscribe_url}>"},
                {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
            ]
        request: dict[str, Any] = {
            "FromEmailAddress": message.sender,
            "Destination": {"ToAddresses": [message.to]},
            "Content": {"Simple": simple},
            "EmailTags": [
                {"Name": "practice", "Value": message.practice_id},
                {"Name": "party", "Value": message.party_id},
                {"Name": "message", "Value": message.message_id},
            ],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        return request
