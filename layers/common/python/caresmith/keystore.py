"""Each practice's own data keys, one per domain, wrapped by that domain's KMS key.

Why a key between KMS and the records: a record sealed under a KMS data key of
its own costs one KMS call to read, so a list of fifty patients would cost
fifty. Here one call unwraps the practice's key for the domain; it then wraps
every record's own data key locally. A warm function makes no KMS call at all.

=============  ==========================  =======================================
 item           pk / sk                     holds
=============  ==========================  =======================================
 data key       ``<practice>`` /            64 bytes wrapped by KMS under the
                ``<domain>#<version>``      encryption context practice, domain,
                                            version: 32 sealing, 32 index
=============  ==========================  =======================================

Rotation adds a version with a fresh sealing half and the same index half, so
blind indexes keep working; readers use the version that a record names.
Deleting a practice's items makes its records unreadable for good.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from caresmith.clock import Clock, to_text
from caresmith.errors import Unavailable
from caresmith.ids import PracticeId
from caresmith.settings import Domain, key_alias
from caresmith.tables import KeystoreItem

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

SEALED_DOMAINS: Final = (
    Domain.PRACTICE,
    Domain.PATIENTS,
    Domain.SCHEDULE,
    Domain.CLINICAL,
    Domain.REVENUE,
    Domain.MESSAGES,
    Domain.IDEMPOTENCY,
)
_HALF: Final = 32
# How long an unwrapped key stays in memory: the delay until a revoked grant bites.
_CACHE_SECONDS: Final = 900


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """One version of a practice's key for a domain, unwrapped."""

    version: int
    sealing: bytes
    index: bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """All versions, the newest last. New records use the newest."""

    keys: tuple[DataKey, ...]

    @property
    def current(self) -> DataKey:
        return self.keys[-1]


@cache
def kms() -> KMSClient:
    import boto3

    return boto3.client("kms")


def _context(practice: PracticeId, domain: Domain, version: int) -> dict[str, str]:
    return {"practice": practice, "domain": domain, "version": str(version)}


def _unwrap(practice: PracticeId, domain: Domain, item: KeystoreItem) -> DataKey:
    answer = kms().decrypt(
        CiphertextBlob=item.wrapped,
        KeyId=key_alias(domain),
        EncryptionContext=_context(practice, domain, int(item.version)),
    )
    plain = answer["Plaintext"]
    return DataKey(int(item.version), plain[:_HALF], plain[_HALF:])


_rings: dict[tuple[PracticeId, Domain], tuple[float, KeyRing]] = {}
_lock: Final = Lock()


def key_ring(practice: PracticeId, domain: Domain) -> KeyRing:
    """The practice's keys for the domain: one query and one KMS call, then cached.

    Raises Unavailable where the practice has no key for the domain yet.
    """
    with _lock:
        known = _rings.get((practice, domain))
        if known and known[0] > time.monotonic():
            return known[1]
        items = list(KeystoreItem.query(practice, KeystoreItem.sk.startswith(f"{domain}#")))
        if not items:
            raise Unavailable("This practice has no key for that data yet.")
        ring = KeyRing(tuple(_unwrap(practice, domain, item) for item in items))
        _rings[(practice, domain)] = (time.monotonic() + _CACHE_SECONDS, ring)
        return ring


def forget_keys() -> None:
    """Drop all unwrapped keys from memory."""
    with _lock:
        _rings.clear()


def create_keys(practice: PracticeId, clock: Clock) -> None:
    """Give a new practice its first key in every domain. Safe to repeat."""
    from caresmith.transactions import TransactionCancelled, transaction

    new = [_wrapped(practice, d, 1, os.urandom(2 * _HALF), clock) for d in SEALED_DOMAINS]
    try:
        with transaction() as writes:
            for item in new:
                writes.save(item, condition=KeystoreItem.pk.does_not_exist())
    except TransactionCancelled:
        # Some are there, or somebody is at it just now: bring what is missing, one by one.
        for item in new:
            _put(item)


def rotate_key(practice: PracticeId, domain: Domain, clock: Clock) -> int:
    """Add a version that new records are sealed under; returns its number."""
    current = key_ring(practice, domain).current
    version = current.version + 1
    _put(_wrapped(practice, domain, version, os.urandom(_HALF) + current.index, clock))
    forget_keys()
    return version


def _wrapped(
    practice: PracticeId, domain: Domain, version: int, plain: bytes, clock: Clock
) -> KeystoreItem:
    wrapped = kms().encrypt(
        KeyId=key_alias(domain),
        Plaintext=plain,
        EncryptionContext=_context(practice, domain, version),
    )["CiphertextBlob"]
    return KeystoreItem(
        practice,
        f"{domain}#{version:04d}",
        version=version,
        wrapped=wrapped,
        created_at=to_text(clock.now()),
    )


def _put(item: KeystoreItem) -> None:
    from pynamodb.exceptions import PutError

    try:
        item.save(KeystoreItem.pk.does_not_exist())
    except PutError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        # Another caller created this very version first: its key stands.
