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

Each call carries our key as a bearer token. Where the secret names an ``sftp`` address,
files go that way (:mod:`caresmith.exchange_sftp`), and only questions in real time by
the dialect above. Nothing is ever deleted there: the cursor is ours to keep. In real
time a payer has twenty seconds (CAQH CORE, eligibility and claim status infrastructure
rule 4.4), and may never answer. What went wrong says whether it is worth trying again;
texts of the other side stay out of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from caresmith.exchange_door import SCHEME, Door, door
from caresmith.x12.envelope import Party
from caresmith.x12.writer import Addressing

_SECRET_SECONDS: Final = 300
_FIELDS: Final = ("base_url", "sender_id", "receiver_id")
"""What the operator fills in at least."""


class ExchangeFailed(Exception):
    """No answer. ``reason`` is a code; ``temporary`` says that a later try may do better."""

    reason: str
    temporary = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.reason)


class NotConfigured(ExchangeFailed):
    """The operator has not yet said where the exchange is."""

    reason = "not-configured"


class Misconfigured(ExchangeFailed):
    """What the operator has filled in lacks something, or can't be understood."""

    reason = "misconfigured"


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


class HostKeyUnknown(ExchangeFailed):
    """The server shows a key that is not pinned: it may be another's. It got nothing of ours."""

    reason = "host-key"


class NoFolder(ExchangeFailed):
    """The folder that files go to, or come from, is not there."""

    reason = "no-folder"


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
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Of its bytes, where the other side tells it."""
    at: AwareDatetime


class Listing(BaseModel):
    """A page of what waits; ``next`` is where the page behind it begins."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    files: tuple[Waiting, ...]
    next: str | None = Field(default=None, max_length=400)
    resume: str | None = Field(default=None, max_length=400)
    """Where the next look begins, if not at ``next``: files may appear late among older ones."""


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

    def close(self) -> None:
        """Hang up, where a connection is kept between calls."""
        ...


Way = Literal["exchange", "sftp"]


@dataclass(frozen=True, slots=True)
class Account:
    """Where the exchange is, and what we are called there."""

    base: str
    """Of the dialect of HTTPS; "" where there is none."""
    key: str
    sender: Party
    receiver: Party
    test: bool = False
    door: Door | None = None
    """The SFTP server that takes files and has them."""

    @property
    def way(self) -> Way:
        """How files go."""
        return "sftp" if self.door else "exchange"

    def addressing(self) -> Addressing:
        """What ISA and GS say of an interchange from us to it."""
        return Addressing(
            self.sender, self.receiver, self.sender.id, self.receiver.id, test=self.test
        )


def account() -> Account:
    """This deployment's account, from its secret ``payer_exchange``.

    Raises NotConfigured while no address is filled in, Misconfigured where what is
    filled in can't be used, Unreachable where the secret can't be read now. It is read
    again after five minutes. Where it names no address, the one in
    ``CARESMITH_LOCAL_PAYER`` stands, which the local stack sets alone.
    """
    from aws_lambda_powertools.utilities.parameters import get_secret
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    name = os.environ.get("CARESMITH_SECRET_PAYER_EXCHANGE")
    if name is None:
        raise NotConfigured
    try:
        text = get_secret(name, max_age=_SECRET_SECONDS)
    except GetParameterError as error:
        raise (NotConfigured if _absent(error) else Unreachable)("secret") from None
    # The secret's text stays out of whatever is said about it.
    try:
        told = json.loads(text)
        told["base_url"] = told["base_url"] or os.environ.get("CARESMITH_LOCAL_PAYER", "")
        filled_in = all(told[field] for field in _FIELDS)
    except (ValueError, KeyError, TypeError):
        raise Misconfigured from None
    if not filled_in:
        raise NotConfigured
    try:
        return _account(told)
    except (ValueError, KeyError, TypeError):
        raise Misconfigured from None


def _absent(error: Exception) -> bool:
    said = getattr(error.__cause__ or error.__context__, "response", {})
    return bool(said.get("Error", {}).get("Code") == "ResourceNotFoundException")


def _account(told: Mapping[str, Any]) -> Account:
    base = str(told["base_url"]).rstrip("/")
    by_sftp = base.startswith(f"{SCHEME}:")
    return Account(
        base=str(told.get("realtime_url", "")).rstrip("/") if by_sftp else base,
        key=str(told["key"]),
        sender=Party(str(told.get("sender_qualifier", "ZZ")), str(told["sender_id"])),
        receiver=Party(str(told.get("receiver_qualifier", "ZZ")), str(told["receiver_id"])),
        test=bool(told.get("test", False)),
        door=door(told) if by_sftp else None,
    )


def exchange(to: Account) -> PayerExchange:
    """Who speaks to that account."""
    from caresmith.exchange_https import HttpsExchange

    https = HttpsExchange(to, local=os.environ.get("CARESMITH_LOCAL_PAYER", ""))
    if to.door is None:
        return https
    from caresmith.exchange_sftp import SftpExchange

    return SftpExchange(to.door, https if to.base else None)
