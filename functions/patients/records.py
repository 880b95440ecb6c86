"""What the patients feature keeps beside the chart's head (keys: caresmith.records.patient)
and its policies (:mod:`caresmith.records.coverage`).

==============  =====================================  ================================
 record          key                                    holds
==============  =====================================  ================================
 CounterItem     ``<practice>#counter`` / ``mrn``       the last number given out
 TimelineItem    chart / ``timeline#<instant>#<id>``    one thing that happened
 MergeItem       ``<survivor's chart>`` /               what the survivor was before
                 ``merge#<merged>``                     and after the merge, sealed
==============  =====================================  ================================
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from caresmith.ids import PatientId
from caresmith.tables import PatientsItem

TIMELINE: Final = "timeline#"


class CounterItem(PatientsItem, discriminator="counter"):
    value = NumberAttribute()


class TimelineItem(PatientsItem, discriminator="timeline"):
    """Ids and codes only, as the event had them: nothing to seal."""

    event_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    refers_to = JSONAttribute()


class MergeItem(PatientsItem, discriminator="merge"):
    survivor_id = UnicodeAttribute()
    merged_id = UnicodeAttribute()
    merged_status = UnicodeAttribute()
    """What the merged chart's status was."""
    merged_ids = ListAttribute(of=UnicodeAttribute)
    """The charts that came with it: itself, and those merged into it before."""
    merged_at = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    before = BinaryAttribute(legacy_encoding=False)
    after = BinaryAttribute(legacy_encoding=False)


def timeline_sort_key(occurred_at: str, event_id: str) -> str:
    """The same event always gives the same key: told twice, it stands there once."""
    return f"{TIMELINE}{occurred_at}#{event_id}"


def merge_sort_key(merged: PatientId) -> str:
    return f"merge#{merged}"
