"""What is kept of estimates: given, owed, and what the patient has said about paying.

==================================  =====================================  =========================
 access                              pk                                     sk
==================================  =====================================  =========================
 of an account (one query of the     ``<practice>#account#<patient>``       ``estimate#<id>``,
   prefix, or with the ledger)                                              ``estimate-owed#<key>``,
                                                                            ``estimate-wish``,
                                                                            ``estimate-aid``
 what waits for somebody: owed, to   ``<practice>#estimates``               ``<what>#<day>#<id>``
   be given, billed far above it
==================================  =====================================  =========================

What is owed has as its key the visit, or the id that the estimate will have where the patient
asked for it. In clear lie ids, days, states and amounts; words and incomes are sealed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import EstimateId, PracticeId
from caresmith.records.revenue.layout import account_key
from caresmith.records.revenue.people import Person
from caresmith.tables import RevenueItem

_PREFIX: Final = "estimate"
_WISH: Final = "estimate-wish"
_AID: Final = "estimate-aid"


class Owed(StrEnum):
    """How it stands with an estimate that the section asks for, or does not."""

    OWED = "owed"
    MADE = "made"
    OFF = "off"
    """None is owed; why not, says :class:`Why`."""


class Why(StrEnum):
    """Why none is owed."""

    INSURED = "insured"
    SHORT_NOTICE = "short-notice"
    """Scheduled less than three business days ahead."""
    CANCELLED = "cancelled"
    OVER = "over"
    """The patient came, or did not come, before there was one."""
    BY_HAND = "by-hand"


class Work(StrEnum):
    """What somebody has to do."""

    OWED = "owed"
    GIVE = "give"
    ABOVE = "above"
    """The bill is so far above the estimate that the patient may dispute it."""


class EstimateItem(RevenueItem, discriminator="estimate"):
    estimate_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    made_day = UnicodeAttribute()
    service_day = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    """By when the patient has to have it."""
    total_cents = NumberAttribute()
    key = UnicodeAttribute()
    by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``content``: what it says."""
    givings = JSONAttribute(null=True)
    """``[{how, on, by}]``: each time that it was given to the patient."""
    above_cents = NumberAttribute(null=True)
    """By how much the bill is above it, while somebody has to look at that."""
    seen_cents = NumberAttribute(null=True)
    """Up to how much above it somebody has looked at the bill."""
    version = NumberAttribute(default=0)


class OwedItem(RevenueItem, discriminator="estimate-owed"):
    key = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    service_day = UnicodeAttribute(null=True)
    since = UnicodeAttribute()
    """The day from which the deadline is reckoned: scheduled, asked for, or no longer insured."""
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    estimate_id = UnicodeAttribute(null=True)
    said = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed group ``said``: for what the patient asked, or why it was taken off."""
    version = NumberAttribute(default=0)


class WorkItem(RevenueItem, discriminator="estimate-work"):
    """A line of the work list."""

    what = UnicodeAttribute()
    key = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    service_day = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    asked = BooleanAttribute(default=False)
    """Whether the patient asked for it."""
    cents = NumberAttribute(null=True)
    """Of the estimate, or by how much the bill is above it."""


class WishItem(RevenueItem, discriminator="estimate-wish"):
    """Whether the patient pays themselves although somebody insures them.

    45 CFR 149.610(a)(2)(xiii)(B): who does not seek to have a claim submitted is self-pay too.
    """

    pays_self = BooleanAttribute()
    by = UnicodeAttribute()
    day = UnicodeAttribute()


class AidItem(RevenueItem, discriminator="estimate-aid"):
    """The step of the sliding scale that the patient stands on."""

    percent = NumberAttribute()
    until = UnicodeAttribute()
    by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)
    """Sealed group ``aid``: household and income."""


@dataclass
class Kept:
    """What is kept of one person's estimates, of all their charts."""

    estimates: list[EstimateItem] = field(default_factory=list)
    owed: list[OwedItem] = field(default_factory=list)
    wishes: list[WishItem] = field(default_factory=list)
    aids: list[AidItem] = field(default_factory=list)

    @property
    def pays_self(self) -> bool:
        return any(bool(one.pays_self) for one in self.wishes)

    def percent_on(self, day: dt.date) -> int:
        """What the sliding scale gives off on that day."""
        return max((int(o.percent) for o in self.aids if day.isoformat() <= o.until), default=0)

    def estimate(self, key: str) -> EstimateItem | None:
        return next((one for one in self.estimates if one.estimate_id == key), None)

    def owed_for(self, key: str) -> OwedItem | None:
        return next((one for one in self.owed if one.key == key), None)


def kept(practice: PracticeId, person: Person) -> Kept:
    """One strongly consistent query a chart."""
    return kept_of(
        item
        for chart in person.charts
        for item in RevenueItem.query(
            account_key(practice, chart),
            RevenueItem.sk.startswith(_PREFIX),
            consistent_read=True,
        )
    )


def kept_of(items: Iterable[RevenueItem]) -> Kept:
    """Sorted, the latest estimate first."""
    found = Kept()
    for item in items:
        if isinstance(item, EstimateItem):
            found.estimates.append(item)
        elif isinstance(item, OwedItem):
            found.owed.append(item)
        elif isinstance(item, WishItem):
            found.wishes.append(item)
        elif isinstance(item, AidItem):
            found.aids.append(item)
    found.estimates.sort(key=lambda one: (one.made_day, one.estimate_id), reverse=True)
    return found


def estimate_sort_key(estimate: EstimateId) -> str:
    return f"{_PREFIX}#{estimate}"


def owed_sort_key(key: str) -> str:
    return f"{_PREFIX}-owed#{key}"


def wish_sort_key() -> str:
    return _WISH


def aid_sort_key() -> str:
    return _AID


def work_key(practice: PracticeId) -> str:
    return f"{practice}#estimates"


def work_sort_key(what: Work, day: str | None, key: str, patient: str) -> str:
    return f"{what}#{day or ''}#{key}#{patient}"
