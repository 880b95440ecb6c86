"""Keeps what moto holds in memory: written through at each change, restored at start.

One SQLite file of mode 0600 holds one kind of thing per row:

==============  ===========================  =========================================
 kind            name                         content
==============  ===========================  =========================================
 backend         ``kms``, ``cognito-idp``,    everything of the service: key ids and
                 ``secretsmanager``           material, pools, clients, signing keys,
                                              users with their authenticators
 bucket          bucket name                  a bucket's settings
 object          ``<bucket>/<key>``           all versions of a stored object
 message         SQS message id               the message and its queue
==============  ===========================  =========================================

A change is in the file before moto's answer leaves, so killing the process
loses nothing that was answered. Queues, rules and the bus are made anew from
the manifest at each start. What is not listed (Step Functions executions, SES,
SNS, Scheduler) does not outlast the process: state that matters is in DynamoDB.
"""

from __future__ import annotations

import copy
import io
import os
import pickle
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.backends import get_backend
from moto.s3.models import FakeBucket
from moto.sqs.models import Message, Queue, SQSBackend

from scripts.localstack.system import ACCOUNT, REGION

KEPT_WHOLE: Final = ("kms", "cognito-idp", "secretsmanager")
_READS: Final = (
    *("Get", "List", "Describe", "Encrypt", "Decrypt", "GenerateDataKey", "GenerateRandom"),
    *("ReEncrypt", "Sign", "GenerateMac", "AdminGet", "AdminList"),
)
_SKIPPED_STATE: Final = frozenset({"region_name", "account_id", "partition"})


class _Pickler(pickle.Pickler):
    """Private keys travel as PEM: their objects belong to a native library."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            pem = value.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            return _private_key, (pem,)
        return NotImplemented


class Keeper:
    """The file, and what to do when moto has changed something."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A committed row survives the death of the process; WAL makes a commit cheap.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS kept (kind TEXT, name TEXT, place TEXT, content BLOB,"
            " PRIMARY KEY (kind, name)) WITHOUT ROWID"
        )
        self._last: dict[str, bytes] = {}

    # -- at start -----------------------------------------------------------

    def restore(self) -> None:
        """Put everything back, and from now on keep every message of a queue."""
        for name, content in self._rows("backend"):
            _backend(name).__dict__.update(_unpickled(content))
            self._last[name] = content
        store = _s3()
        for name, content in self._rows("bucket"):
            store.buckets[name] = _unpickled(content)
        for name, content in self._rows("object"):
            bucket, _, key = name.partition("/")
            store.buckets[bucket].keys.setlist(key, _unpickled(content))
        self._keep_messages()

    # -- at each change -----------------------------------------------------

    def after_request(self, service: str, action: str, method: str, path: str) -> None:
        """Called when moto has carried out a request, before its answer leaves."""
        if service in KEPT_WHOLE and not action.startswith(_READS):
            with self._lock:
                self._keep_backend(service)
        elif service == "s3" and method in {"PUT", "POST", "DELETE"}:
            bucket, _, key = unquote(path).lstrip("/").partition("/")
            with self._lock:
                self._keep_bucket(bucket)
                self._keep_objects(bucket, [key] if key else self._kept_keys(bucket))

    def _keep_backend(self, name: str) -> None:
        state = {k: v for k, v in _backend(name).__dict__.items() if k not in _SKIPPED_STATE}
        content = _pickled(state)
        if content != self._last.get(name):
            self._put("backend", name, content)
            self._last[name] = content

    def _keep_bucket(self, name: str) -> None:
        bucket = _s3().buckets.get(name)
        if bucket is None:
            self._db.execute("DELETE FROM kept WHERE kind='bucket' AND name=?", (name,))
            return
        settings: FakeBucket = copy.copy(bucket)
        settings.keys, settings.multiparts = type(bucket.keys)(), type(bucket.multiparts)()
        content = _pickled(settings)
        if content != self._last.get(f"bucket {name}"):
            self._put("bucket", name, content)
            self._last[f"bucket {name}"] = content

    def _keep_objects(self, bucket: str, keys: Iterable[str]) -> None:
        held = _s3().buckets.get(bucket)
        for key in keys:
            versions = held.keys.getlist(key, None) if held is not None else None
            if versions:
                self._put("object", f"{bucket}/{key}", _pickled(versions))
            else:
                name = f"{bucket}/{key}"
                self._db.execute("DELETE FROM kept WHERE kind='object' AND name=?", (name,))

    def _kept_keys(self, bucket: str) -> list[str]:
        rows = self._db.execute(
            "SELECT name FROM kept WHERE kind='object' AND substr(name, 1, ?) = ?",
            (len(bucket) + 1, bucket + "/"),
        )
        return [name.partition("/")[2] for (name,) in rows.fetchall()]

    # -- messages -----------------------------------------------------------

    def _keep_messages(self) -> None:
        """Moto's own deliveries (bus to queue, queue to dead letters) pass here too."""
        self._wrap(Queue, "add_message", self._after_add)
        self._wrap_delete()
        self._wrap(SQSBackend, "create_queue", self._after_create)
        self._wrap(SQSBackend, "purge_queue", self._after_purge)

    @staticmethod
    def _wrap(owner: type, name: str, after: Callable[..., None]) -> None:
        plain = getattr(owner, name)

        def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = plain(self, *args, **kwargs)
            after(self, *args, **kwargs)
            return result

        setattr(owner, name, wrapped)

    def _after_add(self, queue: Queue, message: Message) -> None:
        with self._lock:
            self._put("message", message.id, _pickled(message), place=queue.name)

    def _wrap_delete(self) -> None:
        plain = Queue.delete_message

        def delete_message(queue: Queue, receipt_handle: str) -> None:
            held = queue._messages  # noqa: SLF001
            gone = [("message", m.id) for m in held if m.had_receipt_handle(receipt_handle)]
            plain(queue, receipt_handle)
            with self._lock:
                self._db.executemany("DELETE FROM kept WHERE kind=? AND name=?", gone)

        Queue.delete_message = delete_message  # type: ignore[method-assign, assignment]

    def _after_purge(self, _: SQSBackend, queue_name: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM kept WHERE kind='message' AND place=?", (queue_name,))

    def _after_create(self, backend: SQSBackend, name: str, *_: Any, **__: Any) -> None:
        """A queue that is made anew gets its undelivered messages back, visible at once."""
        queue = backend.queues[name]
        held = {message.id for message in queue._messages}  # noqa: SLF001
        with self._lock:
            rows = self._db.execute(
                "SELECT content FROM kept WHERE kind='message' AND place=?", (name,)
            ).fetchall()
        for (content,) in rows:
            message: Message = _unpickled(content)
            if message.id not in held:
                message.visible_at = 0.0
                queue._messages.append(message)  # noqa: SLF001

    # -- the file -----------------------------------------------------------

    def _put(self, kind: str, name: str, content: bytes, place: str = "") -> None:
        self._db.execute("REPLACE INTO kept VALUES (?, ?, ?, ?)", (kind, name, place, content))

    def _rows(self, kind: str) -> list[tuple[str, bytes]]:
        found = self._db.execute("SELECT name, content FROM kept WHERE kind=?", (kind,))
        return found.fetchall()


def _private_key(pem: bytes) -> Any:
    return load_pem_private_key(pem, None)


def _pickled(value: Any) -> bytes:
    while True:
        buffer = io.BytesIO()
        try:
            _Pickler(buffer).dump(value)
        except RuntimeError:
            continue  # Another request changed a dictionary meanwhile: read it again.
        return buffer.getvalue()


def _unpickled(content: bytes) -> Any:
    # The file is this program's own and readable by its user alone.
    return pickle.loads(content)  # noqa: S301


def _backend(service: str) -> Any:
    return get_backend(service)[ACCOUNT][REGION]  # type: ignore[call-overload]


def _s3() -> Any:
    return get_backend("s3")[ACCOUNT]["aws"]
