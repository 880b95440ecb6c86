"""Under which URL a caller has called: what a Twilio signature is made over.

Behind API Gateway the function sees neither scheme nor outer host. The public
address that the operator set comes first; then what the gateway says of the call.
https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from caresmith.messages.links import public_url


def called_urls(event: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[str, ...]:
    """The full URLs, each once, with the query as it was."""
    query = _query(event)
    found = []
    if public_url():
        found.append(public_url().rstrip("/") + quote(event["path"]) + query)
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    if host:
        scheme = headers.get("x-forwarded-proto", "https").split(",")[0].strip()
        # The request's own path begins with the stage, unless a domain maps it away.
        own_path = (event.get("requestContext") or {}).get("path") or event["path"]
        found.append(f"{scheme}://{host}{quote(own_path)}{query}")
    return tuple(dict.fromkeys(found))


def _query(event: Mapping[str, Any]) -> str:
    several = event.get("multiValueQueryStringParameters") or {}
    pairs = [(name, value) for name, values in several.items() for value in values]
    return "?" + urlencode(pairs) if pairs else ""
