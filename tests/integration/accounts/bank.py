"""The local card processor over real HTTP, for tests that carry what it tells themselves."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from scripts.cardprocessor.app import signed
from scripts.localstack.outside import STRIPE_WEBHOOK_SECRET
from tests.support.client import Reply, call


@dataclass
class Bank:
    """The processor over real HTTP; what it tells is delivered by the test."""

    url: str
    data: Path
    practice: str = ""
    known: list[str] = field(default_factory=list)

    def act(self, path: str, **fields: str) -> None:
        reply = requests.post(self.url + path, data=fields, timeout=10, allow_redirects=False)
        assert reply.status_code < 400, reply.text

    def events(self) -> list[dict[str, Any]]:
        """What it has told since the last call, though nobody listened."""
        kept = json.loads((self.data / "cards.json").read_text())["events"]
        fresh = [one for key, one in kept.items() if key not in self.known]
        self.known.extend(one["id"] for one in fresh)
        return fresh


def tell(event: dict[str, Any], secret: str = STRIPE_WEBHOOK_SECRET) -> Reply:
    body = json.dumps({k: v for k, v in event.items() if k != "answered"}).encode()
    headers = {"Stripe-Signature": signed(body, secret, int(time.time()))}
    return call("POST", "/accounts/stripe", raw=body, headers=headers)
