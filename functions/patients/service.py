"""Opening, changing and closing charts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.blindindex import BlindIndex
from caresmith.clock import Instant, to_text
from caresmith.errors import invalid
from caresmith.events import (
    PatientArchived,
    PatientChanged,
    PatientEvent,
    PatientRegistered,
    PatientRestored,
)
from caresmith.ids import CoverageId, PatientId, PracticeId
from caresmith.records.demographics import OLDEST_YEARS, Contact, Demographics
from caresmith.records.patient import (
    CHART,
    MRN_KIND,
    ChartStatus,
    Identifiers,
    MrnItem,
    Patient,
    chart_key,
    mrn_key,
)
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.payer import payer_directory
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled
from functions.patients import duplicates
from functions.patients.chart import (
    ChartChange,
    Groups,
    OpenChart,
    changing,
    must_be_open,
    open_chart,
    patient_event,
)
from functions.patients.coverages import check_orders, of_known_payer
from functions.patients.errors import ChartClosed, MrnTaken, PossibleDuplicate
from functions.patients.models import (
    Candidate,
    Candidates,
    Change,
    DuplicateCheck,
    PatientRead,
    Registration,
)
from functions.patients.reachability import keep_what_fails
from functions.patients.records import CounterItem

FIRST_MRN: Final = 100_001
_ATTEMPTS: Final = 5


def register(request: Registration, *, actor: Actor, now: Instant) -> PatientRead:
    """Open a chart.

    Raises PossibleDuplicate until a person has confirmed that this is somebody
    else, MrnTaken for a number in use, InvalidRequest for what today rules out.
    """
    check_dates(request.demographics, actor, now)
    check_preferences(request, actor.practice_id)
    if request.coverages:
        directory = payer_directory(actor.practice_id)
        check_orders(request.coverages, directory)
        linked = [of_known_payer(directory, one) for one in request.coverages]
        request = request.model_copy(update={"coverages": linked})
    contact = keep_what_fails(stamp_consents(request.contact, now), None)
    if not request.confirmed_not_duplicate:
        found = duplicates.candidates(actor.practice_id, request.demographics, contact)
        if found:
            raise PossibleDuplicate(found)
    for _ in range(_ATTEMPTS):
        mrn = request.mrn or _next_mrn(actor.practice_id)
        try:
            return _open(request, contact, mrn, actor, now)
        except TransactionCancelled as cancelled:
            # The MRN's item is the first write after the chart's head.
            if request.mrn and cancelled.failed(1):
                raise MrnTaken from None
            # A number that somebody had given by hand: take the next one.
    raise MrnTaken


def _open(
    request: Registration, contact: Contact, mrn: str, actor: Actor, now: Instant
) -> PatientRead:
    patient = PatientId.new()
    item = Patient(
        chart_key(actor.practice_id, patient),
        CHART,
        patient_id=patient,
        status=ChartStatus.ACTIVE,
        preferred_provider_id=request.preferred_provider_id,
        preferred_location_id=request.preferred_location_id,
        registered_at=to_text(now),
    )
    change = ChartChange(actor, now, None, item)
    change.save(mrn_item(actor.practice_id, mrn, patient), MrnItem.pk.does_not_exist())
    groups = Groups(Identifiers(mrn=mrn), request.demographics, contact, request.relations)
    change.set_groups(groups)
    for coverage in request.coverages:
        change.put_coverage(CoverageId.new(), coverage)
    change.commit(patient_event(PatientRegistered, actor, now, patient))
    if request.coverages:
        return open_chart(actor.practice_id, patient).answer()
    return OpenChart(item, groups, (), actor.practice_id).answer()


def read(patient: PatientId, *, actor: Actor) -> PatientRead:
    """The chart as it is. Raises NotFound."""
    return open_chart(actor.practice_id, patient).answer()


def change(
    patient: PatientId, request: Change, expected: int, *, actor: Actor, now: Instant
) -> PatientRead:
    """Replace whole groups of the chart. Raises ChartClosed, MrnTaken, VersionConflict."""
    if request.demographics:
        check_dates(request.demographics, actor, now)
    check_preferences(request, actor.practice_id)

    def write(chart: ChartChange, before: OpenChart) -> PatientEvent:
        must_be_open(before)
        groups = before.groups
        if request.mrn and request.mrn != groups.identifiers.mrn:
            _give_mrn(chart, request.mrn, groups.identifiers)
            known = [m for m in groups.identifiers.other_mrns if m != request.mrn]
            numbers = Identifiers(mrn=request.mrn, other_mrns=[*known, groups.identifiers.mrn])
            groups = replace(groups, identifiers=numbers)
        if request.demographics:
            groups = replace(groups, demographics=request.demographics)
        if request.contact:
            contact = keep_what_fails(stamp_consents(request.contact, now), groups.contact)
            groups = replace(groups, contact=contact)
        if request.relations:
            groups = replace(groups, relations=request.relations)
        chart.set_groups(groups)
        for name in ("preferred_provider_id", "preferred_location_id"):
            if name in request.model_fields_set:
                setattr(chart.item, name, getattr(request, name))
        return patient_event(PatientChanged, actor, now, patient)

    return changing(actor, patient, now, expected, write)


def archive(
    patient: PatientId, reason: str, expected: int, *, actor: Actor, now: Instant
) -> PatientRead:
    """Close the chart: it can be read, and nothing be booked or changed."""
    return _move(patient, reason, expected, ChartStatus.ACTIVE, ChartStatus.ARCHIVED, actor, now)


def restore(
    patient: PatientId, reason: str, expected: int, *, actor: Actor, now: Instant
) -> PatientRead:
    """Open an archived chart again."""
    return _move(patient, reason, expected, ChartStatus.ARCHIVED, ChartStatus.ACTIVE, actor, now)


def _move(
    patient: PatientId,
    reason: str,
    expected: int,
    source: ChartStatus,
    target: ChartStatus,
    actor: Actor,
    now: Instant,
) -> PatientRead:
    audit().reason = reason
    kind = PatientArchived if target is ChartStatus.ARCHIVED else PatientRestored

    def write(chart: ChartChange, before: OpenChart) -> PatientEvent:
        if before.status is not source:
            raise ChartClosed(f"The chart is {before.status}.")
        chart.item.status = target
        return patient_event(kind, actor, now, patient)

    return changing(actor, patient, now, expected, write)


def find_duplicates(request: DuplicateCheck, *, actor: Actor, now: Instant) -> Candidates:
    """Charts that may be this person, before or without registering."""
    check_dates(request.demographics, actor, now)
    found = duplicates.candidates(actor.practice_id, request.demographics, request.contact)
    return Candidates(candidates=found)


def lookalikes(chart: PatientRead, *, actor: Actor) -> list[Candidate]:
    """Other charts that may be of the same person."""
    return duplicates.candidates(
        actor.practice_id, chart.demographics, chart.contact, ignore=chart.patient_id
    )


# -- rules ----------------------------------------------------------------


def check_dates(demographics: Demographics, actor: Actor, now: Instant) -> None:
    """Nobody is born or has died tomorrow, by the practice's calendar."""
    zone = ZoneInfo(practice_setup(actor.practice_id).practice.zone)
    today = now.astimezone(zone).date()
    if demographics.birth_date > today:
        raise invalid("demographics.birth_date", "lies in the future")
    if demographics.birth_date < today - dt.timedelta(days=OLDEST_YEARS * 366):
        raise invalid("demographics.birth_date", f"lies more than {OLDEST_YEARS} years back")
    if demographics.deceased_on and demographics.deceased_on > today:
        raise invalid("demographics.deceased_on", "lies in the future")


def check_preferences(request: Registration | Change, practice: PracticeId) -> None:
    """Preferred provider and location must be known here."""
    setup = practice_setup(practice)
    provider, location = request.preferred_provider_id, request.preferred_location_id
    if provider and provider not in setup.providers:
        raise invalid("preferred_provider_id", "there is no such provider")
    if location and location not in setup.locations:
        raise invalid("preferred_location_id", "there is no such location")


def stamp_consents(contact: Contact, now: Instant) -> Contact:
    """A consent whose time is not said is recorded now."""
    stamped = contact.model_copy(deep=True)
    for telecom in stamped.telecoms:
        for consent in telecom.consents.values():
            if consent.source is not None and consent.recorded_at is None:
                consent.recorded_at = now.replace(microsecond=0)
    return stamped


# -- medical record numbers -----------------------------------------------


def mrn_item(practice: PracticeId, mrn: str, patient: PatientId) -> MrnItem:
    token = BlindIndex(practice, Domain.PATIENTS).token(MRN_KIND, mrn)
    return MrnItem(mrn_key(practice, token), "mrn", patient_id=patient)


def _give_mrn(chart: ChartChange, mrn: str, numbers: Identifiers) -> None:
    """The chart gets another number; the former one still finds it."""
    if mrn in numbers.other_mrns:
        return
    patient = PatientId(chart.item.patient_id)
    new = mrn_item(chart.practice, mrn, patient)
    try:
        MrnItem.get(new.pk, "mrn", consistent_read=True)
    except MrnItem.DoesNotExist:
        chart.save(new, MrnItem.pk.does_not_exist())
    else:
        raise MrnTaken


def _next_mrn(practice: PracticeId) -> str:
    counter = CounterItem(f"{practice}#counter", "mrn")
    value = CounterItem.value
    counter.update([value.set((value | (FIRST_MRN - 1)) + 1)])
    return str(int(counter.value))
