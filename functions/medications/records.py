"""What medications keep beside the chart's entries, all in the ``clinical`` table.

==============================  =====================================  ======================
 access                          pk                                     sk
==============================  =====================================  ======================
 a patient's medications         the chart                              ``now#medication#``,
                                                                        ``past#medication#``
 what became of prescriptions    the chart (one query)                  ``rx-sent#<medication>``
   that were sent
 requests to refill              the chart (one query)                  ``rx-refill#<refill>``
 reconciliations, latest last    the chart                              ``rx-recon#<id>``
 the pharmacy a patient prefers  the chart                              ``rx-pharmacy``
 what waits for a person         ``<practice>#rx-work`` (one query)     ``<what>#<id>``
 the practice's pharmacies       ``<practice>#pharmacies`` (one query)  ``<pharmacy>``
==============================  =====================================  ======================

In clear lie ids, states, times and counts, and the directory of pharmacies,
which is nobody's data. Drugs, words and reasons are sealed. Whoever reads the
table without keys learns how often a patient's prescriptions were sent, where
to, and how many refills were asked for.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from caresmith.ids import MedicationId, PharmacyId, PracticeId, ReconciliationId, RefillId
from caresmith.tables import ClinicalItem

SENT: Final = "rx-sent#"
REFILL: Final = "rx-refill#"
RECONCILED: Final = "rx-recon#"
PREFERRED: Final = "rx-pharmacy"


class SendingState(StrEnum):
    """How far a prescription is on its way to the pharmacy."""

    QUEUED = "queued"
    SENT = "sent"
    """The pharmacy's system has it and has not said what it makes of it."""
    ACCEPTED = "accepted"
    FAILED = "failed"
    """It did not arrive: a person sees to it."""


class SendingItem(ClinicalItem, discriminator="rx-sending"):
    medication_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    pharmacy_id = UnicodeAttribute()
    message = UnicodeAttribute()
    """``new``, or ``stopped`` where the pharmacy is to be told that it no longer stands."""
    state = UnicodeAttribute()
    attempts = NumberAttribute(default=0)
    failure = UnicodeAttribute(null=True)
    """Why it did not arrive, as a code."""
    queued_at = UnicodeAttribute()
    queued_by = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    shown = BinaryAttribute(legacy_encoding=False)
    """Sealed: what the work list says of it."""
    version = VersionAttribute()


class RefillItem(ClinicalItem, discriminator="rx-refill"):
    refill_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    medication_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    """``received``, ``approved`` or ``denied``."""
    received_at = UnicodeAttribute()
    received_by = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    renewal_id = UnicodeAttribute(null=True)
    content = BinaryAttribute(legacy_encoding=False)
    version = VersionAttribute()


class ReconciliationItem(ClinicalItem, discriminator="rx-reconciliation"):
    reconciliation_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute()
    done_at = UnicodeAttribute()
    done_by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class PreferredItem(ClinicalItem, discriminator="rx-preferred"):
    pharmacy_id = UnicodeAttribute()
    version = VersionAttribute()


class WorkItem(ClinicalItem, discriminator="rx-work"):
    """Something that waits for a person: a prescription that failed, a request to refill."""

    what = UnicodeAttribute()
    """``failed`` or ``refill``."""
    patient_id = UnicodeAttribute()
    record_id = UnicodeAttribute()
    since = UnicodeAttribute()


class PharmacyItem(ClinicalItem, discriminator="pharmacy"):
    pharmacy_id = UnicodeAttribute()
    body = UnicodeAttribute()
    """:class:`functions.medications.models.PharmacyFacts` as JSON."""
    active = BooleanAttribute(default=True)
    version = VersionAttribute()


def sent_key(medication: MedicationId | str) -> str:
    return f"{SENT}{medication}"


def refill_key(refill: RefillId | str) -> str:
    return f"{REFILL}{refill}"


def reconciled_key(reconciliation: ReconciliationId | str) -> str:
    return f"{RECONCILED}{reconciliation}"


def work_key(practice: PracticeId) -> str:
    return f"{practice}#rx-work"


def work_sort_key(what: str, record: str) -> str:
    return f"{what}#{record}"


def pharmacies_key(practice: PracticeId) -> str:
    return f"{practice}#pharmacies"


def pharmacy_of(item: SendingItem | PreferredItem | PharmacyItem) -> PharmacyId:
    return PharmacyId(item.pharmacy_id)
