"""Search on sealed data: equal values give equal tokens, and nothing else is told.

A token is HMAC-SHA-256 of a kind and a normalised value under the practice's
index key, cut to 128 bits. Without the key nobody can go from token to value
or try values out. Whoever reads the table still learns which records share a
token (and so how common a value is), though not what the value is; practices
have different keys, so tokens do not match across them.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

from caresmith.ids import PracticeId
from caresmith.keystore import key_ring
from caresmith.settings import Domain

_TOKEN_BYTES = 16


class BlindIndex:
    """Makes the tokens of one practice in one domain."""

    def __init__(self, practice: PracticeId, domain: Domain) -> None:
        self._key = key_ring(practice, domain).current.index

    def token(self, kind: str, value: str) -> str:
        """22 URL-safe characters for ``value`` (already normalised) of that ``kind``."""
        message = kind.encode() + b"\0" + value.encode()
        digest = hmac.digest(self._key, message, "sha256")[:_TOKEN_BYTES]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()
