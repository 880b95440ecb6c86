"""The console's page of the practice's code lists: what is loaded, and loading another."""

from __future__ import annotations

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.records.revenue.price_lists import CODE_LISTS, CodeListName
from caresmith.web import pages as web
from caresmith.web.forms import Form
from functions.charges import code_lists
from functions.charges.app import app
from functions.charges.errors import RowsRefused
from functions.charges.fee_screens import in_lines
from functions.charges.pages import BASE, form, page

Html = Response[str]
LISTS: Final = f"{BASE}/code-lists"


@app.get(LISTS, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="list-code-lists", audited=False)
def lists_page() -> Html:
    return _lists()


def _lists(opened: str = "", given: Form | None = None, status: int = 200) -> Html:
    actor = current_actor()
    forms = {one: Form() for one in CODE_LISTS}
    if opened and given:
        forms[opened] = given  # type: ignore[index]
    return page(
        "code_lists.html",
        status=status,
        loaded={one.code_set: one for one in code_lists.loaded(actor.practice_id)},
        names=code_lists.NAMES,
        forms=forms,
        opened=opened,
        manages=actor.may(Permission.MANAGE_FEES),
    )


@app.post(f"{LISTS}/<code_set>", include_in_schema=False)
@requires(Permission.MANAGE_FEES, action="load-codes")
def load_form(code_set: Annotated[CodeListName, Path()]) -> Html:
    given = form()
    try:
        code_lists.load(code_set, given.value("file"), actor=current_actor(), now=app.clock.now())
    except RowsRefused as refused:
        return _lists(code_set, in_lines(given, refused), refused.status)
    except DomainError as error:
        return _lists(code_set, given.refused(error), error.status)
    return web.redirect(f"{LISTS}#saved", app.current_event)
