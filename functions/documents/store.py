"""The bytes of documents, in the ``documents`` bucket under the clinical key.

===============================================  ===========================================
 key                                              holds
===============================================  ===========================================
 ``incoming/<practice>/<document>``               an upload, in quarantine; gone after a day
 ``faxes/<practice>/<document>``                  a fax that nobody has assigned, in quarantine
 ``kept/<practice>/<document>``                   what was looked through, and stands in a chart
 ``views/<practice>/<document>``                  a PDF of a TIFF's pages; gone after a day
===============================================  ===========================================

Keys hold ids only. The bucket keeps versions, takes TLS only, and nothing of ours
may delete from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from caresmith.ids import DocumentId, PracticeId
from caresmith.settings import bucket_name
from functions.documents.sniffing import JPEG, PDF, PNG

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET: Final = "documents"
UPLOAD_SECONDS: Final = 15 * 60
DOWNLOAD_SECONDS: Final = 60
SHOWN: Final = frozenset({PDF, PNG, JPEG})
"""What a browser shows by itself."""
_MISSING: Final = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True)
class Kept:
    """One version of an object with its bytes."""

    key: str
    version: str
    body: bytes


@cache
def _s3() -> S3Client:
    import boto3
    from botocore.config import Config

    # Objects under a KMS key are signed for by version 4 only. Links name the bucket's own
    # region: from another one S3 redirects, which a browser's preflight does not follow.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=config)


def incoming_key(practice: PracticeId, document: DocumentId) -> str:
    return f"incoming/{practice}/{document}"


def fax_key(practice: PracticeId, document: DocumentId) -> str:
    return f"faxes/{practice}/{document}"


def kept_key(practice: PracticeId, document: DocumentId) -> str:
    return f"kept/{practice}/{document}"


def view_key(practice: PracticeId, document: DocumentId) -> str:
    return f"views/{practice}/{document}"


def upload_form(key: str, media_type: str, most_bytes: int) -> tuple[str, dict[str, str]]:
    """Where and with which fields a browser may post one file of that type and size.

    The bucket itself refuses another key, another type or a larger file.
    """
    form = _s3().generate_presigned_post(
        bucket_name(BUCKET),
        key,
        Fields={"Content-Type": media_type},
        Conditions=[{"Content-Type": media_type}, ["content-length-range", 1, most_bytes]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return form["url"], dict(form["fields"])


def read(key: str, most_bytes: int) -> Kept | None:
    """The newest version of an object; None where there is none.

    Of a larger one, no more than ``most_bytes`` and one: enough to see that it is too large.
    """
    try:
        found = _s3().get_object(Bucket=bucket_name(BUCKET), Key=key, Range=f"bytes=0-{most_bytes}")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _MISSING:
            return None
        if code == "InvalidRange":
            return Kept(key, "", b"")
        raise
    return Kept(key, found.get("VersionId", ""), found["Body"].read())


def tags(kept: Kept) -> Mapping[str, str]:
    """The tags of that very version."""
    given: Any = {"VersionId": kept.version} if kept.version else {}
    found = _s3().get_object_tagging(Bucket=bucket_name(BUCKET), Key=kept.key, **given)
    return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}


def facts(key: str) -> Mapping[str, str] | None:
    """What was said of an object when it was written; None where there is none."""
    try:
        return _s3().head_object(Bucket=bucket_name(BUCKET), Key=key)["Metadata"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def write(key: str, body: bytes, media_type: str, said: Mapping[str, str] | None = None) -> None:
    """Store the bytes that were looked at: not a copy of an object that may change meanwhile."""
    _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=key,
        Body=body,
        ContentType=media_type,
        ChecksumAlgorithm="SHA256",
        Metadata=dict(said or {}),
    )


def download_url(key: str, media_type: str, filename: str) -> str:
    """A link to one object that works for :data:`DOWNLOAD_SECONDS`.

    The answer names its type and is saved, never run in the page that asks.
    """
    return _link(key, media_type, f'attachment; filename="{filename}"')


def view_url(key: str, media_type: str) -> str:
    """As :func:`download_url`, but what the browser shows: a picture or a PDF, and nothing else.

    Raises ValueError for another type: markup that is shown could run.
    """
    if media_type not in SHOWN:
        raise ValueError(f"{media_type} is not shown by a browser")
    return _link(key, media_type, "inline")


@cache
def origin() -> str:
    """Scheme and host of the bucket's links, as a page's security policy names them."""
    scheme, host, *_ = urlsplit(_link("kept/", PDF, "inline"))
    return f"{scheme}://{host}"


def _link(key: str, media_type: str, disposition: str) -> str:
    return _s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket_name(BUCKET),
            "Key": key,
            "ResponseContentType": media_type,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "no-store",
        },
        ExpiresIn=DOWNLOAD_SECONDS,
    )
