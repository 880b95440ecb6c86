"""The processor's API, its payment page, and its desk.

==================================  =========================================================
 ``POST /v1/checkout/sessions``      open a page: https://docs.stripe.com/api/checkout/sessions
 ``GET``, ``POST .../<id>/expire``  how a page stands; let nobody pay it any more
 ``POST /v1/refunds``                give back: https://docs.stripe.com/api/refunds
 cards that are kept                  ``kept.py``
 ``GET/POST /pay/<session>``         the page itself: pay, be declined, let it expire
 ``GET /``                           the desk: what was paid; dispute, refund, tell again
==================================  =========================================================

Webhooks are signed as Stripe signs them: ``t=<time>,v1=<HMAC-SHA256 of "t.body">``.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from scripts.cardprocessor.answers import frame, nested, problem
from scripts.cardprocessor.kept import CARDS, KeptCards
from scripts.cardprocessor.once import Answer, Once
from scripts.cardprocessor.store import Store

_DESK_ACTS: Final = {
    "refund": "Refund all",
    "dispute": "Dispute",
    "win": "Dispute won",
}


@dataclass(frozen=True)
class Keys:
    api: str
    webhook: str


Deliver = Callable[[str, bytes, dict[str, str]], int]


def deliver(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post a webhook; its status, 0 where nobody answers."""
    try:
        return httpx.post(url, content=body, headers=headers, timeout=20).status_code
    except httpx.HTTPError:
        return 0


def signed(body: bytes, secret: str, at: int) -> str:
    """The header ``Stripe-Signature``."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Processor:
    def __init__(
        self, store: Store, keys: Keys, webhooks: str, url: str, post: Deliver = deliver
    ) -> None:
        """``webhooks`` is where events go; ``url`` is this program's own address."""
        self._store, self._keys, self._webhooks, self._url = store, keys, webhooks, url
        self._post = post
        self._once = Once(store, self.admitted)
        self._kept = KeptCards(store, self.admitted, self.told)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/checkout/sessions", self.open, methods=["POST"]),
            Route("/v1/checkout/sessions/{session}", self.retrieve, methods=["GET"]),
            Route("/v1/checkout/sessions/{session}/expire", self.expire, methods=["POST"]),
            Route("/v1/refunds", self.refund, methods=["POST"]),
            Route("/pay/{session}", self.page, methods=["GET"]),
            Route("/pay/{session}", self.decide, methods=["POST"]),
            *self._kept.routes(),
            Route("/payments/{intent}/{act}", self.act, methods=["POST"]),
            Route("/events/{event}", self.again, methods=["POST"]),
            Route("/", self.desk, methods=["GET"]),
        ]

    # -- the API ------------------------------------------------------------

    async def open(self, request: Request) -> Response:
        return await self._once(request, self._opened)

    def _opened(self, form: dict[str, Any], once: str) -> Answer:
        setup = form.get("mode") == "setup"
        amount = 0 if setup else form["line_items"]["0"]["price_data"]["unit_amount"]
        tail = hashlib.sha256(once.encode()).hexdigest()[:10]
        number = f"cs_test_{self._store.next('sessions'):06}{tail}"
        session = {
            "id": number,
            "object": "checkout.session",
            "mode": form.get("mode", "payment"),
            "customer": form.get("customer"),
            "amount_total": int(amount),
            "currency": "usd",
            "metadata": form.get("metadata", {}),
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": form.get("success_url", ""),
            "url": f"{self._url}/pay/{number}",
        }
        self._store.put("sessions", number, session)
        return Answer(session)

    async def retrieve(self, request: Request) -> Response:
        _, refused = await self.admitted(request)
        session = self._store.get("sessions", request.path_params["session"])
        return refused or (JSONResponse(session) if session else _no_session())

    async def expire(self, request: Request) -> Response:
        _, refused = await self.admitted(request)
        session = self._store.get("sessions", request.path_params["session"])
        if refused or session is None:
            return refused or _no_session()
        if session["status"] != "open":
            return problem(400, "", f"Only open sessions expire: it is {session['status']}.")
        session["status"] = "expired"
        self._store.put("sessions", session["id"], session)
        return JSONResponse(session, background=self.told("checkout.session.expired", session))

    async def refund(self, request: Request) -> Response:
        return await self._once(request, self._given_back)

    def _given_back(self, form: dict[str, Any], _: str) -> Answer | Response:
        charge = self._store.get("charges", str(form.get("payment_intent", "")))
        cents = int(form.get("amount", 0))
        if charge is None or charge["amount_refunded"] + cents > charge["amount"]:
            return problem(400, "charge_already_refunded", "That much was not paid.")
        made = {"id": f"re_{self._store.next('refunds'):06}", "object": "refund", "amount": cents}
        made |= {"payment_intent": charge["payment_intent"], "status": "succeeded"}
        self._store.put("refunds", str(made["id"]), made)
        return Answer(made, told=self._refunded(charge, cents))

    async def admitted(self, request: Request) -> tuple[dict[str, Any], Response | None]:
        if request.headers.get("authorization") != f"Bearer {self._keys.api}":
            return {}, problem(401, "api_key", "Invalid API key.")
        return nested((await request.body()).decode()), None

    # -- the page -----------------------------------------------------------

    async def page(self, request: Request) -> Response:
        session = self._store.get("sessions", request.path_params["session"])
        if session is None:
            return HTMLResponse("There is no such page.", 404)
        amount = f"${session['amount_total'] / 100:,.2f}"
        if session["status"] != "open":
            return HTMLResponse(frame("Payment", f"<p>This page is {session['status']}.</p>"))
        if session["mode"] == "setup":
            return HTMLResponse(self._kept.page())
        buttons = "".join(
            f'<button name="act" value="{act}">{words}</button> '
            for act, words in (
                ("pay", f"Pay {amount}"),
                ("decline", "Decline"),
                ("expire", "Expire"),
            )
        )
        card = '<label>Card <input value="4242 4242 4242 4242" autocomplete="off"></label>'
        return HTMLResponse(frame(f"Pay {amount}", f'<form method="post">{card} {buttons}</form>'))

    async def decide(self, request: Request) -> Response:
        session = self._store.get("sessions", request.path_params["session"])
        act = dict(parse_qsl((await request.body()).decode())).get("act", "")
        if session is None or session["status"] != "open":
            return HTMLResponse("This page is closed.", 409)
        if session["mode"] == "setup" and act in CARDS:
            return self._kept.keep(session, act)
        if act == "decline":
            return HTMLResponse(
                frame("Declined", '<p>The card was declined. <a href="">Again</a></p>')
            )
        if act == "expire":
            session["status"] = "expired"
            self._store.put("sessions", session["id"], session)
            task = self.told("checkout.session.expired", session)
            return HTMLResponse(frame("Expired", "<p>The page has expired.</p>"), background=task)
        intent = f"pi_{session['id'].removeprefix('cs_test_')}"
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}
        self._store.put("sessions", session["id"], session)
        charge = {
            "id": f"ch_{intent}",
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": 0,
            "payment_intent": intent,
            "metadata": session["metadata"],
            "disputed": False,
        }
        self._store.put("charges", intent, charge)
        task = self.told("checkout.session.completed", session)
        return RedirectResponse(session["success_url"] or "/", 303, background=task)

    # -- the desk -----------------------------------------------------------

    async def act(self, request: Request) -> Response:
        charge = self._store.get("charges", request.path_params["intent"])
        act = request.path_params["act"]
        if charge is None or act not in _DESK_ACTS:
            return Response("Unknown.", 404)
        if act == "refund":
            task = self._refunded(charge, charge["amount"] - charge["amount_refunded"])
        else:
            charge["disputed"] = act == "dispute"
            self._store.put("charges", charge["payment_intent"], charge)
            dispute = {
                "id": f"dp_{charge['payment_intent']}",
                "object": "dispute",
                "amount": charge["amount"] - charge["amount_refunded"],
                "payment_intent": charge["payment_intent"],
                "metadata": {},
            }
            word = "withdrawn" if act == "dispute" else "reinstated"
            task = self.told(f"charge.dispute.funds_{word}", dispute)
        return RedirectResponse("/", 303, background=task)

    async def again(self, request: Request) -> Response:
        event = self._store.get("events", request.path_params["event"])
        if event is None:
            return Response("Unknown.", 404)
        return RedirectResponse("/", 303, background=BackgroundTask(self._send, event))

    async def desk(self, _: Request) -> Response:
        kept = self._kept.desk()
        rows = "".join(
            f"<tr><td>{html.escape(one['payment_intent'])}</td>"
            f"<td>${one['amount'] / 100:,.2f}</td><td>${one['amount_refunded'] / 100:,.2f}</td><td>"
            + "".join(
                f'<form method="post" action="/payments/{one["payment_intent"]}/{act}">'
                f"<button>{words}</button></form>"
                for act, words in _DESK_ACTS.items()
            )
            + "</td></tr>"
            for one in self._store.all("charges")
        )
        events = "".join(
            f"<tr><td>{html.escape(one['type'])}</td><td>{one.get('answered', 'not yet')}</td>"
            f'<td><form method="post" action="/events/{one["id"]}"><button>Tell again</button>'
            "</form></td></tr>"
            for one in self._store.all("events")
        )
        return HTMLResponse(
            frame(
                "Card processor of the local stack",
                f"<table><tr><th>Payment</th><th>Paid</th><th>Refunded</th><th></th></tr>{rows}"
                f"</table>{kept}<h2>Told</h2><table><tr><th>Event</th><th>Answer</th><th></th></tr>"
                f"{events}</table>",
            )
        )

    # -- inside ---------------------------------------------------------------

    def _refunded(self, charge: dict[str, Any], cents: int) -> BackgroundTask:
        charge["amount_refunded"] += cents
        self._store.put("charges", charge["payment_intent"], charge)
        return self.told("charge.refunded", charge)

    def told(self, kind: str, about: dict[str, Any]) -> BackgroundTask:
        event = {
            "id": f"evt_{self._store.next('events'):06}",
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "data": {"object": about},
        }
        self._store.put("events", str(event["id"]), event)
        return BackgroundTask(self._send, event)

    def _send(self, event: dict[str, Any]) -> None:
        body = json.dumps({k: v for k, v in event.items() if k != "answered"}).encode()
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": signed(body, self._keys.webhook, int(time.time())),
        }
        status = self._post(f"{self._webhooks}/accounts/stripe", body, headers)
        self._store.put("events", event["id"], {**event, "answered": status})


def _no_session() -> Response:
    return problem(404, "resource_missing", "No such checkout session.")


def card_processor(
    folder: Path, keys: Keys, webhooks: str, url: str, post: Deliver = deliver
) -> Starlette:
    """The ASGI app; what it keeps is in ``folder``."""
    store = Store(folder / "cards.json")
    return Starlette(routes=Processor(store, keys, webhooks, url, post).routes())
