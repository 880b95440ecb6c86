from __future__ import annotations

import json
import logging
import sys

import pytest

from caresmith.log import PhiSafeFormatter, describe

MARKER = "Zyxwv-Patientname"


def _raise() -> None:
    raise ValueError(f"cannot parse {MARKER}")


def test_an_exception_is_described_by_type_and_place_only() -> None:
    with pytest.raises(ValueError, match=MARKER) as caught:
        _raise()
    text = describe(caught.value)
    assert text.startswith("ValueError at test_log.py:")
    assert "in _raise" in text
    assert MARKER not in text


def test_the_formatter_drops_exception_texts_even_of_chained_errors() -> None:
    record: logging.LogRecord | None = None
    try:
        try:
            _raise()
        except ValueError as error:
            raise RuntimeError(f"while reading {MARKER}") from error
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    assert record is not None
    line = PhiSafeFormatter().format(record)
    assert MARKER not in line
    assert json.loads(line)["message"] == "failed"
