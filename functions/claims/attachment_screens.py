"""The claim page's list of what is sent beside it."""

from __future__ import annotations

from collections.abc import Callable

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import ClaimId
from caresmith.permissions import Permission
from caresmith.records.revenue.claim import EDITABLE
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, version_of
from functions.claims import attaching, fact_choices, viewing, wording
from functions.claims import models as m
from functions.claims.acting import Asked
from functions.claims.app import app
from functions.claims.pages import HOME, Html, page, posted_form

_LIST = f"{HOME}/<claim_id>/attachments"


@app.get(_LIST, include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list-attachments")
def attachments_page(claim_id: ClaimId) -> Html:
    return _attachments(claim_id, Form())


@app.post(_LIST, include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="attach")
def attach_form(claim_id: ClaimId) -> Html:
    form = posted_form()
    return _act(
        claim_id,
        form,
        lambda asked: attaching.attach(asked, parse(form, m.Attach, ignore=("version",))),
    )


@app.post(f"{_LIST}/remove", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="detach")
def detach_form(claim_id: ClaimId) -> Html:
    form = posted_form()
    return _act(
        claim_id,
        form,
        lambda asked: attaching.detach(asked, parse(form, m.Detach, ignore=("version",))),
    )


def _act(claim_id: ClaimId, form: Form, act: Callable[[Asked], None]) -> Html:
    try:
        actor, now = current_actor(), app.clock.now()
        act(Asked.of(claim_id, version_of(form), actor=actor, now=now))
    except FormRefused as refused:
        return _attachments(claim_id, refused.form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _attachments(claim_id, form.refused(error), error.status)
    return web.redirect(f"{HOME}/{claim_id}/attachments#saved", app.current_event)


def _attachments(claim_id: ClaimId, form: Form, status: int = 200) -> Html:
    read = viewing.read(current_actor().practice_id, claim_id)
    return page(
        "attachments.html",
        status=status,
        read=read,
        form=form,
        choices=fact_choices,
        services=[(one.charge_id, wording.service(one)) for one in read.draft.lines],
        editable=read.state in EDITABLE and read.frequency != "8",
    )
