"""The console's page of the key under which the practice's fax service hands in faxes."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.web import pages as web
from functions.documents import fax_keys
from functions.documents import models as m
from functions.documents.app import FAXES_PATH, app
from functions.documents.pages import ADMIN, FAXES, page

Html = Response[str]
KEY = f"{FAXES}/key"


@app.get(KEY, include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="read-fax-key")
def key_page() -> Html:
    return _key(None)


@app.post(KEY, include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="issue-fax-key")
def issue_form() -> Html:
    """The new key stands on the page that answers, and on no other."""
    return _key(fax_keys.issue(actor=current_actor(), now=app.clock.now()))


@app.post(f"{KEY}/revoke", include_in_schema=False)
@requires(Permission.MANAGE_PRACTICE, action="revoke-fax-key")
def revoke_form() -> Html:
    fax_keys.revoke(actor=current_actor(), now=app.clock.now())
    return web.redirect(f"{KEY}#saved", app.current_event)


def _key(issued: m.FaxKey | None) -> Html:
    state = fax_keys.state(actor=current_actor())
    return page("fax_key.html", here=ADMIN, state=state, issued=issued, endpoint=FAXES_PATH)
