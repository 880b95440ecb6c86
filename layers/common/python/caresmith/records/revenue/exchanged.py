"""What stands around a file of the wire: its claims, its number, its bytes, its day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from pynamodb.attributes import UnicodeAttribute

from caresmith.errors import NotFound
from caresmith.ids import ExchangeFileId, PracticeId
from caresmith.records.revenue.exchange import (
    BUCKET,
    FILE,
    ExchangeFileItem,
    FileOfDayItem,
    get_file,
    object_key,
)
from caresmith.records.revenue.layout import file_key, files_key
from caresmith.settings import bucket_name
from caresmith.tables import RevenueItem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CLAIM_IN_FILE: Final = "claim#"


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


def known_file(practice: PracticeId, file: ExchangeFileId) -> ExchangeFileItem:
    """By one strongly consistent read. Raises NotFound."""
    found = get_file(practice, file)
    if found is None:
        raise NotFound
    return found


def file_of_number(practice: PracticeId, number: int) -> ExchangeFileItem | None:
    """The file of ours whose interchange or group has that control number."""
    found = FileOfNumberItem.query(number_key(practice, number), consistent_read=True, limit=1)
    one = next(iter(found), None)
    return known_file(practice, ExchangeFileId(one.file_id)) if one else None


def files_of_day(practice: PracticeId, day: dt.date) -> list[ExchangeFileItem]:
    """Newest first: one query and one BatchGetItem per hundred."""
    ids = [one.file_id for one in FileOfDayItem.query(files_key(practice, day))]
    keys = [(file_key(practice, ExchangeFileId(one)), FILE) for one in ids]
    found = list(ExchangeFileItem.batch_get(keys)) if keys else []
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


def keep_bytes(practice: PracticeId, item: ExchangeFileItem, content: bytes) -> None:
    """Store them; the item then says which version of which object they are."""
    item.object_key = object_key(practice, ExchangeFileId(item.file_id))
    done = _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=item.object_key,
        Body=content,
        ContentType="application/edi-x12",
        ChecksumAlgorithm="SHA256",
    )
    item.object_version = done.get("VersionId", "")
    item.sha256, item.size = sha256(content).hexdigest(), len(content)


def read_bytes(item: ExchangeFileItem) -> bytes:
    """All of them, of that very version. Raises NotFound where none were kept."""
    if not item.sha256:
        raise NotFound
    given: Any = {"VersionId": item.object_version} if item.object_version else {}
    found = _s3().get_object(Bucket=bucket_name(BUCKET), Key=item.object_key, **given)
    return found["Body"].read()
