"""Errors as a caller sees them: RFC 9457 problem documents, or a page for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from caresmith.errors import DomainError, NotSignedIn

TYPE_BASE: Final = "https://caresmith.dev/problems/"
LOGIN_PATH: Final = "/console/login"


class UnsupportedMediaType(DomainError):
    kind, status = "unsupported-media-type", 415
    title = "This route takes another type of body."


class InternalError(DomainError):
    kind, status = "internal", 500
    title = "Something went wrong on our side. It has been recorded; please try again."


def document(error: DomainError) -> dict[str, Any]:
    """The problem document: type, title, status, and detail or field errors where there are any."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + error.kind,
        "title": error.title,
        "status": error.status,
    }
    if error.detail:
        body["detail"] = error.detail
    if error.fields:
        body["errors"] = [{"field": f.field, "message": f.message} for f in error.fields]
    return {**body, **error.extra}


_SCHEMA: Final = {
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "What kind of problem it is"},
        "title": {"type": "string", "description": "The kind in a sentence for a person"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What was the matter in this case"},
        "errors": {
            "type": "array",
            "description": "What is wrong with which field of the request",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
# Powertools describes its own answers to what is not valid, which nobody here gets.
_NEVER_ANSWERED: Final = ("HTTPValidationError", "ResponseValidationError", "ValidationError")


def described(api: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document whose every operation may answer a problem; changed in place."""
    problem = {
        "description": "The request was refused and nothing was changed",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for item in api.get("paths", {}).values():
        for operation in item.values():
            answers = operation["responses"]
            answers.pop("422", None)
            answers.get("204", {}).pop("content", None)
            answers["default"] = problem
    schemas = api.get("components", {}).get("schemas", {})
    for name in _NEVER_ANSWERED:
        schemas.pop(name, None)
    if api.get("paths"):
        api.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _SCHEMA
    return api


def field_name(location: Sequence[str | int]) -> str:
    """``("body", "names", 0, "family")`` as ``names.0.family``."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in {"body", "query", "path", "header"}:
        parts = parts[1:]
    return ".".join(parts)


def sentence(message: str) -> str:
    """pydantic's message without the words that only a programmer needs."""
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")


def answer(error: DomainError, event: Any) -> Response[str]:
    """The response to ``error`` in the form that the caller of ``event`` reads."""
    if event.path.startswith("/console"):
        return _page(error, event)
    return Response(
        status_code=error.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
        body=json.dumps(document(error)),
    )


def _page(error: DomainError, event: Any) -> Response[str]:
    from caresmith.web import pages

    if isinstance(error, NotSignedIn):
        back = quote(event.path, safe="/") if event.http_method == "GET" else "/console"
        return pages.redirect(f"{LOGIN_PATH}?next={back}", event)
    return pages.error_page(error, event)
