"""The waitlist's page: who waits, what was offered, and taking an offer up."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.errors import DomainError
from caresmith.http import requires
from caresmith.ids import OfferId, WaitlistEntryId
from caresmith.permissions import Permission
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse
from functions.scheduling import models as m
from functions.scheduling import offers, waitlist
from functions.scheduling.app import app
from functions.scheduling.pages import form, fragment, page, setup, zone_of

Html = Response[str]

_PATH = "/console/scheduling/waitlist"


@app.get(_PATH, include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="read-waitlist")
def waitlist_page() -> Html:
    return _page(Form())


def _page(shown: Form, status: int = 200) -> Html:
    actor, now, known = current_actor(), app.clock.now(), setup()
    waiting = waitlist.waiting(actor.practice_id)
    open_now = [o for o in offers.recent(actor.practice_id, now) if o.state == "open"]
    audit().about(*(entry.request.patient_id for entry in waiting))
    names = {entry.entry_id: entry.patient_name for entry in waiting}
    answer = page(
        "waitlist.html",
        here=_PATH,
        waiting=waiting,
        offers=[(offer, names.get(offer.entry_id, "")) for offer in open_now],
        setup=known,
        zone_of=lambda location: zone_of(known, location),
        form=shown,
        now=now,
    )
    answer.status_code = status
    return answer


@app.post(_PATH, include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="join-waitlist")
def join() -> Html:
    shown = form()
    try:
        request = parse(shown, m.WaitlistRequest, ignore=("patient_name", "text"))
        waitlist.join(request, actor=current_actor(), now=app.clock.now())
    except FormRefused:
        return _page(shown, 422)
    except DomainError as error:
        return _page(shown.refused(error), error.status)
    return web.redirect(_PATH, app.current_event)


@app.post(f"{_PATH}/<entry_id>/leave", include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="leave-waitlist")
def leave(entry_id: WaitlistEntryId) -> Html:
    waitlist.leave(entry_id, actor=current_actor())
    return web.redirect(_PATH, app.current_event)


@app.post(f"{_PATH}/offers/<offer_id>/accept", include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="accept-offer")
def accept(offer_id: OfferId) -> Html:
    try:
        visit = offers.accept(offer_id, actor=current_actor(), now=app.clock.now())
    except DomainError as error:
        return _page(Form().refused(error), error.status)
    day = visit.start.astimezone(zone_of(setup(), visit.location_id)).date()
    return web.redirect(
        f"/console/scheduling?location_id={visit.location_id}&date={day}", app.current_event
    )


@app.post(f"{_PATH}/offers/<offer_id>/decline", include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="decline-offer")
def decline(offer_id: OfferId) -> Html:
    offers.decline(offer_id, actor=current_actor(), now=app.clock.now())
    return web.redirect(_PATH, app.current_event)


@app.get(f"{_PATH}/offers", include_in_schema=False)
@requires(Permission.MANAGE_WAITLIST, action="read-offers")
def open_offers() -> Html:
    """How many offers are open: the badge on the calendar page."""
    now = app.clock.now()
    count = sum(o.state == "open" for o in offers.recent(current_actor().practice_id, now))
    return fragment("offers_badge.html", count=count)
