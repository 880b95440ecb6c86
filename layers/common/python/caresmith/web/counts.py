"""The number beside an entry of the menu: how much waits there."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.web.pages import Pages

FRESH_SECONDS: Final = 60
"""How long a browser shows a number before it asks again."""
_HEADERS: Final = {
    # A number is nobody's data, so this browser may keep it from page to page. Who logs in
    # after another at the same desk has another cookie and gets a number of their own.
    "Cache-Control": f"private, max-age={FRESH_SECONDS}",
    "Vary": "Cookie",
}
_pages: Final = Pages()


def count_badge(count: int, words: str) -> Response[str]:
    """The badge for ``count`` things that ``words`` say more of (``to review``); empty for none.

    What is counted must be little work: every page of the console asks for it.
    """
    return _pages.render("count.html", headers=_HEADERS, count=count, words=words)
