"""What each carrier is asked, and what its answers mean: who may be asked again, who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import ANY, Stubber

from caresmith.ids import MessageId, PracticeId
from functions.messaging.carriers.aws_calls import ONE_TRY, one_call, without_kept_connections
from functions.messaging.carriers.aws_sms import EndUserMessagingSms, SnsSms
from functions.messaging.carriers.port import (
    Accepted,
    AnswerLost,
    CarrierDown,
    CarrierThrottled,
    Outgoing,
    Refused,
)
from functions.messaging.carriers.ses_email import SesEmail

MESSAGE = Outgoing(
    practice_id=PracticeId.new(),
    party_id="pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
    message_id=MessageId.new(),
    sender="+12125550100",
    to="+12065550101",
    text="Hello",
    subject="A subject",
    lifetime_seconds=7200,
)


def client(name: str) -> Any:
    return boto3.client(name, region_name="us-east-1", config=ONE_TRY)  # type: ignore[call-overload]


@pytest.fixture
def sms() -> Iterator[tuple[EndUserMessagingSms, Stubber]]:
    made = client("pinpoint-sms-voice-v2")
    with Stubber(made) as stub:
        yield EndUserMessagingSms(made, configuration_set="texts"), stub


def test_a_text_says_whose_it_is_and_how_long_it_is_of_use(sms: Any) -> None:
    carrier, stub = sms
    asked = {
        "DestinationPhoneNumber": "+12065550101",
        "OriginationIdentity": "+12125550100",
        "MessageBody": "Hello",
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": "texts",
        "TimeToLive": 7200,
        "Context": {
            "practice": MESSAGE.practice_id,
            "party": MESSAGE.party_id,
            "message": MESSAGE.message_id,
        },
    }
    stub.add_response("send_text_message", {"MessageId": "m-1"}, asked)
    assert carrier.send(MESSAGE) == Accepted("aws", "m-1")


@pytest.mark.parametrize(("given", "asked"), [(1, 5), (10**7, 259_200)])
def test_a_lifetime_keeps_to_what_the_carrier_takes(sms: Any, given: int, asked: int) -> None:
    carrier, stub = sms
    wanted = dict.fromkeys(
        (
            *("DestinationPhoneNumber", "OriginationIdentity", "MessageBody", "MessageType"),
            *("ConfigurationSetName", "Context"),
        ),
        ANY,
    )
    stub.add_response("send_text_message", {"MessageId": "m"}, {**wanted, "TimeToLive": asked})
    carrier.send(replace(MESSAGE, lifetime_seconds=given))


@pytest.mark.parametrize(
    ("code", "status", "reason", "meaning"),
    [
        ("ThrottlingException", 400, None, CarrierThrottled),
        ("ServiceQuotaExceededException", 402, "MONTHLY_SPEND_LIMIT_REACHED", CarrierThrottled),
        ("AccessDeniedException", 403, None, CarrierDown),
        ("ResourceNotFoundException", 404, None, CarrierDown),
        ("ServiceUnavailableException", 503, None, CarrierDown),
        ("InternalServerException", 500, None, AnswerLost),
        ("GatewayTimeout", 504, None, AnswerLost),
        ("ConflictException", 409, "RESOURCE_NOT_ACTIVE", CarrierDown),
        ("ConflictException", 409, "DESTINATION_PHONE_NUMBER_OPTED_OUT", "opted-out"),
        ("ValidationException", 400, "CANNOT_PARSE", "invalid"),
        ("ValidationException", 400, "OTHER", "rejected"),
    ],
)
def test_each_error_says_whether_the_text_may_be_sent_again(
    sms: Any, code: str, status: int, reason: str | None, meaning: Any
) -> None:
    carrier, stub = sms
    modelled = {"Reason": reason} if reason else {}
    stub.add_client_error(
        "send_text_message", code, http_status_code=status, modeled_fields=modelled
    )
    expected = Refused if isinstance(meaning, str) else meaning
    with pytest.raises(expected) as raised:
        carrier.send(MESSAGE)
    if isinstance(meaning, str):
        assert raised.value.code == meaning
    assert "+1206" not in str(raised.value)


def test_sns_publishes_to_the_number_as_a_transaction() -> None:
    made = client("sns")
    attributes = {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        "AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": "+12125550100"},
    }
    asked = {"PhoneNumber": MESSAGE.to, "Message": "Hello", "MessageAttributes": attributes}
    with Stubber(made) as stub:
        stub.add_response("publish", {"MessageId": "s-1"}, asked)
        assert SnsSms(made).send(MESSAGE) == Accepted("sns", "s-1")
        stub.add_client_error("publish", "OptedOut", http_status_code=400)
        with pytest.raises(Refused, match="opted-out"):
            SnsSms(made).send(MESSAGE)


def test_an_e_mail_carries_its_ids_and_offers_an_end_only_where_it_may() -> None:
    made = client("sesv2")
    asked: dict[str, Any] = {
        "FromEmailAddress": MESSAGE.sender,
        "Destination": {"ToAddresses": [MESSAGE.to]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "A subject", "Charset": "UTF-8"},
                "Body": {"Text": {"Data": "Hello", "Charset": "UTF-8"}},
            }
        },
        "EmailTags": [
            {"Name": "practice", "Value": MESSAGE.practice_id},
            {"Name": "party", "Value": MESSAGE.party_id},
            {"Name": "message", "Value": MESSAGE.message_id},
        ],
        "ConfigurationSetName": "mail",
    }
    with Stubber(made) as stub:
        carrier = SesEmail(made, configuration_set="mail")
        stub.add_response("send_email", {"MessageId": "e-1"}, asked)
        assert carrier.send(MESSAGE) == Accepted("ses", "e-1")
        asked["Content"]["Simple"]["Headers"] = [
            {"Name": "List-Unsubscribe", "Value": "<https://x.test/u/1>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
        stub.add_response("send_email", {"MessageId": "e-2"}, asked)
        carrier.send(replace(MESSAGE, unsubscribe_url="https://x.test/u/1"))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("TooManyRequestsException", CarrierThrottled),
        ("LimitExceededException", CarrierThrottled),
        ("MailFromDomainNotVerifiedException", CarrierDown),
        ("SendingPausedException", CarrierDown),
        ("BadRequestException", Refused),
        ("MessageRejected", Refused),
    ],
)
def test_each_error_of_the_mail_service_has_its_meaning(code: str, meaning: Any) -> None:
    made = client("sesv2")
    with Stubber(made) as stub:
        stub.add_client_error("send_email", code, http_status_code=400)
        with pytest.raises(meaning):
            SesEmail(made, configuration_set="").send(MESSAGE)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (EndpointConnectionError(endpoint_url="x"), CarrierDown),
        (ConnectTimeoutError(endpoint_url="x"), CarrierDown),
        (ReadTimeoutError(endpoint_url="x"), AnswerLost),
        (ConnectionClosedError(endpoint_url="x"), AnswerLost),
    ],
)
def test_only_a_call_that_never_connected_may_be_repeated(error: Exception, meaning: Any) -> None:
    with pytest.raises(meaning), one_call({}):
        raise error


def test_no_client_tries_by_itself_a_second_time() -> None:
    for name in ("pinpoint-sms-voice-v2", "sns", "sesv2"):
        made = without_kept_connections(client(name))
        assert made.meta.config.retries["total_max_attempts"] == 1
        # Against moto's own listener at the same place, which looks at the address.
        request = AWSRequest("POST", "https://nowhere.test/", data=b"").prepare()
        service = made.meta.service_model.service_id.hyphenize()
        made.meta.events.emit(f"before-send.{service}.Any", request=request)
        assert request.headers["Connection"] == "close"
