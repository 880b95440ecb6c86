"""Ways to a clearinghouse or payer, behind one port: HTTPS, SFTP, a drop in the bucket.

===========  ==========================================================================
 way          when
===========  ==========================================================================
 exchange     the secret ``payer_exchange`` names an ``https`` address
 sftp         it names ``sftp://user@host:port/folder`` and the host's keys
 drop         it names nothing: files lie in the bucket ``exchange`` under
              ``drop/<practice>/out/`` for whoever fetches them, and what is put under
              ``drop/<practice>/in/`` is read
===========  ==========================================================================
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, Protocol

from caresmith.exchange import (
    Account,
    Listing,
    NameTaken,
    NotConfigured,
    Waiting,
    account,
    exchange,
)
from caresmith.ids import PracticeId
from caresmith.records.directory import practices
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.exchange import BUCKET
from caresmith.settings import bucket_name
from caresmith.x12.envelope import Party
from caresmith.x12.writer import Addressing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Way = Literal["exchange", "drop", "sftp"]
_DROP_RECEIVER: Final = Party("ZZ", "DROP")


class NoOutlet(Exception):
    """The practice can't send yet: something of its set-up is missing."""

    def __init__(self, missing: Literal["billing", "submitter-id"]) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Address:
    """From whom to whom: ISA05 to ISA08."""

    sender: Party
    receiver: Party
    test: bool = False

    def addressing(self) -> Addressing:
        return Addressing(
            self.sender,
            self.receiver,
            self.sender.id,
            self.receiver.id,
            test=self.test,
            wants_ta1=True,
        )


class Outlet(Protocol):
    """Files out and in. Every call raises :class:`caresmith.exchange.ExchangeFailed`."""

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        """Hand a file in; the same again changes nothing."""
        ...

    def waiting(self, after: str = "", limit: int = 100) -> Listing: ...

    def fetch(self, name: str) -> bytes: ...

    def close(self) -> None:
        """Hang up, where a connection is kept between calls."""
        ...


@dataclass(frozen=True)
class Connection:
    way: Way
    outlet: Outlet
    address: Address
    shared: bool = False
    """Whether its mailbox may hold files of other practices."""


def connection(practice: PracticeId, setup: PracticeSetup) -> Connection:
    """How this practice's files go. Raises NoOutlet, and ExchangeFailed for a wrong account."""
    billing = setup.practice.billing
    if billing is None:
        raise NoOutlet("billing")
    try:
        known = account()
    except NotConfigured:
        # By the organisation's NPI, where nobody has given it another id.
        own = billing.submitter_id or setup.practice.npi or ""
        if not own:
            raise NoOutlet("submitter-id") from None
        return Connection("drop", Drop(practice), Address(Party("ZZ", own), _DROP_RECEIVER))
    sender = Party(known.sender.qualifier, billing.submitter_id or _shared_id(known, practice))
    address = Address(sender, known.receiver, known.test)
    return Connection(known.way, exchange(known), address, shared=bool(billing.submitter_id))


def _shared_id(known: Account, practice: PracticeId) -> str:
    """The deployment's own id, while one practice alone uses it: answers are told apart by it."""
    if any(other != practice for other in practices()):
        raise NoOutlet("submitter-id")
    return known.sender.id


class Drop:
    """Two folders of the bucket. A listing's cursor is the last name that was seen."""

    def __init__(self, practice: PracticeId) -> None:
        self._out, self._in = f"drop/{practice}/out/", f"drop/{practice}/in/"

    def send(self, name: str, content: bytes) -> Literal["taken", "known"]:
        client, key = _s3(), self._out + name
        try:
            there = client.get_object(Bucket=bucket_name(BUCKET), Key=key)["Body"].read()
        except client.exceptions.NoSuchKey:
            client.put_object(
                Bucket=bucket_name(BUCKET), Key=key, Body=content, ChecksumAlgorithm="SHA256"
            )
            return "taken"
        if there != content:
            raise NameTaken
        return "known"

    def waiting(self, after: str = "", limit: int = 100) -> Listing:
        found = _s3().list_objects_v2(
            Bucket=bucket_name(BUCKET),
            Prefix=self._in,
            StartAfter=self._in + after,
            MaxKeys=limit,
        )
        objects = found.get("Contents", [])
        files = tuple(
            Waiting(
                name=one["Key"].removeprefix(self._in),
                size=one["Size"],
                at=one["LastModified"].astimezone(dt.UTC),
            )
            for one in objects
            if one["Key"] != self._in
        )
        last = files[-1].name if files and found.get("IsTruncated") else None
        return Listing(files=files, next=last)

    def fetch(self, name: str) -> bytes:
        found = _s3().get_object(Bucket=bucket_name(BUCKET), Key=self._in + name)
        return found["Body"].read()

    def close(self) -> None:
        """Nothing is kept open."""


@cache
def _s3() -> S3Client:
    import boto3

    return boto3.client("s3")
