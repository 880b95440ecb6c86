"""A sample of every kind of event that triggers a function, as AWS delivers it.

Streams are read from the real engine, bus events are carried by EventBridge and
SQS as the local stack has them, requests are built as the gateway builds them.
Ids are those of the sample practice, so a sample works on a stack that has it:

    scripts/invoke patients events/samples/patients/bus.json
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin
from urllib.parse import urlencode

import boto3

from infra.manifest import FUNCTIONS, Function
from infra.patterns import matches, stream_pattern
from scripts.bootstrap.paths import ROOT
from scripts.localstack.apigw import HttpRequest, authorizer_event, proxy_event
from scripts.localstack.outside import TWILIO_ACCOUNT, TWILIO_TOKEN
from scripts.localstack.records import sqs_event, stream_event
from scripts.localstack.system import ACCOUNT, REGION, System

if TYPE_CHECKING:
    from caresmith.events import DomainEvent

SAMPLES: Final = ROOT / "events" / "samples"
AT: Final = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
"""When everything in the samples happens."""
HOST: Final = "127.0.0.1:8000"


@dataclass(frozen=True)
class Ask:
    """One request of a function, which it answers with 200 on any practice."""

    path: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    anonymous: bool = False
    roles: str = "auditor,front_desk,manager"


PRACTICE_NUMBER: Final = "+13125550199"
"""From which the sample practice sends its texts."""
TEXT: Final = {
    "AccountSid": TWILIO_ACCOUNT,
    "MessageSid": "SM00000000000000000000000000000001",
    "From": "+12065550142",
    "To": PRACTICE_NUMBER,
    "Body": "HELP",
    "NumMedia": "0",
}
"""What somebody whom nobody knows wrote to the sample practice: it is answered at once."""
ASKED: Final = {
    "accounts": Ask("/accounts/days/2026-03-06", roles="manager"),
    "admin": Ask("/admin/setup"),
    "charges": Ask("/charges/sheets", query=(("which", "clean"),), roles="biller"),
    "claims": Ask("/claims/counts", roles="biller"),
    "codes": Ask("/codes/icd-10-cm", query=(("text", "low back pain"),)),
    "audit": Ask("/audit/entries", query=(("day", "2026-03-06"),)),
    "authorizer": Ask("/console", anonymous=True),
    "encounters": Ask("/charts/tasks/unassigned", roles="clinician"),
    "console": Ask("/console/login", anonymous=True),
    "documents": Ask("/documents/faxes", roles="clinician"),
    "medications": Ask("/medications/work", roles="clinician"),
    "coverage": Ask("/coverage/work"),
    "paylink": Ask("/pay/returned", anonymous=True),
    "payments": Ask("/payments/remittances", roles="biller"),
    "patients": Ask("/patients/search", "POST", body='{"text": "kealoha"}'),
    "messaging": Ask("/messages/tasks"),
    "reminders": Ask("/reminders/settings"),
    "results": Ask("/results/unfiled", roles="clinician"),
    "scheduling": Ask("/calendar", query=(("first", "2026-03-06"), ("days", "1"))),
    "webhooks": Ask("/webhooks/twilio/sms", "POST", body=urlencode(TEXT), anonymous=True),
}
"""For each function that serves requests, the one that stands for all of them."""


def wanted(function: Function) -> list[str]:
    """The names of the samples that a function should have, one for each kind of trigger."""
    kinds = {
        "http": function.base_paths or function.role_in_api == "authorizer",
        "stream": function.streams,
        "bus": function.events,
        "schedule": function.schedules,
    }
    return [kind for kind, triggers in kinds.items() if triggers]


def path_of(function: str, kind: str) -> Path:
    return SAMPLES / function / f"{kind}.json"


def read(function: str, kind: str) -> Any:
    """The sample as it is written down. Raises FileNotFoundError."""
    return json.loads(path_of(function, kind).read_text())


def write() -> list[str]:
    """Make every sample anew; returns what was written. Needs an environment with the system."""
    written = []
    _write_history()
    for function in FUNCTIONS:
        for kind in wanted(function):
            path = path_of(function.name, kind)
            path.parent.mkdir(parents=True, exist_ok=True)
            sample = _MAKERS[kind](function)
            path.write_text(json.dumps(sample, indent=2, ensure_ascii=False) + "\n")
            written.append(f"{function.name}/{kind}.json")
    return written


def _request(function: Function) -> dict[str, Any]:
    ask = ASKED[function.name]
    headers = {"accept": "*/*", "host": HOST, "content-type": "application/json"}
    if function.hears_carriers:
        headers |= _signed(ask.path)
    request = HttpRequest(
        ask.method,
        ask.path,
        urlencode(ask.query),
        tuple(headers.items()),
        ask.body.encode(),
    )
    owner = System().owner(ask.path)
    if owner is None:
        raise LookupError(f"no function serves {ask.path}")
    if function.role_in_api == "authorizer":
        return authorizer_event(request, owner[1])
    return proxy_event(request, owner[1], None if ask.anonymous else _caller(ask.roles))


def _signed(path: str) -> dict[str, str]:
    """The headers by which the local stack's carrier proves a call."""
    from twilio.request_validator import RequestValidator

    url = f"http://{HOST}{path}"
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-forwarded-proto": "http",
        "x-twilio-signature": RequestValidator(TWILIO_TOKEN).compute_signature(url, TEXT),
    }


def _caller(roles: str = "") -> dict[str, str]:
    """What the authorizer says of the sample's front desk, who is other things as well."""
    from scripts.sample_practice.loading import PRACTICE_ID
    from scripts.sample_practice.staff import FRONT_DESK

    return {
        "practice_id": PRACTICE_ID,
        "user_id": FRONT_DESK.user_id,
        "roles": roles,
        "session_id": "0123456789abcdef",
        "display_name": FRONT_DESK.display_name,
    }


def _told() -> list[DomainEvent]:
    """One event of each type, all of one visit of one patient of the sample practice."""
    from caresmith.events import EVENT_TYPES

    return [
        kind.model_validate(
            {
                name: _fact(name, field.annotation)
                for name, field in kind.model_fields.items()
                # Most events of messages may be about a visit: these are.
                if field.is_required() or name == "appointment_id"
            }
        )
        for kind in EVENT_TYPES.values()
    ]


_WORDS: Final = {
    "reason": "pat",
    "from_status": "booked",
    "to_status": "arrived",
    "kind": "location",
}


def _when(name: str) -> datetime:
    """Visits last half an hour; what was before lies a day earlier."""
    days = {"start": 7, "end": 7, "from_start": 6, "from_end": 6}.get(name, 0)
    return AT + timedelta(days=days, minutes=30 if name.endswith("end") else 0)


def _fact(name: str, annotation: Any) -> Any:
    """A value for an event's field of that name and type."""
    from caresmith.ids import EntityId, LocationId, PatientId, PracticeId
    from scripts.sample_practice.dice import Dice
    from scripts.sample_practice.loading import PRACTICE_ID
    from scripts.sample_practice.premises import PLACES

    if get_origin(annotation) is UnionType:
        annotation = get_args(annotation)[0]
    several = get_origin(annotation) is tuple
    kind = get_args(annotation)[0] if several else annotation
    location = next(iter(PLACES.values())).id
    known: dict[Any, Any] = {
        PracticeId: PRACTICE_ID,
        LocationId: location,
        bool: True,
        int: 1,
        date: AT.date(),
        datetime: _when(name),
    }
    if isinstance(kind, type) and issubclass(kind, EntityId):
        value: Any = known.get(kind) or Dice(f"sample {name}").id(kind)
        return (value,) if several else value
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if name == "party_id":
        return _fact("patient_id", PatientId)
    if kind in known:
        return known[kind]
    return {**_WORDS, "actor_id": _caller()["user_id"], "thing_id": location}.get(name, "sample")


def _stream(function: Function) -> dict[str, Any]:
    """Records of the first of its streams that carries any of what was told or put on record."""
    from caresmith.settings import table_name

    for trigger in function.streams:
        arn, records = _records(table_name(trigger.domain))
        fitting = [record for record in records if matches(stream_pattern(trigger), record)]
        if fitting:
            return stream_event(fitting[: trigger.batch_size], arn)
    raise LookupError(f"nothing that was written triggers {function.name}")


def _records(table: str) -> tuple[str, list[Any]]:
    """The table's stream from its beginning."""
    streams = boto3.client("dynamodbstreams")
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return arn, list(streams.get_records(ShardIterator=iterator)["Records"])


def _bus(function: Function) -> dict[str, Any]:
    """Every type of event that it listens to, through bus, rule and queue."""
    from caresmith.settings import bus_name, prefix

    sqs, events = boto3.client("sqs"), boto3.client("events")
    types = {name for trigger in function.events for name in trigger.detail_types}
    for event in _told():
        if event.detail_type() in types:
            entry: Any = {
                "EventBusName": bus_name(),
                "Source": f"caresmith.{event.source}",
                "DetailType": event.detail_type(),
                "Detail": event.model_dump_json(),
                "Time": event.occurred_at,
            }
            events.put_events(Entries=[entry])
    queue = f"{prefix()}{function.name}-events"
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    # The queue holds what was told for other functions' samples as well: one of each type.
    messages: dict[str, Any] = {}
    while len(messages) < len(types):
        told = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        if "Messages" not in told:
            raise LookupError(f"the rule lets only {sorted(messages)} of {sorted(types)} through")
        messages |= {json.loads(one["Body"])["detail-type"]: one for one in told["Messages"]}
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    return sqs_event([messages[name] for name in sorted(messages)], arn)


def _schedule(function: Function) -> dict[str, Any]:
    return {"job": function.schedules[0].name}


def _write_history() -> None:
    """Put every event into its outbox and one entry into the audit trail."""
    from caresmith.actor import Actor
    from caresmith.audit import AuditTrail, Outcome
    from caresmith.clock import FixedClock
    from caresmith.events import (
        ClinicalOutbox,
        MessagesOutbox,
        OutboxItem,
        PatientsOutbox,
        PracticeOutbox,
        RevenueOutbox,
        ScheduleOutbox,
        tell,
    )
    from caresmith.ids import PatientId, PracticeId
    from caresmith.permissions import Role
    from caresmith.transactions import transaction

    boxes: dict[str, OutboxItem] = {
        "admin": PracticeOutbox,
        "jobs": PracticeOutbox,
        "messages": MessagesOutbox,
        "reminders": MessagesOutbox,
        "webhooks": MessagesOutbox,
        "patients": PatientsOutbox,
        "scheduling": ScheduleOutbox,
        "encounters": ClinicalOutbox,
        "results": ClinicalOutbox,
        "medications": ClinicalOutbox,
        **dict.fromkeys(("coverage", "charges", "claims", "payments"), RevenueOutbox),
    }
    for event in _told():
        with transaction() as writes:
            tell(event, boxes[event.source], writes)
    caller = _caller()
    actor = Actor(
        PracticeId(caller["practice_id"]), caller["user_id"], frozenset({Role.FRONT_DESK})
    )
    trail = AuditTrail(actor, "patients.read", FixedClock(AT), source_ip="127.0.0.1")
    trail.about(_fact("patient_id", PatientId))
    trail.close(Outcome.SUCCESS, 200)


_MAKERS: Final = {"http": _request, "stream": _stream, "bus": _bus, "schedule": _schedule}
