"""Rendering the set-up's and the users' templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.web.pages import Pages

_pages: Final = Pages(Path(__file__).with_name("templates"))


def page(
    template: str, *, status: int = 200, here: str = "/console/admin", **values: Any
) -> Response[str]:
    """A whole page of the feature."""
    return _pages.render(f"admin/{template}", status=status, here=here, **values)
