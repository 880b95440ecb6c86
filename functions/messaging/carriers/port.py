"""The port that every carrier serves: one message in, one answer out.

A carrier is called once for a message. Libraries' own retries are off, since a
repeated call could send twice. So each error says whether the message may have
left: :class:`AnswerLost` does not know, all the others are sure that it did not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from caresmith.ids import MessageId, PracticeId

CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 8.0
"""Together shorter than the function's own time, which must do for the bookkeeping too."""

RefusalCode = Literal[
    "invalid", "unreachable", "blocked", "opted-out", "content", "rejected", "no-sender"
]
"""As in :mod:`caresmith.messages.failures`; ``no-sender``: the practice has none to send from."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to go."""

    practice_id: PracticeId
    party_id: str
    message_id: MessageId
    sender: str
    """The practice's number (E.164) or ``Name <address>``."""
    to: str
    """E.164 or an e-mail address."""
    text: str
    subject: str = ""
    lifetime_seconds: int | None = None
    """A carrier that can't deliver it in that time is not to deliver it later."""
    unsubscribe_url: str = ""
    """Where a POST ends all e-mails (RFC 8058); empty where none may be offered."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has it."""

    carrier: str
    ref: str
    """By which the carrier knows it."""
    segments: int | None = None
    """How many segments it charges, where it says so at once."""


class Carrier(Protocol):
    def send(self, message: Outgoing) -> Accepted:
        """Raises CarrierDown, CarrierThrottled, Refused or AnswerLost."""
        ...


class CarrierDown(Exception):
    """Nobody took the message; try again later."""


class CarrierThrottled(Exception):
    """Too many messages at once; try again later."""


class AnswerLost(Exception):
    """The message was handed over and no answer came: it may have been sent."""


class Refused(Exception):
    """The carrier will not send this message to this contact point."""

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code)
        self.code: RefusalCode = code
