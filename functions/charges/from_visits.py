"""Visits become charges: what was coded at an encounter, once, however often it is told.

Events come at least once and in any order, so each consumer looks at how the
encounter stands now, and at the coding that its sheets were made from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import SystemClock
from caresmith.events import EncounterClosed, EncounterRetracted
from caresmith.ids import CoverageId, EncounterId, SheetId
from caresmith.records.clinical.encounter import (
    BillingPart,
    Encounter,
    EncounterClass,
    EncounterStatus,
    encounter_of,
    get_encounter,
    open_billing,
)
from caresmith.records.revenue.sheet import (
    EncounterSheetItem,
    SheetStatus,
    WhoPays,
    encounter_sheets,
    sheets_at,
)
from caresmith.records.revenue.writing import DayIsClosed, RevenueWrites
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.charges import releasing
from functions.charges.desk import (
    Desk,
    OpenSheet,
    about_of,
    build,
    draft_of,
    look,
    put_content,
)
from functions.charges.drafting import of_billing, place_of, recoded, split
from functions.charges.entering import add_sheet, place_of_sheet
from functions.charges.errors import LinePaid, PayerHasAnswered, SheetIncomplete
from functions.charges.missing import CHANGED_SINCE, RETRACTED, missing_of, set_missing
from functions.charges.payers import Paying, paying
from functions.charges.records import Settings, read_settings

SOURCE = "source"
"""The sealed group in which the coding lies that sheets were made from."""


def on_closed(event: EncounterClosed) -> None:
    """Consumer: a visit was closed, or closed again after its coding was changed."""
    desk = Desk(current_actor(), SystemClock().now())
    item = get_encounter(desk.practice, event.encounter_id)
    if item is None:
        return
    visit = encounter_of(item)
    audit().about(visit.patient_id)
    audit().record(visit.encounter_id)
    if visit.status is EncounterStatus.ENTERED_IN_ERROR:
        return
    billing = open_billing(desk.practice, item)
    places = encounter_sheets(desk.practice, visit.encounter_id)
    if billing.no_charge:
        _take_back(desk, places)
    elif not places:
        _releasing_if_it_may(lambda release: _make(desk, visit, billing, [], release=release))
    elif _source(desk, visit.encounter_id, places[-1]) != billing:
        _releasing_if_it_may(lambda release: _follow(desk, visit, billing, places, release=release))


def on_retracted(event: EncounterRetracted) -> None:
    """Consumer: the visit never was. Sheets are voided; what was paid waits for a person."""
    desk = Desk(current_actor(), SystemClock().now())
    audit().about(event.patient_id)
    audit().record(event.encounter_id)
    _take_back(desk, encounter_sheets(desk.practice, event.encounter_id))


# -- making -----------------------------------------------------------------------


def _releasing_if_it_may(act: Callable[[bool], None]) -> None:
    """Where today's books are closed already, a clean sheet waits to be released tomorrow."""
    try:
        act(True)
    except DayIsClosed:
        act(False)


def _make(
    desk: Desk,
    visit: Encounter,
    billing: BillingPart,
    places: list[EncounterSheetItem],
    *,
    release: bool,
) -> None:
    who = paying(desk.practice, visit.patient_id)
    settings, _ = read_settings(desk.practice)
    day = _day(desk, visit)
    coverages = who.coverages(WhoPays.CHART, (), day)
    about = {
        "encounter_id": visit.encounter_id,
        "location_id": visit.location_id,
        "rendering_id": visit.provider_id,
        "place_of_service": _place(visit, settings, who, coverages),
    }
    source = _sealed(desk, visit.encounter_id, billing)
    writes = desk.writes()
    plan = of_billing(billing, day, visit.provider_id)
    for number, part in enumerate(split(plan), len(places) + 1):
        built = build(desk, part, about, who, coverages)
        # What is told twice at once makes the same sheet, of which one is refused.
        key = SheetId.derived_at(visit.start, "encounter", visit.encounter_id, str(number))
        one = add_sheet(desk, writes, who, day, built, key)
        _release_clean(desk, writes, one, who, settings, release=release)
        writes.put(
            place_of_sheet(desk, visit.encounter_id, number, one.item, source),
            EncounterSheetItem.pk.does_not_exist(),
        )
    writes.commit()


def _release_clean(
    desk: Desk,
    writes: RevenueWrites,
    one: OpenSheet,
    who: Paying,
    settings: Settings,
    *,
    release: bool,
) -> None:
    if release and settings.auto_release and not one.item.missing:
        releasing.release(desk, writes, one, who.payer_id(one.content.coverages))


# -- following --------------------------------------------------------------------


def _follow(
    desk: Desk,
    visit: Encounter,
    billing: BillingPart,
    places: list[EncounterSheetItem],
    *,
    release: bool,
) -> None:
    """The coding says something else than the sheets were made from."""
    standing = [
        OpenSheet.of(desk.practice, item)
        for item in sheets_at(places)
        if item.status != SheetStatus.VOID
    ]
    if not standing:
        _make(desk, visit, billing, places, release=release)
        return
    writes = desk.writes()
    before = _source(desk, visit.encounter_id, places[-1])
    if len(standing) == 1:
        _recode(desk, writes, before, billing, standing[0], release=release)
    else:
        for one in standing:
            _leave_to_a_person(desk, writes, one)
    last = places[-1]
    last.source = _sealed(desk, visit.encounter_id, billing)
    writes.put(last)
    writes.commit()


def _recode(
    desk: Desk,
    writes: RevenueWrites,
    before: BillingPart,
    after: BillingPart,
    opened: OpenSheet,
    *,
    release: bool,
) -> None:
    content = opened.content
    plan = of_billing(after, opened.day, content.rendering_id)
    draft = recoded(draft_of(content), before, after, plan)
    if len(split(draft)) > 1:
        _leave_to_a_person(desk, writes, opened)
        return
    [draft] = split(draft)
    who = paying(desk.practice, opened.patient_id)
    coverages: tuple[CoverageId, ...] = content.coverages
    if not opened.released and content.who_pays is WhoPays.CHART:
        coverages = who.coverages(WhoPays.CHART, (), opened.day, content.accident)
    built = build(desk, draft, about_of(content), who, coverages, content.last_line)
    if opened.released:
        try:
            releasing.change_released(desk, writes, opened, built, who)
        except (LinePaid, SheetIncomplete, PayerHasAnswered):
            _leave_to_a_person(desk, writes, opened)
        return
    put_content(desk, opened.item, built.content, look(desk, built, who, opened.day))
    opened.content = built.content
    writes.save_sheet(opened.item)
    settings, _ = read_settings(desk.practice)
    _release_clean(desk, writes, opened, who, settings, release=release)


def _leave_to_a_person(desk: Desk, writes: RevenueWrites, opened: OpenSheet) -> None:
    """What can't follow by itself stands as it is, and says so."""
    if opened.released:
        releasing.doubt(desk, writes, opened, [CHANGED_SINCE])
    else:
        missing = [*missing_of(opened.item), CHANGED_SINCE]
        set_missing(opened.item, dict.fromkeys(missing))
        writes.save_sheet(opened.item)


def _take_back(desk: Desk, places: list[EncounterSheetItem]) -> None:
    writes = desk.writes()
    standing = [item for item in sheets_at(places) if item.status != SheetStatus.VOID]
    for item in standing:
        opened = OpenSheet.of(desk.practice, item)
        try:
            releasing.void(desk, writes, opened)
        except LinePaid:
            if RETRACTED in missing_of(item):
                continue
            releasing.doubt(desk, writes, opened, [RETRACTED])
    if standing:
        writes.commit()


# -- reading ----------------------------------------------------------------------


def _day(desk: Desk, visit: Encounter) -> dt.date:
    """By the clock of the place."""
    location = desk.setup.locations.get(visit.location_id)
    zone = location.zone if location else desk.setup.practice.zone
    return visit.start.astimezone(ZoneInfo(zone)).date()


def _place(
    visit: Encounter, settings: Settings, who: Paying, coverages: tuple[CoverageId, ...]
) -> str:
    """Place of service: the location's; by video as the payer wants it."""
    usual = settings.place_of(visit.location_id)
    telehealth = settings.telehealth
    payer = who.payer(coverages)
    if payer is not None:
        wanted = payer.facts.telehealth.place
        if wanted == "as-in-person":
            telehealth = usual
        elif wanted in ("02", "10"):
            telehealth = wanted
    return place_of(EncounterClass(visit.class_code), usual, telehealth)


def _source(desk: Desk, encounter: EncounterId, place: EncounterSheetItem) -> BillingPart:
    return Sealer(desk.practice, Domain.REVENUE).unseal(
        encounter, SOURCE, place.source, BillingPart
    )


def _sealed(desk: Desk, encounter: EncounterId, billing: BillingPart) -> bytes:
    return Sealer(desk.practice, Domain.REVENUE).seal(encounter, SOURCE, billing)
