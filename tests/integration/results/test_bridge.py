"""The MLLP bridge between a laboratory's line and the endpoint, and the key that it holds."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from caresmith.clock import SystemClock
from functions.authorizer.service import identify
from functions.authorizer.tokens import InvalidToken
from scripts.localstack.inprocess import request
from scripts.mllpbridge.bridge import Bridge, Endpoint
from scripts.mllpbridge.cli import main
from scripts.mllpbridge.frames import BrokenFrame, Frames, framed
from scripts.mllpbridge.messages import Person, Result, oru, stream
from tests.integration.results.conftest import Laboratory, glucose
from tests.support.client import call


def new_key(lab: Laboratory) -> tuple[str, str]:
    made = call("POST", f"/results/labs/{lab.lab_id}/new-key", caller=lab.admin, json_body={})
    assert made.status == 200, made.text
    return made.json["user"], made.json["secret"]


def context(user: str, secret: str) -> dict[str, str]:
    basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return identify({"authorization": f"Basic {basic}"}, SystemClock().now())


class Gateway(BaseHTTPRequestHandler):
    """Asks the authorizer, then the function, as API Gateway does."""

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        try:
            caller = identify(headers, SystemClock().now())
        except InvalidToken:
            self.send_error(401)
            return
        answer = request("POST", self.path, headers=headers, body=body, caller=caller)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *args: Any) -> None:
        """Quietly."""


@contextmanager
def serving(server: Any) -> Iterator[tuple[str, int]]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[:2]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def bridge(user: str, secret: str) -> Iterator[tuple[str, int]]:
    with serving(HTTPServer(("127.0.0.1", 0), Gateway)) as (host, port):
        endpoint = Endpoint(f"http://{host}:{port}", user, secret)
        with serving(Bridge(("127.0.0.1", 0), endpoint.deliver, lambda _: None)) as address:
            yield address


def answers(address: tuple[str, int], sent: bytes, count: int) -> list[bytes]:
    frames, found = Frames(), []
    with socket.create_connection(address, timeout=30) as line:
        line.sendall(sent)
        while len(found) < count:
            data = line.recv(4096)
            if not data:
                break
            found += frames.feed(data)
    return found


def test_messages_go_through_the_bridge_and_their_acks_come_back(lab: Laboratory) -> None:
    jo = lab.person()
    messages = [oru(jo, Result(f"F-{n}", [glucose()]), control=f"C{n}") for n in range(3)]
    messages[1] = messages[1].replace(b"|NM|", b"|ZZ|")
    with bridge(*new_key(lab)) as address:
        found = answers(address, b"".join(framed(one) for one in messages), 3)
    told = [line for ack in found for line in ack.split(b"\r") if line.startswith(b"MSA")]
    assert told == [b"MSA|AA|C0", b"MSA|AE|C1", b"MSA|AA|C2"]
    assert len(lab.inbox()) == 2


def test_the_simulator_sends_through_it(lab: Laboratory) -> None:
    lab.person()
    with bridge(*new_key(lab)) as (host, port):
        person = ["--person", "MRN-1^Doe^Jo^19800229^F"]
        assert main(["send", "--to", f"{host}:{port}", "--count", "5", *person]) == 0
    assert len(lab.inbox()) == 5


def test_without_a_good_key_there_is_no_ack_so_that_the_laboratory_keeps_it(
    lab: Laboratory,
) -> None:
    jo = lab.person()
    user, _ = new_key(lab)
    message = framed(oru(jo, Result("F-1", [glucose()]), control="1"))
    with bridge(user, "wrong") as address:
        assert answers(address, message, 1) == []
    assert lab.inbox() == []


def test_a_key_opens_what_a_laboratory_may_until_it_is_replaced_or_revoked(
    lab: Laboratory,
) -> None:
    user, secret = new_key(lab)
    assert context(user, secret) == {
        "practice_id": lab.small.practice,
        "user_id": lab.lab_id,
        "roles": "lab",
    }
    for bad in ("", "x", secret[:-1], secret + "x"):
        with pytest.raises(InvalidToken):
            context(user, bad)
    for other in ("", ".", user.partition(".")[0], user + "x", "prc_x." + lab.lab_id, "ü"):
        with pytest.raises(InvalidToken):
            context(other, secret)
    _, newer = new_key(lab)
    with pytest.raises(InvalidToken):
        context(user, secret)
    assert context(user, newer)
    call("POST", f"/results/labs/{lab.lab_id}/close", caller=lab.admin, json_body={})
    with pytest.raises(InvalidToken):
        context(user, newer)


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_frames_come_together_from_pieces_of_any_size(size: int) -> None:
    sent = [b"one", b"two\r", b"\x1cthree"]
    raw = b"noise" + b"".join(framed(one) for one in sent)
    frames, found = Frames(), []
    for at in range(0, len(raw), size):
        found += frames.feed(raw[at : at + size])
    assert found == sent


def test_what_is_no_frame_ends_the_connection() -> None:
    with pytest.raises(BrokenFrame):
        Frames().feed(b"no start\x1c\r")
    with pytest.raises(BrokenFrame):
        Frames().feed(b"\x0b" + b"x" * (5 * 1024 * 1024))


def test_the_simulator_makes_the_same_messages_for_the_same_seed() -> None:
    jo = Person("1", "Doe", "Jo", "19800229")
    first, again, other = (list(stream([jo], 20, seed)) for seed in (1, 1, 2))
    assert first == again != other
