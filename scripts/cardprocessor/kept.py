"""Cards that are kept and charged later, without their owner.

===================================  =====================================================
 ``POST /v1/customers``               https://docs.stripe.com/api/customers/create
 ``GET /v1/setup_intents/<id>``       https://docs.stripe.com/api/setup_intents/retrieve
 ``POST /v1/payment_intents``         off-session and confirmed: paid, or 402 with a code
 ``GET /v1/payment_intents/search``   by the metadata ``payment_id``
 ``POST .../<id>/detach``             of a payment method: it can't be charged any more
===================================  =====================================================

A page in setup mode asks which card is left; the desk turns a card into one that is
declined, or back.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from scripts.cardprocessor.answers import frame, problem
from scripts.cardprocessor.once import Admit, Answer, Once
from scripts.cardprocessor.store import Store

CARDS: Final = {
    "keep": ("Leave a Visa", "visa", "4242", ""),
    "keep-poor": ("Leave one without money", "mastercard", "9995", "insufficient_funds"),
    "keep-expired": ("Leave one that will have expired", "visa", "0069", "expired_card"),
}
"""By what the page's button says: words, brand, last digits, and how it is declined."""
_SEARCHED: Final = re.compile(r"metadata\['payment_id'\]:'([^']+)'")

Tell = Callable[[str, dict[str, Any]], BackgroundTask]


class KeptCards:
    def __init__(self, store: Store, admitted: Admit, told: Tell) -> None:
        self._store, self._admitted, self._told = store, admitted, told
        self._once = Once(store, admitted)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/customers", self.customer, methods=["POST"]),
            Route("/v1/setup_intents/{setup}", self.setup, methods=["GET"]),
            Route("/v1/payment_intents", self.charge, methods=["POST"]),
            Route("/v1/payment_intents/search", self.search, methods=["GET"]),
            Route("/v1/payment_methods/{method}/detach", self.detach, methods=["POST"]),
            Route("/cards/{method}/{card}", self.turn, methods=["POST"]),
        ]

    # -- the API ----------------------------------------------------------------

    async def customer(self, request: Request) -> Response:
        return await self._once(request, self._customer)

    def _customer(self, form: dict[str, Any], _: str) -> Answer:
        made = {"id": f"cus_{self._store.next('customers'):06}", "object": "customer"}
        made["metadata"] = form.get("metadata", {})
        self._store.put("customers", str(made["id"]), made)
        return Answer(made)

    async def setup(self, request: Request) -> Response:
        _, refused = await self._admitted(request)
        found = self._store.get("setups", request.path_params["setup"])
        if refused or found is None:
            return refused or problem(404, "resource_missing", "No such setup intent.")
        method = self._store.get("methods", found["payment_method"])
        return JSONResponse({**found, "payment_method": method})

    async def charge(self, request: Request) -> Response:
        return await self._once(request, self._charged)

    def _charged(self, form: dict[str, Any], once: str) -> Answer:
        method = self._store.get("methods", str(form.get("payment_method", "")))
        if method is None or method["customer"] != form.get("customer"):
            return Answer(_error("invalid_request_error", "resource_missing"), 400)
        if method["declined"]:
            code = method["declined"]
            error = _error("card_error", "card_declined" if code != "expired_card" else code)
            error["error"]["decline_code"] = code
            return Answer(error, 402)
        tail = hashlib.sha256(once.encode()).hexdigest()[:10]
        number = f"pi_{self._store.next('intents'):06}{tail}"
        cents = int(form["amount"])
        intent = {
            "id": number,
            "object": "payment_intent",
            "amount": cents,
            "amount_received": cents,
            "status": "succeeded",
            "customer": form["customer"],
            "metadata": form.get("metadata", {}),
        }
        self._store.put("intents", number, intent)
        charge = {
            "id": f"ch_{number}",
            "object": "charge",
            "amount": cents,
            "amount_refunded": 0,
            "payment_intent": number,
            "metadata": intent["metadata"],
            "disputed": False,
        }
        self._store.put("charges", number, charge)
        return Answer(intent, told=self._told("payment_intent.succeeded", intent))

    async def search(self, request: Request) -> Response:
        _, refused = await self._admitted(request)
        if refused:
            return refused
        wanted = _SEARCHED.search(request.query_params.get("query", ""))
        found = [
            one
            for one in self._store.all("intents")
            if wanted and one["metadata"].get("payment_id") == wanted[1]
        ]
        return JSONResponse({"object": "search_result", "data": found, "has_more": False})

    async def detach(self, request: Request) -> Response:
        _, refused = await self._admitted(request)
        method = self._store.get("methods", request.path_params["method"])
        if refused or method is None:
            return refused or problem(404, "resource_missing", "No such payment method.")
        if method["customer"] is None:
            # As Stripe refuses it: https://docs.stripe.com/api/payment_methods/detach
            return problem(400, "payment_method_unexpected_state", "It is attached to nobody.")
        method["customer"] = None
        self._store.put("methods", method["id"], method)
        return JSONResponse(method)

    # -- the page -------------------------------------------------------------------

    def page(self) -> str:
        buttons = "".join(
            f'<button name="act" value="{act}">{words}</button> '
            for act, (words, *_) in CARDS.items()
        )
        card = '<label>Card <input value="4242 4242 4242 4242" autocomplete="off"></label>'
        return frame("Leave a card", f'<form method="post">{card} {buttons}</form>')

    def keep(self, session: dict[str, Any], act: str) -> Response:
        """The card of a page is kept for the page's customer."""
        tail = session["id"].removeprefix("cs_test_")
        setup, number = f"seti_{tail}", f"pm_{tail}"
        _, brand, last, declined = CARDS[act]
        method = {
            "id": number,
            "object": "payment_method",
            "customer": session["customer"],
            "card": {"brand": brand, "last4": last},
            "declined": declined,
        }
        self._store.put("methods", number, method)
        intent = {
            "id": setup,
            "object": "setup_intent",
            "status": "succeeded",
            "customer": session["customer"],
            "payment_method": number,
            "metadata": session["metadata"],
        }
        self._store.put("setups", setup, intent)
        session |= {"status": "complete", "setup_intent": setup}
        self._store.put("sessions", session["id"], session)
        task = self._told("checkout.session.completed", session)
        return RedirectResponse(session["success_url"] or "/", 303, background=task)

    # -- the desk -------------------------------------------------------------------

    async def turn(self, request: Request) -> Response:
        method = self._store.get("methods", request.path_params["method"])
        card = CARDS.get(request.path_params["card"])
        if method is None or card is None:
            return Response("Unknown.", 404)
        method["declined"] = card[3]
        self._store.put("methods", method["id"], method)
        return RedirectResponse("/", 303)

    def desk(self) -> str:
        turns = (
            ("keep", "Pays"),
            ("keep-poor", "Has no money"),
            ("keep-expired", "Has expired"),
        )
        rows = "".join(
            f"<tr><td>{html.escape(one['id'])}</td><td>{one['card']['brand']} "
            f"{one['card']['last4']}</td><td>{one['declined'] or 'pays'}"
            f"{'' if one['customer'] else ', forgotten'}</td><td>"
            + "".join(
                f'<form method="post" action="/cards/{one["id"]}/{card}">'
                f"<button>{words}</button></form>"
                for card, words in turns
            )
            + "</td></tr>"
            for one in self._store.all("methods")
        )
        return (
            "<h2>Cards that are kept</h2><table><tr><th>Card</th><th></th><th>Charged</th>"
            f"<th></th></tr>{rows}</table>"
        )


def _error(kind: str, code: str) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": "It was not charged."}}
