"""The card processor's webhook: nobody is signed in, the signature proves the call."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, Outcome, audited
from caresmith.cards import processor
from caresmith.http import reply, requires
from caresmith.permissions import Permission
from caresmith.settings import service_name
from caresmith.web.pages import Pages
from functions.accounts import cards_told
from functions.accounts.app import app
from functions.accounts.pages import TEMPLATES


@app.post("/accounts/stripe", status_code=204, include_in_schema=False)
@requires(Permission.PUBLIC, action="card-processor-told")
def told() -> Response[None]:
    """Answers 204 once it is acted on, and an error where it should be told again."""
    event = processor().read(app.body_text(), app.header("stripe-signature"))
    if event is None:
        return reply(None, status=204)
    practice = cards_told.practice_of(event)
    actor = Actor.system(practice, service_name())
    trail = AuditTrail(
        actor, f"accounts.card-{event.kind}", app.clock, correlation_id=event.event_id
    )
    with acting_as(actor), audited(trail):
        cards_told.on_told(practice, event, actor=actor, now=app.clock.now())
        if trail.patients or trail.records:
            trail.close(Outcome.SUCCESS, 204)
    return reply(None, status=204)


@app.get("/accounts/thanks", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def thanks() -> Response[str]:
    """Where the processor's page leads back to. It knows nobody."""
    return Pages(TEMPLATES).render("accounts/thanks.html")
