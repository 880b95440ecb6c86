"""The console's page of how remittances are taken: who may pay us, what waits, appeals."""

from __future__ import annotations

import re
from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict
from caresmith.http import requires
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.revenue.payer import payer_directory
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse, posted, version_of
from functions.payments.app import app
from functions.payments.pages import BASE, page
from functions.payments.settings import PaymentSettings, change_settings, read_settings

Html = Response[str]
SETTINGS: Final = f"{BASE}/settings"
_LISTS: Final = ("tax_ids", "npis")
_DAYS: Final = {"appeal_days": 3650, "answer_days": 365}
_SEPARATORS: Final = re.compile(r"[\s,;]+")


@app.get(SETTINGS, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-settings")
def settings_page() -> Html:
    settings, version = read_settings(current_actor().practice_id)
    values = {
        "version": str(version),
        "appeal_days": str(settings.appeal_days),
        "answer_days": str(settings.answer_days),
        "write_off_alone_cents": str(Money(settings.write_off_alone_cents)).lstrip("$"),
        "post_by_itself": "true" if settings.post_by_itself else "",
        "tax_ids": " ".join(settings.tax_ids),
        "npis": " ".join(settings.npis),
    }
    return _shown(Form(values))


def _shown(form: Form, status: int = 200) -> Html:
    actor = current_actor()
    known = payer_directory(actor.practice_id).payers
    return page(
        "settings.html",
        status=status,
        here=SETTINGS,
        form=form,
        payers=[one for one in known if one.facts.active],
    )


@app.post(SETTINGS, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="change-settings")
def settings_form() -> Html:
    form = posted(app.form_lists())
    try:
        change_settings(_settings(form), version_of(form), actor=current_actor())
    except VersionConflict:
        raise
    except DomainError as error:
        return _shown(_as_typed(form, error), error.status)
    return web.redirect(f"{SETTINGS}#saved", app.current_event)


def _settings(form: Form) -> PaymentSettings:
    """Raises FormRefused; its errors stand at the fields that the page shows."""
    lists = {
        name: [one.replace("-", "") for one in _SEPARATORS.split(form.values.get(name, "")) if one]
        for name in _LISTS
    }
    plain = {name: text for name, text in form.values.items() if name not in _LISTS}
    # A box that is not ticked is not sent: it says no, and not that nothing was said.
    plain["post_by_itself"] = "true" if plain.get("post_by_itself") == "true" else "false"
    plain["appeal_days"] = plain.get("appeal_days", "").strip() or "none"
    given = Form(plain, lists, form.errors)
    return parse(given, PaymentSettings, ignore=("version",), money=("write_off_alone_cents",))


def _as_typed(form: Form, error: DomainError) -> Form:
    if not form.errors:
        form.refused(error)
    for name in _LISTS:
        # Of a list the field is wrong, whichever of its entries it is.
        for place in [place for place in form.errors if place.startswith(f"{name}.")]:
            form.errors.setdefault(name, _WORDS[name])
            del form.errors[place]
    for name, most in _DAYS.items():
        if name in form.errors:
            form.errors[name] = f"A whole number of days, from 1 to {most}."
    return form


_WORDS: Final = {
    "tax_ids": "A tax ID has nine digits, like 36-1234567.",
    "npis": "An NPI has ten digits.",
}
