"""Loads the whole sample: set-up, charts, calendar, and last of all its staff."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from caresmith.messages.settings import forget_settings
from caresmith.records.directory import listed
from caresmith.records.practice import PracticeSetup, SetupRecord, forget_setup, setup_key
from caresmith.settings import Domain, table_name
from scripts.bootstrap.progress import step
from scripts.payer.store import Store
from scripts.sample_practice.agenda import Agenda, Size
from scripts.sample_practice.billing import write_charges, write_tariff
from scripts.sample_practice.bulk import (
    Bulk,
    delete_where_key_begins,
    empty_tables,
    keys_of_others,
)
from scripts.sample_practice.calendars import write_visits, write_waitlist
from scripts.sample_practice.charts import write_charts
from scripts.sample_practice.clinical.charted import Charted
from scripts.sample_practice.clinical.practice import settle, tell_charts
from scripts.sample_practice.clinical.worklist import deliver_unmatched, write_labs
from scripts.sample_practice.clinical.writing import write_clinical
from scripts.sample_practice.estimates import write_estimates
from scripts.sample_practice.fates import DESK, Fates
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.logins import make_users, users_there
from scripts.sample_practice.messaging import (
    remove_messaging,
    write_last_visits,
    write_messaging,
)
from scripts.sample_practice.money import take_copays, write_families
from scripts.sample_practice.past.days import Past
from scripts.sample_practice.payers import write_payers
from scripts.sample_practice.people import SamplePatient, patients
from scripts.sample_practice.premises import PRACTICE
from scripts.sample_practice.setup import sample_setup, things

if TYPE_CHECKING:
    from collections.abc import Iterator

PRACTICE_ID: Final = PracticeId(PRACTICE.id)
# The audit trail is only ever added to, and the keys are what reads it: both stay.
_REMOVED: Final = (
    Domain.IDENTITY,
    Domain.PRACTICE,
    Domain.PATIENTS,
    Domain.SCHEDULE,
    Domain.CLINICAL,
    Domain.REVENUE,
    Domain.MESSAGES,
)


@dataclass(frozen=True)
class Sample:
    """What is to be loaded."""

    setup: PracticeSetup
    patients: list[SamplePatient]
    tales: list[Tale]
    charts: list[Charted]


def make_sample(now: datetime, size: Size) -> Sample:
    """The sample as of ``now``: nothing is read or written."""
    today = PRACTICE.day_at(now)
    setup = sample_setup(today)
    people = patients(size.patients, today)
    planned = Agenda(setup, people, now, size).plan()
    fates = Fates(setup, now)
    tales = [fates.of(plan) for plan in planned]
    settle(people, tales)
    return Sample(setup, people, tales, tell_charts(people[: size.charts], tales, now))


def is_loaded() -> bool:
    """Whether a load has come to its end."""
    return users_there(PRACTICE_ID)


def remove() -> int:
    """Delete the practice's items, but for its audit trail and keys; returns how many.

    Item by item where another practice is there too. Where none is, :func:`start_over`
    does the same in a moment.
    """
    forget_setup(PRACTICE_ID)
    listed(PRACTICE_ID).delete()
    remove_messaging(PRACTICE_ID)
    return delete_where_key_begins(PRACTICE_ID, _REMOVED)


def start_over() -> None:
    """Have nothing of the practice there any more, whatever else is.

    Its tables are made anew where it has them for itself, in a stack that runs: an
    engine in memory lacks the index without which writing to a new table takes long.
    """
    listed(PRACTICE_ID).delete()
    # Every practice has its set-up in this table, which is small.
    others = keys_of_others(PRACTICE_ID, Domain.PRACTICE)
    if others or "CARESMITH_LOCAL_URL" not in os.environ:
        remove()
        return
    forget_setup(PRACTICE_ID)
    forget_settings(PRACTICE_ID)
    empty_tables(_REMOVED)


def list_it() -> None:
    """Have the clocks find a sample that was loaded before there was a list of practices."""
    listed(PRACTICE_ID).save()


def load(
    now: datetime, size: Size | None = None, payers: Path | None = None
) -> list[dict[str, object]]:
    """Write the sample; returns its log-ins. The practice must not be there.

    Who keeps ``payers`` for the local stack's payers is told what they have done until now.
    """
    size = size or Size()
    create_keys(PRACTICE_ID, SystemClock())
    with step("Drawing patients and visits"):
        sample = make_sample(now, size)
    with _on_record(sample):
        with step("Setting up the practice"):
            _begin_streams()
            write_setup(sample.setup)
            with Bulk() as bulk:
                write_payers(bulk)
        with step(f"Writing {len(sample.patients)} charts"), Bulk() as bulk:
            write_charts(bulk, sample.patients, DESK)
        with step(f"Writing {len(sample.tales)} visits"), Bulk() as bulk:
            write_visits(bulk, PRACTICE_ID, sample.tales)
            write_waitlist(bulk, PRACTICE_ID, sample.patients, now, size)
        with step(f"Writing what {len(sample.charts)} charts hold"), Bulk() as bulk:
            write_labs(bulk, sample.patients[0].registered_at)
            write_clinical(bulk, sample.charts)
        with step("Writing fees and the charges of the last weeks"):
            write_tariff(now)
            with Bulk() as bulk:
                charged = write_charges(bulk, sample.setup, sample.patients, sample.charts, now)
                write_families(bulk, PRACTICE_ID, sample.patients)
        with step(f"Billing {len(charged)} visits and taking what is paid for them"):
            past = Past(charged, now)
            past.live()
            take_copays(sample.patients, now)
        with step("Making the estimates that are due"):
            write_estimates(sample.setup, sample.patients, sample.tales, now)
        if payers is not None:
            past.house.store.hand_over(Store(payers))
        with step("Setting up reminders"), Bulk() as bulk:
            write_messaging(bulk, PRACTICE_ID)
            write_last_visits(bulk, PRACTICE_ID, sample.tales)
        deliver_unmatched(sample.patients, now)
    with step("Creating the log-ins"):
        return make_users(PRACTICE_ID)


@contextmanager
def _on_record(sample: Sample) -> Iterator[None]:
    """The load is one entry of the audit trail, which names all patients.

    It is written first: should the load be cut short, the trail has it all the same.
    """
    actor = Actor.system(PRACTICE_ID, "sample")
    trail = AuditTrail(actor, "load-sample", SystemClock())
    trail.about(*(patient.patient_id for patient in sample.patients))
    trail.close(Outcome.SUCCESS, 200)
    with acting_as(actor), audited(trail):
        yield


def _begin_streams() -> None:
    """Give every table's stream its first record, by an item that is gone at once.

    With each write the local engine looks for the oldest record of the table's
    stream, and walks through those of all other tables until it comes to it.
    Behind the sample's tens of thousands that takes fifty milliseconds; at
    their head it takes nothing.
    """
    client = boto3.client("dynamodb")
    key = {"pk": {"S": f"{PRACTICE_ID}#sample"}, "sk": {"S": "first"}}
    for domain in _REMOVED:
        client.put_item(TableName=table_name(domain), Item=key)
        client.delete_item(TableName=table_name(domain), Key=key)


def write_setup(setup: PracticeSetup) -> None:
    """The practice's set-up as items, and its line in the list of practices."""
    with Bulk() as bulk:
        for thing in things(setup):
            key = setup_key(thing.kind, thing.id)
            bulk.add(SetupRecord(PRACTICE_ID, key, kind=thing.kind, body=thing.model_dump_json()))
        bulk.add(listed(PRACTICE_ID))
    forget_setup(PRACTICE_ID)
