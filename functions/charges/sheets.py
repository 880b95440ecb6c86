"""Charge sheets: read, released into the ledger, voided."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import EncounterId, PatientId, PayerId, SheetId
from caresmith.money import Money
from caresmith.records.clinical.encounter import get_encounter
from caresmith.records.patient import merged_charts
from caresmith.records.revenue.account import get_account
from caresmith.records.revenue.sheet import (
    SheetStatus,
    WhoPays,
    balances_of,
    encounter_sheets,
    sheets_at,
)
from functions.charges import models as m
from functions.charges import releasing
from functions.charges.desk import (
    Desk,
    OpenSheet,
    about_of,
    build,
    draft_of,
    look,
    priced_as_it_is,
    put_content,
)
from functions.charges.errors import (
    AlreadyReleased,
    SheetIncomplete,
    SheetOver,
)
from functions.charges.missing import missing_of, sentence
from functions.charges.payers import paying


def read(sheet: SheetId, *, actor: Actor) -> m.SheetRead:
    """Raises NotFound."""
    return shown(OpenSheet.load(actor.practice_id, sheet))


def of_encounter(encounter: EncounterId, *, actor: Actor) -> list[m.SheetRead]:
    """The sheets of a visit; none where it has made none. Raises NotFound."""
    audit().record(encounter)
    found = sheets_at(encounter_sheets(actor.practice_id, encounter))
    if not found and get_encounter(actor.practice_id, encounter) is None:
        raise NotFound
    return [shown(OpenSheet.of(actor.practice_id, item)) for item in found]


def shown(opened: OpenSheet) -> m.SheetRead:
    item = opened.item
    return m.SheetRead(
        sheet_id=opened.sheet_id,
        version=int(item.version),
        status=opened.status,
        patient_id=opened.patient_id,
        encounter_id=EncounterId(item.encounter_id) if item.encounter_id else None,
        day=opened.day,
        turn=int(item.turn or 0),
        payer_id=PayerId(item.payer_id) if item.payer_id else None,
        charge=Money(int(item.charge_cents)),
        insurance=Money(int(item.insurance_cents)),
        patient=Money(int(item.patient_cents)),
        balances=balances_of(item),
        missing=missing_of(item),
        why=[sentence(code) for code in missing_of(item)],
        content=opened.content,
    )


def amount_due(patient: PatientId, *, actor: Actor) -> m.AmountDue:
    """What the patient owes, less what they have paid that no charge took. Raises NotFound.

    Charts merged into this one have accounts of their own, which count.
    """
    audit().about(patient)
    charts = [patient, *merged_charts(actor.practice_id, patient)]
    audit().about(*charts)
    accounts = [get_account(actor.practice_id, one) for one in charts]
    owed = Money(sum(int(one.patient_cents) for one in accounts))
    paid = Money(sum(int(one.unapplied_cents) for one in accounts))
    due = owed - paid
    return m.AmountDue(patient_id=patient, patient=owed, unapplied=paid, due=max(due, Money(0)))


# -- releasing and voiding ----------------------------------------------------------


def release(sheet: SheetId, expected: int, *, actor: Actor, now: Instant) -> m.SheetRead:
    """Into the ledger. Raises NotFound, VersionConflict, SheetIncomplete, AlreadyReleased,
    SheetOver, DayIsClosed."""
    desk = Desk(actor, now)
    opened = standing(desk, sheet, expected)
    if opened.released:
        raise AlreadyReleased
    missing = refreshed(desk, opened)
    if missing:
        raise SheetIncomplete(missing, map(sentence, missing))
    writes = desk.writes()
    releasing.release(
        desk, writes, opened, PayerId(opened.item.payer_id) if opened.item.payer_id else None
    )
    writes.commit()
    return shown(opened)


def refreshed(desk: Desk, opened: OpenSheet) -> list[str]:
    """What is missing today; the policies are those that the chart has by now. In memory."""
    who = paying(desk.practice, opened.patient_id)
    content = opened.content
    coverages = (
        who.coverages(WhoPays.CHART, (), opened.day, content.accident)
        if content.who_pays is WhoPays.CHART
        else content.coverages
    )
    if coverages != content.coverages:
        draft = draft_of(content)
        built = build(desk, draft, about_of(content), who, coverages, content.last_line)
    else:
        built = priced_as_it_is(desk, content, who)
    missing = look(desk, built, who, opened.day)
    opened.content = built.content
    put_content(desk, opened.item, built.content, missing)
    opened.item.payer_id = who.payer_id(coverages)
    return missing


def void(
    sheet: SheetId, request: m.Voiding, expected: int, *, actor: Actor, now: Instant
) -> m.SheetRead:
    """Raises NotFound, VersionConflict, SheetOver, LinePaid, DayIsClosed."""
    desk = Desk(actor, now)
    opened = standing(desk, sheet, expected)
    writes = desk.writes()
    releasing.void(desk, writes, opened, request.reason)
    audit().reason = request.reason
    writes.commit()
    return shown(opened)


def standing(desk: Desk, sheet: SheetId, expected: int) -> OpenSheet:
    """The sheet, of that version. Raises NotFound, SheetOver, VersionConflict."""
    opened = OpenSheet.load(desk.practice, sheet)
    if opened.status is SheetStatus.VOID:
        raise SheetOver
    if int(opened.item.version) != expected:
        raise VersionConflict
    return opened
