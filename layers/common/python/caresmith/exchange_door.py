"""What the secret ``payer_exchange`` says of a clearinghouse's SFTP server.

======================  =================================================================
 field                   is
======================  =================================================================
 ``base_url``            ``sftp://user@host:port/folder``; the folder may be left out, and
                         begins with ``/~/`` where it lies below the log-in's own
 ``host_keys``           the server's keys: lines as ``known_hosts`` and ``ssh-keyscan`` have
                         them, or fingerprints ``SHA256:...``; one a line
 ``private_key``         ours, in OpenSSH's or PEM form, without a passphrase
 ``password``            instead of it
 ``send_folder``         where our files go, below the folder: ``inbound`` if it says nothing
 ``receive_folder``      where theirs wait: ``outbound``
 ``realtime_url``        an ``https`` address for questions in real time, with ``key``, if any
======================  =================================================================

A host key is pinned by its fingerprint, so the name in a line of ``known_hosts`` may be
any, hashed ones too. Nothing here needs the library that speaks SFTP.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final
from urllib.parse import unquote, urlsplit

SCHEME: Final = "sftp"
_PORT: Final = 22
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_KEY_KINDS: Final = frozenset(
    {
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-rsa",
    }
)
_MARKERS: Final = ("@cert-authority", "@revoked")


@dataclass(frozen=True, slots=True)
class Door:
    """An SFTP server and our way in. Credentials stay out of what is printed of it."""

    host: str
    port: int
    user: str
    pins: frozenset[str]
    """Fingerprints of the keys that the server may have: ``SHA256:`` and unpadded base64."""
    send_folder: str
    receive_folder: str
    private_key: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def door(told: Mapping[str, Any]) -> Door:
    """Raises ValueError where something is missing or not understood."""
    url = urlsplit(str(told["base_url"]))
    private_key, password = str(told.get("private_key", "")), str(told.get("password", ""))
    if url.scheme != SCHEME or not (url.hostname and url.username):
        raise ValueError("the address names no user or no host")
    if url.password is not None:
        raise ValueError("a password stands in the address")
    if bool(private_key) == bool(password):
        raise ValueError("either a key or a password is wanted")
    folder = unquote(url.path).rstrip("/").removeprefix("/~/")
    return Door(
        host=url.hostname,
        port=url.port or _PORT,
        user=unquote(url.username),
        pins=pins(told.get("host_keys", "")),
        send_folder=_below(folder, told.get("send_folder") or "inbound"),
        receive_folder=_below(folder, told.get("receive_folder") or "outbound"),
        private_key=private_key,
        password=password,
    )


def pins(told: object) -> frozenset[str]:
    """The fingerprints of these keys. Raises ValueError where there is none, or one is wrong."""
    lines = told if isinstance(told, list) else str(told).splitlines()
    found = [str(line).strip() for line in lines]
    every = frozenset(_pin(line) for line in found if line and not line.startswith("#"))
    if not every:
        raise ValueError("no host key is pinned")
    return every


def fingerprint(key: bytes) -> str:
    """Of a public key as the wire has it (RFC 4253 section 6.6), as OpenSSH prints it."""
    return f"SHA256:{b64encode(sha256(key).digest()).decode().rstrip('=')}"


def _pin(line: str) -> str:
    if _FINGERPRINT.fullmatch(line):
        return line
    words = line.split()
    # A certificate's authority, or a key that is no more to be trusted, is no pin.
    if not words[0].startswith(_MARKERS):
        for kind, key in pairwise(words):
            if kind in _KEY_KINDS:
                return fingerprint(b64decode(key, validate=True))
    raise ValueError("a host key is not understood")


def _below(folder: str, name: object) -> str:
    own = str(name).strip("/")
    return f"{folder}/{own}" if folder else own
