"""Keys of the ``clinical`` table, and the one record that every chart entry is.

=================================  ===================================  ==========================
 access                             pk                                   sk
=================================  ===================================  ==========================
 chart summary (one query)          ``<practice>#chart#<patient>``       begins ``now#``
 what matters now, of one kind      same                                 begins ``now#<kind>#``
 history of a kind, by date         same                                 ``past#<kind>#<date>#..``
 one entry by its id                same, BatchGet of two keys           ``now#<kind>#<id>``,
                                                                         ``where#<id>``
 former versions of an entry        same                                 ``was#<id>#<version>``
 charts merged into this one        same                                 ``now#merged``
 an encounter and its note          ``<practice>#enc#<encounter>``       see functions/encounters
=================================  ===================================  ==========================

An entry lies under ``now#`` while it matters to whoever opens the chart (an
active problem, the last vitals, an open task), so the summary is one query
whatever the size of the chart. When it stops mattering it moves to ``past#``
in one transaction; ``where#`` then leads from its id to its date.

What lies in clear: ids (patient, encounter, user), the kind, the status code,
the date that orders the history, when it was written, the version. Somebody who
reads the table without the keys therefore learns how many problems, allergies,
orders a chart has, whether they are active, and on which days; not which ones.
What an entry says is sealed as the group ``content``.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from caresmith.ids import EncounterId, EntityId, PatientId, PracticeId
from caresmith.tables import ClinicalItem

NOW: Final = "now#"
MERGED: Final = "now#merged"
CONTENT: Final = "content"
"""The sealed group of every entry."""


class Kind(StrEnum):
    """What an entry is, named as its FHIR resource where there is one for it alone."""

    ENCOUNTER = "encounter"
    CONDITION = "condition"
    ALLERGY = "allergy"
    MEDICATION = "medication"
    VITALS = "vitals"
    IMMUNIZATION = "immunization"
    PROCEDURE = "procedure"
    FAMILY_HISTORY = "family-history"
    SOCIAL_HISTORY = "social-history"
    CARE_PLAN = "care-plan"
    TASK = "task"
    ORDER = "order"
    REPORT = "report"
    DOCUMENT = "document"


class ChartEntry(ClinicalItem, discriminator="chart-entry"):
    """One entry of a chart. Written through :mod:`caresmith.records.clinical.writing` only.

    The version is a plain number with conditions of its own: an entry that moves
    from ``now#`` to ``past#`` keeps its version under another key.
    """

    kind = UnicodeAttribute()
    entry_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    day = UnicodeAttribute()
    """The date that orders the history, yyyy-mm-dd."""
    version = NumberAttribute()
    recorded_at = UnicodeAttribute()
    recorded_by = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    content = BinaryAttribute(legacy_encoding=False)


class WhereItem(ClinicalItem, discriminator="chart-where"):
    """Leads from the id of a past entry to its sort key."""

    at = UnicodeAttribute()


class MergedItem(ClinicalItem, discriminator="chart-merged"):
    """Charts of the same person that were merged into this one."""

    merged_ids = ListAttribute(of=UnicodeAttribute)


def chart_key(practice: PracticeId, patient: PatientId) -> str:
    """The partition of a patient's clinical chart."""
    return f"{practice}#chart#{patient}"


def encounter_key(practice: PracticeId, encounter: EncounterId) -> str:
    """The partition of an encounter with its note."""
    return f"{practice}#enc#{encounter}"


def now_key(kind: Kind, entry: EntityId | str = "") -> str:
    """The sort key of an entry that matters now; without an id, what its kind's begin with."""
    return f"{NOW}{kind}#{entry}"


def past_key(kind: Kind, day: dt.date, entry: EntityId) -> str:
    return f"{past_prefix(kind)}{day.isoformat()}#{entry}"


def past_prefix(kind: Kind) -> str:
    """What the sort keys of a kind's past entries begin with."""
    return f"past#{kind}#"


def where_key(entry: EntityId | str) -> str:
    return f"where#{entry}"


def was_key(entry: EntityId | str, version: int | None = None) -> str:
    """The sort key of a former version; without one, what those of an entry begin with."""
    return f"was#{entry}#" + (f"{version:06d}" if version is not None else "")
