"""The port to a clearinghouse, or to a payer itself, and the dialect of HTTPS that we speak to it.

====================================  ===================================================
 call                                  answer
====================================  ===================================================
 ``POST {base}/realtime``              one interchange (271 or 277; TA1 or 999 where ours
   one interchange (270 or 276)        could not be read)
 ``POST {base}/files?name=<name>``     202; 200 where it was there already with the same
   one file                            bytes, 409 with others
 ``GET {base}/files?after=&limit=``    what waits for us, oldest first, and a cursor
 ``GET {base}/files/<name>``           its bytes
====================================  ===================================================

Each call carries our key as a bearer token. Nothing is ever deleted there: the cursor
is ours to keep. In real time a payer has twenty seconds (CAQH CORE, eligibility and
claim status infrastructure rule 4.4), and may never answer. What went wrong says
whether it is worth trying again; texts of the other side stay out of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from caresmith.x12.envelope import Party
from caresmith.x12.writer import Addressing

_SECRET_SECONDS: Final = 300


class ExchangeFailed(Exception):
    """No answer. ``reason`` is a code; ``temporary`` says that a later try may do better."""

    reason: str
    temporary = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.reason)


class NotConfigured(ExchangeFailed):
    """The operator has not yet said where the exchange is."""

    reason = "not-configured"


class Unreachable(ExchangeFailed):
    """Nobody is there, or it says that it can't work now."""

    reason, temporary = "unreachable", True


class TimedOut(ExchangeFailed):
    """It took the question, perhaps, and did not answer in time."""

    reason, temporary = "timed-out", True


class Refused(ExchangeFailed):
    """It will not have this: a repeat is refused as well."""

    reason = "refused"

    def __init__(self, status: int) -> None:
        super().__init__(f"http-{status}")
        self.status = status


class KeyRefused(ExchangeFailed):
    """It does not know our key."""

    reason = "key-refused"


class Garbled(ExchangeFailed):
    """What came is not what was agreed on."""

    reason = "garbled"


class NameTaken(ExchangeFailed):
    """A file with that name and other bytes is there already."""

    reason = "name-taken"


class Waiting(BaseModel):
    """A file that waits for us."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    at: AwareDatetime


class Listing(BaseModel):
    """A page of what waits; ``next`` is where the page behind it begins."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    files: tuple[Waiting, ...]
    next: str | None = Field(default=None, max_length=400)


class PayerExchange(Protocol):
    """Every call raises ExchangeFailed."""

    def ask(self, inquiry: bytes) -> bytes:
        """The answer in real time to one interchange."""
        ...

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        """Hand a file in; the same again changes nothing."""
        ...

    def waiting(self, after: str = "", limit: int = 100) -> Listing: ...

    def fetch(self, name: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Account:
    """Where the exchange is, and what we are called there."""

    base: str
    key: str
    sender: Party
    receiver: Party
    test: bool = False

    def addressing(self) -> Addressing:
        """What ISA and GS say of an interchange from us to it."""
        return Addressing(
            self.sender, self.receiver, self.sender.id, self.receiver.id, test=self.test
        )


def account() -> Account:
    """This deployment's account, from its secret ``payer_exchange``. Raises NotConfigured.

    The secret is read again after five minutes. Where it names no address, the one
    in ``CARESMITH_LOCAL_PAYER`` stands, which the local stack sets alone.
    """
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        text = get_secret(os.environ["CARESMITH_SECRET_PAYER_EXCHANGE"], max_age=_SECRET_SECONDS)
        return _account(json.loads(text), os.environ.get("CARESMITH_LOCAL_PAYER", ""))
    except (GetParameterError, ValueError, KeyError, TypeError, AttributeError):
        # The secret's text stays out of whatever is said about it.
        raise NotConfigured from None


def _account(told: Mapping[str, Any], local: str) -> Account:
    base = str(told["base_url"] or local).rstrip("/")
    sender, receiver = str(told["sender_id"]), str(told["receiver_id"])
    if not (base and sender and receiver):
        raise ValueError("not filled in yet")
    return Account(
        base=base,
        key=str(told["key"]),
        sender=Party(str(told.get("sender_qualifier", "ZZ")), sender),
        receiver=Party(str(told.get("receiver_qualifier", "ZZ")), receiver),
        test=bool(told.get("test", False)),
    )


def exchange(to: Account) -> PayerExchange:
    """Who speaks to that account."""
    from caresmith.exchange_https import HttpsExchange

    return HttpsExchange(to, local=os.environ.get("CARESMITH_LOCAL_PAYER", ""))
