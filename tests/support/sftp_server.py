"""A clearinghouse's SFTP server on a real socket, which can be told to fail."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import asyncssh

USER = "caresmith"
PASSWORD = "a password of the test"


@cache
def key(kind: str, number: int = 0) -> asyncssh.SSHKey:
    """A key of that kind; another number is another key."""
    return asyncssh.generate_private_key(kind)


def fingerprint(of: asyncssh.SSHKey) -> str:
    return of.get_fingerprint("sha256")


def known_hosts_line(of: asyncssh.SSHKey, host: str = "sftp.example.test") -> str:
    return f"{host} {of.export_public_key().decode().strip()}"


@dataclass
class SftpDesk:
    """What it holds lies below ``root``: ``inbound`` is where we put files."""

    root: Path
    port: int = 0
    host_keys: list[asyncssh.SSHKey] = field(default_factory=lambda: [key("ssh-ed25519")])
    greeted: list[str] = field(default_factory=list)
    """Users who said who they are."""
    connections: int = 0
    breaks_after: int | None = None
    """So many bytes of a file, after which it hangs up."""
    hangs_after: int | None = None
    before_rename: Callable[[], None] | None = None

    @property
    def inbound(self) -> Path:
        return self.root / "inbound"

    @property
    def outbound(self) -> Path:
        return self.root / "outbound"

    def names(self) -> set[str]:
        return {one.name for one in self.inbound.iterdir()}

    def has(self, name: str, content: bytes, *, age: float = 3600) -> None:
        """A file of theirs, changed so many seconds ago."""
        path = self.outbound / name
        path.write_bytes(content)
        touched(path, age)

    def secret(self, **other: Any) -> dict[str, Any]:
        """What the operator fills in."""
        return {
            "base_url": f"sftp://{USER}@127.0.0.1:{self.port}",
            "host_keys": "\n".join(known_hosts_line(one) for one in self.host_keys),
            "private_key": key("ssh-ed25519", 9).export_private_key().decode(),
            "sender_id": "CARESMITH",
            "receiver_id": "PAYERS",
            "key": "",
            **other,
        }


def touched(path: Path, age: float) -> None:
    when = time.time() - age
    os.utime(path, (when, when))


class _Server(asyncssh.SSHServer):
    def __init__(self, desk: SftpDesk) -> None:
        self._desk = desk
        desk.connections += 1

    def begin_auth(self, username: str) -> bool:
        self._desk.greeted.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key_: asyncssh.SSHKey) -> bool:
        return username == USER and key_ == key("ssh-ed25519", 9).convert_to_public()


class _Files(asyncssh.SFTPServer):
    def __init__(self, chan: Any, desk: SftpDesk) -> None:
        self._desk, self._connection, self._taken = desk, chan.get_connection(), 0
        super().__init__(chan, chroot=os.fsencode(desk.root))

    async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        self._taken += len(data)
        desk = self._desk
        if desk.breaks_after is not None and self._taken > desk.breaks_after:
            # Half of it stands there, and the line is dead.
            super().write(file_obj, offset, data[: len(data) // 2])
            file_obj.flush()
            self._connection.abort()
            raise asyncssh.SFTPFailure("gone")
        if desk.hangs_after is not None and self._taken > desk.hangs_after:
            await asyncio.sleep(30)
        return super().write(file_obj, offset, data)  # type: ignore[return-value]

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        if self._desk.before_rename:
            self._desk.before_rename()
        # As version 3 of the protocol has it: nothing is written over.
        if Path(os.fsdecode(self.map_path(newpath))).exists():
            raise asyncssh.SFTPFailure("there is one")
        return super().rename(oldpath, newpath)


@contextmanager
def sftp_server(root: Path, host_keys: list[asyncssh.SSHKey] | None = None) -> Iterator[SftpDesk]:
    """Serve it from a thread of its own while open."""
    desk = SftpDesk(root)
    desk.host_keys = host_keys or desk.host_keys
    desk.inbound.mkdir(parents=True, exist_ok=True)
    desk.outbound.mkdir(exist_ok=True)
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: _Server(desk),
            "127.0.0.1",
            0,
            server_host_keys=desk.host_keys,
            sftp_factory=lambda chan: _Files(chan, desk),
        )

    def run() -> None:
        asyncio.set_event_loop(loop)
        acceptor = loop.run_until_complete(serve())
        desk.port = acceptor.get_port()
        ready.set()
        loop.run_forever()
        acceptor.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(30)
        yield desk
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
