"""Files to and from a clearinghouse over SFTP; real time goes another way, where there is one.

- The server's key is compared with what is pinned before we say who we are: one that
  differs gets neither a name, nor a credential, nor a file.
- A file is written under the name that it has and ``.part``, and then renamed, so that
  nobody there takes half a file. What an earlier try left is written anew once nobody
  can be writing it any more.
- A name that is there with the same bytes is known; with others it is taken. Where the
  other side carries files away at once, only its own check of control numbers
  (ISA13) can tell a file that comes twice.
- A listing goes by the time of the last change and the name. Files may appear late
  among older ones, so each look begins some days back, and who asks keeps the names.

One connection serves all calls until ``close``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from caresmith.exchange import (
    ExchangeFailed,
    Garbled,
    HostKeyUnknown,
    KeyRefused,
    Listing,
    Misconfigured,
    NameTaken,
    NoFolder,
    NotConfigured,
    PayerExchange,
    Refused,
    TimedOut,
    Unreachable,
    Waiting,
)
from caresmith.exchange_door import Door, fingerprint

if TYPE_CHECKING:
    import asyncssh

CONNECT_SECONDS: Final = 10.0
"""Until we are logged in."""
FILES_SECONDS: Final = 30.0
"""For one file, or one listing."""
MOST_FILE_BYTES: Final = 64 * 1024 * 1024
ABANDONED_SECONDS: Final = 180
"""After which a half file is nobody's any more: no task runs so long."""
SETTLED_SECONDS: Final = 30
"""For which a file there has not changed before it is taken for whole."""
OVERLAP_SECONDS: Final = 3 * 24 * 3600
_PART: Final = ".part"
_UNFINISHED: Final = (_PART, ".tmp", ".filepart")
_NO_FILES: Final = frozenset({2, 3, 4})
"""Folders, links, special files (draft-ietf-secsh-filexfer-13 section 7.2)."""
_LONGEST_NAME: Final = 200
_HOST_KEYS: Final = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)
"""Asked for one after the other: a server has several keys, and any of them may be pinned."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _There:
    """A file that waits; the order of listings."""

    changed: int
    name: str
    size: int

    @property
    def cursor(self) -> str:
        return f"{self.changed:012d}/{self.name}"

    def told(self) -> Waiting:
        at = dt.datetime.fromtimestamp(self.changed, dt.UTC)
        return Waiting(name=self.name, size=self.size, at=at)


def _before(one: _There) -> str:
    """Some days before it: files may yet appear among those that are older than it."""
    return f"{max(one.changed - OVERLAP_SECONDS, 0):012d}/"


class SftpExchange:
    """The port :class:`caresmith.exchange.PayerExchange`; every call raises ExchangeFailed."""

    def __init__(self, to: Door, realtime: PayerExchange | None = None) -> None:
        self._to, self._realtime = to, realtime
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._files: asyncssh.SFTPClient | None = None
        self._listed: list[_There] | None = None

    def ask(self, inquiry: bytes) -> bytes:
        if self._realtime is None:
            raise NotConfigured("no real time")
        return self._realtime.ask(inquiry)

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        return self._run(self._send(f"{self._to.send_folder}/{name}", content))

    def waiting(self, after: str = "", limit: int = 100) -> Listing:
        """A page of what waits. The folder is read once for all pages of a look."""
        if self._listed is None:
            self._listed = self._run(self._list())
        behind = [one for one in self._listed if one.cursor > after]
        page = behind[:limit]
        return Listing(
            files=tuple(one.told() for one in page),
            next=page[-1].cursor if len(behind) > limit else None,
            resume=_before(page[-1]) if page else None,
        )

    def fetch(self, name: str) -> bytes:
        return self._run(self._fetch(f"{self._to.receive_folder}/{name}"))

    def close(self) -> None:
        """Hang up. Whoever calls again afterwards is connected anew."""
        runner, self._runner, self._listed = self._runner, None, None
        connection, self._connection, self._files = self._connection, None, None
        if runner is None:
            return
        try:
            if connection is not None:
                connection.abort()
                with suppress(TimeoutError, OSError):
                    runner.run(asyncio.wait_for(connection.wait_closed(), 1))
        finally:
            runner.close()

    def _run(self, work: Coroutine[Any, Any, Found]) -> Found:
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(work)
        except ExchangeFailed:
            # What comes next begins with a new connection.
            self.close()
            raise

    # -- on the wire ----------------------------------------------------------

    async def _send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        files = await self._opened()
        async with self._in_time():
            if await files.exists(name):
                return await self._same(files, name, content)
            part = name + _PART
            await self._make_room(files, part)
            async with files.open(part, "wb") as file:
                await file.write(content)
            if await files.getsize(part) != len(content):
                raise Unreachable("cut short")
            return await self._rename(files, part, name, content)

    async def _make_room(self, files: asyncssh.SFTPClient, part: str) -> None:
        """Leave a half file to whoever may be writing it now."""
        import asyncssh

        try:
            left = await files.stat(part)
        except asyncssh.SFTPNoSuchFile:
            return
        if abs(time.time() - (left.mtime or 0)) < ABANDONED_SECONDS:
            raise Unreachable("being written")
        await files.remove(part)

    async def _rename(
        self, files: asyncssh.SFTPClient, part: str, name: str, content: bytes
    ) -> Literal["taken", "known"]:
        import asyncssh

        try:
            await files.rename(part, name)
        except asyncssh.SFTPError:
            if not await files.exists(name):
                raise
            # Another was quicker.
            await files.remove(part)
            return await self._same(files, name, content)
        return "taken"

    async def _same(
        self, files: asyncssh.SFTPClient, name: str, content: bytes
    ) -> Literal["known"]:
        if await files.getsize(name) != len(content):
            raise NameTaken
        async with files.open(name, "rb") as file:
            there: bytes = await file.read()
            if there != content:
                raise NameTaken
        return "known"

    async def _list(self) -> list[_There]:
        files = await self._opened()
        async with self._in_time():
            entries = await files.readdir(self._to.receive_folder)
        now, found = time.time(), []
        for entry in entries:
            attributes, name = entry.attrs, str(entry.filename)
            changed = int(attributes.mtime or 0)
            if attributes.type in _NO_FILES or name.startswith(".") or name.endswith(_UNFINISHED):
                continue
            if abs(now - changed) < SETTLED_SECONDS or len(name) > _LONGEST_NAME:
                continue
            found.append(_There(changed, name, int(attributes.size or 0)))
        return sorted(found, key=lambda one: one.cursor)

    async def _fetch(self, name: str) -> bytes:
        files = await self._opened()
        try:
            async with self._in_time(), files.open(name, "rb") as file:
                content: bytes = await file.read(MOST_FILE_BYTES + 1)
        except NoFolder:
            raise Garbled("gone") from None
        if len(content) > MOST_FILE_BYTES:
            raise Garbled("too large")
        return content

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """What takes too long ends with the line: a file that is not answered can't be closed."""
        late = False

        def hang_up() -> None:
            nonlocal late
            late = True
            if self._connection is not None:
                self._connection.abort()

        timer = asyncio.get_running_loop().call_later(FILES_SECONDS, hang_up)
        try:
            with _told():
                yield
        except ExchangeFailed:
            if late:
                raise TimedOut from None
            raise
        finally:
            timer.cancel()

    async def _opened(self) -> asyncssh.SFTPClient:
        if self._files is None:
            with _told():
                async with asyncio.timeout(CONNECT_SECONDS):
                    self._connection = await self._connected()
                    self._files = await self._connection.start_sftp_client()
        return self._files

    async def _connected(self) -> asyncssh.SSHClientConnection:
        """Logged in with the server, by the first of its keys that is pinned."""
        import asyncssh

        to = self._to
        try:
            ours = [asyncssh.import_private_key(to.private_key)] if to.private_key else []
        except (asyncssh.KeyImportError, ValueError):
            raise Misconfigured("private key") from None

        class Pinned(asyncssh.SSHClient):
            def validate_host_public_key(
                self, host: str, addr: str, port: int, key: asyncssh.SSHKey
            ) -> bool:
                return fingerprint(key.public_data) in to.pins

        shown, last = False, None
        for kinds in _HOST_KEYS:
            try:
                return await asyncssh.connect(
                    to.host,
                    to.port,
                    username=to.user,
                    password=to.password or None,
                    client_factory=Pinned,
                    # Nothing of the machine's own settings, keys or known hosts.
                    config=None,
                    known_hosts=((), (), ()),
                    client_keys=ours or None,
                    agent_path=None,
                    gss_host=None,
                    server_host_key_algs=kinds,
                    preferred_auth=(
                        "publickey" if to.private_key else "password,keyboard-interactive"
                    ),
                )
            except asyncssh.PermissionDenied:
                raise
            except asyncssh.HostKeyNotVerifiable:
                shown = True
            except asyncssh.DisconnectError as error:
                # It has no key of that kind, or has hung up.
                last = error
        if shown or last is None:
            raise HostKeyUnknown
        raise last


@contextmanager
def _told() -> Iterator[None]:
    """Say what went wrong in the port's terms, without the other side's words."""
    import asyncssh

    try:
        yield
    except asyncssh.PermissionDenied:
        raise KeyRefused from None
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise NoFolder from None
    except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect) as error:
        raise Refused(error.code) from None
    except (asyncssh.Error, OSError):
        raise Unreachable from None
