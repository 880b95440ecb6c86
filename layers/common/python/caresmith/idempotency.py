"""A request repeated under the same ``Idempotency-Key`` is carried out once.

Networks deliver twice and people click twice. The first answer is kept for a
day, sealed like any PHI, and given again to each repeat; a repeat with another
body is refused; a repeat while the first still runs is told so. An error keeps
nothing, so the same key may be tried again.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.serialization.custom_dict import (
    CustomDictSerializer,
)

from caresmith.errors import IdempotencyKeyReused, StillInProgress, Unavailable
from caresmith.ids import PracticeId
from caresmith.sealing import Sealer
from caresmith.settings import Domain, table_name

_KEEP_SECONDS: Final = 24 * 60 * 60


@cache
def _store() -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(table_name=table_name(Domain.IDEMPOTENCY))


def answer_once(
    *,
    practice: PracticeId,
    key: str,
    fingerprint: str,
    context: Any,
    answer: Callable[[], Response[Any]],
) -> Response[Any]:
    """Run ``answer`` unless it already ran under ``key``; then give that answer again.

    ``key`` names caller, route and the caller's own key; ``fingerprint`` is a
    digest of what was asked. Raises IdempotencyKeyReused, StillInProgress or
    Unavailable.
    """
    sealer = Sealer(practice, Domain.IDEMPOTENCY)
    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="fingerprint",
        expires_after_seconds=_KEEP_SECONDS,
        hash_function="sha256",
    )
    config.register_lambda_context(context)

    def to_dict(response: Response[Any]) -> dict[str, Any]:
        body = "" if response.body is None else response.body
        if not isinstance(body, str):
            body = json.dumps(body)
        return {
            "status": response.status_code,
            "headers": {name: str(value) for name, value in response.headers.items()},
            "sealed": b64encode(sealer.seal_bytes(key, "answer", body.encode())).decode(),
        }

    def from_dict(kept: dict[str, Any]) -> Response[Any]:
        body = sealer.unseal_bytes(key, "answer", b64decode(kept["sealed"])).decode()
        headers = {**kept["headers"], "Idempotency-Replayed": "true"}
        return Response(status_code=int(kept["status"]), headers=headers, body=body)

    def run(*, request: dict[str, str]) -> Response[Any]:  # noqa: ARG001 - Powertools reads it
        return answer()

    once = idempotent_function(
        run,
        data_keyword_argument="request",
        persistence_store=_store(),
        config=config,
        output_serializer=CustomDictSerializer(to_dict, from_dict),
        key_prefix=practice,
    )
    try:
        response: Response[Any] = once(request={"key": key, "fingerprint": fingerprint})
    except IdempotencyValidationError:
        raise IdempotencyKeyReused from None
    except IdempotencyAlreadyInProgressError:
        raise StillInProgress from None
    except IdempotencyPersistenceLayerError:
        raise Unavailable from None
    return response
