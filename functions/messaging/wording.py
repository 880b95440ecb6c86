"""The words for tasks and for what became of a message."""

from __future__ import annotations

from typing import Final

from caresmith.messages.records import Status
from caresmith.records.contact import Channel, shown_phone
from functions.messaging.models import ContactWay, Message, Task

TASKS: Final = {
    "unclear-reply": "Not understood",
    "running-late": "Running late",
    "call-back": "Call back",
    "unconfirmed": "Not confirmed",
    "undeliverable": "Can't be reached there",
    "no-contact-point": "No way to write",
    "send-failed": "Not sent for certain",
    "critical-result": "Critical result",
    "ledger-differs": "The ledger's sums differ",
    "payment-missed": "An instalment was missed",
    "card-disputed": "A card payment is disputed",
    "card-payment-unplaced": "A card payment without an account",
}
"""What each kind of task is called."""

ADVICE: Final = {
    "unclear-reply": "Read what was written and answer.",
    "running-late": "Tell the provider, or move the visit.",
    "call-back": "The calendar could not do what was asked: call.",
    "unconfirmed": "Nobody answered the last reminder: call.",
    "undeliverable": "Ask for another number or address.",
    "no-contact-point": "Nothing on the chart may be written to: call.",
    "send-failed": "Look whether it arrived; call if it matters.",
    "critical-result": "Tell a clinician at once: nobody could be written to.",
    "ledger-differs": "Run scripts/ledger verify, and tell whoever looks after the system.",
    "payment-missed": "Call, and see whether the plan still fits.",
    "card-disputed": "Answer at the card processor by its date.",
    "card-payment-unplaced": "Look it up at the card processor, and take it by hand.",
}
"""What a person is to do about it."""

_STATES: Final = {
    Status.QUEUED: "Waiting to be sent",
    Status.SENDING: "Being sent",
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.FAILED: "Failed",
    Status.BLOCKED: "Blocked on the way",
    Status.SUPPRESSED: "Not sent",
    Status.UNCERTAIN: "Perhaps sent",
    Status.RECEIVED: "Received",
}
_REASONS: Final = {
    "invalid": "no such number or address",
    "unreachable": "takes no texts",
    "blocked": "the recipient or their carrier refuses it",
    "bounced": "the mail server returned it",
    "complaint": "marked as spam",
    "opted-out": "STOP was answered",
    "content": "taken for spam",
    "off": "the telephone was off",
    "expired": "could not be delivered in time",
    "stale": "the visit or the offer changed before",
    "late": "it was too late",
    "carrier-down": "no carrier took it",
    "no-sender": "the practice has no number or address to send from",
}
_KINDS: Final = {
    "reminder": "Reminder",
    "answer": "Answer",
    "offer": "Offer",
    "notice": "Notice",
    "recall": "Recall",
    "staff": "Staff",
    "agenda": "Agenda",
    "alert": "Alert",
    "inbound": "Reply",
}
_LOOKS: Final = {
    Status.DELIVERED: "state-good",
    Status.FAILED: "state-bad",
    Status.BLOCKED: "state-bad",
    Status.UNCERTAIN: "state-bad",
    Status.SUPPRESSED: "state-mild",
}


def task_name(task: Task) -> str:
    return TASKS.get(task.task, task.task)


def advice(task: Task) -> str:
    return ADVICE.get(task.task, "")


def state(message: Message) -> str:
    """``Failed: no such number or address``."""
    word = _STATES[Status(message.status)]
    reason = _REASONS.get(message.reason, "")
    return f"{word}: {reason}" if reason else word


def look(message: Message) -> str:
    """The class of the state's words."""
    return _LOOKS.get(Status(message.status), "text-secondary")


def kind(message: Message) -> str:
    return _KINDS.get(message.kind, message.kind)


def address(message: Message | ContactWay) -> str:
    """As people write it."""
    if message.channel != Channel.SMS:
        return message.address
    return shown_phone(message.address)


def phone(number: str) -> str:
    return shown_phone(number)


def channel(name: str) -> str:
    return "text" if name == Channel.SMS else "e-mail"
