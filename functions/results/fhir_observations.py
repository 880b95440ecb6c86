"""FHIR Observations as a report's values: those with components become one for each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from caresmith.measures.ucum import is_unit
from caresmith.records.clinical import coding
from caresmith.records.clinical.coding import UCUM
from caresmith.records.clinical.observation import LocalQuantity
from caresmith.records.clinical.observation import Observation as Kept
from functions.results.fhir_types import (
    CodeableConcept,
    Observation,
    Quantity,
    Range,
    Valued,
    as_concept,
)
from functions.results.hl7.codes import FLAGS
from functions.results.incoming import Observed

_MOST_NOTE = 20_000


def observed(found: Observation) -> list[Observed]:
    """Raises ValidationError for a code, number or text that a chart does not take."""
    about: dict[str, Any] = {
        "status": found.status,
        "at": _instant(found.effective_date_time),
        "method": as_concept(found.method) if found.method else None,
        "note": "\n".join(note.text for note in found.note)[:_MOST_NOTE] or None,
    }
    kept: list[Kept] = []
    if _has_value(found) or not found.component:
        kept.append(_kept(found, about))
    # Each component says of which observation it is a part.
    whole = as_concept(found.code)
    part_of = whole.codings[0].code if whole.codings else whole.words
    kept += [
        _kept(component, {**about, "note": None, "sub_id": part_of[:40]})
        for component in found.component
    ]
    return [Observed(one, sub_id=one.sub_id or "") for one in kept]


def _kept(valued: Valued, about: dict[str, Any]) -> Kept:
    value = _value(valued)
    limits = valued.reference_range[0] if valued.reference_range else Range()
    return Kept(
        code=as_concept(valued.code),
        **about,
        **value,
        absent=_first_code(valued.data_absent_reason) if not value else None,
        interpretation=tuple(
            code for code in (_first_code(one) for one in valued.interpretation) if code in FLAGS
        )[:5],
        low=limits.low.value if limits.low else None,
        high=limits.high.value if limits.high else None,
        range=" ".join(limits.text.split())[:200] if limits.text else None,
    )


def _has_value(valued: Valued) -> bool:
    return bool(_value(valued))


def _value(valued: Valued) -> dict[str, Any]:
    if valued.value_quantity and valued.value_quantity.value is not None:
        return _quantity(valued.value_quantity, valued.value_quantity.value)
    if valued.value_codeable_concept:
        return {"coded": as_concept(valued.value_codeable_concept)}
    text = _text(valued)
    return {"text": text} if text else {}


def _quantity(given: Quantity, value: Decimal) -> dict[str, Any]:
    if given.system == UCUM and given.code and is_unit(given.code):
        return {
            "quantity": coding.Quantity(value=value, unit=given.code, comparator=given.comparator)
        }
    words = " ".join((given.unit or given.code or "").split())[:200]
    return {"local": LocalQuantity(value=value, unit=words or None, comparator=given.comparator)}


def _text(valued: Valued) -> str:
    """The other types of values, in words."""
    if valued.value_boolean is not None:
        return "yes" if valued.value_boolean else "no"
    if valued.value_integer is not None:
        return str(valued.value_integer)
    if valued.value_range:
        ends = (valued.value_range.low, valued.value_range.high)
        return " to ".join(_words(end) for end in ends if end)
    if valued.value_ratio:
        parts = (valued.value_ratio.numerator, valued.value_ratio.denominator)
        return ":".join(_words(part) for part in parts if part)
    return valued.value_string or valued.value_date_time or valued.value_time or ""


def _words(quantity: Quantity) -> str:
    number = "" if quantity.value is None else str(quantity.value)
    return f"{quantity.comparator or ''}{number} {quantity.unit or ''}".strip()


def _first_code(concept: CodeableConcept | None) -> str | None:
    codings = concept.coding if concept else []
    return next((one.code for one in codings if one.code), None)


def _instant(text: str | None) -> dt.datetime | None:
    if not text or "T" not in text:
        return None
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
