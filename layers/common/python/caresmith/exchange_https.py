"""Speaks the dialect of :mod:`caresmith.exchange` over HTTPS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote, urlencode, urlsplit

from pydantic import ValidationError

from caresmith.exchange import (
    Account,
    Garbled,
    KeyRefused,
    Listing,
    NameTaken,
    NotConfigured,
    Refused,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    import urllib3

CONNECT_SECONDS: Final = 3.0
REALTIME_SECONDS: Final = 20.0
FILES_SECONDS: Final = 20.0
MOST_ANSWER_BYTES: Final = 1024 * 1024
"""Of an answer in real time; eligibility of one person is a few kilobytes."""
MOST_FILE_BYTES: Final = 64 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_OK: Final = 200
_TAKEN: Final = 202
_CONFLICT: Final = 409
_LATER: Final = frozenset({408, 425, 429})
_SERVER_ERROR: Final = 500
_CREDENTIALS: Final = frozenset({401, 403})


class HttpsExchange:
    """The dialect above. ``local`` is the one base that may be plain HTTP."""

    def __init__(self, to: Account, local: str = "") -> None:
        self._to, self._local = to, local.rstrip("/")

    def ask(self, inquiry: bytes) -> bytes:
        status, body = self._call(
            "POST", "/realtime", inquiry, REALTIME_SECONDS, most=MOST_ANSWER_BYTES
        )
        if status != _OK:
            raise Garbled(f"http-{status}")
        return body

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        query = urlencode({"name": name})
        status, _ = self._call("POST", f"/files?{query}", content, FILES_SECONDS)
        if status == _CONFLICT:
            raise NameTaken
        if status not in (_OK, _TAKEN):
            raise Garbled(f"http-{status}")
        return "taken" if status == _TAKEN else "known"

    def waiting(self, after: str = "", limit: int = 100) -> Listing:
        query = urlencode({"after": after, "limit": limit})
        status, body = self._call("GET", f"/files?{query}", None, FILES_SECONDS)
        try:
            return Listing.model_validate_json(body)
        except ValidationError:
            raise Garbled(f"http-{status}") from None

    def fetch(self, name: str) -> bytes:
        path = f"/files/{quote(name, safe='')}"
        return self._call("GET", path, None, FILES_SECONDS, most=MOST_FILE_BYTES)[1]

    def close(self) -> None:
        """Each call has a connection of its own."""

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        seconds: float,
        *,
        most: int = MOST_ANSWER_BYTES,
    ) -> tuple[int, bytes]:
        """The status, below 400 or 409, and the body."""
        import urllib3

        ends = time.monotonic() + CONNECT_SECONDS + seconds
        url = urlsplit(self._to.base + path)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        pool: urllib3.HTTPConnectionPool
        if self._local and self._to.base == self._local:
            pool = urllib3.HTTPConnectionPool(url.hostname or "", url.port, timeout=timeout)
        elif url.scheme == "https":
            pool = urllib3.HTTPSConnectionPool(url.hostname or "", url.port, timeout=timeout)
        else:
            raise NotConfigured("not https")
        target = url.path + (f"?{url.query}" if url.query else "")
        headers = {
            "Authorization": f"Bearer {self._to.key}",
            "Content-Type": "application/edi-x12",
            "Accept": "application/edi-x12, application/json, application/problem+json",
        }
        try:
            with pool:
                answer = pool.urlopen(
                    method,
                    target,
                    body,
                    headers,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
                try:
                    _judge(answer.status, answer.headers.get("Content-Length"), most)
                    return answer.status, b"".join(_chunks(answer, most, ends))
                finally:
                    answer.close()
        except urllib3.exceptions.SSLError:
            raise Unreachable("certificate") from None
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            raise Unreachable from None
        except urllib3.exceptions.TimeoutError:
            raise TimedOut from None
        except urllib3.exceptions.HTTPError:
            # It broke off: what was asked may have been taken.
            raise Unreachable("broken off") from None


def _judge(status: int, length: str | None, most: int) -> None:
    if status in _CREDENTIALS:
        raise KeyRefused
    if status in _LATER or status >= _SERVER_ERROR:
        raise Unreachable(f"http-{status}")
    if status >= 300 and status != _CONFLICT:  # noqa: PLR2004 - HTTP's own boundary
        raise Refused(status)
    if length and length.isdecimal() and int(length) > most:
        raise Garbled("too large")


def _chunks(answer: urllib3.BaseHTTPResponse, most: int, ends: float) -> Iterator[bytes]:
    """The body as it comes, piece by piece: one that drips for ever ends at the deadline."""
    read = 0
    while piece := answer.read1(_CHUNK):
        read += len(piece)
        if read > most:
            raise Garbled("too large")
        if time.monotonic() > ends:
            raise TimedOut
        yield piece
