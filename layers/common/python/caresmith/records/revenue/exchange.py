"""Files that went to payers or came from them: kept for ever, whole, whatever became of them.

==============================  ===================================  =================
 access                          pk                                   sk
==============================  ===================================  =================
 a file                          ``<practice>#file#<file>``           ``file``
   the claims of one of ours     same                                 ``claim#<n>``
 files of a day                  ``<practice>#files#<yyyy-mm-dd>``    ``<file>``
 a file by its bytes             ``<practice>#bytes#<sha256>``        ``file``
 a file of ours by its number    ``<practice>#wire#<number>``         ``file``
==============================  ===================================  =================

The bytes lie in the bucket ``exchange`` under the revenue key, in one version of one
object that is named here: what is put under the same key later is another file.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.revenue.layout import bytes_key, file_key
from caresmith.tables import RevenueItem

FILE: Final = "file"
BUCKET: Final = "exchange"


class FileState(StrEnum):
    EXPECTED = "expected"
    """It has been announced, and its bytes have not come."""
    RECEIVED = "received"
    """Its bytes are here; nobody has looked at them."""
    TAKEN = "taken"
    """All that it says has been acted upon, or is being."""
    REFUSED = "refused"
    """It is not for this practice, or nothing that is read here."""
    GARBLED = "garbled"
    """It can't be read; ``refusal`` says where and why."""
    GATHERING = "gathering"
    """Ours: claims are being put into it."""
    BUILT = "built"
    """Ours: its bytes are kept, and the same whenever it is delivered."""
    DELIVERED = "delivered"
    """Ours: the other side has it."""
    SENT = "sent"
    """Ours: all of its claims say so."""
    ANSWERED = "answered"
    """Ours: its acknowledgement has come."""
    OVERDUE = "overdue"
    """Ours: no acknowledgement came in time."""
    RETURNED = "returned"
    """Ours: it could not be delivered, and its claims were given back."""
    EMPTY = "empty"
    """Ours: there was nothing to send."""


class ExchangeFileItem(RevenueItem, discriminator="exchange-file"):
    file_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    """835, 999, 837P..."""
    direction = UnicodeAttribute(default="in")
    name = UnicodeAttribute()
    object_key = UnicodeAttribute()
    object_version = UnicodeAttribute(default="")
    size = NumberAttribute(default=0)
    sha256 = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    refusal = UnicodeAttribute(null=True)
    """Why it was refused: where it stands and a sentence. Never what the file says."""
    refusal_line = NumberAttribute(default=0)
    remarks = JSONAttribute(default=list)
    contents = JSONAttribute(default=list)
    """Ids of what came of it: remittances."""
    way = UnicodeAttribute(default="")
    """How it came or went: ``exchange``, ``drop``, ``upload``."""
    day = UnicodeAttribute(null=True)
    """The practice's day, on whose list it stands."""
    counts = JSONAttribute(default=dict)
    """How many of what: claims, accepted, rejected, unmatched."""
    interchange = NumberAttribute(null=True)
    """Of a file of ours: ISA13 and GS06."""
    first_set = NumberAttribute(null=True)
    """ST02 of its first set."""
    built_at = UnicodeAttribute(null=True)
    """The instant that its bytes name."""
    charge_cents = NumberAttribute(default=0)
    delivered_at = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    token = UnicodeAttribute(null=True)
    """Of the execution that waits for its acknowledgement."""
    version = VersionAttribute()


class FileOfDayItem(RevenueItem, discriminator="exchange-file-of-day"):
    file_id = UnicodeAttribute()
    kind = UnicodeAttribute()


class BytesItem(RevenueItem, discriminator="exchange-bytes"):
    """The first file of these bytes."""

    file_id = UnicodeAttribute()


def object_key(practice: PracticeId, file: ExchangeFileId) -> str:
    """Where in the bucket a file's bytes lie."""
    return f"files/{practice}/{file}"


def get_file(practice: PracticeId, file: ExchangeFileId) -> ExchangeFileItem | None:
    found = ExchangeFileItem.query(
        file_key(practice, file), ExchangeFileItem.sk == FILE, consistent_read=True, limit=1
    )
    return next(iter(found), None)


def file_of_bytes(practice: PracticeId, sha256: str) -> ExchangeFileId | None:
    found = BytesItem.query(
        bytes_key(practice, sha256), BytesItem.sk == FILE, consistent_read=True, limit=1
    )
    one = next(iter(found), None)
    return ExchangeFileId(one.file_id) if one else None


def day_of(at: str) -> dt.date:
    return dt.date.fromisoformat(at[:10])
