"""OBX: one observation with its value, unit, range, flags and status (HL7 v2.5.1, 7.4.2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from caresmith.measures.ucum import is_unit
from caresmith.records.clinical.coding import UCUM, Concept, Quantity
from caresmith.records.clinical.observation import LocalQuantity, Observation, ObservationStatus
from functions.results.hl7.codes import (
    FLAGS,
    OBSERVATION_STATUSES,
    UNCHANGED,
    concept,
    system_of,
)
from functions.results.hl7.findings import Condition, Finding, Severity
from functions.results.hl7.segments import Segment
from functions.results.hl7.stamps import instant_of, read_stamp
from functions.results.hl7.values import Measured, NotAValue, Value, read_number, read_value
from functions.results.incoming import Form, Observed, Study

MOST: Final = 500
"""Observations of one report."""
MOST_TEXT: Final = 20_000
_SHOWN_TEXT: Final = 2_000
_ELSEWHERE: Final = "\n[The whole text is attached.]"
_RANGE: Final = re.compile(r"\s*([+-]?[\d.]+)\s*(?:-|–|to)\s*([+-]?[\d.]+)\s*")
_BOUND: Final = re.compile(r"\s*(<=|>=|<|>)\s*([+-]?[\d.]+)\s*")
_UID: Final = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
# DICOM PS3.16, CID 7010 and IHE: an OBX of this code names the study it is about.
_STUDY_CODES: Final = frozenset({"113014", "110180", "18782-3"})
_MOST_UID: Final = 64


class ObservationReader:
    """Reads the OBX of one message, noting what is wrong."""

    def __init__(self, zone: dt.tzinfo, findings: list[Finding]) -> None:
        self._zone, self._findings = zone, findings

    def read(self, obx: Segment, notes: Sequence[str]) -> Observed | None:
        """The observation; None where an error was noted."""
        before = len(self._findings)
        status = self._status(obx)
        if not obx.first(3):
            self._error(Condition.REQUIRED, obx, 3, "does not say what was observed")
        value = self._value(obx)
        if status is None or any(one.severity is Severity.ERROR for one in self._findings[before:]):
            return None
        code = concept(obx.first(3))
        if code.ill_formed:
            self._warn(Condition.DATA_TYPE, obx, 3, "is not a code of the system it names")
        form, said = self._said(value, obx)
        low, high, words = reference_range(obx)
        observation = Observation(
            code=code.concept,
            status=status,
            **said,
            interpretation=self._flags(obx),
            low=low,
            high=high,
            range=words,
            at=self._at(obx),
            method=concept(obx.first(17)).concept if obx.first(17) else None,
            sub_id=obx.text(4)[:40] or None,
            note="\n".join(notes)[:MOST_TEXT] or None,
        )
        return Observed(
            observation,
            sub_id=obx.text(4),
            keeps_value=obx.text(11) == UNCHANGED and value is None,
            form=form,
        )

    def _status(self, obx: Segment) -> ObservationStatus | None:
        given = obx.text(11)
        if not given:
            self._error(Condition.REQUIRED, obx, 11, "has no observation status")
            return None
        status = OBSERVATION_STATUSES.get(given)
        if status is None:
            self._error(Condition.TABLE_VALUE, obx, 11, "is no status of table 0085")
        return status

    def _value(self, obx: Segment) -> Value | None:
        kind = obx.text(2)
        if not kind:
            if obx.repetitions(5):
                self._error(Condition.REQUIRED, obx, 2, "there is a value but no type of it")
            return None
        try:
            return read_value(obx, self._zone)
        except KeyError:
            self._error(Condition.TABLE_VALUE, obx, 2, "is no value type that is taken")
        except NotAValue as error:
            self._error(Condition.DATA_TYPE, obx, 5, str(error))
        except ValidationError:
            self._error(Condition.DATA_TYPE, obx, 5, "is longer than a value may be")
        return None

    def _said(self, value: Value | None, obx: Segment) -> tuple[Form | None, dict[str, Any]]:
        """The value as an observation has it, and the document that it may have come as."""
        if value is None:
            return None, {}
        if isinstance(value, Form):
            return value, {"text": value.title or "Attached document"}
        if isinstance(value, Measured):
            return None, _measured(value, obx)
        if isinstance(value, Concept):
            return None, {"coded": value}
        if len(value) > MOST_TEXT:
            form = Form("text/plain", value.encode(), title=obx.text(3, 2)[:200])
            return form, {"text": value[:_SHOWN_TEXT] + _ELSEWHERE}
        return None, {"text": value} if value else {}

    def _flags(self, obx: Segment) -> tuple[str, ...]:
        given = [one.text(1).upper() for one in obx.repetitions(8)]
        known = [flag for flag in dict.fromkeys(given) if flag in FLAGS]
        if len(known) < len(set(given) - {""}):
            self._warn(Condition.TABLE_VALUE, obx, 8, "is no flag of table 0078")
        return tuple(known[:5])

    def _at(self, obx: Segment) -> dt.datetime | None:
        text = obx.text(14)
        if not text:
            return None
        try:
            return instant_of(read_stamp(text, self._zone))
        except ValueError:
            self._warn(Condition.DATA_TYPE, obx, 14, "is not a date or time")
            return None

    def _error(self, condition: Condition, at: Segment, number: int | None, text: str) -> None:
        self._findings.append(Finding(Severity.ERROR, condition, at.place(number), text))

    def _warn(self, condition: Condition, at: Segment, number: int | None, text: str) -> None:
        self._findings.append(Finding(Severity.WARNING, condition, at.place(number), text))


def _measured(value: Measured, obx: Segment) -> dict[str, Any]:
    """A quantity where the unit is of UCUM, else a number with the lab's own unit."""
    unit = unit_of(obx)
    if unit is not None:
        quantity = Quantity(value=value.value, unit=unit, comparator=value.comparator)
        return {"quantity": quantity}
    words = " ".join((obx.text(6, 2) or obx.text(6, 1)).split())[:200]
    return {
        "local": LocalQuantity(value=value.value, unit=words or None, comparator=value.comparator)
    }


def unit_of(obx: Segment) -> str | None:
    """OBX-6 as a UCUM code: where it says UCUM, or says no system and is one to the letter."""
    for first in (1, 4):
        code, system = obx.text(6, first), obx.text(6, first + 2)
        if code and is_unit(code) and (not system or system_of(system) == UCUM):
            return code
    return None


def reference_range(obx: Segment) -> tuple[Decimal | None, Decimal | None, str | None]:
    """OBX-7 as numbers where it is a range or a bound, and in the lab's words."""
    # Labs write "70-99^70^99": the words and the numbers again.
    words = " ".join(obx.text(7, 1).split())[:200]
    low: str | None = None
    high: str | None = None
    if found := _RANGE.fullmatch(words):
        low, high = found[1], found[2]
    elif found := _BOUND.fullmatch(words):
        low, high = (found[2], None) if found[1].startswith(">") else (None, found[2])
    return _bound(low), _bound(high), words or None


def _bound(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return read_number(text)
    except NotAValue:
        return None


def specimen(spm: Segment | None, obr: Segment) -> Concept | None:
    """SPM-4, or OBR-15.1 of the versions before 2.5."""
    if spm is not None and spm.first(4):
        return concept(spm.first(4)).concept
    source, name = obr.text(15, 1, 1), obr.text(15, 1, 2)
    words = " ".join((name or source).split())[:500]
    return Concept(text=words) if words else None


def studies(observed: Sequence[Segment], named: Sequence[str]) -> tuple[Study, ...]:
    """The DICOM studies that an imaging report names, in a ZDS or in an OBX."""
    uids = [
        *named,
        *(
            obx.text(5)
            for obx in observed
            if obx.text(3) in _STUDY_CODES or obx.text(3, 2).casefold() == "study instance uid"
        ),
    ]
    return tuple(
        Study(uid) for uid in dict.fromkeys(uids) if len(uid) <= _MOST_UID and _UID.fullmatch(uid)
    )
