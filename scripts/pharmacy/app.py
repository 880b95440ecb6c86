"""The pharmacy's FHIR server and its counter: what came, and how it answers from now on.

http://hl7.org/fhir/R4/http.html#ccreate and #cond-update are what it takes.
"""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from scripts.pharmacy.store import Store

_FHIR: Final = "application/fhir+json"
MOODS: Final = {
    "open": "takes prescriptions",
    "slow": "takes them, and says later what it makes of them",
    "closed": "does not answer",
    "refusing": "refuses them",
}


class Pharmacy:
    """Takes MedicationRequest resources as its mood has it."""

    def __init__(self, store: Store) -> None:
        self._store, self.mood = store, "open"

    def routes(self) -> list[Route]:
        return [
            Route("/fhir/MedicationRequest", self.take, methods=["POST", "PUT"]),
            Route("/fhir/MedicationRequest/{key}", self.read, methods=["GET"]),
            Route("/mood", self.change, methods=["POST"]),
            Route("/", self.counter, methods=["GET"]),
        ]

    async def take(self, request: Request) -> Response:
        if self.mood == "closed":
            return _outcome(503, "transient", "The pharmacy's system is down.")
        if self.mood == "refusing":
            return _outcome(422, "business-rule", "The pharmacy does not fill this.")
        try:
            body = json.loads(await request.body())
        except ValueError:
            return _outcome(400, "structure", "The body is not JSON.")
        if not isinstance(body, dict) or body.get("resourceType") != "MedicationRequest":
            return _outcome(400, "structure", "The body is no MedicationRequest.")
        identifier = _identifier(request)
        if identifier is None:
            return _outcome(412, "required", "Say which prescription: identifier=system|value.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        file = self._store.put if request.method == "PUT" else self._store.add_once
        key, new = file(identifier, now, body)
        headers = {"Location": f"{request.base_url}fhir/MedicationRequest/{key}"}
        status = 202 if self.mood == "slow" else 201 if new else 200
        return JSONResponse(self._store.read(key), status, headers, media_type=_FHIR)

    async def read(self, request: Request) -> Response:
        found = self._store.read(request.path_params["key"])
        if found is None:
            return _outcome(404, "not-found", "There is no such prescription.")
        return JSONResponse(found, media_type=_FHIR)

    async def change(self, request: Request) -> Response:
        given = parse_qs((await request.body()).decode()).get("mood", [""])[0]
        if given not in MOODS:
            return Response("Unknown mood.", 422)
        self.mood = given
        return RedirectResponse("/", 303)

    async def counter(self, _: Request) -> Response:
        rows = "".join(_row(came, body) for came, body in self._store.all())
        moods = "".join(
            f'<option value="{name}"{" selected" if name == self.mood else ""}>{said}</option>'
            for name, said in MOODS.items()
        )
        return HTMLResponse(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Pharmacy</title>'
            "<h1>Pharmacy of the local stack</h1>"
            '<form method="post" action="/mood"><label>It '
            f'<select name="mood">{moods}</select></label> <button>Change</button></form>'
            "<table><thead><tr><th>Came</th><th>Status</th><th>Patient</th><th>Medication</th>"
            f"<th>Directions</th></tr></thead><tbody>{rows}</tbody></table></html>"
        )


def pharmacy_app(folder: Path) -> Starlette:
    """The ASGI app; what it keeps is in ``folder``."""
    return Starlette(routes=Pharmacy(Store(folder / "pharmacy.sqlite3")).routes())


def _identifier(request: Request) -> str | None:
    """``system|value`` of the header If-None-Exist, or of the query of a conditional update."""
    asked = (
        request.headers.get("if-none-exist", "") if request.method == "POST" else request.url.query
    )
    found = parse_qs(asked).get("identifier", [])
    return found[0] if len(found) == 1 and "|" in found[0] else None


def _row(came: str, body: dict[str, Any]) -> str:
    sig = (body.get("dosageInstruction") or [{}])[0].get("text", "")
    drug = body.get("medicationCodeableConcept", {}).get("text", "")
    told = (came, body.get("status", ""), body.get("subject", {}).get("display", ""), drug, sig)
    return "<tr>" + "".join(f"<td>{html.escape(str(one))}</td>" for one in told) + "</tr>"


def _outcome(status: int, code: str, words: str) -> Response:
    """A FHIR OperationOutcome."""
    issue = {"severity": "error", "code": code, "diagnostics": words}
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return JSONResponse(body, status, media_type=_FHIR)
