"""Calling AWS once: its clients without their own retries, its errors in the port's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
)

from functions.messaging.carriers.port import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    AnswerLost,
    CarrierDown,
    CarrierThrottled,
    RefusalCode,
    Refused,
)

ONE_TRY: Final = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=ANSWER_SECONDS,
    retries={"total_max_attempts": 1, "mode": "standard"},
)
# Of every AWS service: https://docs.aws.amazon.com/general/latest/gr/api-retries.html and
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown",
        "LimitExceededException",
        "ServiceQuotaExceededException",
        "KMSThrottlingException",
    }
)
_SERVER_ERROR: Final = 500
_NOT_NOW: Final = 503


def without_kept_connections(client: Any) -> Any:
    """``client``, with a connection of its own for each call.

    One that was kept may have died while the function slept, and then nobody
    knows whether the message left by it.
    """

    def close(request: Any, **_: Any) -> None:
        request.headers["Connection"] = "close"

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-send.{service}", close)
    return client


@contextmanager
def one_call(refusals: Mapping[str, RefusalCode]) -> Iterator[None]:
    """Run one call; ``refusals`` are the service's errors that are about this message."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error, refusals) from None
    except (
        EndpointConnectionError,
        ConnectTimeoutError,
        ProxyConnectionError,
        NoCredentialsError,
    ):
        raise CarrierDown from None
    except ParamValidationError:
        raise Refused("rejected") from None
    except (ReadTimeoutError, ConnectionClosedError, HTTPClientError):
        raise AnswerLost from None


def _meaning(error: ClientError, refusals: Mapping[str, RefusalCode]) -> Exception:
    code = error.response["Error"]["Code"]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # A service's reason says more than its error's name: ConflictException is many things.
    reason = str(error.response.get("Reason", ""))
    if reason in refusals:
        return Refused(refusals[reason])
    if code in _THROTTLED:
        return CarrierThrottled()
    if code in refusals:
        return Refused(refusals[code])
    if status >= _SERVER_ERROR and status != _NOT_NOW:
        return AnswerLost()
    # Rights, an unverified sender, a paused account: the operator mends it, the message waits.
    return CarrierDown()
