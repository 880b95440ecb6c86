"""API Gateway's REQUEST authorizer: asked before every request, never cached."""

from __future__ import annotations

from typing import Any

from caresmith.clock import SystemClock
from caresmith.log import bind, describe, logger
from functions.authorizer.service import identify
from functions.authorizer.tokens import InvalidToken

_clock = SystemClock()


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Allow with the caller's context; raise ``Unauthorized`` for a token that does not hold.

    Allow also for an anonymous caller, with an empty context: each handler
    refuses what is not public, and can tell a person to sign in.
    """
    bind(correlation_id=event.get("requestContext", {}).get("requestId", ""))
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    try:
        caller = identify(headers, _clock.now())
    except InvalidToken as error:
        logger().info("token refused", extra={"error": describe(error)})
        # API Gateway answers 401 to exactly this text.
        raise Exception("Unauthorized") from None  # noqa: TRY002
    return {
        "principalId": caller.get("user_id", "anonymous"),
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": event["methodArn"],
                }
            ],
        },
        "context": caller,
    }
