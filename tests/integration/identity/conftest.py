from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from caresmith.users import NewUser, StaffUser, new_record

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def alice(practice: PracticeId) -> StaffUser:
    user = new_record(practice, NewUser("alice.kim", "Alice Kim", frozenset({Role.FRONT_DESK})))
    user.save()
    return user


@dataclass
class Issuer:
    """A pool's keys as the pool publishes them, and tokens signed by them or by others."""

    pool_id: str
    client_id: str
    key: Any

    def token(self, *, key: Any = None, algorithm: str = "RS256", **claims: Any) -> str:
        from joserfc import jwt

        now = int(datetime.now(UTC).timestamp())
        said = {
            "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{self.pool_id}",
            "aud": self.client_id,
            "token_use": "id",
            "iat": now,
            "exp": now + 900,
            **claims,
        }
        key = key or self.key
        header = {"alg": algorithm, "kid": key.kid}
        said = {name: value for name, value in said.items() if value is not None}
        return str(jwt.encode(header, said, key, algorithms=[algorithm]))


@pytest.fixture
def issuer(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """The staff pool with a key of the test's own behind its JWKS address."""
    import io
    import json
    import os

    from joserfc.jwk import KeySet, RSAKey

    from functions.authorizer import tokens

    key = RSAKey.generate_key(2048, auto_kid=True)
    published = KeySet([key]).as_dict(private=False)
    monkeypatch.setattr(
        tokens.urllib.request,
        "urlopen",
        lambda *_, **__: io.BytesIO(json.dumps(published).encode()),
    )
    tokens._keys.clear()
    yield Issuer(
        os.environ["CARESMITH_STAFF_POOL_ID"], os.environ["CARESMITH_STAFF_CLIENT_ID"], key
    )
    tokens._keys.clear()
