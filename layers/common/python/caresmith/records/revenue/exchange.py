"""Files that went to payers or came from them: kept for ever, whole, whatever became of them.

==============================  ===================================  =================
 access                          pk                                   sk
==============================  ===================================  =================
 a file                          ``<practice>#file#<file>``           ``file``
 files of a day                  ``<practice>#files#<yyyy-mm-dd>``    ``<file>``
 a file by its bytes             ``<practice>#bytes#<sha256>``        ``file``
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
    REFUSED = "refused"


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
