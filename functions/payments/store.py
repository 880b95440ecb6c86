"""The bytes of files from and letters to payers, in the bucket ``exchange``.

================================================  ==========================================
 key                                               holds
================================================  ==========================================
 ``files/<practice>/<id>``                         a file as it came
 ``letters/<practice>/<claim>/<line>/<n>``         a letter of appeal as it was sent
================================================  ==========================================

Nothing of ours may delete there, and the bucket keeps versions: a file's record names the
version that was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from caresmith.records.revenue.exchange import BUCKET
from caresmith.settings import bucket_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS: Final = 15 * 60
MOST_BYTES: Final = 300 * 1024 * 1024
MEDIA_TYPE: Final = "application/edi-x12"
_MISSING: Final = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True)
class Kept:
    version: str
    size: int


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Hashing:
    """Reads through a source, counts its bytes and reckons their SHA-256 on the way."""

    def __init__(self, source: _Source) -> None:
        self._source, self._digest = source, sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def whole(self) -> bytes:
        """All of it, where it is known to be small."""
        return self.read(-1)

    def rest(self) -> None:
        """Read what nobody has asked for."""
        while self.read(1 << 18):
            pass

    @property
    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@cache
def _s3() -> S3Client:
    import boto3
    from botocore.config import Config

    # Objects under a KMS key are signed for by version 4 only. Links name the bucket's own
    # region: from another one S3 redirects, which a browser's preflight does not follow.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=config)


def upload_form(key: str, most_bytes: int) -> tuple[str, dict[str, str]]:
    """Where and with which fields a browser may post one file of at most that size."""
    form = _s3().generate_presigned_post(
        bucket_name(BUCKET),
        key,
        Fields={"Content-Type": MEDIA_TYPE},
        Conditions=[{"Content-Type": MEDIA_TYPE}, ["content-length-range", 1, most_bytes]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return form["url"], dict(form["fields"])


def put(key: str, body: bytes, media_type: str = MEDIA_TYPE) -> Kept:
    done = _s3().put_object(
        Bucket=bucket_name(BUCKET),
        Key=key,
        Body=body,
        ContentType=media_type,
        ChecksumAlgorithm="SHA256",
    )
    return Kept(done.get("VersionId", ""), len(body))


def find(key: str) -> Kept | None:
    """The newest version of a file; None where none has come."""
    try:
        found = _s3().head_object(Bucket=bucket_name(BUCKET), Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise
    return Kept(found.get("VersionId", ""), found["ContentLength"])


def opened(key: str, version: str) -> Hashing:
    """That very version, to be read as a stream: memory holds a chunk of it."""
    given: Any = {"VersionId": version} if version else {}
    found = _s3().get_object(Bucket=bucket_name(BUCKET), Key=key, **given)
    return Hashing(found["Body"])


@cache
def origin() -> str:
    """Scheme and host of the bucket's links, as a page's security policy names them."""
    url, _ = upload_form("files/", 1)
    scheme, host, *_ = urlsplit(url)
    return f"{scheme}://{host}"
