"""Verifies Cognito's ID tokens against the pool's published keys."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

_SKEW_SECONDS: Final = 60
# An unknown key id makes us look again, but no flood of forged tokens may make
# us hammer the pool's endpoint.
_REFRESH_SECONDS: Final = 60
_TIMEOUT_SECONDS: Final = 3


class InvalidToken(Exception):
    """Not a token of ours, or no longer valid."""


@dataclass(frozen=True)
class Pool:
    """One user pool whose tokens are accepted."""

    name: str
    pool_id: str
    client_id: str

    @property
    def issuer(self) -> str:
        """``iss`` of its tokens."""
        base = os.environ.get("CARESMITH_COGNITO_ISSUER_BASE")
        region = self.pool_id.partition("_")[0]
        return f"{base or f'https://cognito-idp.{region}.amazonaws.com'}/{self.pool_id}"

    @property
    def token_issuers(self) -> list[str]:
        """Also the cloud's name, which a local Cognito puts into its tokens."""
        region = self.pool_id.partition("_")[0]
        return [self.issuer, f"https://cognito-idp.{region}.amazonaws.com/{self.pool_id}"]


def pools() -> list[Pool]:
    """The pools that this deployment has, from the environment."""
    return [
        Pool(name, os.environ[f"CARESMITH_{name.upper()}_POOL_ID"], client)
        for name in ("staff", "patients")
        if (client := os.environ.get(f"CARESMITH_{name.upper()}_CLIENT_ID"))
    ]


_keys: dict[str, tuple[float, KeySet]] = {}


def _key_set(pool: Pool, *, fresh: bool = False) -> KeySet:
    known = _keys.get(pool.pool_id)
    if known and (not fresh or time.monotonic() - known[0] < _REFRESH_SECONDS):
        return known[1]
    url = f"{pool.issuer}/.well-known/jwks.json"
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - our pool
        keys = KeySet.import_key_set(json.load(answer))
    _keys[pool.pool_id] = (time.monotonic(), keys)
    return keys


def verify(token: str) -> tuple[Pool, dict[str, Any]]:
    """The pool that issued an ID token, and its claims. Raises InvalidToken."""
    for pool in pools():
        for fresh in (False, True):
            try:
                return pool, _claims(token, pool, _key_set(pool, fresh=fresh))
            except (JoseError, ValueError, KeyError):
                # Wrong signature or an unknown key: perhaps the pool rotated its keys.
                continue
    raise InvalidToken


def _claims(token: str, pool: Pool, keys: KeySet) -> dict[str, Any]:
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    jwt.JWTClaimsRegistry(
        leeway=_SKEW_SECONDS,
        iss={"essential": True, "values": pool.token_issuers},
        aud={"essential": True, "value": pool.client_id},
        exp={"essential": True},
        iat={"essential": True},
        token_use={"essential": True, "value": "id"},
    ).validate(claims)
    return dict(claims)
