"""The audit trail's routes, and the stream consumer that seals it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.dispatch import make_handler
from caresmith.http import FeatureApp, reply, requires
from caresmith.ids import PatientId
from caresmith.log import describe, logger
from caresmith.permissions import Permission
from functions.audit import models as m
from functions.audit import pages, reading, service
from functions.audit.errors import NotAnEntry
from functions.audit.sealer import entry_of, seal
from functions.audit.segments import Entry

app = FeatureApp("audit")

Cursor = Annotated[str | None, Query(max_length=100)]
Emergency = Annotated[bool, Query()]


# -- reading --------------------------------------------------------------


@app.get("/audit/entries")
@requires(Permission.READ_AUDIT, action="read-day")
def read_day(
    day: Annotated[date, Query()], cursor: Cursor = None, emergency: Emergency = False
) -> Response[m.EntryPage]:
    practice = current_actor().practice_id
    audit().record(f"audit:{day}")
    return reply(reading.read_day(practice, day, cursor=cursor, emergency=emergency))


@app.get("/audit/patients/<patient_id>/entries")
@requires(Permission.READ_AUDIT, action="read-patient")
def read_patient(
    patient_id: Annotated[PatientId, Path()], cursor: Cursor = None, emergency: Emergency = False
) -> Response[m.EntryPage]:
    practice = current_actor().practice_id
    audit().about(patient_id)
    return reply(reading.read_patient(practice, patient_id, cursor=cursor, emergency=emergency))


@app.get("/audit/chain")
@requires(Permission.READ_AUDIT, action="read-chain")
def read_chain() -> Response[m.ChainStatus]:
    return reply(reading.chain_status(current_actor().practice_id, app.clock.now().date()))


@app.post("/audit/verify")
@requires(Permission.READ_AUDIT, action="verify")
def verify(request: m.VerifyRequest) -> Response[m.Verification]:
    practice = current_actor().practice_id
    audit().record(f"audit:{request.first}-{request.last}")
    return reply(service.verify(practice, request, app.clock.now()))


@app.get("/console/audit", include_in_schema=False)
@requires(Permission.READ_AUDIT, action="read-page")
def page(
    day: Annotated[str, Query(max_length=10)] = "",
    patient: Annotated[str, Query(max_length=40)] = "",
    emergency: Emergency = False,
    cursor: Annotated[str, Query(max_length=100)] = "",
) -> Response[str]:
    asked = pages.Question(day.strip(), patient.strip(), emergency, cursor)
    return pages.trail(asked, current_actor(), app.clock.now().date())


# -- sealing --------------------------------------------------------------


def seal_stream(records: list[dict[str, Any]]) -> list[str]:
    """Seal the entries that ``records`` tell of; returns the numbers that must come again.

    It is no request and touches no patient's data: it makes no entry itself, or
    the sealer would feed itself for ever.
    """
    failed: list[str] = []
    by_practice: dict[str, dict[str, Entry]] = {}
    for record in records:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            entry = entry_of(record)
        except NotAnEntry:
            logger().error("stream record holds no audit entry", extra={"record": number})
            failed.append(number)
        else:
            by_practice.setdefault(entry["practice_id"], {})[number] = entry
    for practice, entries in by_practice.items():
        try:
            seal(practice, entries.values(), app.clock)
        except Exception as error:  # one practice's trouble is not the others'
            extra = {"error": describe(error), "practice_id": practice}
            logger().error("audit entries not sealed", extra=extra)
            failed += entries
    _measure_lag([entry for entries in by_practice.values() for entry in entries.values()])
    return sorted(failed, key=int)


def _measure_lag(entries: list[Entry]) -> None:
    if not entries:
        return
    oldest = from_text(min(entry["occurred_at"] for entry in entries))
    seconds = max(0.0, (app.clock.now() - oldest).total_seconds())
    with single_metric(name="SealingLag", unit=MetricUnit.Seconds, value=seconds) as metric:
        metric.add_dimension(name="function", value="audit")


handler = make_handler(app, stream=seal_stream)
