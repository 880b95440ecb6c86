"""The console's charge queue: what waits, why and how long; and what a patient owes."""

from __future__ import annotations

from typing import get_args

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import PatientId, ProviderId
from caresmith.permissions import Permission
from caresmith.web.counts import count_badge
from functions.charges import models as m
from functions.charges import sheets, waiting
from functions.charges.app import app
from functions.charges.missing import WORDS
from functions.charges.pages import BASE, fragment, page, query, setup

Html = Response[str]


@app.get(BASE, include_in_schema=False)
@requires(Permission.READ_CHARGES, action="list-waiting")
def queue_page() -> Html:
    return _queue()


def _queue(done: m.ReleasedClean | None = None, error: DomainError | None = None) -> Html:
    which: waiting.Which = next(
        (one for one in get_args(waiting.Which) if one == query("which")), "review"
    )
    provider = next((one for one in setup().providers if one == query("provider_id")), None)
    why = query("why") if query("why") in WORDS else ""
    listed = waiting.waiting(
        which,
        actor=current_actor(),
        now=app.clock.now(),
        provider=ProviderId(provider) if provider else None,
        why=why,
        cursor=query("cursor")[:60],
    )
    return page(
        "queue.html",
        status=error.status if error else 200,
        which=which,
        provider=provider or "",
        why=why,
        listed=listed,
        done=done,
        error=error,
    )


@app.get(f"{BASE}/count", include_in_schema=False)
@requires(Permission.READ_CHARGES, audited=False)
def count_part() -> Html:
    return count_badge(waiting.count("review", actor=current_actor()), "to review")


@app.post(f"{BASE}/clean/release", include_in_schema=False)
@requires(Permission.RELEASE_CHARGES, action="release-clean")
def release_clean_form() -> Html:
    try:
        done = waiting.release_clean(actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _queue(error=error)
    return _queue(done)


@app.get(f"{BASE}/due/<patient_id>", include_in_schema=False)
@requires(Permission.READ_AMOUNT_DUE, action="read-due")
def due_part(patient_id: PatientId) -> Html:
    """The card on the patient's page: what is due today, and nothing of what for."""
    return fragment("due.html", due=sheets.amount_due(patient_id, actor=current_actor()))
