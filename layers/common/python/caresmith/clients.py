"""Keys of other systems that call by themselves: a laboratory, a bridge.

A key is a name and 256 random bits, shown once when it is made; only a digest is
kept. It is sent as HTTP Basic authentication, which every interface engine can do:
user ``<practice>.<client>``, password the secret. A key opens what its one role may,
in one practice, and nothing after it was revoked.

===========  ========================  ===============
 access       pk                        sk
===========  ========================  ===============
 by name      ``<practice>#client``     ``<client>``
===========  ========================  ===============
"""

from __future__ import annotations

import binascii
import hmac
import secrets
from base64 import b64decode
from hashlib import sha256
from typing import Final

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from caresmith.clock import Instant, to_text
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.tables import IdentityItem

_SECRET_BYTES: Final = 32
_LONGEST: Final = 300


class ClientKey(IdentityItem, discriminator="client"):
    practice_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    role = UnicodeAttribute()
    digest = UnicodeAttribute()
    """SHA-256 of the secret: with 256 random bits there is nothing to guess or to stretch."""
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    revoked = BooleanAttribute(default=False)


def issue_key(
    practice: PracticeId, client: str, role: Role, *, by: str, now: Instant
) -> tuple[ClientKey, str]:
    """A new key for the client, which the caller writes, and its secret, told this once."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    key = ClientKey(
        f"{practice}#client",
        client,
        practice_id=practice,
        client_id=client,
        role=role,
        digest=_digest(secret),
        created_at=to_text(now),
        created_by=by,
    )
    return key, secret


def user_name(practice: PracticeId, client: str) -> str:
    """What the client sends as its user."""
    return f"{practice}.{client}"


def find_client(basic: str) -> ClientKey | None:
    """The client behind the credentials of HTTP Basic authentication; None for any other.

    One read, strongly consistent: a revoked key is refused at once.
    """
    try:
        user, _, secret = b64decode(basic[:_LONGEST], validate=True).decode().partition(":")
        named, _, client = user.partition(".")
        practice = PracticeId(named)
    except (binascii.Error, ValueError):
        return None
    try:
        key = ClientKey.get(f"{practice}#client", client or "?", consistent_read=True)
    except ClientKey.DoesNotExist:
        return None
    known = hmac.compare_digest(key.digest, _digest(secret))
    return key if known and not key.revoked else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
