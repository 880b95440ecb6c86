"""Charges by hand, and changes of a sheet: what is typed becomes a draft, and that sheets."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from caresmith.actor import Actor
from caresmith.clock import Instant
from caresmith.errors import FieldError, Forbidden, InvalidRequest, VersionConflict, invalid
from caresmith.ids import EncounterId, SheetId
from caresmith.permissions import Permission
from caresmith.records.revenue.layout import SHEET, encounter_key
from caresmith.records.revenue.service import LineFacts
from caresmith.records.revenue.sheet import (
    EncounterSheetItem,
    SheetItem,
    WhoPays,
    encounter_sheets,
)
from caresmith.records.revenue.writing import RevenueWrites
from functions.charges import models as m
from functions.charges import releasing, sheets
from functions.charges.desk import (
    Built,
    Desk,
    OpenSheet,
    build,
    look,
    new_item,
    put_content,
)
from functions.charges.drafting import Draft, DraftLine, split
from functions.charges.errors import TooLargeForOne
from functions.charges.missing import set_missing
from functions.charges.payers import Paying, paying
from functions.charges.records import read_settings

_MOST_SHEETS = 20
_OF_THE_SHEET = (
    "location_id",
    "rendering_id",
    "supervising_id",
    "referring_name",
    "referring_npi",
    "who_pays",
    "accident",
    "onset",
    "prior_authorization",
    "referral_number",
    "clia",
    "outside_laboratory",
    "epsdt_referral",
    "note",
)


def enter(new: m.NewSheet, *, actor: Actor, now: Instant, key: str = "") -> list[m.SheetRead]:
    """Charges that no visit's coding made. Raises NotFound, InvalidRequest.

    The same again with its ``key`` (a form's own) makes nothing: what it made is answered.
    """
    desk = Desk(actor, now)
    who = paying(desk.practice, new.patient_id)
    _check(desk, new, new.day)
    coverages = who.coverages(new.who_pays, new.coverages, new.day, new.accident)
    about = _about(desk, new, None)
    writes = desk.writes()
    made = []
    for number, part in enumerate(_parts(_draft(new, new.day))):
        built = build(desk, part, _for_part(about, part), who, coverages)
        told = (key, new.model_dump_json(), str(number))
        sheet = SheetId.derived(desk.practice, *told) if key else SheetId.new()
        made.append(add_sheet(desk, writes, who, new.day, built, sheet))
    try:
        writes.commit()
    except VersionConflict:
        # Ids that are new are taken by nothing but the same form, sent before.
        return [sheets.read(one.sheet_id, actor=actor) for one in made]
    return [sheets.shown(one) for one in made]


def _parts(draft: Draft) -> list[Draft]:
    """Raises InvalidRequest where it would be more sheets than one transaction writes."""
    parts = split(draft)
    if len(parts) > _MOST_SHEETS:
        raise invalid("lines", f"would make more than {_MOST_SHEETS} sheets: enter fewer at once")
    return parts


def add_sheet(
    desk: Desk, writes: RevenueWrites, who: Paying, day: dt.date, built: Built, sheet: SheetId
) -> OpenSheet:
    """A sheet that is new goes to ``writes``, in review."""
    item = new_item(desk, who.patient_id, day, sheet, built.content)
    set_missing(item, look(desk, built, who, day))
    writes.save_sheet(item)
    return OpenSheet(item, built.content)


def change(
    sheet: SheetId, entered: m.EnteredSheet, expected: int, *, actor: Actor, now: Instant
) -> list[m.SheetRead]:
    """The sheet as it shall be: the first answered, then others that it no longer could hold.

    Raises NotFound, VersionConflict, SheetOver, InvalidRequest; of a released one also Forbidden,
    SheetIncomplete, LinePaid, PayerHasAnswered, TooLargeForOne.
    """
    desk = Desk(actor, now)
    opened = sheets.standing(desk, sheet, expected)
    if opened.released and not actor.may(Permission.RELEASE_CHARGES):
        raise Forbidden("The sheet is in the ledger: whoever may release charges changes it.")
    _check(desk, entered, opened.day)
    known = {line.line for line in opened.content.lines}
    strange = [at for at, line in enumerate(entered.lines) if line.line and line.line not in known]
    if strange:
        raise invalid(f"lines.{strange[0]}.line", "is no line of this sheet")
    who = paying(desk.practice, opened.patient_id)
    coverages = _coverages(opened, entered, who)
    about = _about(desk, entered, opened.content.encounter_id)
    parts = _parts(_draft(entered, opened.day))
    built = build(
        desk, parts[0], _for_part(about, parts[0]), who, coverages, opened.content.last_line
    )
    if built.content == opened.content and len(parts) == 1 and not opened.item.missing:
        return [sheets.shown(opened)]
    writes = desk.writes()
    if opened.released:
        if len(parts) > 1:
            raise TooLargeForOne
        releasing.change_released(desk, writes, opened, built, who)
        writes.commit()
        return [sheets.shown(opened)]
    put_content(desk, opened.item, built.content, look(desk, built, who, opened.day))
    opened.content = built.content
    writes.save_sheet(opened.item)
    others = _others(desk, writes, who, opened, parts[1:], about, coverages)
    writes.commit()
    return [sheets.shown(one) for one in (opened, *others)]


def _others(
    desk: Desk,
    writes: RevenueWrites,
    who: Paying,
    opened: OpenSheet,
    parts: list[Draft],
    about: dict[str, Any],
    coverages: tuple[Any, ...],
) -> list[OpenSheet]:
    """Sheets for what the first can't hold, of the same visit."""
    if not parts:
        return []
    encounter = opened.content.encounter_id
    places = encounter_sheets(desk.practice, encounter) if encounter else []
    made = []
    for at, part in enumerate(parts, len(places) + 1):
        fresh = Draft(part.diagnoses, tuple(_unnumbered(line) for line in part.lines))
        built = build(desk, fresh, _for_part(about, fresh), who, coverages)
        one = add_sheet(desk, writes, who, opened.day, built, SheetId.new())
        made.append(one)
        if encounter and places:
            writes.put(
                place_of_sheet(desk, encounter, at, one.item, places[-1].source),
                EncounterSheetItem.pk.does_not_exist(),
            )
    return made


def place_of_sheet(
    desk: Desk, encounter: EncounterId, number: int, item: SheetItem, source: bytes
) -> EncounterSheetItem:
    """Leads from the encounter to its sheet of that number."""
    return EncounterSheetItem(
        encounter_key(desk.practice, encounter),
        f"{SHEET}{number:03}",
        sheet_id=item.sheet_id,
        account=item.pk,
        at=item.sk,
        source=source,
    )


def _coverages(opened: OpenSheet, entered: m.EnteredSheet, who: Paying) -> tuple[Any, ...]:
    """Of a released sheet that follows the chart: as they were, since that is who was billed.
    That an accident caused it makes it another story."""
    content = opened.content
    follows = entered.who_pays is content.who_pays is WhoPays.CHART
    if opened.released and follows and entered.accident == content.accident:
        return content.coverages
    return who.coverages(entered.who_pays, entered.coverages, opened.day, entered.accident)


def _check(desk: Desk, entered: m.EnteredSheet, day: dt.date) -> None:
    """What only the practice's set-up and calendar can tell. Raises InvalidRequest."""
    setup, wrong = desk.setup, []
    if entered.location_id not in setup.locations:
        wrong.append(FieldError("location_id", "is no location of the practice"))
    named = [("rendering_id", entered.rendering_id), ("supervising_id", entered.supervising_id)]
    for at, line in enumerate(entered.lines):
        named.append((f"lines.{at}.rendering_id", line.rendering_id))
        named.append((f"lines.{at}.ordering_id", line.ordering_id))
        first, last = line.day or day, line.last_day or line.day or day
        if first > desk.today or last > desk.today:
            wrong.append(FieldError(f"lines.{at}.day", "lies in the future"))
        elif last < first:
            wrong.append(FieldError(f"lines.{at}.last_day", "lies before the first day"))
    wrong += [
        FieldError(field, "is no provider of the practice")
        for field, provider in named
        if provider and provider not in setup.providers
    ]
    if day > desk.today:
        wrong.append(FieldError("day", "lies in the future"))
    if entered.accident and entered.accident.on > day:
        wrong.append(FieldError("accident.on", "lies after the day of service"))
    if entered.onset and entered.onset > day:
        wrong.append(FieldError("onset", "lies after the day of service"))
    if wrong:
        raise InvalidRequest(fields=wrong)


def _about(desk: Desk, entered: m.EnteredSheet, encounter: EncounterId | None) -> dict[str, Any]:
    place = entered.place_of_service
    if place is None:
        place = read_settings(desk.practice)[0].place_of(entered.location_id)
    about = {name: getattr(entered, name) for name in _OF_THE_SHEET}
    return {**about, "place_of_service": place, "encounter_id": encounter}


def _for_part(about: dict[str, Any], part: Draft) -> dict[str, Any]:
    """A part is of one rendering provider, who may not be the sheet's."""
    if not part.lines:
        return about
    return {**about, "rendering_id": part.lines[0].rendering_id}


def _draft(entered: m.EnteredSheet, day: dt.date) -> Draft:
    return Draft(
        entered.diagnoses,
        tuple(
            DraftLine(
                code=line.code,
                day=line.day or day,
                rendering_id=line.rendering_id or entered.rendering_id,
                diagnoses=tuple(entered.diagnoses[place - 1] for place in line.pointers),
                modifiers=line.modifiers,
                units=line.units,
                charge=line.charge,
                line=line.line,
                facts=LineFacts.of(line),
            )
            for line in entered.lines
        ),
    )


def _unnumbered(line: DraftLine) -> DraftLine:
    return replace(line, line=None)
