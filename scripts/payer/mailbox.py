"""The same folders over SFTP, as a clearinghouse offers them: ``in`` for us, ``out`` for them.

A practice logs in as ``practice`` with its key as the password. The server's own key is made
at the first start and kept, so that it can be pinned; it lies beside the folders.
"""

from __future__ import annotations

import hmac
import os
import posixpath
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncssh

USER: Final = "practice"
_HOST_KEY: Final = "ssh_host_ed25519_key"
_OPEN: Final = frozenset({b"in", b"out"})


def host_key(folder: Path) -> asyncssh.SSHKey:
    """The one of the first start; readable by its owner alone."""
    path = folder / _HOST_KEY
    if not path.exists():
        made = asyncssh.generate_private_key("ssh-ed25519")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made.export_private_key())
    return asyncssh.read_private_key(path)


def _first(path: bytes) -> bytes:
    """The first folder of a path; b"" is what the two folders lie in."""
    return posixpath.normpath(b"/" + path).strip(b"/").split(b"/")[0]


class _Door(asyncssh.SSHServer):
    def __init__(self, key: str) -> None:
        self._key = key

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        known = hmac.compare_digest(password.encode(), self._key.encode())
        return known and username == USER


class _Files(asyncssh.SFTPServer):
    """What lies in the two folders, and nothing else of the machine."""

    def __init__(self, channel: Any, folder: Path) -> None:
        super().__init__(channel, chroot=os.fsencode(folder))

    def map_path(self, path: bytes) -> bytes:
        # What lies around the folders has a place, so that ".." of theirs has one, and no list.
        if (first := _first(path)) and first not in _OPEN:
            raise asyncssh.SFTPPermissionDenied("only in and out are open")
        return super().map_path(path)

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        if not _first(path):
            raise asyncssh.SFTPPermissionDenied("only in and out are open")
        return super().scandir(path)

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        # As version 3 of the protocol has it: nothing is written over.
        if Path(os.fsdecode(self.map_path(newpath))).exists():
            raise asyncssh.SFTPFailure("there is one")
        return super().rename(oldpath, newpath)


@asynccontextmanager
async def mailbox(folder: Path, port: int, key: str) -> AsyncIterator[None]:
    """Served on this machine alone while open; the folders are there already."""
    own = host_key(folder)
    acceptor = await asyncssh.create_server(
        lambda: _Door(key),
        "127.0.0.1",
        port,
        server_host_keys=[own],
        sftp_factory=lambda channel: _Files(channel, folder),
    )
    print(f"payer: SFTP on port {port}, {own.get_fingerprint()}", file=sys.stderr)
    try:
        yield
    finally:
        acceptor.close()
        await acceptor.wait_closed()
