"""Domain events as they wait in the tables' outboxes."""

from __future__ import annotations

import json
from typing import TypeVar

import boto3

from caresmith.events import DomainEvent
from caresmith.ids import PracticeId
from caresmith.settings import Domain, table_name

EventT = TypeVar("EventT", bound=DomainEvent)


def told(
    practice: PracticeId, kind: type[EventT], domain: Domain = Domain.CLINICAL
) -> list[EventT]:
    """The practice's events of that kind, in the order in which they were told."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table_name(domain))
    found = [
        kind.model_validate(json.loads(item["detail"]["S"]))
        for page in pages
        for item in page["Items"]
        if item["pk"]["S"].startswith(f"{practice}#event#")
        and item["detail_type"]["S"] == kind.detail_type()
    ]
    return sorted(found, key=lambda event: event.event_id)
