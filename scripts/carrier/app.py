"""The carrier as one program: its routes, its pages, and the poster that runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from caresmith.clock import SystemClock
from scripts.carrier.desk import Desk
from scripts.carrier.desk_api import DeskApi
from scripts.carrier.notices import CERTIFICATE_PATH, Signer
from scripts.carrier.posting import Poster
from scripts.carrier.setup import Setup
from scripts.carrier.store import Store
from scripts.carrier.twilio_api import TwilioApi

_PAGES: Final = Path(__file__).with_name("pages")


def carrier_app(setup: Setup) -> Starlette:
    """The ASGI app, with the poster running beside it."""
    store = Store(setup.data / "carrier.sqlite3")
    signer = Signer(setup.data, setup.url)
    desk = Desk(setup, store, signer, SystemClock())

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=30) as client:
            running = asyncio.create_task(Poster(desk, client).run())
            yield
            running.cancel()
        store.close()

    async def certificate(_: Request) -> Response:
        return Response(signer.certificate, media_type="application/x-pem-file")

    async def index(_: Request) -> Response:
        return FileResponse(_PAGES / "index.html")

    return Starlette(
        routes=[
            *TwilioApi(desk).routes(),
            *DeskApi(desk).routes(),
            Route(CERTIFICATE_PATH, certificate),
            Route("/", index),
            Mount("/static", StaticFiles(directory=_PAGES)),
        ],
        lifespan=lifespan,
        # Another site's page must not read texts by giving its name our address.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )
