"""The same idempotency key gets the same answer, declines included.

https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scripts.cardprocessor.store import Store

Admit = Callable[[Request], Awaitable[tuple[dict[str, Any], Response | None]]]


@dataclass(frozen=True)
class Answer:
    """What a request gets, and what is told because of it."""

    body: dict[str, Any]
    status: int = 200
    told: BackgroundTask | None = None


Act = Callable[[dict[str, Any], str], Answer | Response]
"""Takes the form and its key; a Response is a refusal that is not remembered."""


@dataclass(frozen=True)
class Once:
    store: Store
    admitted: Admit

    async def __call__(self, request: Request, act: Act) -> Response:
        """What the request gets: the answer that its key has got before, or what ``act`` gives."""
        form, refused = await self.admitted(request)
        if refused:
            return refused
        key = request.headers.get("idempotency-key", "")
        known = self.store.get("answers", key) if key else None
        if known:
            return JSONResponse(known["body"], known["status"])
        made = act(form, key)
        if isinstance(made, Response):
            return made
        if key:
            self.store.put("answers", key, {"body": made.body, "status": made.status})
        return JSONResponse(made.body, made.status, background=made.told)
