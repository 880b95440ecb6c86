"""Writes the charges of the sample's last weeks, item for item as the charges feature does.

Sheets have the ids that the feature gives them, so that a visit's closing told
late charges nothing twice. The last days' wait at the charge desk; earlier ones
are in the ledger, but for those of which something is missing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from caresmith.actor import Actor
from caresmith.clock import to_text
from caresmith.ids import CoverageId, PatientId, PayerId, PracticeId, SheetId
from caresmith.permissions import Role
from caresmith.records.clinical.encounter import EncounterStatus
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.account import AccountItem
from caresmith.records.revenue.fee_rules import (
    FeeRow,
    Schedule,
    chain,
    is_facility,
    per_unit,
    times,
)
from caresmith.records.revenue.layout import ACCOUNT, account_key
from caresmith.records.revenue.ledger import Book
from caresmith.records.revenue.paylink import SettingsItem, settings_key
from caresmith.records.revenue.price_lists import (
    HEAD,
    CodeListItem,
    FeeScheduleItem,
    codes_key,
    fee_rows_key,
    fees_key,
)
from caresmith.records.revenue.pricing import Price
from caresmith.records.revenue.writing import RevenueWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.accounts.settings import AccountSettings
from functions.charges import releasing
from functions.charges.code_lists import as_row as code_row
from functions.charges.desk import Built, Desk, OpenSheet, assemble, new_item
from functions.charges.drafting import DraftLine, of_billing, place_of
from functions.charges.entering import place_of_sheet
from functions.charges.fees import as_row as fee_row
from functions.charges.from_visits import SOURCE
from functions.charges.missing import Facts, lacking, set_missing
from functions.charges.places import OFFICE, TELEHEALTH_HOME
from functions.charges.records import FavouriteItem, favourites_key, write_parts
from scripts.sample_practice.bulk import Bulk
from scripts.sample_practice.charts import coverage_id
from scripts.sample_practice.clinical.charted import Charted, Told
from scripts.sample_practice.payers import PAYERS
from scripts.sample_practice.people import SamplePatient
from scripts.sample_practice.premises import PRACTICE
from scripts.sample_practice.staff import BILLER
from scripts.sample_practice.tariff import BOOK, FAVOURITES, USUAL, schedules

P: Final = PracticeId(PRACTICE.id)
_CHARGED_DAYS: Final = 60
"""How far back visits have their charges here; earlier ones were settled before."""
_ALL_DAYS: Final = 30
_WAITING_DAYS: Final = 3
_LOAD: Final = "01J00000000000000000000000"
_CHARGES: Final = Actor.system(P, "charges")
_BILLER: Final = Actor(P, BILLER.user_id, frozenset({Role.BILLER}))


def write_tariff(now: dt.datetime) -> None:
    """Code lists, fee schedules, favourites, and what visits usually bring."""
    about: dict[str, Any] = {"load": _LOAD}
    with Bulk() as bulk:
        for code_set, listed in BOOK.lists.items():
            pk = codes_key(P, code_set)
            size = write_parts(pk, _LOAD, (code_row(one) for one in listed.codes))
            bulk.add(
                CodeListItem(
                    pk,
                    HEAD,
                    code_set=code_set,
                    size=size,
                    loaded_at=to_text(now),
                    loaded_by=_BILLER.user_id,
                    **about,
                )
            )
        for schedule, rows in schedules(_day(now)):
            key = schedule.schedule_id
            size = write_parts(fee_rows_key(P, key), _LOAD, (fee_row(row) for row in rows))
            bulk.add(
                FeeScheduleItem(
                    fees_key(P),
                    key,
                    schedule_id=key,
                    facts=schedule.facts.model_dump_json(),
                    size=size,
                    changed_at=to_text(now),
                    changed_by=_BILLER.user_id,
                    version=1,
                    **about,
                )
            )
        rules = AccountSettings(usual=USUAL)
        bulk.add(SettingsItem(*settings_key(P), body=rules.model_dump_json()))
        for favourite, facts in FAVOURITES.items():
            bulk.add(FavouriteItem(favourites_key(P), favourite, body=facts.model_dump_json()))


Accounts = dict[PatientId, dict[Book, int]]
"""What stands in each patient's account when all is written."""


class CollectedRevenue(RevenueWrites):
    """One sheet's story whose items go to ``bulk``: all are new. Nothing is told of the past."""

    def commit_to(self, bulk: Bulk, accounts: Accounts) -> None:
        for item, _, _ in [*self._puts, *self._of_sheets()]:
            bulk.add(item)
        for patient, books in self._accounts.items():
            for book, cents in books.items():
                accounts[patient][book] += cents


@dataclass(frozen=True)
class _Tariff:
    """The fee schedules in memory."""

    known: Sequence[Schedule]
    rows: Mapping[Any, Sequence[FeeRow]]

    def price(self, line: DraftLine, place: str, payer: PayerId | None) -> Price:
        return Price(
            self._amount(line, place, None), self._amount(line, place, payer) if payer else None
        )

    def _amount(self, line: DraftLine, place: str, payer: PayerId | None) -> Any:
        chained = chain(self.known, payer, line.day)
        unit = per_unit(chained, self.rows, line.code, line.modifiers, facility=is_facility(place))
        return None if unit is None else times(unit, line.units)


def write_charges(
    bulk: Bulk,
    setup: PracticeSetup,
    patients: Sequence[SamplePatient],
    charts: Sequence[Charted],
    now: dt.datetime,
) -> list[Charged]:
    """The sheets of the visits of the last weeks, in review or in the ledger.

    Returns those in the ledger, in the order in which they were released.
    """
    found = schedules(_day(now))
    tariff = _Tariff([one for one, _ in found], {one.schedule_id: rows for one, rows in found})
    people = {patient.patient_id: patient for patient in patients}
    accounts: Accounts = defaultdict(lambda: defaultdict(int))
    released = []
    for chart in charts:
        for told in chart.visits:
            if _charged(told, now):
                one = _Visit(setup, people[chart.patient_id], told, tariff, now)
                charged = one.write(bulk, accounts)
                if charged is not None:
                    released.append(charged)
    for patient, books in accounts.items():
        bulk.add(
            AccountItem(
                account_key(P, patient),
                ACCOUNT,
                patient_id=patient,
                insurance_cents=books[Book.INSURANCE],
                patient_cents=books[Book.PATIENT],
                changed_at=to_text(now),
            )
        )
    return sorted(released, key=lambda one: (one.released_at, one.sheet_id))


def _charged(told: Told, now: dt.datetime) -> bool:
    """Whether the visit's charges are here: of the earlier ones, every other was settled before."""
    since = now - dt.timedelta(days=_CHARGED_DAYS)
    closed = told.status is EncounterStatus.FINISHED and not told.billing.no_charge
    if not closed or not told.billing.services or told.visit.start <= since:
        return False
    earlier = told.visit.start <= now - dt.timedelta(days=_ALL_DAYS)
    return not earlier or crc32(told.encounter_id.encode()) % 2 == 0


@dataclass(frozen=True)
class Charged:
    """A sheet in the ledger."""

    released_at: dt.datetime
    sheet_id: SheetId
    patient_id: PatientId
    visited_on: dt.date
    payer: PayerId | None
    """Whose turn is first; None where nobody but the patient pays."""


@dataclass(frozen=True)
class _Visit:
    setup: PracticeSetup
    patient: SamplePatient
    told: Told
    tariff: _Tariff
    now: dt.datetime

    def write(self, bulk: Bulk, accounts: Accounts) -> Charged | None:
        """Returns what was released, None where it waits."""
        told = self.told
        closed = told.moves[-1][1]
        day = told.visit.start.astimezone(self.setup.zone_of(told.visit.location_id)).date()
        built, payer = self._built(day)
        missing = lacking(
            built.content,
            Facts(self.setup, BOOK, payer, True, _day(self.now), built.fees),
        )
        desk = Desk(_CHARGES, closed)
        item = new_item(desk, self.patient.patient_id, day, self.sheet_id, built.content)
        item.encounter_id = told.encounter_id
        set_missing(item, missing)
        released = not missing and closed < self.now - dt.timedelta(days=_WAITING_DAYS)
        at = min(closed + dt.timedelta(hours=18), self.now) if released else closed
        desk = Desk(_BILLER if released else _CHARGES, at)
        writes = CollectedRevenue(desk.actor, at, _day(at))
        opened = OpenSheet(item, built.content)
        if released:
            releasing.release(desk, writes, opened, payer)
        else:
            writes.save_sheet(item)
        source = Sealer(P, Domain.REVENUE).seal(told.encounter_id, SOURCE, told.billing)
        writes.put(place_of_sheet(desk, told.encounter_id, 1, item, source))
        writes.commit_to(bulk, accounts)
        if not released:
            return None
        return Charged(at, self.sheet_id, self.patient.patient_id, day, payer)

    @property
    def sheet_id(self) -> SheetId:
        told = self.told
        return SheetId.derived_at(told.visit.start, "encounter", told.encounter_id, "1")

    def _built(self, day: dt.date) -> tuple[Built, PayerId | None]:
        told = self.told
        held = [
            (one.order, coverage_id(self.patient.patient_id, place), one.payer_id)
            for place, one in enumerate(self.patient.registration.coverages)
            if one.holds_on(day)
        ]
        held.sort()
        coverages: list[CoverageId] = [key for _, key, _ in held]
        payer = held[0][2] if held else None
        facts = next((facts for key, facts in PAYERS.values() if key == payer), None)
        telehealth = TELEHEALTH_HOME
        if facts and facts.telehealth.place in ("02", "10"):
            telehealth = facts.telehealth.place
        place = place_of(told.class_code, OFFICE, telehealth)
        draft = of_billing(told.billing, day, told.provider)
        about = {
            "encounter_id": told.encounter_id,
            "location_id": told.visit.location_id,
            "rendering_id": told.provider,
            "place_of_service": place,
        }
        found = [self.tariff.price(line, place, payer) for line in draft.lines]
        return assemble(draft, about, coverages, found), payer


def _day(at: dt.datetime) -> dt.date:
    return PRACTICE.day_at(at)
