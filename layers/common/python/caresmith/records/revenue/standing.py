"""How a policy stands, as its payer told it: one item a policy, read together.

==============================  ==============================  =========================
 access                          pk                              sk
==============================  ==============================  =========================
 how coverages stand (BatchGet)  ``<practice>#<coverage>``       ``standing``
==============================  ==============================  =========================

Coverage writes it; whoever asks a patient for money reads what a visit costs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel
from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.clock import Instant, from_text
from caresmith.ids import CoverageId, PracticeId
from caresmith.money import Money
from caresmith.records.coverage import CoveredChart
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import RevenueItem

STANDING: Final = "standing"
GLANCE: Final = "glance"


class Outcome(StrEnum):
    """What is known of a policy after a check."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNVERIFIED = "unverified"
    """It could not be found out; the reason says why."""


class Glance(BaseModel):
    """Sealed with the standing: what the desk wants to know without opening the answer."""

    fingerprint: str = ""
    service_types: list[str] = []
    payer_name: str = ""
    plan: str = ""
    begins: dt.date | None = None
    ends: dt.date | None = None
    copay: Money | None = None
    """Of a visit at the office, in the network."""
    copay_for: str = ""
    """The service type that names it."""
    coinsurance: str | None = None
    deductible_left: Money | None = None
    other_insurance: bool = False


class StandingItem(RevenueItem, discriminator="coverage-standing"):
    """What is known of one policy now, and who is just finding out more."""

    coverage_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    checked_at = UnicodeAttribute(null=True)
    eligibility_id = UnicodeAttribute(null=True)
    """The check that it is known by."""
    told_at = UnicodeAttribute(null=True)
    """When a payer itself last answered, by wire or telephone."""
    tries = NumberAttribute(default=0)
    """How often the present question went unanswered."""
    retry_at = UnicodeAttribute(null=True)
    asking_until = UnicodeAttribute(null=True)
    """Until then whoever asks now has it to themselves."""
    glance = BinaryAttribute(legacy_encoding=False, null=True)
    """Sealed :class:`Glance`."""
    version = VersionAttribute()


def coverage_key(practice: PracticeId, coverage: CoverageId | str) -> str:
    return f"{practice}#{coverage}"


def read_standings(
    practice: PracticeId, coverages: Iterable[CoverageId]
) -> dict[CoverageId, StandingItem]:
    """By one BatchGetItem, strongly consistent: what was just found out shows."""
    keys = [(coverage_key(practice, one), STANDING) for one in coverages]
    if not keys:
        return {}
    found = StandingItem.batch_get(keys, consistent_read=True)
    return {CoverageId(item.coverage_id): item for item in found}


def open_glance(practice: PracticeId, item: StandingItem | None) -> Glance:
    if item is None or item.glance is None:
        return Glance()
    sealer = Sealer(practice, Domain.REVENUE)
    return sealer.unseal(item.coverage_id, GLANCE, item.glance, Glance)


@dataclass(frozen=True, slots=True)
class Copay:
    """What the first payer says that a visit at the office costs the patient."""

    amount: Money
    payer_name: str
    told_at: Instant | None


def office_copay(practice: PracticeId, chart: CoveredChart, day: dt.date) -> Copay | None:
    """Of the policy that pays first on that day, where its payer said that it is active.

    None where nothing is known, and where the visit costs nothing at the desk.
    """
    held = sorted(
        (one for one in chart.coverages if one.holds_on(day)), key=lambda one: int(one.order)
    )
    if not held:
        return None
    first = held[0]
    item = read_standings(practice, [first.coverage_id]).get(first.coverage_id)
    if item is None or item.outcome != Outcome.ACTIVE:
        return None
    glance = open_glance(practice, item)
    if glance.copay is None or glance.copay.cents <= 0:
        return None
    return Copay(
        glance.copay,
        glance.payer_name or first.payer_name,
        from_text(item.told_at) if item.told_at else None,
    )
