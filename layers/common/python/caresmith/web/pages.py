"""Rendering pages: every feature's templates over the common layout.

A feature keeps its templates in ``functions/<feature>/templates`` and extends
``layout.html`` from here. Values are escaped; scripts and styles come from
files only, since the Content-Security-Policy allows nothing inline.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

from caresmith.actor import current_actor_or_none
from caresmith.errors import DomainError
from caresmith.permissions import Permission, Role
from caresmith.web.assets import asset_url
from caresmith.web.navigation import entries, navigation
from caresmith.web.partial_dates import partial_date

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def allowing(**sources: str) -> dict[str, str]:
    """The header of a page that reaches elsewhere too: ``allowing(img_src=origin)``."""
    policy = dict(_POLICY)
    for name, source in sources.items():
        directive = name.replace("_", "-")
        policy[directive] = f"{policy.get(directive, '')} {source}".strip()
    return {"Content-Security-Policy": "; ".join(f"{d} {s}" for d, s in policy.items())}


SECURITY_HEADERS: Final = {
    **allowing(),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_COMMON: Final = Path(__file__).with_name("templates")


@cache
def _environment(templates: Path | None) -> Environment:
    folders = [folder for folder in (templates, _COMMON) if folder]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset_url=asset_url, Permission=Permission, partial_date=partial_date
    )
    return environment


class Pages:
    """Renders one feature's pages.

    ``Pages(Path(__file__).with_name("templates"))`` in the feature's ``pages.py``.
    """

    def __init__(self, templates: Path | None = None) -> None:
        self._templates = templates

    def text(self, template: str, **values: Any) -> str:
        """The template as HTML text."""
        actor = current_actor_or_none()
        page = _environment(self._templates).get_template(template)
        menu = navigation(actor)
        known: dict[str, Any] = {
            "actor": actor,
            "navigation": menu,
            "shortcuts": tuple(entries(menu)),
            "in_emergency": actor is not None and Role.EMERGENCY in actor.roles,
            "here": "",
            **values,
        }
        return page.render(known)

    def render(
        self,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> Response[str]:
        """A page, or a fragment that htmx puts into one."""
        return Response(
            status_code=status,
            content_type="text/html; charset=utf-8",
            headers={**SECURITY_HEADERS, **(headers or {})},
            body=self.text(template, **values),
        )


def is_htmx(event: Any) -> bool:
    """Whether htmx asked, so that a fragment (or HX-Redirect) is the right answer."""
    return bool(event.headers.get("hx-request"))


def redirect(to: str, event: Any) -> Response[str]:
    """Send the browser to ``to``, also out of an htmx request."""
    headers = {"Cache-Control": "no-store"}
    if is_htmx(event):
        return Response(204, headers={**headers, "HX-Redirect": to}, body="")
    return Response(303, headers={**headers, "Location": to}, body="")


def error_page(error: DomainError, event: Any) -> Response[str]:
    """An error as a sentence: a whole page, or a fragment inside one."""
    whole = "error.html" if current_actor_or_none() else "error_plain.html"
    template = "error_fragment.html" if is_htmx(event) else whole
    return Pages().render(template, status=error.status, error=error)
