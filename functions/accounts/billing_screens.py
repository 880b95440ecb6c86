"""The billing office's pages: who owes what since when, statements, approvals, collections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError, NotFound
from caresmith.http import requires
from caresmith.ids import AdjustmentId, PatientId, PlanId, StatementId
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.revenue.people import person_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse
from functions.accounts import (
    adjusting,
    aging,
    autopay,
    collecting,
    paylinks,
    plans,
    rules,
    runs,
    statements,
    store,
)
from functions.accounts import models as m
from functions.accounts.accounts import open_account, today
from functions.accounts.app import app
from functions.accounts.names import staff_names
from functions.accounts.pages import BASE, Html, file, form_sent, page, told
from functions.accounts.screens import account, path_of
from functions.accounts.settings import AccountSettings, account_settings

_ACCOUNT = f"{BASE}/patients/<patient_id>"
_RUNS = f"{BASE}/statements"


# -- aging ----------------------------------------------------------------------


@app.get(BASE, include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="read-aging")
def aging_page() -> Html:
    by = app.current_event.get_query_string_value("by", "")
    found = aging.read(actor=current_actor(), now=app.clock.now(), by=by or "")
    return page("aging.html", aging=found, buckets=aging.BUCKETS)


# -- giving up money --------------------------------------------------------------


@app.post(f"{_ACCOUNT}/adjust", include_in_schema=False)
@requires(Permission.WRITE_OFF, action="adjust")
def adjust_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        request = parse(_one_line(form), m.AdjustmentRequest, money=("lines.0.amount", "income"))
        adjusting.adjust(patient_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "adjust", act)


def _one_line(form: Form) -> Form:
    """The line that was picked with its amount; none picked means all that is owed."""
    sheet, _, line = form.value("line").partition(".")
    values = {k: v for k, v in form.values.items() if k not in ("line", "amount")}
    if sheet:
        values |= {
            "lines.0.sheet_id": sheet,
            "lines.0.line": line,
            "lines.0.amount": form.value("amount"),
        }
    return Form(values, form.lists, form.errors)


@app.get(f"{BASE}/approvals", include_in_schema=False)
@requires(Permission.WRITE_OFF, action="list-approvals")
def approvals_page() -> Html:
    actor = current_actor()
    waiting = adjusting.waiting(actor=actor)
    cards = patient_cards(actor.practice_id, [PatientId(one.patient_id) for one in waiting])
    return page(
        "approvals.html",
        waiting=waiting,
        cards=cards,
        names=staff_names(actor.practice_id, [one.asked_by for one in waiting]),
        settings=account_settings(actor.practice_id),
    )


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/approve", include_in_schema=False)
@requires(Permission.WRITE_OFF, action="approve-adjustment")
def approve_form(patient_id: PatientId, adjustment_id: AdjustmentId) -> Html:
    adjusting.approve(patient_id, adjustment_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(path_of(patient_id), app.current_event)


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/decline", include_in_schema=False)
@requires(Permission.WRITE_OFF, action="decline-adjustment")
def decline_form(patient_id: PatientId, adjustment_id: AdjustmentId) -> Html:
    adjusting.decline(patient_id, adjustment_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(path_of(patient_id), app.current_event)


@app.post(f"{_ACCOUNT}/adjustments/<adjustment_id>/reverse", include_in_schema=False)
@requires(Permission.WRITE_OFF, action="reverse-adjustment")
def reverse_form(patient_id: PatientId, adjustment_id: AdjustmentId) -> Html:
    def act(form: Form) -> None:
        reason = parse(form, m.Reason).reason
        adjusting.reverse(
            patient_id, adjustment_id, reason, actor=current_actor(), now=app.clock.now()
        )

    return _acted(patient_id, "reverse", act)


# -- statements -------------------------------------------------------------------


@app.get(_RUNS, include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="list-due-statements")
def statements_page() -> Html:
    practice = current_actor().practice_id
    due = runs.due_on(practice, today(practice, app.clock.now()))
    cards = patient_cards(practice, [one.patient_id for one in due])
    return page(
        "statements.html",
        due=due,
        cards=cards,
        runs=runs.recent(practice),
        rules=account_settings(practice).statements,
    )


@app.post(f"{_RUNS}/run", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="run-statements")
def run_form() -> Html:
    practice = current_actor().practice_id
    runs.run(practice, today(practice, app.clock.now()), after="")
    return web.redirect(_RUNS, app.current_event)


@app.get(f"{_RUNS}/print/<run>", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="print-statements")
def print_run(run: str) -> Html:
    """A run's file, by a link that works for a minute."""
    practice = current_actor().practice_id
    for item in runs.recent(practice):
        if item.sk.replace("#", ".") == run:
            audit().record(item.key)
            runs.printed(item, app.clock.now())
            return web.redirect(
                store.link(item.key, f"statements-{item.day}.pdf"), app.current_event
            )
    raise NotFound


@app.post(f"{_ACCOUNT}/statements", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="make-statement")
def statement_form(patient_id: PatientId) -> Html:
    def act(_: Form) -> None:
        actor, now = current_actor(), app.clock.now()
        day = today(actor.practice_id, now)
        statements.make(patient_id, actor=actor, now=now, day=day, by_rule=False)

    return _acted(patient_id, "statement", act)


@app.get(f"{_ACCOUNT}/statements/preview", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="preview-statement")
def preview_file(patient_id: PatientId) -> Html:
    body = statements.preview(patient_id, actor=current_actor(), now=app.clock.now())
    return file(body, "statement-preview.pdf")


@app.get(f"{_ACCOUNT}/statements/<statement_id>", include_in_schema=False)
@requires(Permission.READ_ACCOUNTS, action="read-statement")
def statement_file(patient_id: PatientId, statement_id: StatementId) -> Html:
    body = statements.file_of(patient_id, statement_id, actor=current_actor())
    return file(body, f"statement-{statement_id[-8:]}.pdf")


@app.post(f"{_ACCOUNT}/billing", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="set-billing-flags")
def flags_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        statements.set_flags(patient_id, parse(form, m.BillingFlags), actor=current_actor())

    return _acted(patient_id, "flags", act)


@app.post(f"{_ACCOUNT}/statements/<statement_id>/links", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="send-pay-link")
def link_form(patient_id: PatientId, statement_id: StatementId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.LinkRequest)
        paylinks.send(patient_id, statement_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "link", act)


@app.post(f"{_ACCOUNT}/statements/<statement_id>/links/revoke", include_in_schema=False)
@requires(Permission.TAKE_PAYMENTS, action="revoke-pay-links")
def revoke_form(patient_id: PatientId, statement_id: StatementId) -> Html:
    paylinks.revoke(patient_id, statement_id, actor=current_actor())
    return web.redirect(path_of(patient_id), app.current_event)


# -- plans ------------------------------------------------------------


@app.post(f"{_ACCOUNT}/plans", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="begin-plan")
def plan_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.PlanRequest, money=("monthly",))
        plans.begin(patient_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "plan", act)


@app.post(f"{_ACCOUNT}/plans/<plan_id>/end", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="end-plan")
def end_plan_form(patient_id: PatientId, plan_id: PlanId) -> Html:
    autopay.end_plan(patient_id, plan_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(path_of(patient_id), app.current_event)


@app.post(f"{_ACCOUNT}/plans/<plan_id>/card", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="ask-for-card")
def card_form(patient_id: PatientId, plan_id: PlanId) -> Html:
    form = form_sent()
    try:
        request = parse(form, m.CardConsent)
        made = autopay.ask(patient_id, plan_id, request, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return account(patient_id, {"card": told(form, error)}, "card", error.status)
    card = person_of(current_actor().practice_id, patient_id).card
    return page("cardpage.html", card=card, made=made)


@app.post(f"{_ACCOUNT}/plans/<plan_id>/card/end", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="end-card")
def end_card_form(patient_id: PatientId, plan_id: PlanId) -> Html:
    autopay.end(patient_id, plan_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(path_of(patient_id), app.current_event)


# -- collections --------------------------------------------------------------------


@app.get(f"{BASE}/collections", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="list-collections")
def collections_page() -> Html:
    actor = current_actor()
    return page(
        "collections.html",
        candidates=collecting.candidates(actor=actor, now=app.clock.now()),
        listed=collecting.at_agency(actor=actor),
        rules=account_settings(actor.practice_id).collections,
    )


@app.get(f"{BASE}/collections/file", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="export-collections")
def collections_file() -> Html:
    return file(collecting.export(actor=current_actor()), "collections.csv", "text/csv")


@app.post(f"{_ACCOUNT}/collections", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="hand-to-agency")
def hand_over_form(patient_id: PatientId) -> Html:
    collecting.hand_over(patient_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{BASE}/collections", app.current_event)


@app.post(f"{_ACCOUNT}/collections/recall", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="recall-from-agency")
def recall_form(patient_id: PatientId) -> Html:
    collecting.recall(patient_id, actor=current_actor())
    return web.redirect(path_of(patient_id), app.current_event)


@app.post(f"{_ACCOUNT}/collections/payments", include_in_schema=False)
@requires(Permission.MANAGE_STATEMENTS, action="agency-paid")
def agency_form(patient_id: PatientId) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.AgencyPayment, money=("amount", "fee"))
        collecting.agency_paid(patient_id, request, actor=current_actor(), now=app.clock.now())

    return _acted(patient_id, "agency", act)


# -- rules ----------------------------------------------------------------------------


@app.get(f"{BASE}/rules", include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="read-rules")
def rules_page() -> Html:
    settings, version = rules.read(actor=current_actor())
    return _rules(Form(_rules_values(settings, version)), settings)


def _rules(form: Form, settings: AccountSettings, status: int = 200) -> Html:
    return page("rules.html", status=status, form=form, settings=settings)


def _rules_values(settings: AccountSettings, version: int) -> dict[str, str]:
    statement, collections = settings.statements, settings.collections
    values = {
        "version": str(version),
        "every_days": str(statement.every_days),
        "least": str(Money(statement.least_cents)),
        "most": str(statement.most),
        "pay_within_days": str(statement.pay_within_days),
        "active": str(statement.active).lower(),
        "notify": str(statement.notify).lower(),
        "pay_links": str(settings.pay_links.active).lower(),
        "pay_link_days": str(settings.pay_links.days),
        "after_days": str(collections.after_days),
        "collections_least": str(Money(collections.least_cents)),
        "agency_percent": str(collections.fee_percent),
        "agency": collections.agency,
        "returned_check": str(Money(settings.returned_check_cents)),
        "drawer": str(Money(settings.drawer_cents)),
        "tax_id": settings.tax_id,
        "aging_by": settings.aging_by,
    }
    values |= {f"limit.{limit.role}": str(Money(limit.cents)) for limit in settings.limits}
    return values


@app.post(f"{BASE}/rules", include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="change-rules")
def rules_form() -> Html:
    form = form_sent()
    settings, _ = rules.read(actor=current_actor())
    try:
        request = parse(form, m.RulesForm, ignore=("version",), money=m.RulesForm.MONEY)
        version = form.value("version")
        rules.change(
            request.on(settings),
            int(version) if version.isdecimal() else -1,
            actor=current_actor(),
        )
    except DomainError as error:
        return _rules(told(form, error), settings, error.status)
    return web.redirect(f"{BASE}/rules", app.current_event)


# -- inside ---------------------------------------------------------------------------


def _acted(patient: PatientId, name: str, act: Callable[[Form], Any]) -> Html:
    form = form_sent()
    try:
        act(form)
    except DomainError as error:
        return account(patient, {name: told(form, error)}, name, error.status)
    here = open_account(current_actor().practice_id, patient).patient_id
    return web.redirect(path_of(here), app.current_event)
