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
import contextlib
import datetime as dt
import hmac
import secrets
from base64 import b64decode
from hashlib import sha256
from typing import Final

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from caresmith.clock import Instant, from_text, to_text
from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.tables import IdentityItem

_SECRET_BYTES: Final = 32
_LONGEST: Final = 300
USE_NOTED_EVERY: Final = dt.timedelta(minutes=5)
"""How exactly a key's last use is known: a busy laboratory's key is not written each time."""


class ClientKey(IdentityItem, discriminator="client"):
    practice_id = UnicodeAttribute()
    client_id = UnicodeAttribute()
    role = UnicodeAttribute()
    digest = UnicodeAttribute()
    """SHA-256 of the secret: with 256 random bits there is nothing to guess or to stretch."""
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    revoked = BooleanAttribute(default=False)
    used_at = UnicodeAttribute(null=True)
    """When it opened something last, as exactly as :data:`USE_NOTED_EVERY`."""


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


def read_key(practice: PracticeId, client: str) -> ClientKey | None:
    """What is known of a client's key, which tells nobody its secret."""
    try:
        return ClientKey.get(f"{practice}#client", client, consistent_read=True)
    except ClientKey.DoesNotExist:
        return None


def note_use(key: ClientKey, now: Instant) -> None:
    """Remember that the key opens something now. Whoever calls gets in, noted or not."""
    if key.used_at and now - from_text(key.used_at) < USE_NOTED_EVERY:
        return
    with contextlib.suppress(UpdateError):
        # Not where another key took its place meanwhile.
        key.update(
            actions=[ClientKey.used_at.set(to_text(now))],
            condition=ClientKey.digest == key.digest,
        )


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
