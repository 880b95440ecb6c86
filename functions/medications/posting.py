"""A posted form carried out: on to the next page, or back to its own with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.ids import PatientId
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, posted
from functions.medications.app import app
from functions.medications.pages import WORK

Html = Response[str]


def posted_form() -> Form:
    return posted(app.form_lists())


def changed(
    form: Form,
    change: Callable[[], None],
    again: Callable[..., Html],
    patient_id: PatientId,
    *more: Any,
    after: str = "",
) -> Html:
    """Carry a form out and go on to ``after``, else the list; with errors, back to its page."""
    try:
        change()
    except FormRefused:
        return again(patient_id, *more, form, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return again(patient_id, *more, form.refused(error), error.status)
    return web.redirect(f"{WORK}/{patient_id}{after}#saved", app.current_event)
