"""The payers' page: files, claims and their fate, the rules; and the control of the day."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from scripts.payer.house import House
from scripts.payer.rules import Rules, default_rules
from scripts.payer.ticking import Days
from scripts.payer.wire import problem

_STYLE: Final = Path(__file__).with_name("page.css")
_MOST_SKIPPED: Final = 400


class Desk:
    """Open to this machine alone, as the carrier's and the pharmacy's pages are."""

    def __init__(self, house: House, days: Days) -> None:
        self._house, self._days = house, days

    def routes(self) -> list[Route]:
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/page.css", self.style, methods=["GET"]),
            Route("/came/{name}", self.came, methods=["GET"]),
            Route("/left/{name}", self.left, methods=["GET"]),
            Route("/claims/{icn}", self.claim, methods=["GET"]),
            Route("/next-day", self.next_day, methods=["POST"]),
            Route("/rules", self.change, methods=["POST"]),
            Route("/_control/advance", self.advance, methods=["POST"]),
            Route("/_control/rules", self.rules, methods=["GET"]),
            Route("/_control/rules", self.put_rules, methods=["PUT"]),
            Route("/_control/state", self.state, methods=["GET"]),
        ]

    # -- control ---------------------------------------------------------------

    async def advance(self, request: Request) -> Response:
        """``{"days": n}``: let days pass; 0 does what is due today."""
        if _from_elsewhere(request):
            return problem(403, "Only this page may do that.")
        try:
            days = json.loads(await request.body())["days"]
        except (ValueError, KeyError, TypeError):
            days = None
        if type(days) is not int or not 0 <= days <= _MOST_SKIPPED:
            return problem(422, f"days is a whole number from 0 to {_MOST_SKIPPED}.")
        day = await run_in_threadpool(self._days.skip, days)
        return JSONResponse({"day": day.isoformat()})

    async def rules(self, _: Request) -> Response:
        return Response(_written(self._house.rules), media_type="application/json")

    async def put_rules(self, request: Request) -> Response:
        if _from_elsewhere(request):
            return problem(403, "Only this page may do that.")
        wrong = await self._set(await request.body())
        return problem(422, "These are no rules.", wrong) if wrong else Response(status_code=204)

    async def state(self, _: Request) -> Response:
        counts = await run_in_threadpool(self._house.store.claims_by_state)
        return JSONResponse({"day": self._house.day.isoformat(), "claims": counts})

    async def _set(self, text: bytes | str) -> str:
        """What is wrong with them, or ""."""
        try:
            rules = Rules.model_validate_json(text)
        except ValidationError as invalid:
            return "; ".join(
                f"{'.'.join(str(at) for at in one['loc'])}: {one['msg']}"
                for one in invalid.errors(include_input=False, include_url=False)
            )
        await run_in_threadpool(self._house.set_rules, rules)
        return ""

    # -- the page's own forms ----------------------------------------------------

    async def next_day(self, request: Request) -> Response:
        if _from_elsewhere(request):
            return problem(403, "Only this page may do that.")
        given = parse_qs((await request.body()).decode()).get("days", ["1"])[0]
        if not (given.isdecimal() and int(given) <= _MOST_SKIPPED):
            return problem(422, f"From 0 to {_MOST_SKIPPED} days.")
        await run_in_threadpool(self._days.skip, int(given))
        return RedirectResponse("/", 303)

    async def change(self, request: Request) -> Response:
        if _from_elsewhere(request):
            return problem(403, "Only this page may do that.")
        form = parse_qs((await request.body()).decode())
        text = form.get("rules", [""])[0]
        if "defaults" in form:
            text = _written(default_rules())
        wrong = await self._set(text)
        if wrong:
            return HTMLResponse(await run_in_threadpool(self._page, text, wrong), 422)
        return RedirectResponse("/#rules", 303)

    # -- what is shown -----------------------------------------------------------

    async def page(self, _: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(self._page, _written(self._house.rules), ""))

    async def style(self, _: Request) -> Response:
        return FileResponse(_STYLE)

    async def came(self, request: Request) -> Response:
        found = await run_in_threadpool(self._house.store.came, request.path_params["name"])
        return _text(bytes(found["raw"])) if found else problem(404, "There is no such file.")

    async def left(self, request: Request) -> Response:
        raw = await run_in_threadpool(self._house.file, request.path_params["name"])
        return problem(404, "There is no such file.") if raw is None else _text(raw)

    async def claim(self, request: Request) -> Response:
        row = await run_in_threadpool(self._house.store.claim, request.path_params["icn"])
        if row is None:
            return problem(404, "There is no such claim.")
        for name in ("claim", "decision", "wire", "paid"):
            row[name] = json.loads(row[name]) if row[name] else None
        return Response(json.dumps(row, indent=1), media_type="application/json")

    def _page(self, rules: str, wrong: str) -> str:
        store = self._house.store
        counts = ", ".join(f"{many} {state}" for state, many in store.claims_by_state().items())
        claims = _table(
            "Claims",
            ("Number", "CLM01", "Payer", "Member", "State", "Received", "Due", "What became of it"),
            (
                (
                    _link("claims", one["icn"]),
                    *(
                        html.escape(str(one[name] or ""))
                        for name in ("control", "payer", "member", "state", "received", "due")
                    ),
                    html.escape(f"{one['told']} {_paid(one['paid'])}"),
                )
                for one in store.latest_claims()
            ),
        )
        came = _table(
            "Files that came",
            ("Name", "When", "Bytes", "Fate"),
            (
                (_link("came", one["name"]), *_plain(one, ("at", "size", "fate")))
                for one in store.every_file_that_came()
            ),
        )
        left = _table(
            "Files that left",
            ("Name", "When", "Bytes", "Kind"),
            (
                (_link("left", one["name"]), *_plain(one, ("at", "size", "kind")))
                for one in store.latest_out()
            ),
        )
        log = _table(
            "What happened", ("Day", "What"), (_plain(o, ("day", "text")) for o in store.said())
        )
        error = f'<p role="alert" id="wrong">{html.escape(wrong)}</p>' if wrong else ""
        described = ' aria-describedby="wrong" aria-invalid="true"' if wrong else ""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<title>Payers</title><link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/page.css"></head><body>'
            "<header><h1>Payers of the local stack</h1>"
            f"<p>Today is <strong>{self._house.day.isoformat()}</strong>. "
            f"{html.escape(counts) or 'No claims yet.'}</p>"
            '<form method="post" action="/next-day"><label>Days '
            f'<input name="days" type="number" min="0" max="{_MOST_SKIPPED}" value="1"></label> '
            "<button>Let them pass</button></form></header><main>"
            f"{claims}{came}{left}{log}"
            '<section><h2 id="rules">Rules</h2>'
            f'{error}<form method="post" action="/rules">'
            f'<label for="text">As JSON: plans, members, rules</label>'
            f'<textarea id="text" name="rules" rows="30" spellcheck="false"{described}>'
            f"{html.escape(rules)}</textarea>"
            "<button>Use these from now on</button> "
            '<button name="defaults" value="1">Back to the defaults</button></form></section>'
            "</main></body></html>"
        )


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sent this."""
    return request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


def _written(rules: Rules) -> str:
    """Plans in full, so that a page shows all that may be set."""
    told = rules.model_dump(mode="json", exclude_defaults=True)
    told["seed"] = rules.seed
    told["plans"] = [plan.model_dump(mode="json") for plan in rules.plans]
    return json.dumps(told, indent=1)


def _text(raw: bytes) -> Response:
    return Response(raw.decode("ascii", "replace"), media_type="text/plain")


def _link(to: str, name: str) -> str:
    return f'<a href="/{to}/{quote(name)}">{html.escape(name)}</a>'


def _plain(row: dict[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(html.escape(str(row[name])) for name in names)


def _paid(text: str) -> str:
    told = json.loads(text) if text else {}
    return f"by {told['trace']} on {told['on']}" if told else ""


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    body = body or f'<tr><td colspan="{len(heads)}">None yet</td></tr>'
    return (
        f'<section><h2>{title}</h2><div class="scrolls" tabindex="0" role="region" '
        f'aria-label="{title}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )
