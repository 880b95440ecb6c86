"""The console's fee schedules, and how charges are released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from pydantic import ValidationError

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, invalid
from caresmith.http import requires
from caresmith.ids import FeeScheduleId
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.revenue.fee_rules import FeeRow, ScheduleFacts
from caresmith.records.revenue.payer import payer_directory
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, flat, parse, version_of
from functions.charges import fees, policy
from functions.charges.app import app
from functions.charges.errors import RowsRefused
from functions.charges.forms import dollars
from functions.charges.pages import BASE, form, page, query
from functions.charges.records import Settings

Html = Response[str]
FEES: Final = f"{BASE}/fees"
_ONE: Final = f"{FEES}/<schedule_id>"
_SHOWN: Final = 200
_STANDARD: Final = "standard"
"""Names the standard charges in the list of those from whom a schedule is reckoned."""


# -- all of them ------------------------------------------------------------------


@app.get(FEES, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="list-fees", audited=False)
def fees_page() -> Html:
    return _fees(Form())


def _fees(given: Form, settings: Form | None = None, status: int = 200) -> Html:
    actor = current_actor()
    read = policy.read(actor=actor)
    shown = flat(
        {
            "auto_release": read.settings.auto_release,
            "telehealth": read.settings.telehealth,
            "places": {str(key): place for key, place in read.settings.places.items()},
            "version": read.version,
        }
    )
    return page(
        "fees.html",
        status=status,
        schedules=fees.schedules(actor.practice_id),
        form=given,
        settings=settings or shown,
        manages=actor.may(Permission.MANAGE_FEES),
        **_payers(),
    )


@app.post(FEES, include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="add-fees")
def add_form() -> Html:
    given = form()
    try:
        kept = fees.add(_facts(given), actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        return _fees(refused.form, status=refused.status)
    except DomainError as error:
        return _fees(given.refused(error), status=error.status)
    return web.redirect(f"{FEES}/{kept.schedule.schedule_id}#saved", app.current_event)


@app.post(f"{BASE}/settings", include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="change-settings")
def settings_form() -> Html:
    given = form()
    try:
        version = version_of(given)
        policy.change(parse(given, Settings, ignore=("version",)), version, actor=current_actor())
    except FormRefused as refused:
        return _fees(Form(), refused.form, refused.status)
    except DomainError as error:
        return _fees(Form(), given.refused(error), error.status)
    return web.redirect(f"{FEES}#saved", app.current_event)


# -- one --------------------------------------------------------------------------


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="read-fees")
def schedule_page(schedule_id: FeeScheduleId) -> Html:
    return _schedule(schedule_id)


def _schedule(
    key: FeeScheduleId, opened: str = "", given: Form | None = None, status: int = 200
) -> Html:
    practice = current_actor().practice_id
    kept = fees.schedule(practice, key)
    prefix = "".join(c for c in query("prefix").upper() if c.isalnum())[:5]
    rows = fees.rows_of(practice, kept, prefix=prefix)
    forms = {"facts": _facts_form(kept.schedule.facts), "row": Form(), "file": Form()}
    if opened and given:
        forms[opened] = given
    return page(
        "schedule.html",
        status=status,
        kept=kept,
        facts=kept.schedule.facts,
        rows=rows[:_SHOWN],
        more=len(rows) - _SHOWN,
        prefix=prefix,
        forms=forms,
        opened=opened,
        manages=current_actor().may(Permission.MANAGE_FEES),
        dollars=dollars,
        **_payers(),
    )


@app.post(_ONE, include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="change-fees")
def facts_form(schedule_id: FeeScheduleId) -> Html:
    def change(given: Form) -> None:
        facts = _facts(given)
        actor, now = current_actor(), app.clock.now()
        fees.change(schedule_id, facts, version_of(given), actor=actor, now=now)

    return _say(schedule_id, "facts", change)


@app.post(f"{_ONE}/row", include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="change-fee")
def row_form(schedule_id: FeeScheduleId) -> Html:
    """One row, by code and modifiers; without an amount it goes."""

    def change(given: Form) -> None:
        actor = current_actor()
        kept = fees.schedule(actor.practice_id, schedule_id)
        wanted = _row(given)
        others = [
            row
            for row in fees.rows_of(actor.practice_id, kept, prefix=wanted.code)
            if row.key != wanted.key
        ]
        gone = not given.value("amount").strip()
        fees.set_rows(
            schedule_id,
            wanted.code,
            others if gone else [*others, wanted],
            version_of(given),
            actor=actor,
            now=app.clock.now(),
        )

    return _say(schedule_id, "row", change)


@app.post(f"{_ONE}/import", include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="load-fees")
def import_form(schedule_id: FeeScheduleId) -> Html:
    def change(given: Form) -> None:
        fees.load(
            schedule_id,
            given.value("file"),
            version_of(given),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _say(schedule_id, "file", change)


@app.post(f"{_ONE}/drop", include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="drop-fees")
def drop_form(schedule_id: FeeScheduleId) -> Html:
    given = form()
    try:
        fees.drop(schedule_id, version_of(given), actor=current_actor())
    except NotFound:
        raise
    except DomainError as error:
        shown = _facts_form(fees.schedule(current_actor().practice_id, schedule_id).schedule.facts)
        return _schedule(schedule_id, "facts", shown.refused(error), error.status)
    return web.redirect(f"{FEES}#saved", app.current_event)


def _say(key: FeeScheduleId, name: str, change: Callable[[Form], None]) -> Html:
    given = form()
    try:
        change(given)
    except NotFound:
        raise
    except FormRefused as refused:
        return _schedule(key, name, refused.form, refused.status)
    except RowsRefused as refused:
        return _schedule(key, name, in_lines(given, refused), refused.status)
    except DomainError as error:
        return _schedule(key, name, given.refused(error), error.status)
    return web.redirect(f"{FEES}/{key}#saved", app.current_event)


# -- what is typed ------------------------------------------------------------------


def in_lines(given: Form, refused: RowsRefused) -> Form:
    """The file's problems beside the field in which it stands."""
    given.errors["file"] = " ".join(f"Line {at}: {why}" for at, why in refused.problems)
    return given


def _facts(given: Form) -> ScheduleFacts:
    """Raises FormRefused."""
    values = {k: v for k, v in given.values.items() if not k.startswith("percent.")}
    percent = given.value("percent.of").strip()
    if percent:
        try:
            hundredths = Money.parse(given.value("percent.value")).cents
        except ValueError:
            raise FormRefused(
                Form(given.values, errors={"percent.value": "A percentage: 150 or 112.5"})
            ) from None
        values["percent.hundredths"] = str(hundredths)
        if percent != _STANDARD:
            values["percent.payer_id"] = percent
    try:
        return parse(Form(values), ScheduleFacts, ignore=("version",))
    except FormRefused as refused:
        raise FormRefused(Form(given.values, errors=refused.form.errors)) from None


def _facts_form(facts: ScheduleFacts) -> Form:
    shown = flat(facts)
    values = dict(shown.values)
    if facts.percent:
        values["percent.of"] = facts.percent.payer_id or _STANDARD
        values["percent.value"] = dollars(Money(facts.percent.hundredths))
    return Form(values)


def _row(given: Form) -> FeeRow:
    """Raises InvalidRequest with each complaint at its field."""
    amounts: dict[str, Money | None] = {}
    for name in ("amount", "facility"):
        text = given.value(name).strip()
        try:
            amounts[name] = Money.parse(text) if text else None
        except ValueError:
            raise invalid(name, "An amount is dollars and cents: 125.00") from None
    modifiers = given.value("modifiers").upper().replace(",", " ").split()
    try:
        return FeeRow(
            code=given.value("code").strip().upper(),
            modifiers=tuple(modifiers),
            amount=amounts["amount"] or Money(0),
            facility=amounts["facility"],
        )
    except ValidationError as error:
        field = str((error.errors(include_url=False)[0]["loc"] or ("amount",))[0])
        told = {
            "code": "This is no CPT or HCPCS code: five characters.",
            "modifiers": "Modifiers have two characters: 26",
        }
        raise invalid(field, told.get(field, "An amount is not negative.")) from None


def _payers() -> dict[str, Any]:
    known = payer_directory(current_actor().practice_id).payers
    names = [(str(one.payer_id), one.facts.name) for one in known]
    return {
        "payers": names,
        "payer_names": dict(names),
        "bases": [(_STANDARD, "the standard charges"), *names],
    }
