"""The pages behind links: for a person without an account, in their language, without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from chalice.app import Response

from caresmith.errors import DomainError
from caresmith.web.pages import SECURITY_HEADERS, Pages
from functions.webhooks.edge import respond
from functions.webhooks.wording import WORDS

_pages: Final = Pages(Path(__file__).with_name("templates"))
# The secret stands in the address: no other site may learn it.
_HEADERS: Final = {
    **SECURITY_HEADERS,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_HTML: Final = "text/html; charset=utf-8"


def page(name: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """One page; ``values`` has its language."""
    text = _pages.text(f"webhooks/{name}.html", **values, words=WORDS[values["language"]])
    return respond(text, _HTML, status, _HEADERS)


def problem_page(error: DomainError) -> Response:
    """An error, in both languages: nobody knows yet who reads it."""
    text = _pages.text("webhooks/problem.html", kind=error.kind, both=tuple(WORDS.values()))
    return respond(text, _HTML, error.status, _HEADERS)
