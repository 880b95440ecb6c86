"""Segments as objects of the audit bucket, which keeps every version for six years."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from caresmith.settings import bucket_name
from functions.audit.segments import Segment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "audit"


@cache
def _s3() -> S3Client:
    import boto3

    return boto3.client("s3")


def write(segment: Segment) -> None:
    """Store the segment; once more with the same content is harmless."""
    _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=segment.key,
        Body=segment.body,
        ContentType="application/x-ndjson",
        # A bucket with Object Lock takes no object without a checksum.
        ChecksumAlgorithm="SHA256",
    )


def read(key: str) -> bytes | None:
    """The object's bytes; None where there is no such object."""
    try:
        return _s3().get_object(Bucket=bucket_name(BUCKET), Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            return None
        raise


def keys(practice: str) -> Iterator[str]:
    """The names of all of a practice's objects."""
    pages = _s3().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket_name(BUCKET), Prefix=f"{practice}/"):
        for found in page.get("Contents", []):
            yield found["Key"]


def practices() -> Iterator[str]:
    """Every practice that has a stored segment."""
    pages = _s3().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket_name(BUCKET), Delimiter="/"):
        for found in page.get("CommonPrefixes", []):
            yield found["Prefix"].rstrip("/")
