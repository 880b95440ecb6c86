"""What the carrier does: takes texts and e-mails, tells what became of them, carries replies."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from caresmith.clock import Clock, to_precise_text
from caresmith.messages.segments import segments
from scripts.carrier import notices, twilio
from scripts.carrier.fates import Notice, ReceiptMode, SmsMode, fate_of, notices_of
from scripts.carrier.setup import Setup
from scripts.carrier.store import Row, Store

_MODES: Final = {"sms": SmsMode, "receipts": ReceiptMode}
# Seconds after which each status is called back.
_RECEIPTS: Final = (("queued", 0.1), ("sent", 0.4), ("", 0.9))
_NOTICE_SECONDS: Final = 0.5
_TENFOLD: Final = 10


class Refused(Exception):
    """The call is refused with a Twilio error code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Desk:
    """One carrier. ``clock`` dates what it keeps; delays are in real seconds."""

    def __init__(self, setup: Setup, store: Store, signer: notices.Signer, clock: Clock) -> None:
        self.setup, self.store, self._signer, self._clock = setup, store, signer, clock

    def modes(self) -> dict[str, str]:
        return {name: self.store.mode(name, next(iter(kind))) for name, kind in _MODES.items()}

    def set_modes(self, wanted: Mapping[str, Any]) -> None:
        """Switch modes by name. Raises ValueError for an unknown name or value."""
        known = {name: _MODES[name](value) for name, value in wanted.items() if name in _MODES}
        if len(known) < len(wanted):
            raise ValueError("modes are " + ", ".join(_MODES))
        for name, value in known.items():
            self.store.set_mode(name, value)

    # -- what the practice sends ------------------------------------------

    def take_text(self, form: Mapping[str, str]) -> Row:
        """A text to a person. Raises Refused."""
        recipient, sender, body = (form.get(name, "") for name in ("To", "From", "Body"))
        if not sender:
            raise Refused(21603)
        if not body:
            raise Refused(21602)
        fate = fate_of(recipient)
        if fate.refused or not _is_number(recipient):
            raise Refused(fate.refused or 21211)
        text = self._keep(sender, recipient, body, "out", form.get("StatusCallback", ""))
        self.store.settle_text(text["sid"], fate.ends, fate.error)
        if text["callback"]:
            self._call_back(text, fate.ends, fate.error)
        return text

    def take_letter(self, letter: Mapping[str, Any]) -> None:
        """An e-mail that SES has accepted."""
        self.store.add_letter(letter, to_precise_text(self._clock.now()))
        first = next(iter(letter["to"]), "")
        for notice in notices_of(first):
            self.tell_of(letter["message_id"], notice)

    # -- what the carrier tells --------------------------------------------

    def tell_of(self, message_id: str, notice: Notice) -> None:
        """Publish what became of an e-mail. Raises LookupError where there is none."""
        letter = self.store.letter(message_id)
        if letter is None:
            raise LookupError(message_id)
        at = _sns_time(self._clock)
        message = notices.about_letter(letter, notice, at)
        self._publish("mail", message, f"mail-{message_id}", _NOTICE_SECONDS)
        self.store.told_of(message_id, notice)

    def reply(
        self,
        sender: str,
        body: str,
        *,
        recipient: str = "",
        repeat: int = 1,
        delay: float = 0,
        by_sns: bool = False,
    ) -> Row:
        """A person writes. ``repeat`` delivers the very same text so often, all at once.

        Raises LookupError where ``recipient`` is left out and nobody has written to them.
        """
        if not recipient:
            last = self.store.last_to(sender)
            if last is None:
                raise LookupError(sender)
            recipient = last["sender"]
        text = self._keep(sender, recipient, body, "in", "")
        self.store.settle_text(text["sid"], "received", None)
        for number in range(repeat):
            thread = f"{text['sid']}-{number}"
            if by_sns:
                self._publish("texts", notices.two_way_text(text), thread, delay)
                continue
            url = f"{self.setup.webhooks}/webhooks/twilio/sms"
            form = twilio.inbound(text, self.setup.account)
            self.store.add_post(thread, url, "form", form, time.time() + delay)
        return text

    def carry_answer(self, form: Mapping[str, str], twiml: str) -> None:
        """Send on what a webhook answered to a person's text in its TwiML."""
        for body in twilio.answers_in(twiml):
            text = self._keep(form["To"], form["From"], body, "out", "")
            self.store.settle_text(text["sid"], fate_of(form["From"]).ends, None)

    def _call_back(self, text: Row, ends: str, error: int | None) -> None:
        mode = ReceiptMode(self.modes()["receipts"])
        if mode is ReceiptMode.OFF:
            return
        steps = [(status or ends, after) for status, after in _RECEIPTS]
        if mode is ReceiptMode.REVERSED:
            delays = [after for _, after in steps]
            steps = [(steps[-1 - i][0], delays[i]) for i in range(len(steps))]
        for status, after in steps:
            code = error if status == ends else None
            form = twilio.receipt(text, self.setup.account, status, code)
            for number in range(_TENFOLD if mode is ReceiptMode.TENFOLD else 1):
                thread = text["sid"] if mode is not ReceiptMode.TENFOLD else f"{status}{number}"
                self.store.add_post(thread, text["callback"], "form", form, time.time() + after)

    def _publish(self, topic: str, message: Mapping[str, Any], thread: str, after: float) -> None:
        at = _sns_time(self._clock)
        signed = self._signer.notification(self.setup.topic(topic), message, at)
        url = f"{self.setup.webhooks}/webhooks/sns"
        self.store.add_post(thread, url, "sns", {"body": json.dumps(signed)}, time.time() + after)

    def _keep(self, sender: str, recipient: str, body: str, direction: str, callback: str) -> Row:
        return self.store.add_text(
            {
                "sid": twilio.new_sid(),
                "direction": direction,
                "sender": sender,
                "recipient": recipient,
                "body": body,
                "status": "queued",
                "segments": max(1, segments(body).count),
                "at": to_precise_text(self._clock.now()),
                "callback": callback,
            }
        )


def _is_number(text: str) -> bool:
    return text.startswith("+") and text[1:].isdecimal() and 8 <= len(text) <= 16


def _sns_time(clock: Clock) -> str:
    """As SNS writes an instant: to the millisecond."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
