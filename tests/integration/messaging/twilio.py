"""A server that answers as Twilio's API does, and can fail in every way that a carrier can."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs

Mode = Literal["well", "down", "throttled", "broken", "hangs-up", "silent"]


class StandIn:
    """What was sent to it, and how it answers the next request."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.mode: Mode = "well"
        self.refuse: dict[str, tuple[int, int]] = {}
        """HTTP status and Twilio's code by the number that is written to."""
        self.before_answer: Any = None
        self.release = threading.Event()
        self.url = ""
        self.paths: list[str] = []

    def texts(self, to: str = "") -> list[str]:
        return [sent["Body"] for sent in self.sent if not to or sent["To"] == to]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        fields = parse_qs(handler.rfile.read(length).decode(), keep_blank_values=True)
        message = {name: values[-1] for name, values in fields.items()}
        self.paths.append(handler.path)
        if self.mode == "down":
            _reply(handler, 503, {"code": 20503, "message": "down", "status": 503})
        elif self.mode == "throttled":
            _reply(handler, 429, {"code": 20429, "message": "slow down", "status": 429})
        elif message["To"] in self.refuse:
            status, code = self.refuse[message["To"]]
            _reply(handler, status, {"code": code, "message": message["To"], "status": status})
        else:
            self._take(handler, message)

    def _take(self, handler: BaseHTTPRequestHandler, message: dict[str, str]) -> None:
        self.sent.append(message)
        if self.before_answer:
            self.before_answer(message)
        if self.mode == "broken":
            _reply(handler, 500, {"code": 20500, "message": "oops", "status": 500})
        elif self.mode == "hangs-up":
            handler.close_connection = True
            handler.connection.close()
        elif self.mode == "silent":
            self.release.wait(30)
            handler.close_connection = True
        else:
            sid = f"SM{len(self.sent):032d}"
            _reply(handler, 201, {"sid": sid, "status": "queued", "num_segments": "1", **message})


def _reply(handler: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def twilio() -> Iterator[StandIn]:
    """The server, on a free port, until the block ends."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stand_in.answer(self)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand_in
    finally:
        stand_in.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
