"""The console's work list: policies that somebody has to see to."""

from __future__ import annotations

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.http import requires
from caresmith.ids import CoverageId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, parse, version_of
from functions.coverage import models as m
from functions.coverage import work
from functions.coverage.app import app
from functions.coverage.pages import HOME, Html, page, posted_form

_LINE = f"{HOME}/work/<coverage_id>"


@app.get(HOME, include_in_schema=False)
@requires(Permission.READ_COVERAGE, action="read-work")
def work_page() -> Html:
    practice = current_actor().practice_id
    found = work.work_list(practice)
    cards = patient_cards(practice, [one.patient_id for one in found.items])
    audit().about(*cards)
    return page("work.html", work=found, cards=cards)


@app.get(f"{HOME}/count", include_in_schema=False)
@requires(Permission.READ_COVERAGE, audited=False)
def work_count() -> Html:
    return count_badge(work.count(current_actor().practice_id), "to see to")


@app.post(f"{_LINE}/assign", include_in_schema=False)
@requires(Permission.VERIFY_COVERAGE, action="assign-work")
def assign_form(coverage_id: CoverageId) -> Html:
    form = posted_form()
    to_me = form.values.get("to_me") == "true"
    work.assign(coverage_id, version_of(form), to_me=to_me, actor=current_actor())
    return web.redirect(HOME, app.current_event)


@app.post(f"{_LINE}/done", include_in_schema=False)
@requires(Permission.VERIFY_COVERAGE, action="finish-work")
def done_form(coverage_id: CoverageId) -> Html:
    form = posted_form()
    asked = parse(Form({"because": form.values.get("because", "")}), m.DoneRequest)
    work.done(coverage_id, version_of(form), asked.because, actor=current_actor())
    return web.redirect(f"{HOME}#saved", app.current_event)
