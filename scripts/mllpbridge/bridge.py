"""One MLLP server for one laboratory's line."""

from __future__ import annotations

import base64
import http.client
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from scripts.mllpbridge.frames import BrokenFrame, Frames, framed

PATH = "/results/deliveries"
_PATIENCE_SECONDS = 35.0
"""A little more than API Gateway's own."""
_IDLE_SECONDS = 600.0


class NotDelivered(Exception):
    """The endpoint could not be reached, or did not take the call."""


@dataclass(frozen=True)
class Endpoint:
    """The deployment, and the key of the laboratory whose line this is."""

    url: str
    user: str
    secret: str

    def deliver(self, message: bytes) -> bytes:
        """The ACK. Raises NotDelivered: then it is not certain that the message was kept."""
        asked = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if asked.scheme == "https":
            trusted = ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                asked.netloc, timeout=_PATIENCE_SECONDS, context=trusted
            )
        else:
            connection = http.client.HTTPConnection(asked.netloc, timeout=_PATIENCE_SECONDS)
        try:
            connection.request(
                "POST",
                asked.path.rstrip("/") + PATH,
                body=message,
                headers={"Content-Type": "application/hl7-v2", "Authorization": self._basic()},
            )
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NotDelivered(type(error).__name__) from None
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise NotDelivered(f"status {answer.status}")
        return body

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()


Deliver = Callable[[bytes], bytes]


class Bridge(socketserver.ThreadingTCPServer):
    """Listens on one address; each connection's messages are handed over in their order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], deliver: Deliver, say: Callable[[str], None]
    ) -> None:
        super().__init__(address, _Line)
        self.deliver, self.say = deliver, say
        self.delivered = 0
        self._counting = threading.Lock()

    def count(self) -> None:
        with self._counting:
            self.delivered += 1


class _Line(socketserver.BaseRequestHandler):
    """One connection of the laboratory."""

    server: Bridge

    def handle(self) -> None:
        frames = Frames()
        self.request.settimeout(_IDLE_SECONDS)
        try:
            while data := self.request.recv(64 * 1024):
                for message in frames.feed(data):
                    self.request.sendall(framed(self.server.deliver(message)))
                    self.server.count()
        except BrokenFrame as error:
            self.server.say(f"connection closed: {error}")
        except NotDelivered as error:
            # No ACK: the laboratory keeps the message and sends it again.
            self.server.say(f"not delivered, connection closed: {error}")
        except OSError:
            self.server.say("the laboratory's connection broke")
