"""The payers as one program: the wire, their page, and the day that goes on beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from caresmith.clock import Clock, SystemClock
from scripts.payer.desk import Desk
from scripts.payer.house import House
from scripts.payer.rules import Rules, default_rules
from scripts.payer.store import Store
from scripts.payer.ticking import Days, Folder, run
from scripts.payer.wire import Wire


def payer_app(
    data: Path,
    key: str,
    rules: Rules | None = None,
    clock: Clock | None = None,
    sftp_port: int | None = None,
) -> Starlette:
    """The ASGI app; what it keeps is in ``data``. ``rules`` are those of its first start.

    With ``sftp_port`` the folders of ``data`` are served there as well.
    """
    clock = clock or SystemClock()
    store = Store(data / "payer.sqlite3")
    house = House(store, rules or default_rules(), clock.now().date())
    days, folder = Days(house, clock), Folder(house, data)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as open_:
            if sftp_port is not None:
                # Only who asks for it needs the library that speaks it.
                from scripts.payer.mailbox import mailbox

                await open_.enter_async_context(mailbox(data, sftp_port, key))
            running = asyncio.create_task(run(days, folder))
            yield
            running.cancel()
        store.close()

    return Starlette(
        routes=[*Wire(house, key).routes(), *Desk(house, days).routes()],
        lifespan=lifespan,
        # Another site's page must not read claims by giving its name our address.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )
