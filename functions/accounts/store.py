"""Files as they were sent, in the ``statements`` bucket under the revenue key.

Keys hold ids only: ``<kind>/<practice>/<id>.pdf``. Nothing of ours deletes from it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from caresmith.ids import PracticeId
from caresmith.settings import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET: Final = "statements"


@cache
def _s3() -> S3Client:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    )


def key_of(kind: str, practice: PracticeId, name: str) -> str:
    return f"{kind}/{practice}/{name}.pdf"


def write(key: str, body: bytes, media_type: str = "application/pdf") -> None:
    _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=key,
        Body=body,
        ContentType=media_type,
        ChecksumAlgorithm="SHA256",
    )


def read(key: str) -> bytes:
    return bytes(_s3().get_object(Bucket=bucket_name(BUCKET), Key=key)["Body"].read())


def link(key: str, filename: str) -> str:
    """A link that works for a minute: print files may be larger than an answer."""
    return _s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket_name(BUCKET),
            "Key": key,
            "ResponseContentType": "application/pdf",
            "ResponseContentDisposition": f'attachment; filename="{filename}"',
            "ResponseCacheControl": "no-store",
        },
        ExpiresIn=60,
    )
