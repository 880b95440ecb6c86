"""Stripe's forms and errors, and the frame of the pages."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

_PATH: Final = re.compile(r"[^\[\]]+")


def nested(text: str) -> dict[str, Any]:
    """Stripe's forms: ``a[b][0]=1`` is ``{"a": {"b": {"0": "1"}}}``."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *parents, last = _PATH.findall(name)
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return tree


def frame(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{title}</title><h1>{title}</h1>{body}</html>"
    )


def problem(status: int, code: str, words: str) -> Response:
    error = {"type": "invalid_request_error", "code": code, "message": words}
    return JSONResponse({"error": error}, status)
