"""Results and vital signs as C-CDA organizers."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import Final

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.observation import Observation, ObservationStatus, Vitals
from caresmith.records.clinical.report import Report, ReportStatus
from functions.documents.ccda.outgoing.building import (
    add,
    amount,
    coded,
    identifier,
    moment,
    template,
    time,
)
from functions.documents.ccda.outgoing.narrative import Table, refer

_E: Final = "2.16.840.1.113883.10.20.22.4."
_INTERPRETATION: Final = "2.16.840.1.113883.5.83"
_STATUS: Final = {
    ReportStatus.REGISTERED: "active",
    ReportStatus.PARTIAL: "active",
    ReportStatus.PRELIMINARY: "active",
    ReportStatus.CANCELLED: "cancelled",
}
_CANCELLED: Final = frozenset({ObservationStatus.CANCELLED, ObservationStatus.ENTERED_IN_ERROR})
# data-absent-reason as v3 NullFlavor.
_ABSENT: Final = {
    "not-applicable": "NA",
    "temp-unknown": "NAV",
    "asked-unknown": "ASKU",
    "not-asked": "NASK",
    "masked": "MSK",
    "negative-infinity": "NINF",
    "positive-infinity": "PINF",
}
_CONCLUSION: Final = Concept(text="Conclusion")
_MOST_WORDS: Final = 20_000
"""Of one value; a longer conclusion is told in parts, in order."""


def results(entry: ET.Element, table: Table, entry_id: str, report: Report) -> None:
    """One panel of results."""
    organizer = add(entry, "organizer", classCode="BATTERY", moodCode="EVN")
    template(organizer, _E + "1", "2015-08-01")
    identifier(organizer, entry_id)
    coded(organizer, "code", report.code)
    add(organizer, "statusCode", code=_STATUS.get(report.status, "completed"))
    at = moment(report.collected_at) if report.collected_at else time(report.effective or "")
    if at:
        effective = add(organizer, "effectiveTime")
        add(effective, "low", value=at)
        add(effective, "high", value=at)
    shown = [
        (place, one)
        for place, one in enumerate(report.observations)
        if one.status not in _CANCELLED
    ]
    for place, one in shown:
        _observation(organizer, table, entry_id, place, one, at, "2")
    # A report of words alone, as most of imaging: C-CDA R2.1 asks for one observation at
    # least (CONF:1198-7124), so its words are that one's value.
    words = report.conclusion or ""
    if words or not shown:
        said = Observation(
            code=_CONCLUSION if shown else report.code,
            text=words[:_MOST_WORDS] or None,
            absent=None if words else "temp-unknown",
        )
        _observation(organizer, table, entry_id, len(report.observations), said, at, "2")
        for part in range(_MOST_WORDS, len(words), _MOST_WORDS):
            more = Observation(code=_CONCLUSION, text=words[part : part + _MOST_WORDS])
            place = len(report.observations) + part // _MOST_WORDS
            _observation(organizer, table, entry_id, place, more, at, "2")


def vital_signs(entry: ET.Element, table: Table, entry_id: str, vitals: Vitals) -> None:
    """One sitting of vital signs."""
    organizer = add(entry, "organizer", classCode="CLUSTER", moodCode="EVN")
    template(organizer, _E + "26", "2015-08-01")
    identifier(organizer, entry_id)
    code = add(
        organizer,
        "code",
        code="46680005",
        codeSystem="2.16.840.1.113883.6.96",
        displayName="Vital signs",
    )
    add(code, "translation", code="74728-7", codeSystem="2.16.840.1.113883.6.1")
    add(organizer, "statusCode", code="completed")
    effective = add(organizer, "effectiveTime")
    add(effective, "low", value=moment(vitals.at))
    add(effective, "high", value=moment(vitals.at))
    for place, one in enumerate(vitals.measurements):
        _observation(organizer, table, entry_id, place, one, moment(vitals.at), "27")


def _observation(
    organizer: ET.Element,
    table: Table,
    entry_id: str,
    place: int,
    one: Observation,
    at: str,
    number: str,
) -> None:
    words = _range_words(one)
    reference = table.row(
        one.code.words, _value_words(one), " ".join(one.interpretation), words, _day(one, at)
    )
    component = add(organizer, "component")
    observation = add(component, "observation", classCode="OBS", moodCode="EVN")
    template(observation, _E + number, "2015-08-01" if number == "2" else "2014-06-09")
    identifier(observation, entry_id, str(place))
    coded(observation, "code", one.code, reference)
    refer(observation, reference)
    add(observation, "statusCode", code="completed")
    effective = moment(one.at) if one.at else at
    if effective:
        add(observation, "effectiveTime", value=effective)
    else:
        add(observation, "effectiveTime", nullFlavor="UNK")
    _value(observation, one)
    for mark in one.interpretation:
        add(observation, "interpretationCode", code=mark, codeSystem=_INTERPRETATION)
    if words:
        _range(observation, one, words)


def _value(observation: ET.Element, one: Observation) -> None:
    if one.quantity:
        amount(observation, "value", one.quantity, xsi_type="PQ")
    elif one.coded:
        coded(observation, "value", one.coded, xsi_type="CD")
    elif one.local or one.text:
        # A unit of the laboratory's own is no PQ: it is told in words.
        add(observation, "value", _value_words(one), xsi_type="ST")
    else:
        flavor = _ABSENT.get(one.absent or "", "UNK")
        add(observation, "value", xsi_type="ST", nullFlavor=flavor)


def _value_words(one: Observation) -> str:
    if one.quantity:
        return _amount_words(one.quantity.comparator, one.quantity.value, one.quantity.unit)
    if one.local:
        return _amount_words(one.local.comparator, one.local.value, one.local.unit)
    if one.coded:
        return one.coded.words
    return one.text or ""


def _amount_words(comparator: str | None, value: Decimal, unit: str | None) -> str:
    shown = f"{comparator or ''}{value:f}"
    return shown if unit in (None, "1") else f"{shown} {unit}"


def _range_words(one: Observation) -> str:
    if one.range:
        return one.range
    low, high = (f"{end:f}" if end is not None else "" for end in (one.low, one.high))
    if low and high:
        return f"{low} - {high}"
    return f">= {low}" if low else f"<= {high}" if high else ""


def _range(observation: ET.Element, one: Observation, words: str) -> None:
    element = add(add(observation, "referenceRange"), "observationRange")
    add(element, "text", words)
    if one.quantity and (one.low is not None or one.high is not None):
        interval = add(element, "value", xsi_type="IVL_PQ")
        for name, end in (("low", one.low), ("high", one.high)):
            if end is not None:
                add(interval, name, value=f"{end:f}", unit=one.quantity.unit)


def _day(one: Observation, at: str) -> str:
    if one.at:
        return one.at.astimezone(dt.UTC).date().isoformat()
    return "-".join(part for part in (at[:4], at[4:6], at[6:8]) if part)
