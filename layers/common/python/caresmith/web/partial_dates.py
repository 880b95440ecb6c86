"""Dates that are known to the year, the month or the day, as people here write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from caresmith.web.forms import Form

_WRITTEN: Final = re.compile(r"(?:(\d{1,2})/)?(?:(\d{1,2})/)?([12]\d{3})")
_FHIR_DATE: Final = re.compile(r"[12]\d{3}(-\d{2}(-\d{2})?)?")
_TO_THE_MONTH: Final = re.compile(r"([12]\d{3})-(\d{2})(?:-(\d{2}))?")


def read_dates(form: Form, *names: str) -> None:
    """The form's dates become FHIR's (``2019-04``); what is none is marked."""
    for name in names:
        text = form.values.get(name, "").strip()
        if not text:
            continue
        told = as_partial(text)
        if told is None:
            form.errors[name] = "Give a date as 04/17/2019, 04/2019 or 2019."
        else:
            form.values = {**form.values, name: told}


def as_partial(text: str) -> str | None:
    """``4/2019`` as ``2019-04``; None for what is no date."""
    found = _WRITTEN.fullmatch(text)
    if found:
        month, day, year = found.groups()
        parts = [year, *(f"{int(one):02}" for one in (month, day) if one)]
        text = "-".join(parts)
    if not _FHIR_DATE.fullmatch(text):
        return None
    year, month, day = (*text.split("-"), "1", "1")[:3]
    try:
        dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return text


def partial_date(text: str) -> str:
    """``04/17/2019`` or ``04/2019`` for a date of FHIR; any other text as it is."""
    found = _TO_THE_MONTH.fullmatch(text)
    if found is None:
        return text
    year, month, day = found.groups()
    return f"{month}/{day}/{year}" if day else f"{month}/{year}"
