"""Twilio's API: send a text, ask what became of it, list those to a number.

==================================================  =========
 ``POST /2010-04-01/Accounts/<sid>/Messages.json``   send
 ``GET  .../Messages.json?To=&From=``                list
 ``GET  .../Messages/<sid>.json``                    fetch
==================================================  =========
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.carrier import twilio
from scripts.carrier.desk import Desk, Refused
from scripts.carrier.fates import SmsMode

_SILENCE_SECONDS: Final = 60


class TwilioApi:
    def __init__(self, desk: Desk) -> None:
        self._desk, self._account, self._token = desk, desk.setup.account, desk.setup.token

    def routes(self) -> list[Route]:
        return [
            Route(twilio.MESSAGES_PATH, self.send, methods=["POST"]),
            Route(twilio.MESSAGES_PATH, self.listed, methods=["GET"]),
            Route(twilio.MESSAGE_PATH, self.fetch, methods=["GET"]),
        ]

    async def send(self, request: Request) -> Response:
        body = (await request.body()).decode("utf-8", "replace")
        form = dict(parse_qsl(body, keep_blank_values=True))
        try:
            self._admit(request)
            text = self._desk.take_text(form)
        except Refused as error:
            return JSONResponse(*twilio.problem(error.code))
        if self._desk.modes()["sms"] == SmsMode.SILENT:
            await asyncio.sleep(_SILENCE_SECONDS)
        return JSONResponse(twilio.resource(text, self._account), 201)

    async def fetch(self, request: Request) -> Response:
        text = self._desk.store.text(request.path_params["sid"])
        try:
            self._admit(request)
        except Refused as error:
            return JSONResponse(*twilio.problem(error.code))
        if text is None:
            return JSONResponse(*twilio.problem(20404))
        return JSONResponse(twilio.resource(text, self._account))

    async def listed(self, request: Request) -> Response:
        to, sender = request.query_params.get("To", ""), request.query_params.get("From", "")
        try:
            self._admit(request)
        except Refused as error:
            return JSONResponse(*twilio.problem(error.code))
        found = [
            twilio.resource(text, self._account)
            for text in reversed(self._desk.store.texts(number=to))
            if to in ("", text["recipient"]) and sender in ("", text["sender"])
        ]
        page = {"page": 0, "page_size": len(found), "next_page_uri": None}
        return JSONResponse({"messages": found, **page})

    def _admit(self, request: Request) -> None:
        """Raises Refused for a wrong account, and while the carrier is down or throttles."""
        mode = self._desk.modes()["sms"]
        if mode == SmsMode.DOWN:
            raise Refused(20503)
        if mode == SmsMode.THROTTLED:
            raise Refused(20429)
        given = request.headers.get("authorization", "")
        known = twilio.knows(given, self._account, self._token)
        if not known or request.path_params["account"] != self._account:
            raise Refused(20003)
