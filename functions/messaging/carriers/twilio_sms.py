"""Texts through Twilio's own library.

Receipts come to ``/webhooks/twilio/status/<practice>/<party>/<message>``.
https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

from caresmith.messages.failures import twilio_reason
from functions.messaging.carriers.port import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Accepted,
    AnswerLost,
    CarrierDown,
    CarrierThrottled,
    Outgoing,
    RefusalCode,
    Refused,
)

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioRestException
    from twilio.http import HttpClient
    from twilio.rest import Client

_TOO_MANY: Final = 429
_NOT_NOW: Final = 503
_SERVER_ERROR: Final = 500
_REFUSALS: Final[dict[str, RefusalCode]] = {
    "invalid": "invalid",
    "unreachable": "unreachable",
    "blocked": "blocked",
    "opted-out": "opted-out",
    "content": "content",
}
# https://www.twilio.com/docs/api/errors: the account or the sending number is at fault,
# which the operator mends; the message can wait for that.
_OURS: Final = frozenset(
    {
        20003,  # Authenticate
        20005,  # Account not active
        21408,  # Permission to send to this region not enabled
        21603,  # A 'From' phone number is required
        21606,  # The 'From' number is not a valid, SMS-capable number of the account
        21659,  # 'From' is not a Twilio phone number or short code
        21660,  # Mismatch between the 'From' number and the account
        30002,  # Account suspended
        30034,  # Message from an unregistered number
    }
)
# https://www.twilio.com/docs/api/errors
_THROTTLED: Final = frozenset(
    {
        20429,  # Too many requests
        21611,  # This 'From' number has exceeded the maximum number of queued messages
        30001,  # Queue overflow
        30022,  # US A2P 10DLC rate limits exceeded
        63038,  # Account exceeded the daily messages limit
    }
)
# https://www.twilio.com/docs/messaging/api/message-resource: ValidityPeriod, in seconds.
_SHORTEST, _LONGEST = 5, 36_000


class TwilioSms:
    """Sends texts from one Twilio account."""

    def __init__(
        self, account_sid: str, auth_token: str, *, api_url: str, callback_url: str
    ) -> None:
        """``api_url`` takes the place of Twilio's own where it is not empty.

        ``callback_url`` is where our webhooks are reached; empty: no receipts come.
        """
        self._client = _client(account_sid, auth_token, api_url)
        self._callback_url = callback_url.rstrip("/")

    def send(self, message: Outgoing) -> Accepted:
        import requests
        from twilio.base.exceptions import TwilioRestException

        try:
            sent = self._client.messages.create(
                to=message.to,
                from_=message.sender,
                body=message.text,
                # Links in a text must stay what the practice wrote.
                shorten_urls=False,
                **self._options(message),
            )
        except TwilioRestException as error:
            raise _meaning(error) from None
        except requests.ConnectTimeout:
            raise CarrierDown from None
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise CarrierDown from None
            raise AnswerLost from None
        except requests.RequestException:
            raise AnswerLost from None
        segments = sent.num_segments
        return Accepted("twilio", str(sent.sid), int(segments) if segments else None)

    def _options(self, message: Outgoing) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if message.lifetime_seconds is not None:
            lifetime = max(_SHORTEST, min(_LONGEST, message.lifetime_seconds))
            options["validity_period"] = lifetime
        if self._callback_url:
            whose = f"{message.practice_id}/{message.party_id}/{message.message_id}"
            options["status_callback"] = f"{self._callback_url}/webhooks/twilio/status/{whose}"
        return options


def _client(account_sid: str, auth_token: str, api_url: str) -> Client:
    from twilio.rest import Client

    return Client(account_sid, auth_token, http_client=_http_client(api_url))


def _http_client(api_url: str) -> HttpClient:
    """Twilio's HTTP client with our time limits, and another host where one is given.

    Each request has a connection of its own: one that was kept may have died while
    the function slept, and then nobody knows whether the message left by it.
    """
    from twilio.http.http_client import TwilioHttpClient

    base = urlsplit(api_url)

    class OneTry(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *args: Any, **given: Any) -> Any:
            if base.netloc:
                asked = urlsplit(url)
                url = urlunsplit((base.scheme, base.netloc, asked.path, asked.query, ""))
            return super().request(method, url, *args, **given)

    client = OneTry(pool_connections=False, logger=_silent())
    # requests takes the pair (connect, read), which Twilio's annotation does not know.
    client.timeout = cast(Any, (CONNECT_SECONDS, ANSWER_SECONDS))
    return client


def _silent() -> logging.Logger:
    """Twilio's client logs bodies at the level INFO: numbers and texts."""
    silent = logging.getLogger("caresmith.twilio")
    silent.addHandler(logging.NullHandler())
    silent.propagate = False
    silent.disabled = True
    return silent


def _never_connected(error: Exception) -> bool:
    """Whether the request was refused before any of it had left."""
    from urllib3.exceptions import (
        ConnectTimeoutError,
        MaxRetryError,
        NameResolutionError,
        NewConnectionError,
    )

    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    return isinstance(cause, NewConnectionError | ConnectTimeoutError | NameResolutionError)


def _meaning(error: TwilioRestException) -> Exception:
    """The port's error for an answer of Twilio's."""
    code = error.code
    if error.status == _TOO_MANY or code in _THROTTLED:
        return CarrierThrottled()
    if error.status == _NOT_NOW or code in _OURS:
        return CarrierDown()
    if error.status >= _SERVER_ERROR:
        return AnswerLost()
    reason = twilio_reason(code)
    if reason == "unknown" and error.status in {401, 403}:
        return CarrierDown()
    return Refused(_REFUSALS.get(reason, "rejected"))
