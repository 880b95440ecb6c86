"""What only messaging stores: tasks of the front desk, and when somebody was last told.

==============================  ====================================  ====================
 access                          pk                                    sk
==============================  ====================================  ====================
 the inbox: what is open         ``<practice>#tasks``                  ``<task>``
   (one query; counted)
 what was done in the last       ``<practice>#tasks#done``             ``<task>``
   month (one query)
 when a thread was last told     ``<practice>#told#<thread>``          ``unclear``
   that it was not understood
 what was said of an offer       ``<practice>#offer#<offer>``          ``offer``
==============================  ====================================  ====================

Messages, prompts and opt-outs: :mod:`caresmith.messages.records`. A task holds
ids and codes only.
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute

from caresmith.ids import OfferId, PracticeId
from caresmith.tables import MessagesItem

UNCLEAR: Final = "unclear"
OFFER: Final = "offer"


class TaskRecord(MessagesItem, discriminator="staff-task"):
    """Something that needs a person."""

    task_id = UnicodeAttribute()
    key = UnicodeAttribute()
    """What it is about: the same key is one task."""
    task = UnicodeAttribute()
    party_id = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)
    appointment_id = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    """The message that it was last raised for."""
    raised_at = UnicodeAttribute()
    latest_at = UnicodeAttribute()
    seen = ListAttribute(of=UnicodeAttribute, default=list)
    """The messages or events that it was raised for, the newest last: each counts once."""
    times = NumberAttribute(default=1)
    claimed_by = UnicodeAttribute(null=True)
    claimed_name = UnicodeAttribute(null=True)
    claimed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)
    closed_name = UnicodeAttribute(null=True)
    closed_at = UnicodeAttribute(null=True)
    version = VersionAttribute()


class ToldRecord(MessagesItem, discriminator="told"):
    told_at = UnicodeAttribute()


class OfferRecord(MessagesItem, discriminator="offer-said"):
    """An offer that was put into words; without a message, one that was over before."""

    party_id = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)


def open_tasks_key(practice: PracticeId) -> str:
    return f"{practice}#tasks"


def done_tasks_key(practice: PracticeId) -> str:
    return f"{practice}#tasks#done"


def told_key(practice: PracticeId, thread: str) -> str:
    return f"{practice}#told#{thread}"


def offer_key(practice: PracticeId, offer: OfferId) -> str:
    return f"{practice}#offer#{offer}"
