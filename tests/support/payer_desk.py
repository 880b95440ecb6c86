"""Somebody at the other end of the wire who answers questions of eligibility as a test says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripts.localstack.outside import PAYER_KEY
from tests.support.x12 import file_of

ELIGIBILITY = "005010X279A1"
ACTIVE = (
    "EB*1*IND*30^98*PR*GOLD PLAN",
    "DTP*291*RD8*20260101-20991231",
    "EB*B*IND*98***27*25*****Y",
    "EB*A*IND*30***27**.2****Y",
    "EB*C*IND*30***23*1500*****Y",
    "EB*C*IND*30***29*412.5*****Y",
)
INACTIVE = ("EB*6**30",)


@dataclass
class Asked270:
    """One question as it arrived."""

    raw: str

    def segments(self, name: str) -> list[list[str]]:
        every = [one.strip().split("*") for one in self.raw.split("~")]
        return [one for one in every if one[0] == name]

    @property
    def trace(self) -> str:
        return self.segments("TRN")[0][2]

    @property
    def names(self) -> list[list[str]]:
        """NM1 of subscriber and dependent."""
        return [one for one in self.segments("NM1") if one[1] in ("IL", "03")]


Answer = Callable[[Asked270], tuple[int, bytes]]


@dataclass
class PayerDesk:
    """Keeps what it was asked; answers one after another, then always the last one."""

    url: str = ""
    asked: list[Asked270] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    def answers_with(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def answer(self, asked: Asked270) -> tuple[int, bytes]:
        self.asked.append(asked)
        if not self.answers:
            return benefits()(asked)
        reply = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return reply(asked)


def benefits(
    *lines: str,
    member: str = "",
    born: str = "",
    after_name: tuple[str, ...] = (),
    trace: str = "",
) -> Answer:
    """A 271 about whomever was asked about, with these lines of benefits."""

    def answered(asked: Asked270) -> tuple[int, bytes]:
        people = asked.names
        holder, dependent = people[0], people[1] if len(people) > 1 else None
        if member:
            holder = [*holder[:8], "MI", member]
        returned = f"TRN*2*{trace or asked.trace}*9234567893"
        detail = [*after_name, *([f"DMG*D8*{born}*F"] if born else []), *(lines or ACTIVE)]
        body = ["HL*1**20*1", "NM1*PR*2*PAYER*****PI*12345", "HL*2*1*21*1"]
        body += ["NM1*1P*2*SMALL*****XX*1234567893", f"HL*3*2*22*{1 if dependent else 0}"]
        if dependent is None:
            body += [returned, "*".join(holder), *detail]
        else:
            body += ["*".join(holder), "HL*4*3*23*0", returned, "*".join(dependent), *detail]
        return 200, answer_271(body)

    return answered


def answer_271(body: list[str]) -> bytes:
    every = ["BHT*0022*11*Q1*20261127*1319", *body]
    return file_of(every, kind="271", group="HB", version=ELIGIBILITY)


def rejected(reason: str, follow_up: str = "C") -> Answer:
    """The payer does not find whom we mean."""
    return benefits(f"AAA*N**{reason}*{follow_up}")


def turned_down(reason: str, follow_up: str = "N") -> Answer:
    """The payer lets nobody of ours ask: its answer names no patient."""

    def answered(_: Asked270) -> tuple[int, bytes]:
        return 200, answer_271(
            ["HL*1**20*1", f"AAA*N**{reason}*{follow_up}", "NM1*PR*2*PAYER*****PI*12345"]
        )

    return answered


def http(status: int, body: bytes = b"{}") -> Answer:
    return lambda _: (status, body)


def late(seconds: float) -> Answer:
    """Takes its time, longer than anybody waits."""

    def answered(asked: Asked270) -> tuple[int, bytes]:
        time.sleep(seconds)
        return benefits()(asked)

    return answered


@contextmanager
def payer_desk() -> Iterator[PayerDesk]:
    """The payer behind a real socket."""
    desk = PayerDesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            raw = self.rfile.read(length).decode()
            desk.keys.append(self.headers.get("Authorization", ""))
            if self.path != "/realtime":
                self._reply(404, b"{}")
                return
            self._reply(*desk.answer(Asked270(raw)))

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    desk.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


__all__ = ["ACTIVE", "INACTIVE", "PAYER_KEY", "PayerDesk", "benefits", "payer_desk", "rejected"]
