"""Calls a function as API Gateway would, and reads its answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from caresmith.ids import PracticeId, UserId
from caresmith.permissions import Role
from scripts.localstack.inprocess import invoke, request

__all__ = ["Caller", "Reply", "call", "invoke"]


@dataclass(frozen=True)
class Caller:
    """What the authorizer would have said of who calls."""

    practice_id: PracticeId
    user_id: str = field(default_factory=UserId.new)
    roles: tuple[Role, ...] = (Role.FRONT_DESK,)
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further authorizer context: session_id, csrf_token, provider_id..."""

    def context(self) -> dict[str, str]:
        return {
            "practice_id": self.practice_id,
            "user_id": self.user_id,
            "roles": ",".join(self.roles),
            **self.extra,
        }


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header, the last."""
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def call(
    method: str,
    path: str,
    *,
    caller: Caller | None = None,
    json_body: Any = None,
    form: Iterable[tuple[str, str]] | None = None,
    raw: bytes | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One HTTP request through the function that owns the path."""
    sent: dict[str, str] = {}
    body = raw or b""
    if json_body is not None:
        body = json.dumps(json_body).encode()
        sent["content-type"] = "application/json"
    elif form is not None:
        body = urlencode(list(form)).encode()
        sent["content-type"] = "application/x-www-form-urlencoded"
    elif raw is not None:
        sent["content-type"] = "application/json"
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    answer = request(
        method,
        path,
        query=query,
        headers=sent,
        body=body,
        caller=caller.context() if caller else None,
    )
    return Reply(
        answer.status,
        {name.lower(): value for name, value in answer.headers},
        answer.body.decode("utf-8", "replace"),
    )
