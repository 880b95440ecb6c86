"""The way to the simulated payers, in this process: what HTTPS would carry is handed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Literal
from unittest.mock import patch

import boto3

from caresmith.exchange import Account, Listing, TimedOut, Unreachable, Waiting
from scripts.localstack.system import Deployment
from scripts.payer.house import House

_NOWHERE: Final = "https://payers.simulation.test"


def connect(deployment: Deployment) -> None:
    """Fill in the secret that says where the exchange is."""
    account = {
        "base_url": _NOWHERE,
        "key": "simulated",
        "sender_id": "CARESMITH",
        "receiver_id": "PAYERS",
    }
    boto3.client("secretsmanager").put_secret_value(
        SecretId=deployment.prefix + "payer_exchange", SecretString=json.dumps(account)
    )


class InProcess:
    """What speaks to the payers' house where HTTPS would."""

    def __init__(self, house: House) -> None:
        self._house = house

    def ask(self, inquiry: bytes) -> bytes:
        reply = self._house.ask(inquiry)
        if reply.how == "silent":
            raise TimedOut
        if reply.how == "down":
            raise Unreachable
        return reply.raw

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        return "taken" if self._house.take(name, content) else "known"

    def waiting(self, after: str = "", limit: int = 100) -> Listing:
        rows = self._house.files(int(after or 0), limit)
        files = tuple(
            Waiting(
                name=row["name"],
                size=row["size"],
                sha256=row["sha256"],
                at=datetime.fromisoformat(str(row["at"])),
            )
            for row in rows
        )
        return Listing(files=files, next=str(rows[-1]["seq"]) if rows else None)

    def fetch(self, name: str) -> bytes:
        found = self._house.file(name)
        if found is None:
            raise Unreachable
        return found

    def close(self) -> None:
        """Nothing is kept open."""


@contextmanager
def linked(house: House) -> Iterator[None]:
    """While open, whoever opens the exchange speaks to ``house``."""

    def opened(_: Account, **__: str) -> InProcess:
        """The account and its address say nothing here."""
        return InProcess(house)

    with patch("caresmith.exchange_https.HttpsExchange", opened):
        yield
