"""The practice that bills: the sample's set-up, payers, fees and patients, and no past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.coverage import PlanType
from caresmith.records.practice import PracticeSetup
from functions.charges.records import SETTINGS, Settings, SettingsItem, settings_key
from scripts.sample_practice.billing import write_tariff
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.charts import write_charts
from scripts.sample_practice.fates import DESK
from scripts.sample_practice.loading import PRACTICE_ID, write_setup
from scripts.sample_practice.payers import write_payers
from scripts.sample_practice.people import SamplePatient, patients
from scripts.sample_practice.premises import PRACTICE
from scripts.sample_practice.setup import sample_setup
from scripts.sample_practice.staff import BILLER

BILLERS: Final = Actor(PRACTICE_ID, BILLER.user_id, frozenset({Role.BILLER}))
_CLIA: Final = "14D0000001"
"""A laboratory of no state: the practice does quick tests itself."""
ZONE: Final = ZoneInfo(PRACTICE.zone)


@dataclass(frozen=True)
class Billed:
    """What there is when the doors open."""

    practice: PracticeId
    setup: PracticeSetup
    people: list[SamplePatient]


def build(count: int, now: datetime) -> Billed:
    """Write it all. What nothing speaks against is released and sent by itself."""
    create_keys(PRACTICE_ID, SystemClock())
    today = PRACTICE.day_at(now)
    setup = sample_setup(today)
    billing = setup.practice.billing
    if billing is None:
        raise ValueError("the sample practice bills")
    sending = billing.model_copy(update={"auto_approve": True, "clia": _CLIA})
    own = setup.practice.model_copy(update={"billing": sending})
    setup = replace(setup, practice=own)
    people = [_with_a_number(one) for one in patients(count, today)]
    actor = Actor.system(PRACTICE_ID, "sample")
    trail = AuditTrail(actor, "load-sample", SystemClock())
    trail.close(Outcome.SUCCESS, 200)
    with acting_as(actor), audited(trail):
        write_setup(setup)
        with Bulk() as bulk:
            write_payers(bulk)
        with Bulk() as bulk:
            write_charts(bulk, people, DESK)
        write_tariff(now)
        SettingsItem(
            settings_key(PRACTICE_ID),
            SETTINGS,
            body=Settings(auto_release=True).model_dump_json(),
        ).save()
    return Billed(PRACTICE_ID, setup, [one for one in people if one.archived_at is None])


def _with_a_number(patient: SamplePatient) -> SamplePatient:
    """The sample's Medicare numbers have letters that none has; claims need ones that might be."""
    held = [
        one.model_copy(update={"member_id": one.member_id.replace("S", "T")})
        if one.plan_type is PlanType.MEDICARE
        else one
        for one in patient.registration.coverages
    ]
    registration = patient.registration.model_copy(update={"coverages": held})
    return replace(patient, registration=registration)
