"""Files of the wire: what went to payers and what came from them, kept for ever with their bytes.

====================================  =====================================  =================
 access                                pk                                     sk
====================================  =====================================  =================
 a file: head                          ``<practice>#file#<file>``             ``file``
   the claims in it, in their order    same                                   ``claim#<n>``
 files of a day                        ``<practice>#files#<yyyy-mm-dd>``      ``<file>``
 a file by its bytes                   ``<practice>#bytes#<sha256>``          ``file``
 a file of ours by its number          ``<practice>#wire#<number>``           ``file``
====================================  =====================================  =================

The bytes lie in the bucket ``exchange`` under ``<practice>/<file>``, encrypted under
the revenue domain's key. A head says what a file is and what came of it: numbers, codes
and places within the file, nobody's data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Final

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from caresmith.errors import NotFound
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.revenue.layout import bytes_key, file_key, files_key
from caresmith.settings import bucket_name
from caresmith.tables import RevenueItem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET: Final = "exchange"
FILE: Final = "file"
CLAIM_IN_FILE: Final = "claim#"
_CHUNK: Final = 256 * 1024


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class FileState(StrEnum):
    GATHERING = "gathering"
    """Ours: claims are being put into it."""
    BUILT = "built"
    """Ours: its bytes are kept, and the same whenever it is delivered."""
    DELIVERED = "delivered"
    """Ours: the other side has it."""
    SENT = "sent"
    """Ours: all of its claims say so."""
    ANSWERED = "answered"
    """Ours: the 999 has come."""
    OVERDUE = "overdue"
    """Ours: no 999 came in time."""
    RETURNED = "returned"
    """Ours: it could not be delivered, and its claims were given back."""
    EMPTY = "empty"
    """Ours: there was nothing to send."""
    RECEIVED = "received"
    """Theirs: kept, and to be read."""
    READ = "read"
    """Theirs: all that it says has been acted upon."""
    REFUSED = "refused"
    """Theirs: it is not for this practice, or not of a kind that is read."""
    GARBLED = "garbled"
    """Theirs: it can't be read; ``remark`` says where and why."""


class FileItem(RevenueItem, discriminator="exchange-file"):
    file_id = UnicodeAttribute()
    direction = UnicodeAttribute()
    kind = UnicodeAttribute()
    """837P, 276, TA1, 999, 277CA, 277, 835, 271 or ``other``."""
    state = UnicodeAttribute()
    name = UnicodeAttribute()
    """What the two sides call it."""
    way = UnicodeAttribute()
    """How it came or went: ``exchange``, ``drop``, ``sftp``, ``upload``."""
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    day = UnicodeAttribute()
    """The practice's day, on whose list it stands."""
    size = NumberAttribute(default=0)
    sha256 = UnicodeAttribute(null=True)
    remark = UnicodeAttribute(null=True)
    """Why it was refused or can't be read, and where; or why it could not be delivered."""
    counts = JSONAttribute(default=dict)
    """How many of what: claims, sets, accepted, rejected, unmatched."""
    interchange = NumberAttribute(null=True)
    """ISA13 and GS06."""
    first_set = NumberAttribute(null=True)
    built_at = UnicodeAttribute(null=True)
    """The instant that its bytes name."""
    charge_cents = NumberAttribute(default=0)
    delivered_at = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    token = UnicodeAttribute(null=True)
    """Of the execution that waits for its acknowledgement."""
    execution = UnicodeAttribute(null=True)
    version = NumberAttribute(default=0)


class FileOfDayItem(RevenueItem, discriminator="exchange-file-of-day"):
    file_id = UnicodeAttribute()


class FileOfBytesItem(RevenueItem, discriminator="exchange-file-of-bytes"):
    file_id = UnicodeAttribute()


class FileOfNumberItem(RevenueItem, discriminator="exchange-file-of-number"):
    file_id = UnicodeAttribute()


class ClaimInFileItem(RevenueItem, discriminator="claim-in-file"):
    claim_id = UnicodeAttribute()
    control_number = UnicodeAttribute()
    patient_id = UnicodeAttribute()


def number_key(practice: PracticeId, number: int) -> str:
    return f"{practice}#wire#{number}"


def claim_in_file_sort_key(place: int) -> str:
    return f"{CLAIM_IN_FILE}{place:06d}"


def get_file(practice: PracticeId, file: ExchangeFileId) -> FileItem:
    """By one strongly consistent read. Raises NotFound."""
    try:
        return FileItem.get(file_key(practice, file), FILE, consistent_read=True)
    except FileItem.DoesNotExist:
        raise NotFound from None


def file_of_number(practice: PracticeId, number: int) -> FileItem | None:
    """The file of ours whose interchange or group has that control number."""
    found = FileOfNumberItem.query(number_key(practice, number), consistent_read=True, limit=1)
    one = next(iter(found), None)
    return get_file(practice, ExchangeFileId(one.file_id)) if one else None


def file_of_bytes(practice: PracticeId, digest: str) -> ExchangeFileId | None:
    """The file that had the very same bytes."""
    found = FileOfBytesItem.query(bytes_key(practice, digest), consistent_read=True, limit=1)
    one = next(iter(found), None)
    return ExchangeFileId(one.file_id) if one else None


def files_of_day(practice: PracticeId, day: dt.date) -> list[FileItem]:
    """Newest first: one query and one BatchGetItem per hundred."""
    ids = [one.file_id for one in FileOfDayItem.query(files_key(practice, day))]
    keys = [(file_key(practice, ExchangeFileId(one)), FILE) for one in ids]
    found = list(FileItem.batch_get(keys)) if keys else []
    return sorted(found, key=lambda item: item.file_id, reverse=True)


def claims_in_file(
    practice: PracticeId, file: ExchangeFileId, after: str = "", limit: int | None = None
) -> list[ClaimInFileItem]:
    """The claims of a file of ours in their order, those behind the sort key ``after``."""
    return list(
        ClaimInFileItem.query(
            file_key(practice, file),
            ClaimInFileItem.sk.between(f"{after or CLAIM_IN_FILE}", f"{CLAIM_IN_FILE}~"),
            consistent_read=True,
            limit=limit,
        )
    )


# -- the bytes ------------------------------------------------------------------


@cache
def _s3() -> S3Client:
    import boto3

    return boto3.client("s3")


def object_key(practice: PracticeId, file: ExchangeFileId) -> str:
    return f"{practice}/{file}"


def keep_bytes(practice: PracticeId, file: ExchangeFileId, content: bytes) -> str:
    """Store them; their SHA-256."""
    _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=object_key(practice, file),
        Body=content,
        ContentType="application/edi-x12",
        ChecksumAlgorithm="SHA256",
    )
    return sha256(content).hexdigest()


def read_bytes(practice: PracticeId, file: ExchangeFileId) -> bytes:
    """All of them. Raises NotFound."""
    return open_bytes(practice, file).read()


def open_bytes(practice: PracticeId, file: ExchangeFileId) -> IO[bytes]:
    """As a stream, for files that are too large to hold. Raises NotFound."""
    s3 = _s3()
    try:
        found = s3.get_object(Bucket=bucket_name(BUCKET), Key=object_key(practice, file))
    except s3.exceptions.NoSuchKey:
        raise NotFound from None
    return found["Body"]  # type: ignore[return-value]  # botocore's stream reads as a file does


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream's bytes, piece by piece."""
    while piece := stream.read(_CHUNK):
        yield piece
