"""Whether a message comes from SNS: its certificate's place, its signature, its age.

The libraries for this are either unmaintained and know SHA-1 only, or need a newer
Python than Lambda's oldest that is supported here; so it is done on ``cryptography``.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from caresmith.clock import Instant, from_text
from caresmith.errors import Unavailable
from functions.webhooks.edge import Call
from functions.webhooks.errors import NotAuthentic

_SIGNED: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_FOR_SUBSCRIPTIONS: Final = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)
# SNS tries an HTTP endpoint again for up to an hour, with the first timestamp.
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
_OLDEST: Final = timedelta(hours=2)
_AHEAD: Final = timedelta(minutes=15)
_HOST: Final = re.compile(r"sns\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "1": hashes.SHA1(),  # noqa: S303 - what SNS signs with in its version 1
    "2": hashes.SHA256(),
}
_FETCH_SECONDS: Final = 5
_CACHE_SECONDS: Final = 3600
_MOST_BYTES: Final = 20_000


@dataclass(frozen=True)
class SnsMessage:
    """A message that SNS has signed, of a topic of this deployment."""

    kind: str
    """``Notification``, ``SubscriptionConfirmation`` or ``UnsubscribeConfirmation``."""
    message_id: str
    topic: str
    content: str
    sent_at: Instant
    subscribe_url: str


def sns_signature(call: Call, _: Mapping[str, str]) -> SnsMessage:
    """Raises NotAuthentic unless SNS has signed the message lately, for a topic of ours."""
    fields = _fields(call.body)
    topic, certificate_url = fields.get("TopicArn", ""), fields.get("SigningCertURL", "")
    if topic not in topics() or not trusted(certificate_url, topic, certificates=True):
        raise NotAuthentic
    try:
        sent_at = from_text(fields["Timestamp"])
    except (KeyError, ValueError):
        raise NotAuthentic from None
    if not call.now - _OLDEST <= sent_at <= call.now + _AHEAD:
        raise NotAuthentic
    _check_signature(fields, _certificate(certificate_url), call.now)
    return SnsMessage(
        fields.get("Type", ""),
        fields.get("MessageId", ""),
        topic,
        fields.get("Message", ""),
        sent_at,
        fields.get("SubscribeURL", ""),
    )


def topics() -> frozenset[str]:
    """The ARNs of the topics that this deployment listens to."""
    return frozenset(arn for arn in os.environ.get("CARESMITH_SNS_TOPICS", "").split(",") if arn)


def trusted(url: str, topic: str, *, certificates: bool = False) -> bool:
    """Whether ``url`` is SNS's own, in the topic's region; a certificate's, where it is to be.

    CARESMITH_SNS_CERTIFICATE_HOST names the stand-in of a machine without the cloud.
    """
    parts = urlsplit(url)
    if certificates and not (parts.path.endswith(".pem") and not parts.query):
        return False
    stand_in = os.environ.get("CARESMITH_SNS_CERTIFICATE_HOST", "")
    if stand_in and parts.netloc == stand_in:
        return parts.scheme in {"http", "https"}
    match = _HOST.fullmatch(parts.netloc)
    region = topic.split(":")[3] if topic.count(":") >= 3 else ""  # noqa: PLR2004 - an ARN's parts
    return parts.scheme == "https" and match is not None and match.group(1) == region


def _fields(body: str) -> dict[str, str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NotAuthentic from None
    if not isinstance(told, dict):
        raise NotAuthentic
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _check_signature(
    fields: Mapping[str, str], certificate: x509.Certificate, now: Instant
) -> None:
    algorithm = _HASHES.get(fields.get("SignatureVersion", ""))
    key = certificate.public_key()
    valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if algorithm is None or not isinstance(key, rsa.RSAPublicKey) or not valid:
        raise NotAuthentic
    names = _SIGNED if fields.get("Type") == "Notification" else _SIGNED_FOR_SUBSCRIPTIONS
    canonical = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    try:
        signature = base64.b64decode(fields.get("Signature", ""), validate=True)
        key.verify(signature, canonical.encode(), padding.PKCS1v15(), algorithm)
    except (binascii.Error, InvalidSignature, UnicodeEncodeError):
        raise NotAuthentic from None


_certificates: Final[dict[str, tuple[float, x509.Certificate]]] = {}
_lock: Final = Lock()


def _certificate(url: str) -> x509.Certificate:
    """The certificate at a trusted URL, fetched once an hour. Raises Unavailable."""
    with _lock:
        known = _certificates.get(url)
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            # Only what trusted() let through comes here.
            with urllib.request.urlopen(url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310
                certificate = x509.load_pem_x509_certificate(answer.read(_MOST_BYTES))
        except OSError:
            raise Unavailable from None
        except ValueError:
            raise NotAuthentic from None
        _certificates.clear()
        _certificates[url] = (time.monotonic() + _CACHE_SECONDS, certificate)
        return certificate
