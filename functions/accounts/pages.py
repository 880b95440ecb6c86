"""Rendering the templates of accounts, and files that a browser saves."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.money import Money
from caresmith.records.practice import practice_setup
from caresmith.web.forms import Form, FormRefused, posted
from caresmith.web.pages import Pages
from functions.accounts import wording
from functions.accounts.app import app

BASE: Final = "/console/accounts"
TEMPLATES: Final = Path(__file__).with_name("templates")
_pages: Final = Pages(TEMPLATES)

Html = Response[str]


def page(template: str, *, status: int = 200, here: str = BASE, **values: Any) -> Html:
    return _pages.render(f"accounts/{template}", status=status, here=here, **_known(), **values)


def file(body: bytes, name: str, media_type: str = "application/pdf") -> Html:
    """A file to be saved. Never cached: it is somebody's."""
    answer = Response(
        200,
        content_type=media_type,
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
        body=b64encode(body).decode(),
    )
    answer.base64_encoded = True
    return answer


def zone() -> ZoneInfo:
    """The zone of the practice, by which pages tell times."""
    return ZoneInfo(practice_setup(current_actor().practice_id).practice.zone)


def form_sent() -> Form:
    return posted(app.form_lists())


def told(form: Form, error: DomainError) -> Form:
    """The form with what a rule has against it, or against how it was filled in.

    Raises what no form can say: that the record is gone, or was changed by somebody else.
    """
    if isinstance(error, NotFound | VersionConflict):
        raise error
    if isinstance(error, FormRefused):
        form.errors |= error.form.errors
        return form
    return form.refused(error)


def dollars(cents: int | Money) -> str:
    """As a field shows an amount: ``1234.50``."""
    amount = cents if isinstance(cents, Money) else Money(int(cents))
    return str(amount).replace("$", "").replace(",", "")


def _known() -> dict[str, Any]:
    return {"zone": zone(), "words": wording, "base": BASE, "Money": Money, "dollars": dollars}
