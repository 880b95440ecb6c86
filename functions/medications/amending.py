"""Entries of the list as the forms that change them, and what no form shows carried along.

A form has fewer fields than an entry: one code of a drug, a timing of the
list, one unit. What its fields say as they were shown stays as it was written,
with all of its codes; only what somebody typed anew is taken from the form.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

from caresmith.records.clinical.coding import RXNORM, SNOMED, Concept, Quantity
from caresmith.records.clinical.dosage import Directions
from caresmith.records.clinical.medication import Medication
from caresmith.web.forms import Form
from caresmith.web.partial_dates import partial_date, read_dates
from functions.medications import entering, sig, supply
from functions.medications.units import FREQUENCIES

AS_IT_IS: Final = "as-it-is"
"""The frequency of an entry whose timing the list does not offer."""
_FIELDS: Final = {
    "drug": ("drug",),
    "reason": ("reason",),
    "dose": ("dose", "unit"),
    "dose_high": ("dose_high", "unit"),
    "route": ("route",),
    "timing": ("frequency",),
    "as_needed_for": ("as_needed_for",),
    "duration": ("duration", "duration_unit"),
    "most_per_day": ("most_per_day", "most_unit", "unit"),
    "dispense": ("dispense", "dispense_unit"),
}
"""By path in the entry: the fields that show it."""
_TYPED: Final = ("instructions", "schedule", "pharmacy_id", "pharmacist_note")
_UNSHOWN: Final = ("started", "note", "as_written_reason")
_REPORTED: Final = ("status", "started", "ended", "note", "sig")


# -- prescriptions -------------------------------------------------------------


def prescription_form(medication: Medication) -> Form:
    """The fields of the prescription as it stands."""
    given = medication
    values = {name: getattr(given, name) or "" for name in _TYPED}
    values |= {"drug": _drug(given.drug), "reason": given.reason.words if given.reason else ""}
    values |= _dose(given)
    values |= {
        "route": (given.route.code_in(SNOMED) or "") if given.route else "",
        "frequency": _frequency(given),
        "as_needed": "true" if given.as_needed else "",
        "as_needed_for": given.as_needed_for.words if given.as_needed_for else "",
        "as_written": "true" if given.as_written else "",
        "refills": str(given.refills or 0),
    }
    if given.duration:
        values["duration"] = sig.number(given.duration.value)
        values["duration_unit"] = given.duration.unit
    if given.dispense:
        values["dispense"] = sig.number(given.dispense.value)
        values["dispense_unit"] = given.dispense.unit
        # Worked out anew from what will stand there, unless somebody said otherwise.
        if given.days_supply != supply.days_of(given, given.dispense):
            values["days_supply"] = str(given.days_supply or "")
    for place, one in enumerate(given.overrides):
        values[f"reasons.{place}.alert"] = one.alert
        values[f"reasons.{place}.reason"] = one.reason
    return Form(values)


def prescription(form: Form, before: Medication) -> Form:
    """What the prescription is to say, from the form that showed ``before``."""
    unshown = {name: getattr(before, name) for name in _UNSHOWN}
    if form.values.get("as_written") != "true":
        unshown["as_written_reason"] = None
    kept = {name: value for name, value in unshown.items() if value}
    return Form({**_merged(entering.prescription(form), form, before).values, **kept})


def draft(form: Form, before: Medication) -> Form:
    """As far as it is filled in, for the checks."""
    return _merged(entering.draft(form), form, before)


def _drug(drug: Concept) -> str:
    code = drug.code_in(RXNORM)
    return f"{drug.words} ({code})" if code else drug.words


def _dose(given: Directions) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("dose", "dose_high", "most_per_day"):
        amount: Quantity | None = getattr(given, name)
        if amount is None:
            continue
        found[name] = sig.number(amount.value)
        if amount.unit != found.setdefault("unit", amount.unit):
            found["most_unit"] = amount.unit
    return found


def _frequency(given: Directions) -> str:
    if given.timing is None:
        return ""
    return next((one.key for one in FREQUENCIES if one.timing == given.timing), AS_IT_IS)


def _merged(entered: Form, form: Form, before: Medication) -> Form:
    """``entered``, with what the form shows unchanged as ``before`` has it."""
    was = prescription_form(before)
    values = dict(entered.values)
    for path, fields in _FIELDS.items():
        stands: BaseModel | None = getattr(before, path)
        same = all(_text(form, name) == was.values.get(name, "") for name in fields)
        if stands is None or not same:
            continue
        values = {name: text for name, text in values.items() if not name.startswith(f"{path}.")}
        values |= entering.paths(path, stands)
    return Form(values, entered.lists)


# -- what patients report --------------------------------------------------------


def reported_form(medication: Medication) -> Form:
    """The fields of a medication that the patient, or another's record, tells of."""
    given = medication
    return Form(
        {
            "drug": _drug(given.drug),
            "reason": given.reason.words if given.reason else "",
            "sig": given.sig or sig.sentence(given),
            "status": given.status.value,
            "started": partial_date(given.started or ""),
            "ended": partial_date(given.ended or ""),
            "note": given.note or "",
        }
    )


def reported(form: Form, before: Medication | None = None) -> Form:
    """What is to be written down; a date that is none is marked in ``form``."""
    dates = Form(dict(form.values), errors=form.errors)
    read_dates(dates, "started", "ended")
    told = [name for name in _REPORTED if name not in dates.errors]
    values = {name: dates.values[name] for name in told if dates.values.get(name)}
    if said := form.values.get("drug", "").strip():
        values |= entering.drug("drug", said)
    if form.values.get("reason", "").strip():
        values["reason.text"] = form.values["reason"]
    return Form(values if before is None else _told_again(values, form, before))


def _told_again(values: dict[str, str], form: Form, before: Medication) -> dict[str, str]:
    was = reported_form(before)
    same = {name for name, text in was.values.items() if _text(form, name) == text.strip()}
    for path in ("drug", "reason"):
        stands: Concept | None = getattr(before, path)
        if stands is not None and path in same:
            values = {name: text for name, text in values.items() if not name.startswith(path)}
            values |= entering.paths(path, stands)
    if "sig" in same:
        # Other words no longer agree with the structure behind the former ones.
        told = Directions.model_validate(
            {name: getattr(before, name) for name in Directions.model_fields}
        )
        structure = entering.paths("", told)
        values |= {path.removeprefix("."): text for path, text in structure.items()}
    return values


def _text(form: Form, name: str) -> str:
    """As it was typed; a browser sends a text's line ends as CR and LF (HTML, form submission)."""
    return form.values.get(name, "").replace("\r\n", "\n").strip()
