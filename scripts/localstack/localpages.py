"""Pages under ``/_local`` that exist on this machine only: where things are, who may log in.

Further pages and APIs of the stack's own (:mod:`scripts.localstack.awspages`) are given as routes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import anyio
import pyotp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from scripts.localstack.host import Invocation

_STATIC: Final = Path(__file__).with_name("pages")


def local_pages(
    data: Path,
    addresses: dict[str, str],
    invoke: Callable[[str, Any], Invocation],
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """``addresses``: what is where, by name. Answers only to the machine's own names."""

    async def index(_: Request) -> Response:
        return FileResponse(_STATIC / "index.html")

    async def script(_: Request) -> Response:
        return FileResponse(_STATIC / "index.js", media_type="text/javascript")

    async def facts(_: Request) -> Response:
        return JSONResponse({"addresses": addresses, "logins": logins(data)})

    async def health(_: Request) -> Response:
        return JSONResponse({"ok": True})

    async def invoke_function(request: Request) -> Response:
        name, event = request.path_params["name"], await request.json()
        try:
            result = await anyio.to_thread.run_sync(invoke, name, event)
        except KeyError:
            return JSONResponse({"error": f"There is no function {name}."}, 404)
        return JSONResponse(result.payload, 500 if result.error else 200)

    return Starlette(
        routes=[
            Route("/_local/", index),
            Route("/_local", index),
            Route("/_local/index.js", script),
            Route("/_local/facts", facts),
            Route("/_local/health", health),
            Route("/_local/invoke/{name}", invoke_function, methods=["POST"]),
            *more,
        ],
        # Another site's page must not read the codes by giving its name our address.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def logins(data: Path) -> list[dict[str, Any]]:
    """The sample logins that the seed wrote, each with its present TOTP code.

    ``logins.json``: a list of {label, username, password, totp_secret, roles}.
    """
    try:
        known: list[dict[str, Any]] = json.loads((data / "logins.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []  # Not seeded yet, or the seed is writing it at this moment.
    return [
        {
            **{k: login.get(k) for k in ("label", "username", "password", "roles")},
            "code": pyotp.TOTP(login["totp_secret"]).now() if login.get("totp_secret") else "",
            "seconds_left": 30 - int(time.time()) % 30,
        }
        for login in known
    ]
