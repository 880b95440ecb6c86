"""What one act at the charge desk has at hand, and how a sheet is built, priced and looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound
from caresmith.ids import CoverageId, PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.layout import account_key, sheet_sort_key
from caresmith.records.revenue.ledger import LineId
from caresmith.records.revenue.pricing import Asked, Price, prices
from caresmith.records.revenue.service import LineFacts
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    get_sheet,
    open_sheet,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites
from functions.charges.code_lists import CodeBook, code_book
from functions.charges.drafting import Draft, DraftLine, pointers
from functions.charges.missing import Facts, lacking, set_missing
from functions.charges.payers import Paying


@dataclass(frozen=True)
class Desk:
    """Who acts, when, in which practice."""

    actor: Actor
    now: Instant

    @property
    def practice(self) -> PracticeId:
        return self.actor.practice_id

    @cached_property
    def setup(self) -> PracticeSetup:
        return practice_setup(self.practice)

    @cached_property
    def codes(self) -> CodeBook:
        return code_book(self.practice)

    @cached_property
    def today(self) -> dt.date:
        """The practice's day, in whose books the journals stand."""
        return self.setup.practice.day_at(self.now)

    def writes(self) -> RevenueWrites:
        return RevenueWrites(self.actor, self.now, self.today)

    def facts(self, patient: PatientId, sheet: SheetId) -> dict[str, Any]:
        """What every event of a sheet says."""
        return {
            "practice_id": self.practice,
            "occurred_at": self.now,
            "actor_id": self.actor.user_id,
            "patient_id": patient,
            "sheet_id": sheet,
        }


@dataclass
class OpenSheet:
    """A sheet as it was read."""

    item: SheetItem
    content: SheetContent

    @classmethod
    def load(cls, practice: PracticeId, sheet: SheetId) -> Self:
        """Two reads. Raises NotFound. Names patient and sheet to the trail."""
        audit().record(sheet)
        item = get_sheet(practice, sheet)
        if item is None:
            raise NotFound
        return cls.of(practice, item)

    @classmethod
    def of(cls, practice: PracticeId, item: SheetItem) -> Self:
        audit().about(PatientId(item.patient_id))
        audit().record(item.sheet_id)
        return cls(item, open_sheet(practice, item))

    @property
    def sheet_id(self) -> SheetId:
        return SheetId(self.item.sheet_id)

    @property
    def patient_id(self) -> PatientId:
        return PatientId(self.item.patient_id)

    @property
    def status(self) -> SheetStatus:
        return SheetStatus(self.item.status)

    @property
    def released(self) -> bool:
        return self.status not in (SheetStatus.REVIEW, SheetStatus.VOID)

    @property
    def day(self) -> dt.date:
        return dt.date.fromisoformat(self.item.day)


@dataclass(frozen=True)
class Built:
    """A sheet's content with what looking at it needs."""

    content: SheetContent
    fees: tuple[Money | None, ...]


def build(
    desk: Desk,
    draft: Draft,
    about: dict[str, Any],
    paying: Paying,
    coverages: Sequence[CoverageId],
    last_line: int = 0,
) -> Built:
    """The content that a draft of one sheet makes: lines numbered, priced, pointing by place.

    ``about`` is what :class:`SheetContent` says of the whole sheet.
    """
    found = prices(
        desk.practice, [_asked(line, about) for line in draft.lines], paying.payer_id(coverages)
    )
    return assemble(draft, about, coverages, found, last_line)


def assemble(
    draft: Draft,
    about: dict[str, Any],
    coverages: Sequence[CoverageId],
    found: Sequence[Price],
    last_line: int = 0,
) -> Built:
    """As :func:`build`, with prices that are known: nothing is read."""
    lines: list[ChargeLine] = []
    for line, price in zip(draft.lines, found, strict=True):
        number = line.line
        if number is None:
            last_line += 1
            number = str(last_line)
        lines.append(_line(line, number, draft.diagnoses, price))
    content = SheetContent(
        **about,
        diagnoses=draft.diagnoses,
        lines=tuple(lines),
        last_line=last_line,
        coverages=tuple(coverages),
    )
    return Built(content, tuple(price.charge for price in found))


def _asked(line: DraftLine, about: dict[str, Any]) -> Asked:
    place = line.facts.place_of_service or about["place_of_service"]
    return Asked(line.code, line.modifiers, line.units, place, line.day)


def _line(line: DraftLine, number: LineId, diagnoses: Sequence[str], price: Price) -> ChargeLine:
    # Minutes of anesthesia have base units and a conversion factor, which no row says.
    by_schedule = line.facts.basis == "UN"
    charge = line.charge
    if charge is None:
        charge = price.charge if by_schedule and price.charge is not None else Money(0)
    return ChargeLine(
        line=number,
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        pointers=pointers(diagnoses, line.diagnoses),
        charge=charge,
        expected=price.expected if by_schedule else None,
        day=line.day,
        **line.facts.facts(),
    )


def draft_of(content: SheetContent) -> Draft:
    """The draft that the sheet is: prices as they stand, diagnoses by code."""
    return Draft(
        content.diagnoses,
        tuple(
            DraftLine(
                code=line.code,
                day=line.day,
                rendering_id=content.rendering_id,
                diagnoses=tuple(content.diagnoses[place - 1] for place in line.pointers),
                modifiers=line.modifiers,
                units=line.units,
                charge=line.charge,
                line=line.line,
                facts=LineFacts.of(line),
            )
            for line in content.lines
        ),
    )


def about_of(content: SheetContent) -> dict[str, Any]:
    """What the content says of the whole sheet."""
    return {
        name: getattr(content, name)
        for name in SheetContent.model_fields
        if name not in ("diagnoses", "lines", "last_line", "coverages")
    }


def priced_as_it_is(desk: Desk, content: SheetContent, paying: Paying) -> Built:
    """The content with the fees that looking at it needs: none is read where all is charged."""
    if all(line.charge for line in content.lines):
        return Built(content, (None,) * len(content.lines))
    built = build(
        desk,
        draft_of(content),
        about_of(content),
        paying,
        content.coverages,
        content.last_line,
    )
    return Built(content, built.fees)


def look(desk: Desk, built: Built, paying: Paying, day: dt.date) -> list[str]:
    """What the sheet lacks."""
    content = built.content
    return lacking(
        content,
        Facts(
            setup=desk.setup,
            codes=desk.codes,
            payer_id=paying.payer_id(content.coverages),
            covered=paying.valid(content.coverages, day),
            today=desk.today,
            fees=built.fees,
        ),
    )


def new_item(
    desk: Desk, patient: PatientId, day: dt.date, sheet: SheetId, content: SheetContent
) -> SheetItem:
    """The item of a sheet that is new, in review."""
    item = SheetItem(
        account_key(desk.practice, patient),
        sheet_sort_key(day, sheet),
        sheet_id=sheet,
        patient_id=patient,
        encounter_id=content.encounter_id,
        day=day.isoformat(),
        status=SheetStatus.REVIEW,
        balances={},
        version=0,
    )
    put_content(desk, item, content, [])
    return item


def put_content(desk: Desk, item: SheetItem, content: SheetContent, missing: Sequence[str]) -> None:
    """Write the content into the item, with what follows from it."""
    item.content = seal_sheet(desk.practice, SheetId(item.sheet_id), content)
    item.charge_cents = content.charge.cents
    item.provider_id = content.rendering_id
    set_missing(item, missing)
