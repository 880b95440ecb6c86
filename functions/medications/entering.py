"""The forms of the console as the types that the API takes: one field of each becomes a path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel

from caresmith.records.clinical.coding import RXNORM, SNOMED
from caresmith.web.forms import Form, FormRefused, flat, parse, without_empty_rows
from functions.medications.units import FREQUENCY_OF, ROUTE_OF

Model = TypeVar("Model", bound=BaseModel)

_NAMED: Final = re.compile(r"(?P<name>.+?)\s*\((?P<code>\d{1,8})\)\s*")
_PLAIN: Final = (
    "as_needed",
    "instructions",
    "refills",
    "days_supply",
    "pharmacy_id",
    "as_written",
    "pharmacist_note",
    "schedule",
    "encounter_id",
)
_DRAFT: Final = ("as_needed", "instructions", "schedule", "instead_of")


def drug(prefix: str, said: str) -> dict[str, str]:
    """``lisinopril 10 MG Oral Tablet (314076)``: RxNorm's name and code; else words alone."""
    named = _NAMED.fullmatch(said)
    if named is None:
        return {f"{prefix}.text": said}
    return {
        f"{prefix}.text": named["name"],
        f"{prefix}.codings.0.system": RXNORM,
        f"{prefix}.codings.0.code": named["code"],
        f"{prefix}.codings.0.display": named["name"],
    }


def directions(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the sig builder as paths of Directions."""
    unit = given.get("unit", "")
    found: dict[str, str] = {}
    for name, value, of in (
        ("dose", given.get("dose", ""), unit),
        ("dose_high", given.get("dose_high", ""), unit),
        ("most_per_day", given.get("most_per_day", ""), given.get("most_unit") or unit),
    ):
        if value.strip():
            found |= {f"{name}.value": value.strip(), f"{name}.unit": of}
    route = ROUTE_OF.get(given.get("route", ""))
    if route:
        found |= {
            "route.codings.0.system": SNOMED,
            "route.codings.0.code": route.code,
            "route.codings.0.display": route.display,
        }
    frequency = FREQUENCY_OF.get(given.get("frequency", ""))
    if frequency:
        found |= paths("timing", frequency.timing)
    if given.get("as_needed_for", "").strip():
        found |= {"as_needed": "true", "as_needed_for.text": given["as_needed_for"]}
    if given.get("duration", "").strip():
        unit_of_time = given.get("duration_unit") or "d"
        found |= {"duration.value": given["duration"], "duration.unit": unit_of_time}
    return found


def paths(prefix: str, value: BaseModel) -> dict[str, str]:
    """What the model holds, each value by its path below ``prefix``."""
    told = flat(value)
    found = {f"{prefix}.{path}": text for path, text in told.values.items()}
    for path, values in told.lists.items():
        found |= {f"{prefix}.{path}.{n}": text for n, text in enumerate(values)}
    return found


def draft(form: Form) -> Form:
    """As far as it is filled in."""
    given = form.values
    kept = {name: given[name] for name in _DRAFT if given.get(name)}
    return Form({**kept, **drug("drug", given.get("drug", "")), **directions(given)})


def prescription(form: Form) -> Form:
    """A whole prescription."""
    given = form.values
    kept = {name: given[name] for name in _PLAIN if given.get(name)}
    kept |= dispensed(given)
    if given.get("reason", "").strip():
        kept["reason.text"] = given["reason"]
    kept |= drug("drug", given.get("drug", "").strip()) if given.get("drug", "").strip() else {}
    return Form({**kept, **directions(given), **reasons(given)})


def renewal(form: Form) -> Form:
    given = form.values
    wanted = ("refills", "days_supply", "pharmacy_id")
    kept = {name: given[name] for name in wanted if given.get(name)}
    return Form({**kept, **dispensed(given), **reasons(given)})


def dispensed(given: Mapping[str, str]) -> dict[str, str]:
    if not given.get("dispense", "").strip():
        return {}
    unit = given.get("dispense_unit") or given.get("unit", "")
    return {"dispense.value": given["dispense"].strip(), "dispense.unit": unit}


def reasons(given: Mapping[str, str]) -> dict[str, str]:
    """Why each warning is overridden; those that say nothing are left out."""
    found: dict[str, str] = {}
    place = 0
    for name in sorted(given):
        if name.startswith("reasons.") and name.endswith(".reason") and given[name].strip():
            alert = given.get(name.removesuffix("reason") + "alert", "")
            found |= {f"reasons.{place}.alert": alert, f"reasons.{place}.reason": given[name]}
            place += 1
    return found


def given_reasons(form: Form) -> dict[str, str]:
    """The reasons that were typed, by the warning they are for."""
    told = reasons(form.values)
    return {
        told[name]: told[name.removesuffix("alert") + "reason"]
        for name in told
        if name.endswith(".alert")
    }


def reconciliation(form: Form) -> Form:
    """Lines of the list as they are; rows to add that say nothing are dropped."""
    filled = without_empty_rows(Form(dict(form.values)), {"added": ("drug",)})
    found: dict[str, str] = {}
    for name, value in filled.values.items():
        if name.startswith("added.") and name.endswith(".drug"):
            found |= drug(name, value.strip())
        else:
            found[name] = value
    for name in list(found):
        # What is kept needs no words, though a field may still have some.
        if name.startswith("known.") and name.endswith(".action") and found[name] == "keep":
            for more in ("taken", "reason"):
                found.pop(name.removesuffix("action") + more, None)
    return Form(found)


def read(entered: Form, shown: Form, model: type[Model]) -> Model:
    """The model. Raises FormRefused with the errors at the fields that the page shows."""
    try:
        return parse(entered, model)
    except FormRefused as refused:
        shown.errors |= refused.form.errors
        raise FormRefused(shown) from None
