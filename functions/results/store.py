"""Messages, files and documents in the bucket ``results``, sealed like any PHI.

==========================  ===================================================
 key                         holds
==========================  ===================================================
 ``<practice>/raw/<id>``     a message as it came
 ``<practice>/file/<id>``    an imported file as it came
 ``<practice>/form/<sha>``   a document that came within a report
==========================  ===================================================

Nothing is ever deleted or replaced by something else: a key names what it holds.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from caresmith.errors import NotFound
from caresmith.ids import ImportId, PracticeId, RawMessageId
from caresmith.sealing import Sealer
from caresmith.settings import Domain, bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUCKET: Final = "results"


@cache
def _s3() -> S3Client:
    import boto3

    return boto3.client("s3")


def keep_message(practice: PracticeId, message: RawMessageId, raw: bytes) -> None:
    _put(practice, "raw", message, raw)


def read_message(practice: PracticeId, message: RawMessageId) -> bytes:
    """The message as it came. Raises NotFound."""
    return _get(practice, "raw", message)


def keep_file(practice: PracticeId, file: ImportId, raw: bytes) -> None:
    _put(practice, "file", file, raw)


def read_file(practice: PracticeId, file: ImportId) -> bytes:
    """The file as it came. Raises NotFound."""
    return _get(practice, "file", file)


def keep_form(practice: PracticeId, digest: str, data: bytes) -> None:
    _put(practice, "form", digest, data)


def read_form(practice: PracticeId, digest: str) -> bytes:
    """The document. Raises NotFound."""
    return _get(practice, "form", digest)


def _put(practice: PracticeId, folder: str, name: str, data: bytes) -> None:
    _s3().put_object(
        Bucket=bucket_name(_BUCKET),
        Key=f"{practice}/{folder}/{name}",
        Body=Sealer(practice, Domain.CLINICAL).seal_bytes(name, folder, data),
        ContentType="application/octet-stream",
        ChecksumAlgorithm="SHA256",
    )


def _get(practice: PracticeId, folder: str, name: str) -> bytes:
    s3 = _s3()
    try:
        found = s3.get_object(Bucket=bucket_name(_BUCKET), Key=f"{practice}/{folder}/{name}")
    except s3.exceptions.NoSuchKey:
        raise NotFound from None
    return Sealer(practice, Domain.CLINICAL).unseal_bytes(name, folder, found["Body"].read())
