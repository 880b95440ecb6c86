"""Rendering the pages behind pay links: on a phone, in the patient's language, for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.errors import DomainError
from caresmith.ids import PracticeId
from caresmith.records.practice import practice_setup
from caresmith.web.pages import Pages
from functions.paylink.wording import WORDS, Words

_pages: Final = Pages(Path(__file__).with_name("templates"))
HEADERS: Final = {
    # The token stands in the address: no other site may learn it, no search may list it.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}

Html = Response[str]


def page(
    name: str, practice: PracticeId, language: str, *, status: int = 200, **values: Any
) -> Html:
    setup = practice_setup(practice)
    phones = (one.phone for one in setup.locations.values() if one.active and one.phone)
    return _rendered(
        name,
        status,
        {
            **values,
            "practice": setup.practice.name,
            "phone": next(phones, ""),
            "words": words_of(language),
        },
    )


def words_of(language: str) -> Words:
    return WORDS["es" if language == "es" else "en"]


def problem_page(error: DomainError) -> Html:
    """An error in both languages: nobody knows who reads it."""
    return _rendered("problem", error.status, {"kind": error.kind, "both": tuple(WORDS.values())})


def returned() -> Html:
    """Where the card page leads back to. It knows nobody: a cookie of ours does not come along
    from another site, so this page goes on to the one that reads it."""
    return _rendered("returned", 200, {"both": tuple(WORDS.values())})


def _rendered(name: str, status: int, values: Mapping[str, Any]) -> Html:
    return _pages.render(f"paylink/{name}.html", status=status, headers=HEADERS, **values)
