"""The console's pages of results: the inbox, one report, what waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import ProviderId, RawMessageId, ReportId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_card, patient_cards
from caresmith.records.practice import practice_setup
from caresmith.web import pages as web
from caresmith.web.counts import count_badge
from caresmith.web.forms import Form, FormRefused, parse, posted
from functions.results import labs, review, trends, worklist
from functions.results import models as m
from functions.results.app import app
from functions.results.pages import INBOX, fragment, page

Html = Response[str]
_Part = Annotated[int, Path(ge=-1, le=9_999)]
_Place = Annotated[int, Path(ge=0, le=499)]


# -- the inbox ---------------------------------------------------------------


@app.get(INBOX, include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="read-inbox")
def inbox_page() -> Html:
    actor = current_actor()
    whose = app.current_event.get_query_string_value("whose", "") or ""
    provider = _provider(whose)
    inbox = review.read_inbox(actor.practice_id, provider)
    audit().about(*(entry.patient_id for entry in inbox.entries))
    return page(
        "inbox.html",
        inbox=inbox,
        reports=review.opened(actor.practice_id, inbox.entries),
        cards=patient_cards(actor.practice_id, [one.patient_id for one in inbox.entries]),
        whose=str(provider or "nobody"),
        waiting=worklist.count_waiting(actor.practice_id),
    )


@app.get(f"{INBOX}/count", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, audited=False)
def inbox_count() -> Html:
    """The badge beside the menu's entry: the provider's own, or what is nobody's."""
    actor = current_actor()
    return count_badge(review.count_inbox(actor.practice_id, actor.provider_id), "to review")


def _provider(whose: str) -> ProviderId | None:
    if not whose:
        return current_actor().provider_id
    try:
        return None if whose == "nobody" else ProviderId(whose)
    except ValueError:
        return None


# -- one report --------------------------------------------------------------


@app.get(f"{INBOX}/reports/<report_id>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read")
def report_page(report_id: ReportId) -> Html:
    return _report(report_id, Form())


def _report(report_id: ReportId, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    read = review.read_report(report_id, actor=actor, now=app.clock.now())
    return page(
        "report.html",
        status=status,
        read=read,
        report=read.report,
        card=patient_card(actor.practice_id, read.patient_id),
        form=form,
    )


@app.get(f"{INBOX}/reports/<report_id>/trends/<place>", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-trend")
def trend_part(report_id: ReportId, place: _Place) -> Html:
    actor = current_actor()
    read = review.read_report(report_id, actor=actor, now=app.clock.now())
    if place >= len(read.report.observations):
        raise NotFound
    coding = next(iter(read.report.observations[place].code.codings), None)
    if coding is None:
        raise NotFound
    asked = m.TrendRequest(patient_id=read.patient_id, system=coding.system, code=coding.code)
    found = trends.read_trend(actor.practice_id, asked)
    return fragment("trend.html", trend=found, place=place)


@app.post(f"{INBOX}/reports/<report_id>/review", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="review")
def review_form(report_id: ReportId) -> Html:
    return _change(report_id, m.Review, review.review, INBOX)


@app.post(f"{INBOX}/reports/<report_id>/forward", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="forward")
def forward_form(report_id: ReportId) -> Html:
    return _change(report_id, m.Forwarding, review.forward, INBOX)


@app.post(f"{INBOX}/reports/<report_id>/withhold", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="withhold")
def withhold_form(report_id: ReportId) -> Html:
    return _change(
        report_id, m.Withholding, review.withhold, f"{INBOX}/reports/{report_id}", _until
    )


@app.post(f"{INBOX}/reports/<report_id>/release", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="release")
def release_form(report_id: ReportId) -> Html:
    review.release(report_id, _version(_form()), actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{INBOX}/reports/{report_id}", app.current_event)


def _change(
    report_id: ReportId,
    model: type[Any],
    change: Callable[..., Any],
    after: str,
    adjusted: Callable[[Form], Form] = lambda form: form,
) -> Html:
    form = _form()
    try:
        asked = parse(adjusted(form), model, ignore=("version",))
        change(report_id, asked, _version(form), actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        form.errors |= refused.form.errors
        return _report(report_id, form, 422)
    except DomainError as error:
        return _report(report_id, form.refused(error), error.status)
    return web.redirect(after, app.current_event)


def _until(form: Form) -> Form:
    """A day becomes its end, by the practice's clock."""
    day = form.values.get("until", "")
    try:
        chosen = datetime.fromisoformat(day).date()
    except ValueError:
        return form
    zone = ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)
    end = datetime.combine(chosen, time(23, 59, 59), zone)
    return Form({**form.values, "until": end.isoformat()}, form.lists)


# -- what waits for a person -------------------------------------------------


@app.get(f"{INBOX}/unfiled", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="read-unfiled")
def unfiled_page() -> Html:
    actor = current_actor()
    items = worklist.waiting(actor.practice_id)
    audit().record(*(item.message_id for item in items))
    names = {lab.lab_id: lab.settings.name for lab in labs.list_labs(actor.practice_id)}
    return page("unfiled.html", items=items, labs=names)


@app.get(f"{INBOX}/unfiled/<message_id>/<part>", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="read-message")
def unfiled_item(message_id: RawMessageId, part: _Part) -> Html:
    return _unfiled(message_id, part, Form())


def _unfiled(message_id: RawMessageId, part: int, form: Form, status: int = 200) -> Html:
    actor = current_actor()
    found = [
        item
        for item in worklist.waiting(actor.practice_id)
        if (item.message_id, item.part) == (message_id, part)
    ]
    if not found:
        raise NotFound
    return page(
        "message.html",
        status=status,
        item=found[0],
        raw=worklist.read_raw(actor.practice_id, message_id),
        lab=labs.any_lab(actor.practice_id, found[0].lab_id).settings.name,
        form=form,
    )


@app.post(f"{INBOX}/unfiled/<message_id>/<part>/assign", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="assign")
def assign_form(message_id: RawMessageId, part: _Part) -> Html:
    def assign(form: Form) -> None:
        ignored = ("version", "patient_name", "text")
        worklist.assign(
            message_id,
            part,
            parse(form, m.Assignment, ignore=ignored),
            _version(form),
            actor=current_actor(),
            now=app.clock.now(),
        )

    return _settle(message_id, part, assign)


@app.post(f"{INBOX}/unfiled/<message_id>/<part>/dismiss", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="dismiss")
def dismiss_form(message_id: RawMessageId, part: _Part) -> Html:
    def dismiss(form: Form) -> None:
        asked = parse(form, m.Dismissal, ignore=("version",))
        worklist.dismiss(message_id, part, asked, _version(form), actor=current_actor())

    return _settle(message_id, part, dismiss)


@app.post(f"{INBOX}/unfiled/<message_id>/<part>/read-again", include_in_schema=False)
@requires(Permission.REVIEW_RESULTS, action="read-again")
def read_again_form(message_id: RawMessageId, part: _Part) -> Html:
    def read_again(form: Form) -> None:
        worklist.read_again(
            message_id, part, _version(form), actor=current_actor(), now=app.clock.now()
        )

    return _settle(message_id, part, read_again)


def _settle(message_id: RawMessageId, part: int, settle: Callable[[Form], None]) -> Html:
    form = _form()
    try:
        settle(form)
    except FormRefused as refused:
        return _unfiled(message_id, part, refused.form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _unfiled(message_id, part, form.refused(error), error.status)
    return web.redirect(f"{INBOX}/unfiled", app.current_event)


def _form() -> Form:
    return posted(app.form_lists())


def _version(form: Form) -> int:
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)
