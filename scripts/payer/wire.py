"""The dialect of HTTPS that a practice speaks to its clearinghouse: real time, and files."""

from __future__ import annotations

import asyncio
import hmac
import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.payer.envelopes import Unanswerable
from scripts.payer.house import House, NotAsked, OtherBytes

EDI: Final = "application/edi-x12"
MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_LISTED: Final = 1_000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SILENT_SECONDS: Final = 600
"""For how long a question that is never answered is held, at most."""


def problem(status: int, title: str, detail: str = "") -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")


class Wire:
    def __init__(self, house: House, key: str) -> None:
        self._house, self._key = house, key

    def routes(self) -> list[Route]:
        return [
            Route("/realtime", self.ask, methods=["POST"]),
            Route("/files", self.take, methods=["POST"]),
            Route("/files", self.listed, methods=["GET"]),
            Route("/files/{name}", self.fetch, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        try:
            reply = await run_in_threadpool(self._house.ask, body)
        except (NotAsked, Unanswerable) as refused:
            return problem(422, "This can't be asked in real time.", str(refused))
        if reply.how == "silent":
            await _gone(request)
            return problem(504, "There was no answer.")
        if reply.how == "down":
            return problem(503, "The payer's system is down.")
        await asyncio.sleep(reply.seconds)
        return Response(reply.raw, media_type=EDI)

    async def take(self, request: Request) -> Response:
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        name = request.query_params.get("name", "")
        if _NAME.fullmatch(name) is None:
            return problem(422, "Name the file.", "name: letters, digits, points and hyphens")
        try:
            new = await run_in_threadpool(self._house.take, name, body)
        except OtherBytes:
            return problem(409, "Another file of this name came before.")
        except Unanswerable as refused:
            return problem(422, "This is no X12 file.", str(refused))
        return JSONResponse({"name": name}, 202 if new else 200)

    async def listed(self, request: Request) -> Response:
        if not self._known(request):
            return _unknown()
        after = request.query_params.get("after", "") or "0"
        limit = request.query_params.get("limit", "100")
        if not (after.isdecimal() and limit.isdecimal() and 0 < int(limit) <= _MOST_LISTED):
            return problem(422, "after is a cursor that was given, limit is from 1 to 1,000.")
        found = await run_in_threadpool(self._house.files, int(after), int(limit))
        files = [{key: one[key] for key in ("name", "size", "sha256", "at")} for one in found]
        # The cursor behind the last one: it stays good, and later files come behind it.
        return JSONResponse({"files": files, "next": str(found[-1]["seq"]) if found else None})

    async def fetch(self, request: Request) -> Response:
        if not self._known(request):
            return _unknown()
        raw = await run_in_threadpool(self._house.file, request.path_params["name"])
        if raw is None:
            return problem(404, "There is no such file.")
        return Response(raw, media_type=EDI)

    def _known(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode())

    async def _body(self, request: Request) -> bytes | Response:
        """The bytes that were sent, or why they are not taken."""
        if not self._known(request):
            return _unknown()
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != EDI:
            return problem(415, f"Send {EDI}.")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return problem(413, "The file is too large.")
        return bytes(body)


def _unknown() -> Response:
    return problem(401, "The key is not known here.")


async def _gone(request: Request) -> None:
    """Until who asked has gone away."""
    for _ in range(_SILENT_SECONDS * 2):
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.5)
