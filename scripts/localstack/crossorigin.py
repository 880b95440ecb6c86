"""A page's post to a bucket, answered with what the bucket lets pages of other origins read.

moto answers the browser's question beforehand (OPTIONS) by the bucket's rules, and leaves
the headers out of the answer to the post itself, which a browser then hides from the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.backends import get_backend
from moto.s3.utils import cors_matches_origin

from scripts.localstack.system import ACCOUNT


class AnswersPages:
    """WSGI middleware."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        origin, bucket = environ.get("HTTP_ORIGIN", ""), environ.get("PATH_INFO", "").strip("/")
        if environ["REQUEST_METHOD"] != "POST" or not lets_in(bucket, origin):
            answer: Iterable[bytes] = self._app(environ, start)
            return answer

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, ("Access-Control-Allow-Origin", origin)], *more)

        allowed: Iterable[bytes] = self._app(environ, started)
        return allowed


def lets_in(bucket: str, origin: str) -> bool:
    """Whether a rule of the bucket lets pages of that origin post to it."""
    found = get_backend("s3")[ACCOUNT]["aws"].buckets.get(bucket) if origin else None
    return found is not None and any(
        "POST" in _listed(rule.allowed_methods)
        and cors_matches_origin(origin, _listed(rule.allowed_origins))
        for rule in found.cors
    )


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value or ""]
