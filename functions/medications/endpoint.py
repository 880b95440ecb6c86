"""The port to a pharmacy's FHIR endpoint, and the one that speaks HTTPS.

A prescription is posted as a conditional create (``If-None-Exist`` by its own
identifier), so that a pharmacy which gets it twice makes one of it; that it was
stopped is put as a conditional update of the same.
http://hl7.org/fhir/R4/http.html#ccreate, #cond-update
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Protocol
from urllib.parse import quote, urlsplit

from functions.medications.fhir_out import IDENTIFIER

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 8.0
_MOST_BYTES: Final = 64 * 1024
_LATER: Final = frozenset({408, 425, 429})
_SERVER_ERROR: Final = 500
_HAS_IT: Final = frozenset({200, 201})
_TAKEN: Final = 202

Message = Literal["new", "stopped"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One prescription, ready to go."""

    base: str
    """Base address of the pharmacy's FHIR server."""
    prescription: str
    """Its identifier's value."""
    message: Message
    resource: bytes
    """MedicationRequest as JSON."""


class EndpointDown(Exception):
    """Nobody took it, or nobody knows: try again later. A repeat makes no second one."""


class EndpointRefused(Exception):
    """The pharmacy's system will not take it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PharmacyEndpoint(Protocol):
    def deliver(self, outgoing: Outgoing) -> Literal["sent", "accepted"]:
        """Whether the pharmacy has only received it, or says that it has it on file.

        Raises EndpointDown or EndpointRefused.
        """
        ...


@cache
def endpoint() -> PharmacyEndpoint:
    return FhirEndpoint(os.environ.get("CARESMITH_LOCAL_PHARMACY", ""))


class FhirEndpoint:
    """Speaks FHIR R4 over HTTPS, to public addresses alone.

    An address is looked up once and the connection goes to what was looked up, so
    that no name leads into our own network (server-side request forgery).
    ``local`` is the one base that may be plain HTTP: the local stack's pharmacy.
    """

    def __init__(self, local: str = "") -> None:
        self._local = local.rstrip("/")

    def deliver(self, outgoing: Outgoing) -> Literal["sent", "accepted"]:
        base = outgoing.base.rstrip("/")
        if outgoing.message == "new":
            status = self._send(
                "POST",
                f"{base}/MedicationRequest",
                outgoing.resource,
                {"If-None-Exist": f"identifier={IDENTIFIER}|{outgoing.prescription}"},
            )
        else:
            wanted = quote(f"{IDENTIFIER}|{outgoing.prescription}", safe="")
            url = f"{base}/MedicationRequest?identifier={wanted}"
            status = self._send("PUT", url, outgoing.resource, {})
        if status in _HAS_IT:
            return "accepted"
        if status == _TAKEN:
            return "sent"
        if status in _LATER or status >= _SERVER_ERROR:
            raise EndpointDown
        raise EndpointRefused(f"http-{status}")

    def _send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> int:
        import urllib3

        parts = urlsplit(url)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        host = parts.hostname or ""
        pool: urllib3.HTTPConnectionPool
        if self._local and f"{url}/".startswith(f"{self._local}/"):
            pool = urllib3.HTTPConnectionPool(host, parts.port, timeout=timeout)
        elif parts.scheme == "https":
            pool = urllib3.HTTPSConnectionPool(
                _public_address(host, parts.port or 443),
                parts.port or 443,
                timeout=timeout,
                server_hostname=host,
                assert_hostname=host,
            )
        else:
            raise EndpointRefused("not-https")
        sent = {
            "Host": parts.netloc,
            "Content-Type": "application/fhir+json; charset=utf-8",
            "Accept": "application/fhir+json",
            **headers,
        }
        try:
            with pool:
                answer = pool.urlopen(
                    method,
                    target,
                    body,
                    sent,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                answer.read(_MOST_BYTES)
                answer.release_conn()
                return int(answer.status)
        except urllib3.exceptions.SSLError:
            raise EndpointRefused("certificate") from None
        except urllib3.exceptions.HTTPError:
            raise EndpointDown from None


def _public_address(host: str, port: int) -> str:
    """An address of the host. Raises EndpointDown, EndpointRefused for one that is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise EndpointDown from None
    addresses = [str(one[4][0]) for one in found]
    if not all(ipaddress.ip_address(one).is_global for one in addresses):
        raise EndpointRefused("not-public")
    return addresses[0]
