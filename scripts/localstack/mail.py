"""E-mails that SES takes here go to the carrier's mailbox, where a person reads them.

In the cloud a sender's domain is verified once by the operator; here every
sender is. moto keeps what was sent but tells nobody, so the hook is where it
answers the call.
"""

from __future__ import annotations

import base64
import email
import email.policy
import json
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch

from moto.ses.models import SESBackend
from moto.sesv2.responses import SESV2Response

Letter = dict[str, Any]
"""``message_id``, ``from``, ``to``, ``subject``, ``text``, ``html``, ``headers``, ``tags``."""


@contextmanager
def from_any_sender() -> Iterator[None]:
    """While open, every sender counts as verified."""
    with patch.object(SESBackend, "_is_verified_address", lambda *_: True):
        yield


@contextmanager
def carried_by(carry: Callable[[Letter], None]) -> Iterator[None]:
    """While open, each e-mail that SES has accepted is handed to ``carry``."""
    plain = SESV2Response.send_email

    def send_email(response: SESV2Response) -> str:
        answer: str = plain(response)
        carry(letter(json.loads(response.body), json.loads(answer)["MessageId"]))
        return answer

    with from_any_sender(), patch.object(SESV2Response, "send_email", send_email):
        yield


def to_carrier(url: str) -> Callable[[Letter], None]:
    """Puts letters into the mailbox of the carrier at ``url``; a carrier that is down loses them.

    SES has accepted the e-mail by then: what its recipient's server does is not
    the sender's error.
    """

    def carry(told: Letter) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own URL
            f"{url}/mail",
            json.dumps(told).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - our own URL
        except OSError as error:
            print(f"mail: {type(error).__name__}", file=sys.stderr, flush=True)

    return carry


def letter(sent: dict[str, Any], message_id: str) -> Letter:
    """The e-mail of a SendEmail call (SES v2), simple or raw, as the mailbox takes it."""
    told: Letter = {
        "message_id": message_id,
        "from": sent.get("FromEmailAddress", ""),
        "to": [a for kind in sent.get("Destination", {}).values() for a in kind],
        "tags": {tag["Name"]: tag["Value"] for tag in sent.get("EmailTags", [])},
    }
    if "Raw" in sent["Content"]:
        return {**told, **_raw(base64.b64decode(sent["Content"]["Raw"]["Data"]), told)}
    simple = sent["Content"]["Simple"]
    body = simple["Body"]
    return {
        **told,
        "subject": simple["Subject"]["Data"],
        "text": body.get("Text", {}).get("Data", ""),
        "html": body.get("Html", {}).get("Data", ""),
        "headers": {header["Name"]: header["Value"] for header in simple.get("Headers", [])},
    }


def _raw(content: bytes, told: Letter) -> Letter:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes these
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "from": told["from"] or str(message["from"] or ""),
        "to": told["to"] or [str(message["to"] or "")],
        "subject": str(message["subject"] or ""),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "headers": {name: str(value) for name, value in message.items()},
    }
