"""PHI is sealed before it leaves the process, field group by field group.

The AWS Encryption SDK seals each group under a data key of its own, which the
practice's key for the domain wraps (see :mod:`caresmith.keystore`). The
encryption context (practice, domain, record, group) is authenticated: a sealed
group copied to another record, or to another practice, does not open.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any, TypeVar

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import (
    Algorithm,
    CommitmentPolicy,
    EncryptionKeyType,
    WrappingAlgorithm,
)
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider
from pydantic import BaseModel

from caresmith.ids import PracticeId
from caresmith.keystore import DataKey, KeyRing, key_ring
from caresmith.settings import Domain

Group = TypeVar("Group", bound=BaseModel)

# Not the signing suite: writer and reader are the same service, so a signature
# would cost five times as much and prove nothing more.
_SUITE = Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY


# On bytes that do not open, the SDK logs a stack of its own beside the error it raises.
logging.getLogger("aws_encryption_sdk").setLevel(logging.CRITICAL)


class CannotUnseal(Exception):
    """The sealed bytes were changed, or belong to another record or practice."""


class _PracticeKeys(RawMasterKeyProvider):  # type: ignore[misc]  # the SDK is untyped
    """Wraps each record's data key under a version of the practice's key."""

    provider_id = "caresmith"

    def __new__(cls, ring: KeyRing) -> _PracticeKeys:
        self: _PracticeKeys = super().__new__(cls)
        self._keys = {_key_id(key): key for key in ring.keys}
        # The first key added is the one that new messages are sealed under.
        for key_id in reversed(self._keys):
            self.add_master_key(key_id)
        return self

    def __init__(self, ring: KeyRing) -> None:
        """All is set up in ``__new__``, where the SDK's base class expects it."""

    def _get_raw_key(self, key_id: bytes) -> WrappingKey:
        return WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
            wrapping_key=self._keys[key_id].sealing,
            wrapping_key_type=EncryptionKeyType.SYMMETRIC,
        )


def _key_id(key: DataKey) -> bytes:
    return b"v%d" % key.version


@cache
def _client() -> aws_encryption_sdk.EncryptionSDKClient:
    return aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
        max_encrypted_data_keys=1,
    )


class Sealer:
    """Seals and unseals one practice's field groups of one domain."""

    def __init__(self, practice: PracticeId, domain: Domain) -> None:
        self._practice = practice
        self._domain = domain

    def seal(self, record: str, group: str, value: BaseModel) -> bytes:
        """``value`` as JSON, sealed for that group of that record."""
        return self.seal_bytes(record, group, value.model_dump_json(exclude_none=True).encode())

    def seal_bytes(self, record: str, group: str, plain: bytes) -> bytes:
        keys = KeyRing((key_ring(self._practice, self._domain).current,))
        sealed, _ = _client().encrypt(
            source=plain,
            key_provider=_PracticeKeys(keys),
            algorithm=_SUITE,
            encryption_context=self._context(record, group),
            frame_length=0,
        )
        return bytes(sealed)

    def unseal(self, record: str, group: str, sealed: bytes, model: type[Group]) -> Group:
        """The inverse of :meth:`seal`. Raises CannotUnseal."""
        return model.model_validate_json(self.unseal_bytes(record, group, sealed))

    def unseal_bytes(self, record: str, group: str, sealed: bytes) -> bytes:
        ring = key_ring(self._practice, self._domain)
        try:
            plain, header = _client().decrypt(source=sealed, key_provider=_PracticeKeys(ring))
        except Exception as error:
            # Changed bytes fail wherever they fall: in the header's parser, at the
            # authentication tag, at a key that is not ours. To a caller it is one thing.
            raise CannotUnseal(type(error).__name__) from None
        if dict(header.encryption_context) != self._context(record, group):
            raise CannotUnseal("sealed for another record")
        return bytes(plain)

    def _context(self, record: str, group: str) -> dict[str, Any]:
        return {
            "practice": str(self._practice),
            "domain": str(self._domain),
            "record": str(record),
            "group": group,
        }
