"""What SES and End User Messaging tell through SNS, signed as SNS signs.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from scripts.carrier.fates import Notice

CERTIFICATE_PATH: Final = "/sns/SimpleNotificationService-local.pem"
# Long enough for any clock that a simulation runs on.
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Signer:
    """Signs as SNS does, with a key and certificate of its own that last with the data."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = _key(folder / "sns-key.pem")
        self.certificate = _certificate(self._key)
        """PEM, to be served under CERTIFICATE_PATH."""
        self._url = url + CERTIFICATE_PATH

    def notification(self, topic: str, message: Mapping[str, Any], at: str) -> dict[str, str]:
        """A signed notification of ``message`` (SignatureVersion 2)."""
        content = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic,
            "Message": json.dumps(message),
            "Timestamp": at,
            "SignatureVersion": "2",
            "SigningCertURL": self._url,
            "UnsubscribeURL": self._url,
        }
        signed = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
        canonical = "".join(f"{name}\n{content[name]}\n" for name in signed)
        made = self._key.sign(canonical.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {**content, "Signature": base64.b64encode(made).decode()}


def about_letter(letter: Mapping[str, Any], notice: Notice, at: str) -> dict[str, Any]:
    """The event that SES publishes of an e-mail."""
    to = list(letter["to"])
    mail = {
        "timestamp": at,
        "source": letter["from"],
        "messageId": letter["message_id"],
        "destination": to,
        "tags": {name: [value] for name, value in letter.get("tags", {}).items()},
    }
    feedback = {"timestamp": at, "feedbackId": str(uuid.uuid4())}
    if notice is Notice.DELIVERY:
        delivery = {"timestamp": at, "recipients": to, "smtpResponse": "250 ok"}
        return {"eventType": "Delivery", "mail": mail, "delivery": delivery}
    if notice is Notice.COMPLAINT:
        complaint = {
            "complainedRecipients": [{"emailAddress": address} for address in to],
            "complaintFeedbackType": "abuse",
            **feedback,
        }
        return {"eventType": "Complaint", "mail": mail, "complaint": complaint}
    permanent = notice is Notice.BOUNCE
    bounce = {
        "bounceType": "Permanent" if permanent else "Transient",
        "bounceSubType": "General" if permanent else "MailboxFull",
        "bouncedRecipients": [
            {"emailAddress": a, "action": "failed", "status": "5.1.1" if permanent else "4.2.2"}
            for a in to
        ],
        **feedback,
    }
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce}


def two_way_text(text: Mapping[str, Any]) -> dict[str, Any]:
    """A text that a person wrote, as End User Messaging publishes it."""
    return {
        "originationNumber": text["sender"],
        "destinationNumber": text["recipient"],
        "messageKeyword": "KEYWORD_" + text["recipient"].lstrip("+"),
        "messageBody": text["body"],
        "inboundMessageId": text["sid"],
    }


def _key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        known = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(known, rsa.RSAPrivateKey)  # noqa: S101 - written below
        return known
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.touch(mode=0o600)
    path.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
