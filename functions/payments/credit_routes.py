"""Routes and pages of what payers have paid too much, and of giving it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import reply, requires
from caresmith.ids import SheetId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, posted, version_of
from functions.payments import models as m
from functions.payments import refunding
from functions.payments.app import app
from functions.payments.denial_routes import today
from functions.payments.pages import BASE, page

Html = Response[str]
_Line = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,2}$")]
_CREDIT = "/payments/credits/<sheet_id>/<line>"
_PAGE = f"{BASE}/credits"


@app.get("/payments/credits")
@requires(Permission.READ_PAYMENTS, action="read-credits")
def read_credits() -> Response[m.Credits]:
    return _listed()


def _listed() -> Response[m.Credits]:
    return reply(m.Credits(credits=refunding.listed(current_actor().practice_id, today())))


@app.post(f"{_CREDIT}/refund")
@requires(Permission.POST_PAYMENTS, action="refund-payer")
def refund(sheet_id: SheetId, line: _Line, request: m.PayerRefund) -> Response[m.Credits]:
    """Money that a payer has paid too much goes back to it."""
    _change(refunding.refund, sheet_id, line, request, app.if_match())
    return _listed()


@app.post(f"{_CREDIT}/closed")
@requires(Permission.POST_PAYMENTS, action="close-refund")
def close(sheet_id: SheetId, line: _Line, request: m.ReasonRequest) -> Response[m.Credits]:
    """The payer will not say that it has the refund: it is laid on the visit's line."""
    _change(refunding.close, sheet_id, line, request.reason, app.if_match())
    return _listed()


def _change(
    act: Callable[..., Any], sheet: SheetId, line: str, said: m.PayerRefund | str, version: int
) -> None:
    """Do it with the credit of the version that was seen."""
    act(sheet, line, said, version=version, actor=current_actor(), clock=app.clock)


@app.get(_PAGE, include_in_schema=False)
@requires(Permission.READ_PAYMENTS, action="read-credits")
def credits_page() -> Html:
    return _credits(Form())


def _credits(form: Form, status: int = 200) -> Html:
    practice = current_actor().practice_id
    found = refunding.listed(practice, today())
    return page(
        "credits.html",
        status=status,
        credits=found,
        cards=patient_cards(practice, [one.patient_id for one in found]),
        form=form,
    )


@app.post(f"{_PAGE}/<sheet_id>/<line>/refund", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="refund-payer")
def refund_form(sheet_id: SheetId, line: _Line) -> Html:
    def act(form: Form) -> None:
        request = parse(form, m.PayerRefund, ignore=("version",), money=("amount",))
        _change(refunding.refund, sheet_id, line, request, version_of(form))

    return _acted(act)


@app.post(f"{_PAGE}/<sheet_id>/<line>/closed", include_in_schema=False)
@requires(Permission.POST_PAYMENTS, action="close-refund")
def close_form(sheet_id: SheetId, line: _Line) -> Html:
    def act(form: Form) -> None:
        why = parse(form, m.ReasonRequest, ignore=("version",)).reason
        _change(refunding.close, sheet_id, line, why, version_of(form))

    return _acted(act)


def _acted(act: Callable[[Form], None]) -> Html:
    form = posted(app.form_lists())
    try:
        act(form)
    except FormRefused as refused:
        return _credits(refused.form, 422)
    except DomainError as error:
        return _credits(form.refused(error), error.status)
    return web.redirect(_PAGE, app.current_event)
