"""The pages of the day's end: what the books say, what was counted, the close."""

from __future__ import annotations

import datetime as dt

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse
from functions.accounts import closing, day_report
from functions.accounts import models as m
from functions.accounts.app import app
from functions.accounts.names import staff_names
from functions.accounts.pages import BASE, Html, file, form_sent, page, told

DAYS = f"{BASE}/days"
_DAY = f"{DAYS}/<day>"


@app.get(DAYS, include_in_schema=False)
@requires(Permission.CLOSE_DAY, action="list-days")
def days_page() -> Html:
    return page(
        "days.html", here=DAYS, days=closing.recent(actor=current_actor(), now=app.clock.now())
    )


@app.get(_DAY, include_in_schema=False)
@requires(Permission.CLOSE_DAY, action="read-day")
def day_page(day: dt.date) -> Html:
    return _day(day)


def _day(day: dt.date, forms: dict[str, Form] | None = None, status: int = 200) -> Html:
    actor = current_actor()
    found = closing.read(day, actor=actor)
    history = closing.history(day, actor=actor)
    return page(
        "day.html",
        status=status,
        here=DAYS,
        day=found,
        rows=day_report.rows(found),
        counted=closing.COUNTED,
        history=history,
        names=staff_names(actor.practice_id, [one.by for one in history]),
        forms={"close": Form(), "reopen": Form(), **(forms or {})},
    )


@app.post(f"{_DAY}/close", include_in_schema=False)
@requires(Permission.CLOSE_DAY, action="close-day")
def close_form(day: dt.date) -> Html:
    form = form_sent()
    try:
        request = parse(form, m.Count, money=("cash", "checks", "terminal"))
        closing.close(day, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _day(day, {"close": told(form, error)}, error.status)
    return web.redirect(f"{DAYS}/{day}", app.current_event)


@app.post(f"{_DAY}/reopen", include_in_schema=False)
@requires(Permission.REOPEN_DAY, action="reopen-day")
def reopen_form(day: dt.date) -> Html:
    form = form_sent()
    try:
        reason = parse(form, m.Reason).reason
        closing.reopen(day, reason, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _day(day, {"reopen": told(form, error)}, error.status)
    return web.redirect(f"{DAYS}/{day}", app.current_event)


@app.get(f"{_DAY}/report", include_in_schema=False)
@requires(Permission.CLOSE_DAY, action="print-day")
def report_file(day: dt.date) -> Html:
    actor = current_actor()
    return file(
        day_report.report_pdf(closing.read(day, actor=actor), actor=actor), f"day-{day}.pdf"
    )


@app.get(f"{_DAY}/csv", include_in_schema=False)
@requires(Permission.CLOSE_DAY, action="export-day")
def csv_file(day: dt.date) -> Html:
    found = closing.read(day, actor=current_actor())
    return file(day_report.report_csv(found), f"day-{day}.csv", "text/csv")
