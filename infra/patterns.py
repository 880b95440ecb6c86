"""Which deliveries a trigger wants, as filter patterns.

CDK puts these into event source mappings and rules; the local stack matches
with the very same values, so a trigger means one thing in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.manifest import EventTrigger, StreamTrigger


def stream_pattern(trigger: StreamTrigger) -> dict[str, Any] | None:
    """The event source mapping's filter pattern; None where every record is wanted.

    A trigger on an entity means "such an item was put": an outbox event is
    told once, not again when it expires.
    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
    """
    if trigger.entity is None:
        return None
    return {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"entity": {"S": [trigger.entity]}}},
    }


def event_pattern(triggers: tuple[EventTrigger, ...]) -> dict[str, Any]:
    """The bus rule's pattern for all of a function's event triggers together."""
    wanted = sorted({name for trigger in triggers for name in trigger.detail_types})
    return {"source": [{"prefix": "caresmith."}], "detail-type": wanted}


def matches(pattern: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
    """Whether a record has, at each place the pattern names, one of the listed values."""
    for key, wanted in (pattern or {}).items():
        if isinstance(wanted, Mapping):
            inside = record.get(key)
            if not isinstance(inside, Mapping) or not matches(wanted, inside):
                return False
        elif record.get(key) not in wanted:
            return False
    return True
