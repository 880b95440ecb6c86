"""What the pages and simulations ask of the carrier, and the mailbox's entrance.

=============================  ========================================================
 ``POST /mail``                 an e-mail that SES has accepted
 ``GET /api/messages?after=``   texts in both directions, oldest first
 ``GET /api/mails?after=``      e-mails, newest first
 ``POST /api/reply``            ``from body [to] [repeat] [delay] [via: twilio|sns]``
 ``POST /api/notice``           ``message_id notice``: delivery, bounce, complaint...
 ``GET, POST /api/mode``        ``sms``: up, down, throttled, silent;
                                ``receipts``: on, off, reversed, tenfold
 ``GET /api/state``             what the pages show
=============================  ========================================================
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.carrier.desk import Desk
from scripts.carrier.fates import MESSAGES, Notice

_MOST_REPEATS: Final = 50
_SHOWN: Final = 200


class DeskApi:
    def __init__(self, desk: Desk) -> None:
        self._desk, self._store = desk, desk.store

    def routes(self) -> list[Route]:
        return [
            Route("/mail", self.mail, methods=["POST"]),
            Route("/api/messages", self.messages),
            Route("/api/mails", self.mails),
            Route("/api/reply", self.reply, methods=["POST"]),
            Route("/api/notice", self.notice, methods=["POST"]),
            Route("/api/mode", self.mode, methods=["GET", "POST"]),
            Route("/api/state", self.state),
        ]

    async def mail(self, request: Request) -> Response:
        self._desk.take_letter(await request.json())
        return JSONResponse({}, 201)

    async def messages(self, request: Request) -> Response:
        after, number = _after(request), request.query_params.get("number", "")
        return JSONResponse(self._store.texts(after=after, number=number))

    async def mails(self, request: Request) -> Response:
        return JSONResponse(self._store.letters(after=_after(request)))

    async def reply(self, request: Request) -> Response:
        told: dict[str, Any] = await request.json()
        repeat = int(told.get("repeat", 1))
        if not told.get("from") or not 1 <= repeat <= _MOST_REPEATS:
            return _wrong(f"Say from whom; it is repeated 1 to {_MOST_REPEATS} times.")
        try:
            text = self._desk.reply(
                told["from"],
                told.get("body", ""),
                recipient=told.get("to", ""),
                repeat=repeat,
                delay=float(told.get("delay", 0)),
                by_sns=told.get("via") == "sns",
            )
        except LookupError:
            return _wrong("Nobody has written to that number yet: say to whom.")
        return JSONResponse(text, 201)

    async def notice(self, request: Request) -> Response:
        told = await request.json()
        try:
            self._desk.tell_of(told["message_id"], Notice(told["notice"]))
        except (LookupError, ValueError):
            return _wrong("Say of which message_id, and a notice: " + ", ".join(Notice))
        return JSONResponse({}, 201)

    async def mode(self, request: Request) -> Response:
        if request.method == "POST":
            try:
                self._desk.set_modes(await request.json())
            except ValueError as error:
                return _wrong(str(error))
        return JSONResponse(self._desk.modes())

    async def state(self, request: Request) -> Response:
        revision = {"revision": str(self._store.revision)}
        asked = (request.query_params.get("revision"), request.query_params.get("number", ""))
        if asked[0] == revision["revision"]:
            return JSONResponse(revision)
        texts = self._store.texts(number=asked[1]) if asked[1] else []
        return JSONResponse(
            {
                **revision,
                "threads": self._store.threads(),
                "texts": texts[-_SHOWN:],
                "mails": self._store.letters(limit=_SHOWN),
                "modes": self._desk.modes(),
                "posts": self._store.post_counts(),
                "errors": MESSAGES,
            }
        )


def _after(request: Request) -> int:
    given = request.query_params.get("after", "0")
    return int(given) if given.isdecimal() else 0


def _wrong(what: str) -> JSONResponse:
    return JSONResponse({"error": what}, 422)
