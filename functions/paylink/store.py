"""The statement's file, as it was made: read from the bucket ``statements``, never written."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from caresmith.settings import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def _s3() -> S3Client:
    import boto3

    return boto3.client("s3")


def read(key: str) -> bytes:
    return bytes(_s3().get_object(Bucket=bucket_name("statements"), Key=key)["Body"].read())
