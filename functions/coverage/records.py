"""What is kept of questions to payers and their answers, all in the ``revenue`` table.

==============================  ==============================  =========================
 access                          pk                              sk
==============================  ==============================  =========================
 how coverages stand             see :mod:`caresmith.records.revenue.standing`
 a coverage's checks, newest     ``<practice>#<coverage>``       ``check#<eligibility>``
   first (one query)
 the payer's answer to one       same                            ``answer#<eligibility>``
 what waits for a person         ``<practice>#cover-work``       ``<coverage>``
   (one query)
 how the practice verifies       ``<practice>#settings``         ``coverage``
 payers                          see :mod:`caresmith.records.revenue.payer`
==============================  ==============================  =========================

A coverage keeps its id when its chart is merged into another one, so all of this
follows it. In clear lie ids, outcomes, reasons as codes, times and counts; names,
benefits, notes and the files themselves are sealed. Whoever reads the table
without keys learns how often a policy was verified, and whether it was active.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.ids import EligibilityId, PracticeId
from caresmith.tables import RevenueItem

CHECK: Final = "check#"
ANSWER: Final = "answer#"
SETTINGS: Final = "coverage"


class Origin(StrEnum):
    """Why it was asked."""

    BY_HAND = "by-hand"
    BEFORE_VISIT = "before-visit"
    CHECK_IN = "check-in"
    TELEPHONE = "telephone"


class CheckItem(RevenueItem, discriminator="coverage-check"):
    """One check: it is written once and never changed."""

    eligibility_id = UnicodeAttribute()
    coverage_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    origin = UnicodeAttribute()
    outcome = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    checked_at = UnicodeAttribute()
    checked_by = UnicodeAttribute()
    asked_for = UnicodeAttribute()
    """The day that was asked about."""
    sha256 = UnicodeAttribute(null=True)
    """Of the answer as it came."""
    content = BinaryAttribute(legacy_encoding=False)
    """Sealed :class:`functions.coverage.models.Asked`: what the chart said then, and notes."""


class AnswerItem(RevenueItem, discriminator="coverage-answer"):
    """The whole file as it came, compressed and sealed."""

    eligibility_id = UnicodeAttribute()
    file = BinaryAttribute(legacy_encoding=False)


class WorkItem(RevenueItem, discriminator="coverage-work"):
    """A policy that somebody has to see to."""

    coverage_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    what = UnicodeAttribute()
    """``inactive``, or the reason why it could not be verified."""
    eligibility_id = UnicodeAttribute()
    since = UnicodeAttribute()
    visit_at = UnicodeAttribute(null=True)
    """When the patient comes."""
    tries = NumberAttribute(default=1)
    assigned_to = UnicodeAttribute(null=True)
    assigned_name = UnicodeAttribute(null=True)
    shown = BinaryAttribute(legacy_encoding=False)
    """Sealed :class:`functions.coverage.models.Waiting`."""
    version = VersionAttribute()


class SettingsItem(RevenueItem, discriminator="coverage-settings"):
    body = UnicodeAttribute()
    version = VersionAttribute()


def check_key(check: EligibilityId | str) -> str:
    return f"{CHECK}{check}"


def answer_key(check: EligibilityId | str) -> str:
    return f"{ANSWER}{check}"


def work_key(practice: PracticeId) -> str:
    return f"{practice}#cover-work"


def settings_key(practice: PracticeId) -> tuple[str, str]:
    return f"{practice}#settings", SETTINGS
