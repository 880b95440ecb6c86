"""What Twilio delivers to the webhooks: a person's text, a receipt for one of ours, both signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from scripts.localstack.inprocess import request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOST: Final = "caresmith.test"
INBOUND: Final = "/webhooks/twilio/sms"


@dataclass
class TwilioCalls:
    """Calls in the name of one account."""

    account: str
    token: str
    """The secret that signs."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def text(self, sender: str, recipient: str, body: str, *, times: int = 1) -> None:
        """One text from a person, delivered so many times. Raises RuntimeError for a refusal."""
        form = {
            "MessageSid": f"SM{next(self._numbers):032x}",
            "From": sender,
            "To": recipient,
            "Body": body,
            "NumMedia": "0",
        }
        for _ in range(times):
            self._post(INBOUND, form, expected=200)

    def receipt(self, callback: str, status: str) -> None:
        """What became of a text of ours, to the address that came with it."""
        self._post(callback.removeprefix(f"https://{HOST}"), {"MessageStatus": status}, 204)

    def _post(self, path: str, form: Mapping[str, str], expected: int) -> None:
        signed = {"AccountSid": self.account, **form}
        url = f"https://{HOST}{path}"
        headers = {
            "host": HOST,
            "x-forwarded-proto": "https",
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": RequestValidator(self.token).compute_signature(url, signed),
        }
        answer = request("POST", path, headers=headers, body=urlencode(signed).encode())
        if answer.status != expected:
            raise RuntimeError(f"POST {path}: {answer.status} {answer.body[:200]!r}")
