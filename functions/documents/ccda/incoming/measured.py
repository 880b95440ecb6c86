"""Results and vital signs of a C-CDA: panels with their values."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any, Final

from caresmith.measures.ucum import is_unit
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.observation import Observation, ObservationStatus, Vitals
from caresmith.records.clinical.report import Flag, Report, ReportStatus
from functions.documents.ccda.incoming import values as v
from functions.documents.ccda.incoming.values import Narrative

_RESULT: Final = "2.16.840.1.113883.10.20.22.4.2"
_RESULT_ORGANIZER: Final = "2.16.840.1.113883.10.20.22.4.1"
_VITAL: Final = "2.16.840.1.113883.10.20.22.4.27"
_VITALS_ORGANIZER: Final = "2.16.840.1.113883.10.20.22.4.26"
# HL7 v3 ObservationInterpretation, by how urgent it is.
_CRITICAL: Final = frozenset({"HH", "LL", "AA", "HU", "LU"})
_NORMAL: Final = frozenset({"N", "NEG", "ND", "S"})
_STATUS: Final = {
    "completed": ReportStatus.FINAL,
    "active": ReportStatus.PARTIAL,
    "aborted": ReportStatus.CANCELLED,
    "cancelled": ReportStatus.CANCELLED,
}


def report(entry: ET.Element, narrative: Narrative) -> Iterator[tuple[str, Callable[[], Content]]]:
    """Each panel of results."""
    for organizer in v.children(entry, "organizer"):
        if v.has_template(organizer, _RESULT_ORGANIZER):
            yield _report(organizer, narrative)


def _report(organizer: ET.Element, narrative: Narrative) -> tuple[str, Callable[[], Content]]:
    measured = [
        o for o in v.children(organizer, "component", "observation") if v.has_template(o, _RESULT)
    ]
    code = v.concept(v.child(organizer, "code"), narrative)
    if code is None and measured:
        # A panel without a name is known by its first value's.
        code = v.concept(v.child(measured[0], "code"), narrative)

    def make() -> Content:
        observations = tuple(_observation(o, narrative) for o in measured)
        times = [t for o in measured if (t := v.instant(v.low(o)))]
        collected = v.instant(v.low(organizer)) or (min(times) if times else None)
        status = v.child(organizer, "statusCode")
        said = status.attrib.get("code", "") if status is not None else ""
        return Report(
            code=code,
            status=_STATUS.get(said, ReportStatus.UNKNOWN),
            effective=v.date(v.low(organizer)),
            collected_at=collected,
            observations=observations,
            flag=_flag(observations),
        )

    return (code.words if code else "(unnamed results)"), make


def _flag(observations: tuple[Observation, ...]) -> Flag:
    marks = {mark for observation in observations for mark in observation.interpretation}
    if marks & _CRITICAL:
        return Flag.CRITICAL
    return Flag.ABNORMAL if marks - _NORMAL else Flag.NORMAL


def vitals(entry: ET.Element, narrative: Narrative) -> Iterator[tuple[str, Callable[[], Content]]]:
    """Each sitting of vital signs."""
    for organizer in v.children(entry, "organizer"):
        if v.has_template(organizer, _VITALS_ORGANIZER):
            yield _vitals(organizer, narrative)


def _vitals(organizer: ET.Element, narrative: Narrative) -> tuple[str, Callable[[], Content]]:
    measured = [
        o for o in v.children(organizer, "component", "observation") if v.has_template(o, _VITAL)
    ]

    def make() -> Content:
        observations = tuple(_observation(o, narrative) for o in measured)
        at = v.instant(v.low(organizer)) or next(
            (t for o in measured if (t := v.instant(v.low(o)))), None
        )
        given: dict[str, Any] = {"at": at, "measurements": observations}
        return Vitals.model_validate(given)

    names = [c.words for o in measured if (c := v.concept(v.child(o, "code"), narrative))]
    return ", ".join(names)[:300] or "(unnamed vital signs)", make


def _observation(element: ET.Element, narrative: Narrative) -> Observation:
    code = v.concept(v.child(element, "code"), narrative)
    if code is None:
        code = Concept(text=narrative.words(v.child(element, "text")) or "(not named)")
    value = v.child(element, "value")
    given = _value(value, narrative)
    if not given:
        flavor = value.attrib.get("nullFlavor") if value is not None else None
        given = {"absent": _ABSENT.get(flavor or "", "unknown")}
    marks = tuple(
        mark.attrib["code"]
        for mark in v.children(element, "interpretationCode")
        if mark.attrib.get("code")
    )[:5]
    low, high, words = _range(element, value, narrative)
    return Observation(
        code=code,
        status=ObservationStatus.FINAL,
        interpretation=marks,
        at=v.instant(v.low(element)),
        low=low,
        high=high,
        range=words,
        **given,
    )


# v3 NullFlavor as data-absent-reason (C-CDA on FHIR, "Null flavors").
_ABSENT: Final = {
    "NA": "not-applicable",
    "NAV": "temp-unknown",
    "ASKU": "asked-unknown",
    "NASK": "not-asked",
    "MSK": "masked",
    "NINF": "negative-infinity",
    "PINF": "positive-infinity",
    "OTH": "not-a-number",
}


def _value(value: ET.Element | None, narrative: Narrative) -> dict[str, Any]:
    """A value as the one of ours that can hold it: nothing of it is lost."""
    if value is None:
        return {}
    kind = value.attrib.get(v.XSI_TYPE, "").rpartition(":")[2]
    if kind in ("PQ", "INT", "REAL", "MO"):
        return _number(value)
    if kind == "IVL_PQ":
        return _interval(value)
    if kind in ("CD", "CO", "CE", "CV"):
        coded = v.concept(value, narrative)
        return {"coded": coded} if coded else {}
    if kind == "BL" and "value" in value.attrib:
        return {"text": value.attrib["value"]}
    words = narrative.words(value, v.VALUE)
    return {"text": words} if words else {}


def _number(value: ET.Element, comparator: str | None = None) -> dict[str, Any]:
    if "nullFlavor" in value.attrib:
        translated = v.child(value, "translation")
        return _number(translated, comparator) if translated is not None else {}
    said, unit = value.attrib.get("value", ""), value.attrib.get("unit")
    number = v.number(said)
    if number is None:
        words = v.plain(f"{said} {unit or ''}")
        return {"text": words} if words else {}
    amount = {"value": number, "unit": unit, "comparator": comparator}
    if unit and is_unit(unit):
        return {"quantity": amount}
    return {"local": amount | {"unit": v.plain(unit or "")}}


def _interval(value: ET.Element) -> dict[str, Any]:
    """``< 5`` is an interval with an upper end alone."""
    low, high = v.child(value, "low"), v.child(value, "high")
    ends = [end for end in (low, high) if end is not None and "value" in end.attrib]
    if len(ends) == 1:
        end = ends[0]
        closed = end.attrib.get("inclusive") == "true"
        sign = (">" if end is low else "<") + ("=" if closed else "")
        return _number(end, sign)
    words = " - ".join(f"{e.attrib['value']} {e.attrib.get('unit', '')}".strip() for e in ends)
    return {"text": words} if words else {}


def _range(
    element: ET.Element, value: ET.Element | None, narrative: Narrative
) -> tuple[Any, Any, str | None]:
    """The reference range: its ends where they have the value's unit, and its words."""
    observed = v.child(element, "referenceRange", "observationRange")
    if observed is None:
        return None, None, None
    words = narrative.words(v.child(observed, "text"))
    ends = [v.child(observed, "value", name) for name in ("low", "high")]
    unit = value.attrib.get("unit") if value is not None else None
    numbers = [
        v.number(end.attrib.get("value"))
        if end is not None and end.attrib.get("unit", unit) == unit
        else None
        for end in ends
    ]
    return numbers[0], numbers[1], words[:200] if words else None
