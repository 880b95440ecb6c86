"""The routes of charge entry: sheets, the queue, codes, fees, favourites, settings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.events import EncounterClosed, EncounterRetracted
from caresmith.http import etag, reply, requires
from caresmith.ids import (
    EncounterId,
    FavouriteId,
    FeeScheduleId,
    OutsideLaboratoryId,
    PatientId,
    ProviderId,
    SheetId,
)
from caresmith.permissions import Permission
from caresmith.records.revenue.fee_rules import ScheduleFacts
from caresmith.records.revenue.price_lists import CodeListName
from caresmith.records.revenue.sheet import OutsideLaboratory
from functions.charges import (
    code_lists,
    code_screens,
    entering,
    favourite_screens,
    favourites,
    fee_screens,
    fees,
    from_visits,
    laboratories,
    laboratory_screens,
    on_file,
    on_file_screens,
    policy,
    queue_screens,
    sheet_fields,
    sheet_screens,
    sheets,
    waiting,
)
from functions.charges import models as m
from functions.charges.app import app
from functions.charges.desk import Desk, OpenSheet
from functions.charges.payers import paying
from functions.charges.records import Settings

__all__ = [
    "app",
    "code_screens",
    "favourite_screens",
    "fee_screens",
    "handler",
    "laboratory_screens",
    "on_file_screens",
    "queue_screens",
    "sheet_fields",
    "sheet_screens",
]

_Code = Annotated[str, Path(pattern=r"^[A-Z0-9]{5}$")]


def _sheet(read: m.SheetRead) -> Response[m.SheetRead]:
    return reply(read, headers=etag(read.version))


# -- sheets -----------------------------------------------------------------------


@app.get("/charges/sheets")
@requires(Permission.READ_CHARGES, action="list-waiting")
def list_waiting(
    which: Annotated[waiting.Which, Query()] = "review",
    provider_id: Annotated[ProviderId | None, Query()] = None,
    why: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str, Query(max_length=60)] = "",
) -> Response[m.WaitingList]:
    found = waiting.waiting(
        which,
        actor=current_actor(),
        now=app.clock.now(),
        provider=provider_id,
        why=why,
        cursor=cursor,
    )
    return reply(found)


@app.post("/charges/sheets", status_code=201)
@requires(Permission.ENTER_CHARGES, action="enter")
def enter(request: m.NewSheet) -> Response[m.SheetsMade]:
    made = entering.enter(request, actor=current_actor(), now=app.clock.now())
    return reply(m.SheetsMade(sheets=made), status=201)


@app.get("/charges/sheets/<sheet_id>")
@requires(Permission.READ_CHARGES, action="read")
def read(sheet_id: SheetId) -> Response[m.SheetRead]:
    return _sheet(sheets.read(sheet_id, actor=current_actor()))


@app.put("/charges/sheets/<sheet_id>")
@requires(Permission.ENTER_CHARGES, action="change")
def change(sheet_id: SheetId, request: m.EnteredSheet) -> Response[m.SheetsMade]:
    made = entering.change(
        sheet_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
    )
    return reply(m.SheetsMade(sheets=made), headers=etag(made[0].version))


@app.get("/charges/sheets/<sheet_id>/authorizations")
@requires(Permission.READ_AUTHORIZATIONS, action="read-fitting-authorizations")
def read_fitting(sheet_id: SheetId) -> Response[m.AuthorizationsThatFit]:
    """What is on file and fits what the sheet charges."""
    desk = Desk(current_actor(), app.clock.now())
    opened = OpenSheet.load(desk.practice, sheet_id)
    charged = on_file.Charged.of_content(opened.content, desk.setup)
    who = paying(desk.practice, opened.patient_id)
    return reply(on_file.fitting(desk, who, charged, sheet_id))


@app.post("/charges/sheets/<sheet_id>/release")
@requires(Permission.RELEASE_CHARGES, action="release")
def release(sheet_id: SheetId) -> Response[m.SheetRead]:
    return _sheet(
        sheets.release(sheet_id, app.if_match(), actor=current_actor(), now=app.clock.now())
    )


@app.post("/charges/sheets/<sheet_id>/void")
@requires(Permission.VOID_CHARGES, action="void")
def void(sheet_id: SheetId, request: m.Voiding) -> Response[m.SheetRead]:
    return _sheet(
        sheets.void(sheet_id, request, app.if_match(), actor=current_actor(), now=app.clock.now())
    )


@app.post("/charges/clean/release")
@requires(Permission.RELEASE_CHARGES, action="release-clean")
def release_clean() -> Response[m.ReleasedClean]:
    return reply(waiting.release_clean(actor=current_actor(), now=app.clock.now()))


@app.get("/charges/encounters/<encounter_id>")
@requires(Permission.READ_CHARGES, action="read-of-encounter")
def of_encounter(encounter_id: EncounterId) -> Response[m.SheetsMade]:
    return reply(m.SheetsMade(sheets=sheets.of_encounter(encounter_id, actor=current_actor())))


@app.get("/charges/patients/<patient_id>/due")
@requires(Permission.READ_AMOUNT_DUE, action="read-due")
def amount_due(patient_id: PatientId) -> Response[m.AmountDue]:
    return reply(sheets.amount_due(patient_id, actor=current_actor()))


@app.get("/charges/settings")
@requires(Permission.READ_CHARGES, audited=False)
def read_settings() -> Response[m.SettingsRead]:
    read_ = policy.read(actor=current_actor())
    return reply(read_, headers=etag(read_.version))


@app.put("/charges/settings")
@requires(Permission.MANAGE_FEES, action="change-settings")
def change_settings(request: Settings) -> Response[m.SettingsRead]:
    changed = policy.change(request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


# -- codes ------------------------------------------------------------------------


@app.get("/charges/codes")
@requires(Permission.READ_CHARGES, action="search-codes", audited=False)
def search_codes(
    text: Annotated[str, Query(min_length=2, max_length=100)],
    on: Annotated[date | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response[list[m.FoundCode]]:
    """Codes of the practice's lists that begin so, or have the words."""
    desk = Desk(current_actor(), app.clock.now())
    found = desk.codes.search(text, on or desk.today, limit=limit)
    return reply([m.FoundCode(code=one.code, words=one.words) for one in found])


@app.get("/charges/code-lists")
@requires(Permission.READ_CHARGES, audited=False)
def list_code_lists() -> Response[list[m.LoadedList]]:
    return reply(code_lists.loaded(current_actor().practice_id))


@app.post("/charges/code-lists/<code_set>")
@requires(Permission.MANAGE_FEES, action="load-codes")
def load_codes(code_set: Annotated[CodeListName, Path()]) -> Response[m.LoadedList]:
    """Replaces the list by the CSV or TSV file that is the body."""
    code_lists.load(code_set, app.body_text(), actor=current_actor(), now=app.clock.now())
    known = code_lists.loaded(current_actor().practice_id)
    return reply(next(one for one in known if one.code_set == code_set))


# -- fees -------------------------------------------------------------------------


def _schedule(kept: fees.Kept, *, status: int = 200) -> Response[m.ScheduleRead]:
    return reply(fees.answer(kept), status=status, headers=etag(kept.version))


@app.get("/charges/fees")
@requires(Permission.READ_CHARGES, audited=False)
def list_fees() -> Response[list[m.ScheduleRead]]:
    return reply([fees.answer(one) for one in fees.schedules(current_actor().practice_id)])


@app.post("/charges/fees", status_code=201)
@requires(Permission.MANAGE_FEES, action="add-fees")
def add_fees(request: ScheduleFacts) -> Response[m.ScheduleRead]:
    return _schedule(fees.add(request, actor=current_actor(), now=app.clock.now()), status=201)


@app.get("/charges/fees/<schedule_id>")
@requires(Permission.READ_CHARGES, action="read-fees")
def read_fees(
    schedule_id: FeeScheduleId, prefix: Annotated[str, Query(pattern=r"^[A-Z0-9]{0,5}$")] = ""
) -> Response[m.ScheduleRows]:
    practice = current_actor().practice_id
    kept = fees.schedule(practice, schedule_id)
    answer = m.ScheduleRows(
        **dict(fees.answer(kept)), shown=fees.rows_of(practice, kept, prefix=prefix)
    )
    return reply(answer, headers=etag(kept.version))


@app.put("/charges/fees/<schedule_id>")
@requires(Permission.MANAGE_FEES, action="change-fees")
def change_fees(schedule_id: FeeScheduleId, request: ScheduleFacts) -> Response[m.ScheduleRead]:
    return _schedule(
        fees.change(
            schedule_id, request, app.if_match(), actor=current_actor(), now=app.clock.now()
        )
    )


@app.delete("/charges/fees/<schedule_id>", status_code=204)
@requires(Permission.MANAGE_FEES, action="drop-fees")
def drop_fees(schedule_id: FeeScheduleId) -> Response[None]:
    fees.drop(schedule_id, app.if_match(), actor=current_actor())
    return reply(None, status=204)


@app.post("/charges/fees/<schedule_id>/rows")
@requires(Permission.MANAGE_FEES, action="load-fees")
def load_fees(schedule_id: FeeScheduleId) -> Response[m.ScheduleRead]:
    """Replaces all rows by those of the CSV or TSV file that is the body."""
    return _schedule(
        fees.load(
            schedule_id,
            app.body_text(),
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


@app.put("/charges/fees/<schedule_id>/rows/<service>")
@requires(Permission.MANAGE_FEES, action="change-fee")
def change_fee(
    schedule_id: FeeScheduleId, service: _Code, request: m.CodeRows
) -> Response[m.ScheduleRead]:
    """The rows of one code, with and without modifiers."""
    return _schedule(
        fees.set_rows(
            schedule_id,
            service,
            request.rows,
            app.if_match(),
            actor=current_actor(),
            now=app.clock.now(),
        )
    )


# -- favourites ---------------------------------------------------------------------


@app.get("/charges/favourites")
@requires(Permission.READ_CHARGES, audited=False)
def list_favourites() -> Response[list[m.FavouriteRead]]:
    return reply(favourites.groups(current_actor().practice_id))


@app.post("/charges/favourites", status_code=201)
@requires(Permission.ENTER_CHARGES, action="add-favourites")
def add_favourites(request: m.FavouriteFacts) -> Response[m.FavouriteRead]:
    made = favourites.add(request, actor=current_actor())
    return reply(made, status=201, headers=etag(made.version))


@app.put("/charges/favourites/<favourite_id>")
@requires(Permission.ENTER_CHARGES, action="change-favourites")
def change_favourites(
    favourite_id: FavouriteId, request: m.FavouriteFacts
) -> Response[m.FavouriteRead]:
    changed = favourites.change(favourite_id, request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


@app.delete("/charges/favourites/<favourite_id>", status_code=204)
@requires(Permission.ENTER_CHARGES, action="drop-favourites")
def drop_favourites(favourite_id: FavouriteId) -> Response[None]:
    favourites.drop(favourite_id, app.if_match(), actor=current_actor())
    return reply(None, status=204)


# -- laboratories outside -------------------------------------------------------------


@app.get("/charges/laboratories")
@requires(Permission.READ_CHARGES, audited=False)
def list_laboratories() -> Response[list[m.LaboratoryRead]]:
    return reply(laboratories.listed(current_actor().practice_id))


@app.post("/charges/laboratories", status_code=201)
@requires(Permission.ENTER_CHARGES, action="add-laboratory")
def add_laboratory(request: OutsideLaboratory) -> Response[m.LaboratoryRead]:
    made = laboratories.add(request, actor=current_actor())
    return reply(made, status=201, headers=etag(made.version))


@app.put("/charges/laboratories/<laboratory_id>")
@requires(Permission.ENTER_CHARGES, action="change-laboratory")
def change_laboratory(
    laboratory_id: OutsideLaboratoryId, request: OutsideLaboratory
) -> Response[m.LaboratoryRead]:
    changed = laboratories.change(laboratory_id, request, app.if_match(), actor=current_actor())
    return reply(changed, headers=etag(changed.version))


@app.delete("/charges/laboratories/<laboratory_id>", status_code=204)
@requires(Permission.ENTER_CHARGES, action="drop-laboratory")
def drop_laboratory(laboratory_id: OutsideLaboratoryId) -> Response[None]:
    laboratories.drop(laboratory_id, app.if_match(), actor=current_actor())
    return reply(None, status=204)


handler = make_handler(
    app,
    consumers={
        EncounterClosed: from_visits.on_closed,
        EncounterRetracted: from_visits.on_retracted,
    },
)
