"""What waits at the charge desk: sheets to look at, clean ones, released ones, doubtful ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, Literal

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import DomainError, invalid
from caresmith.ids import EncounterId, PatientId, PayerId, ProviderId, SheetId
from caresmith.money import Money
from caresmith.records.patient import patient_cards
from caresmith.records.revenue.layout import sheets_key
from caresmith.records.revenue.sheet import SheetStatus, WaitingSheetItem
from caresmith.records.revenue.writing import DayIsClosed
from functions.charges import models as m
from functions.charges import releasing
from functions.charges.desk import Desk, OpenSheet
from functions.charges.missing import WORDS, missing_of, sentence
from functions.charges.sheets import refreshed

PAGE: Final = 50
_MOST_READ: Final = 400
"""How many are looked through for a page of those that a filter lets pass."""
_MOST_COUNTED: Final = 200
RELEASED_AT_ONCE: Final = 20

Which = Literal["review", "clean", "ready", "doubt"]
"""Something is missing; nothing is, and nobody has released it; released; its visit changed."""
_LISTS: Final[dict[Which, str]] = {
    "review": SheetStatus.REVIEW,
    "clean": SheetStatus.REVIEW,
    "ready": SheetStatus.READY,
    "doubt": releasing.DOUBT,
}


def waiting(
    which: Which,
    *,
    actor: Actor,
    now: Instant,
    provider: ProviderId | None = None,
    why: str = "",
    cursor: str = "",
) -> m.WaitingList:
    """A page of a list, the oldest first. Raises InvalidRequest for a reason that is none."""
    if why and why not in WORDS:
        raise invalid("why", "is no reason for which a sheet waits")
    found: list[WaitingSheetItem] = []
    after: str | None = None
    for read, item in enumerate(_listed(actor, which, cursor), 1):
        if _passes(item, which, provider, why):
            if len(found) == PAGE:
                after = found[-1].sk
                break
            found.append(item)
        if read == _MOST_READ:
            after = item.sk
            break
    return m.WaitingList(sheets=_shown(found, actor, Desk(actor, now).today), cursor=after)


def count(which: Which, *, actor: Actor) -> int:
    """How many wait; two hundred at most. One query."""
    found = WaitingSheetItem.query(
        sheets_key(actor.practice_id, _LISTS[which]), limit=_MOST_COUNTED
    )
    return sum(1 for item in found if _passes(item, which, None, ""))


def release_clean(*, actor: Actor, now: Instant) -> m.ReleasedClean:
    """Release those of which nothing is missing, so many at once, each by itself.

    One that turns out to miss something keeps waiting, with what that is.
    """
    desk = Desk(actor, now)
    done: list[SheetId] = []
    kept: list[SheetId] = []
    more = False
    for item in _listed(actor, "clean", ""):
        if not _passes(item, "clean", None, ""):
            continue
        if len(done) + len(kept) == RELEASED_AT_ONCE:
            more = True
            break
        sheet = SheetId(item.sheet_id)
        try:
            (done if _release(desk, sheet) else kept).append(sheet)
        except DayIsClosed:
            raise
        except DomainError:
            # Somebody has it in hand: the version, or its state, is another by now.
            kept.append(sheet)
    return m.ReleasedClean(released=done, kept=kept, more=more)


def _release(desk: Desk, sheet: SheetId) -> bool:
    opened = OpenSheet.load(desk.practice, sheet)
    if opened.status is not SheetStatus.REVIEW:
        return False
    missing = refreshed(desk, opened)
    payer = opened.item.payer_id
    writes = desk.writes()
    if missing:
        opened.item.payer_id = None
        writes.save_sheet(opened.item)
    else:
        releasing.release(desk, writes, opened, PayerId(payer) if payer else None)
    writes.commit()
    return not missing


def _listed(actor: Actor, which: Which, cursor: str) -> Iterator[WaitingSheetItem]:
    key = sheets_key(actor.practice_id, _LISTS[which])
    later = WaitingSheetItem.sk > cursor if cursor else None
    yield from WaitingSheetItem.query(key, later, page_size=2 * PAGE)


def _passes(item: WaitingSheetItem, which: Which, provider: ProviderId | None, why: str) -> bool:
    missing = missing_of(item)
    if which == "review" and not missing:
        return False
    if which == "clean" and missing:
        return False
    if provider and item.provider_id != provider:
        return False
    return not why or any(code.partition(":")[0] == why for code in missing)


def _shown(found: list[WaitingSheetItem], actor: Actor, today: dt.date) -> list[m.Waiting]:
    patients = [PatientId(item.patient_id) for item in found]
    audit().about(*patients)
    cards = patient_cards(actor.practice_id, patients) if patients else {}
    shown = []
    for item in found:
        patient, day = PatientId(item.patient_id), dt.date.fromisoformat(item.day)
        card = cards.get(patient)
        missing = missing_of(item)
        shown.append(
            m.Waiting(
                sheet_id=SheetId(item.sheet_id),
                patient_id=patient,
                patient_name=card.sort_name if card else "",
                birth_date=card.birth_date if card else None,
                encounter_id=EncounterId(item.encounter_id) if item.encounter_id else None,
                provider_id=ProviderId(item.provider_id) if item.provider_id else None,
                day=day,
                age_days=(today - day).days,
                charge=Money(int(item.charge_cents)),
                missing=missing,
                why=[sentence(code) for code in missing],
            )
        )
    return shown
