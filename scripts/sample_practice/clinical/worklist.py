"""The laboratories, and messages of theirs that no chart could be found for.

The messages go through the intake itself: they wait because its rules say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from caresmith.actor import Actor
from caresmith.clock import to_text
from caresmith.ids import RawMessageId
from functions.patients.service import FIRST_MRN
from functions.results import intake
from functions.results.intake import Source
from functions.results.models import LabSettings
from functions.results.records import Format, LabItem, labs_key
from scripts.mllpbridge.messages import Person, Result, Value, oru
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.clinical.laboratory import (
    IMAGING_ID,
    IMAGING_NAME,
    LAB_ID,
    LAB_NAME,
)
from scripts.sample_practice.clinical.writing import P
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PRACTICE_ZONE

SETTINGS: Final = {
    LAB_ID: LabSettings(name=LAB_NAME, zone=PRACTICE_ZONE, mrn_authorities=("", "LAKESHORE")),
    IMAGING_ID: LabSettings(name=IMAGING_NAME, zone=PRACTICE_ZONE),
}
_GLUCOSE: Final = Value("2345-7", "Glucose", "104", "mg/dL", reference="70-99", flag="H")
_POTASSIUM: Final = Value("2823-3", "Potassium", "6.3", "mmol/L", reference="3.5-5.1", flag="HH")
_TSH: Final = Value("3016-3", "TSH", "2.31", "m[IU]/L", reference="0.40-4.50", flag="N")
_HGB: Final = Value("718-7", "Hemoglobin", "12.9", "g/dL", reference="11.7-15.5", flag="N")


def write_labs(bulk: Bulk, opened: dt.datetime) -> None:
    """Both interfaces, without keys: a manager makes one to have a system deliver."""
    for lab_id, settings in SETTINGS.items():
        bulk.add(
            LabItem(
                labs_key(P),
                lab_id,
                lab_id=lab_id,
                settings=settings.model_dump_json(),
                created_at=to_text(opened),
            )
        )


def deliver_unmatched(patients: Sequence[SamplePatient], now: dt.datetime) -> None:
    """Hand in what will wait for a person."""
    source = Source(LAB_ID, SETTINGS[LAB_ID], Format.HL7V2)
    actor = Actor.system(P, "sample")
    for number, raw in enumerate(_messages(patients, now), start=1):
        at = now - dt.timedelta(hours=7 * number, minutes=11)
        message = RawMessageId.derived_at(at, "sample", str(number))
        intake.take(raw, source, actor=actor, now=at, message=message)


def _messages(patients: Sequence[SamplePatient], now: dt.datetime) -> Iterator[bytes]:
    """Each wrong in another way."""
    taken = now - dt.timedelta(days=2)
    by_day = sorted(patients, key=lambda one: (one.registered_at, one.patient_id))
    known = [(_person(one, str(mrn)), one) for mrn, one in enumerate(by_day, start=FIRST_MRN)]
    people = [who for who, one in known if who.family and who.given and not one.archived_at][:4]
    if len(people) < 4:
        return
    first, second, third, fourth = people
    told = (
        # The record number of another practice.
        (replace(first, mrn="8812047"), _TSH),
        # A birth date with day and month changed about.
        (replace(second, birth_date=_turned(second.birth_date)), _GLUCOSE),
        # The number of one patient with the name of another.
        (replace(third, family=fourth.family, given=fourth.given), _POTASSIUM),
        (replace(fourth, mrn=""), _HGB),
    )
    for number, (person, value) in enumerate(told, start=1):
        result = Result(
            filler=f"GLX{number:06d}",
            values=[value],
            code=value.code,
            name=value.name,
            collected=taken,
            reported=taken + dt.timedelta(hours=9),
        )
        yield oru(person, result, control=f"SAMPLE{number}")
    # Cut off on the way: it has no results that could be read.
    yield oru(first, result, control="SAMPLE9")[:140]


def _person(patient: SamplePatient, mrn: str) -> Person:
    name = patient.registration.demographics.main_name()
    given = name.given[0] if name.given else ""
    born = patient.birth_date.strftime("%Y%m%d")
    return Person(mrn, name.family or "", given, born, "F" if patient.female else "M")


def _turned(birth_date: str) -> str:
    """Another day of the same year."""
    day = int(birth_date[6:])
    return f"{birth_date[:6]}{day % 27 + 1:02d}"
