"""The command line of ``scripts/mllp``."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from scripts.mllpbridge.bridge import Bridge, Endpoint
from scripts.mllpbridge.frames import Frames, framed
from scripts.mllpbridge.messages import Person, stream

_SECRET = "CARESMITH_LAB_SECRET"  # noqa: S105 - the variable's name


def main(arguments: list[str]) -> int:
    """Run the bridge, or send messages through one; 1 where not all were accepted."""
    parser = argparse.ArgumentParser(
        prog="scripts/mllp",
        description="serve: take HL7 v2 by MLLP and hand it to the HTTPS endpoint of a "
        "laboratory. send: be a laboratory that sends a file, or made-up results.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the bridge until it is stopped")
    serve.add_argument("--listen", default="127.0.0.1:2575", metavar="HOST:PORT")
    serve.add_argument("--url", required=True, help="where the deployment is reached")
    serve.add_argument("--user", required=True, help="the laboratory's user: practice.lab")
    serve.add_argument(
        "--secret-file",
        type=Path,
        help=f"holds the laboratory's secret; without it, the variable {_SECRET}",
    )
    send = commands.add_parser("send", help="send messages to an MLLP server")
    send.add_argument("--to", default="127.0.0.1:2575", metavar="HOST:PORT")
    send.add_argument("--file", type=Path, help="HL7 messages; without it, results are made up")
    send.add_argument("--count", type=int, default=10)
    send.add_argument("--seed", type=int, default=1)
    send.add_argument(
        "--person", default="100001^Doe^Jo^19800229^U", metavar="MRN^FAM^GIVEN^BORN^SEX"
    )
    chosen = parser.parse_args(arguments)
    return _serve(chosen) if chosen.command == "serve" else _send(chosen)


def _serve(chosen: argparse.Namespace) -> int:
    secret = (
        chosen.secret_file.read_text().strip()
        if chosen.secret_file
        else os.environ.get(_SECRET, "")
    )
    if not secret:
        _say(f"give the laboratory's secret by --secret-file or {_SECRET}")
        return 2
    endpoint = Endpoint(chosen.url, chosen.user, secret)
    with Bridge(_address(chosen.listen), endpoint.deliver, _say) as bridge:
        _say(f"listening on {chosen.listen}")
        try:
            bridge.serve_forever()
        except KeyboardInterrupt:
            _say(f"{bridge.delivered} messages delivered")
    return 0


def _send(chosen: argparse.Namespace) -> int:
    answers: dict[str, int] = {}
    with socket.create_connection(_address(chosen.to), timeout=60) as line:
        frames = Frames()
        for message in _messages(chosen):
            line.sendall(framed(message))
            answer = b""
            while not answer:
                data = line.recv(64 * 1024)
                if not data:
                    _say("the connection was closed without an answer")
                    return 1
                answer = next(iter(frames.feed(data)), b"")
            code = _acknowledgment(answer)
            answers[code] = answers.get(code, 0) + 1
    for code, count in sorted(answers.items()):
        _say(f"{count:6} {code}")
    return 0 if set(answers) <= {"AA"} else 1


def _messages(chosen: argparse.Namespace) -> list[bytes]:
    if chosen.file:
        from functions.results.hl7.framing import Part, pieces

        found = pieces([chosen.file.read_bytes()])
        return [piece.raw for piece in found if piece.part is Part.MESSAGE]
    person = Person(*chosen.person.split("^"))
    return list(stream([person], chosen.count, chosen.seed))


def _acknowledgment(answer: bytes) -> str:
    for line in answer.split(b"\r"):
        if line.startswith(b"MSA|"):
            return line.split(b"|")[1].decode("ascii", "replace")
    return "no MSA"


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
