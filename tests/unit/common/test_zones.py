"""Time zones of locations: those of the IANA, and checked at no cost."""

from __future__ import annotations

import time

import pytest
from pydantic import TypeAdapter, ValidationError

from caresmith.records.practice import Zone

ZONES: TypeAdapter[str] = TypeAdapter(Zone)


@pytest.mark.parametrize("zone", ["America/Chicago", "Pacific/Honolulu", "UTC"])
def test_a_zone_of_the_iana_is_taken(zone: str) -> None:
    assert ZONES.validate_python(zone) == zone


@pytest.mark.parametrize("text", ["", "Chicago", "America/Gotham", "../America/Chicago", "America"])
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError, match="not an IANA time zone"):
        ZONES.validate_python(text)


def test_reading_a_practice_walks_no_folder_of_zones() -> None:
    # Every location is checked whenever a set-up is read: on nearly every request.
    ZONES.validate_python("America/Chicago")
    began = time.thread_time()
    for _ in range(300):
        ZONES.validate_python("America/Chicago")
    assert time.thread_time() - began < 0.3
