"""The sheet's form: what is typed becomes the type that the API takes, and back.

Diagnoses stand in rows with letters, and a service names them by these: ``A C``. Rows
that were left empty close up, and the letters with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from caresmith.codes.icd10cm import dotted
from caresmith.money import Money
from caresmith.problems import sentence
from caresmith.records.revenue.sheet import ChargeLine, SheetContent
from caresmith.web.forms import Form, FormRefused, flat, nested, rows_of, without_empty_rows
from functions.charges.drafting import plain
from functions.charges.missing import letter
from functions.charges.models import MAX_ENTERED_DIAGNOSES, FavouriteLine

Model = TypeVar("Model", bound=BaseModel)

_NOT_OF_THE_MODEL: Final = frozenset(
    {"csrf_token", "version", "patient_name", "then", "add", "text", "sheet_day", "form_key"}
    | {"laboratory"}
)
_TELLING: Final = ("code", "modifiers", "pointers", "charge")
_TYPED_AMOUNTS: Final = ("laboratory_charge", "sales_tax", "postage")
_AMOUNTS: Final = {"charge", "expected", *_TYPED_AMOUNTS}
_POINTER: Final = re.compile(r"[A-Z]|\d{1,2}")
_POINTERS: Final = re.compile(r"[A-Z0-9\s,]*")
_WRONG: Final[tuple[tuple[str, str], ...]] = (
    (r"diagnoses\.\d+", "This is no ICD-10-CM code: a letter, two characters, then up to four."),
    (r"lines\.\d+\.code", "This is no CPT or HCPCS code: five characters."),
    (r"lines\.\d+\.modifiers(\.\d+)?", "Modifiers have two characters; four at most: 25 59"),
    (r"lines\.\d+\.units", "Units are a number: 1 or 0.5"),
    (r"lines\.\d+\.pointers(\.\d+)?", "Give the letters of one to four diagnoses: A B"),
    (r"lines\.\d+\.drug\.ndc", "An NDC has eleven digits here: 5-4-2, with noughts filled in."),
    (r"lines\.\d+\.drug\.quantity", "How much of the drug was given, as a number."),
    (r"referring_npi", "An NPI has ten digits."),
    (r"(outside_laboratory\.|lines\.\d+\.)?clia", "A CLIA number looks like 05D1234567."),
    (r"lines\.\d+\.tests\.\d+\.value", "A test's result is a number: 10.2"),
    (r"lines\.\d+\.obstetric_units", "Units are a number: 1 or 0.5"),
    (r"lines\.\d+\.contract\.percent", "A percentage is a number: 12.5"),
    (r"lines\.\d+\.description", "What was done, in 80 characters at most."),
    (r"outside_laboratory\.address\.postal_code", "All nine digits: 10001-1234."),
    (r"outside_laboratory\.address\.state", "A state has two letters."),
    (r"accident\.state", "A state has two letters."),
)
_NAMED: Final = re.compile(r"([a-z_]+(?:\.[a-z0-9_]+)*): (.+)", re.IGNORECASE)


def entered(given: Form, model: type[Model]) -> Model:
    """The sheet that was typed. Raises FormRefused with each complaint at its field."""
    shown, errors = tidied(given)
    tree = nested({k: v for k, v in shown.values.items() if v.strip()})
    for name in _NOT_OF_THE_MODEL:
        tree.pop(name, None)
    if tree.get("who_pays") != "chosen":
        # The fields are there, and not meant.
        tree.pop("coverages", None)
    tree["diagnoses"] = [plain(code) for code in _diagnoses(shown)]
    for at, line in enumerate(tree.get("lines", [])):
        _line(line, f"lines.{at}", errors)
    try:
        made = model.model_validate(tree)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            path = ".".join(str(part) for part in problem["loc"])
            _complain(errors, path, problem["type"], problem["msg"])
        made = None
    if errors or made is None:
        raise FormRefused(Form(shown.values, shown.lists, errors))
    return made


def tidied(given: Form) -> tuple[Form, dict[str, str]]:
    """The form without its empty rows, letters set anew; and what is wrong with the letters."""
    form = without_empty_rows(Form(dict(given.values), given.lists), {"lines": _TELLING})
    values = dict(form.values)
    rows = [(int(name.partition(".")[2]), name) for name in values if _is_diagnosis(name)]
    filled = [(row, values[name].strip()) for row, name in sorted(rows) if values[name].strip()]
    places = {row: at for at, (row, _) in enumerate(filled)}
    for _, name in rows:
        del values[name]
    values |= {f"diagnoses.{at}": code.upper() for at, (_, code) in enumerate(filled)}
    errors: dict[str, str] = {}
    for at in rows_of(form, "lines"):
        name = f"lines.{at}.pointers"
        typed = values.get(name, "").strip().upper()
        if not typed and filled:
            typed = letter(min(row for row, _ in filled) + 1)
        values[name] = _relettered(typed, places, name, errors)
    return Form(values, form.lists), errors


def _is_diagnosis(name: str) -> bool:
    return name.startswith("diagnoses.") and name.partition(".")[2].isdecimal()


def _diagnoses(form: Form) -> list[str]:
    return [form.values[f"diagnoses.{at}"] for at in rows_of(form, "diagnoses")]


def _relettered(typed: str, places: Mapping[int, int], name: str, errors: dict[str, str]) -> str:
    if not _POINTERS.fullmatch(typed):
        errors[name] = "Give the letters of one to four diagnoses: A B"
        return typed
    letters = []
    for token in _POINTER.findall(typed):
        row = int(token) - 1 if token.isdecimal() else ord(token) - ord("A")
        if row not in places:
            errors[name] = f"No diagnosis stands at {token}."
            return typed
        letters.append(letter(places[row] + 1))
    return " ".join(letters)


def _line(line: dict[str, Any], name: str, errors: dict[str, str]) -> None:
    """A row of strings becomes what the model takes, in place."""
    was = str(line.pop("was", ""))
    line.pop("expected", None)
    line["code"] = str(line.get("code", "")).strip().upper()
    line["modifiers"] = str(line.get("modifiers", "")).upper().replace(",", " ").split()
    letters = _POINTER.findall(str(line.get("pointers", "")))
    line["pointers"] = [] if f"{name}.pointers" in errors else [ord(one) - 64 for one in letters]
    typed = str(line.pop("charge", "")).strip()
    if typed and not _follows_schedule(line, typed, was):
        _amount(line, "charge", typed, name, errors)
    for field in _TYPED_AMOUNTS:
        if amount := str(line.pop(field, "")).strip():
            _amount(line, field, amount, name, errors)
    contract = line.get("contract")
    if isinstance(contract, dict) and (amount := str(contract.pop("amount", "")).strip()):
        _amount(contract, "amount", amount, f"{name}.contract", errors)
    drug = line.get("drug")
    if isinstance(drug, dict):
        if drug.keys() <= {"unit"}:
            del line["drug"]
        else:
            drug["ndc"] = str(drug.get("ndc", "")).replace("-", "")


def _amount(
    line: dict[str, Any], field: str, typed: str, name: str, errors: dict[str, str]
) -> None:
    try:
        line[field] = Money.parse(typed)
    except ValueError:
        errors[f"{name}.{field}"] = "An amount is dollars and cents: 125.00"


def _follows_schedule(line: Mapping[str, Any], typed: str, was: str) -> bool:
    """The amount was left as it was, while what it is for is another now: it is reckoned anew."""
    before, _, amount = was.rpartition("=")
    return bool(was) and typed == amount and _for_what(line) != before


def _for_what(line: Mapping[str, Any]) -> str:
    modifiers = " ".join(line.get("modifiers", ()))
    place = line.get("place_of_service") or ""
    return f"{line.get('code')}|{modifiers}|{line.get('units') or '1'}|{place}"


def _complain(errors: dict[str, str], path: str, kind: str, message: str) -> None:
    told = sentence(message)
    # A rule over several fields names the one that it is about.
    if found := _NAMED.fullmatch(told):
        path, told = f"{path}.{found[1]}".strip(".").lower(), found[2]
    if kind == "missing":
        told = "This is needed."
    for pattern, words in _WRONG:
        if re.fullmatch(pattern, path) and kind.startswith(("string", "too_long")):
            path, told = re.sub(r"(modifiers|pointers)\.\d+$", r"\1", path), words
            break
    errors.setdefault(path, told[:1].upper() + told[1:])


# -- showing ----------------------------------------------------------------------


def as_form(content: SheetContent, version: int) -> Form:
    """The sheet in fields."""
    shown = flat(
        {
            **content.model_dump(
                mode="json",
                exclude={"lines", "diagnoses", "last_line", "encounter_id", "coverages"},
            ),
            "coverages": {str(at): one for at, one in enumerate(content.coverages)},
        }
    )
    values = dict(shown.values)
    values["version"] = str(version)
    for at, code in enumerate(content.diagnoses):
        values[f"diagnoses.{at}"] = dotted(code)
    for at, line in enumerate(content.lines):
        values |= _line_fields(f"lines.{at}", line)
    return Form(values, shown.lists)


def _line_fields(name: str, line: ChargeLine) -> dict[str, str]:
    fields = dict(flat(line.model_dump(mode="json", exclude=_AMOUNTS), name).values)
    if line.contract and line.contract.amount is not None:
        fields[f"{name}.contract.amount"] = dollars(line.contract.amount)
    modifiers, amount = " ".join(line.modifiers), dollars(line.charge)
    for at in range(4):
        fields.pop(f"{name}.modifiers.{at}", None)
    what = {
        "code": line.code,
        "modifiers": line.modifiers,
        "units": line.units,
        "place_of_service": line.place_of_service,
    }
    return fields | {
        f"{name}.modifiers": modifiers,
        f"{name}.pointers": " ".join(map(letter, line.pointers)),
        f"{name}.charge": amount,
        f"{name}.was": f"{_for_what(what)}={amount}",
        f"{name}.expected": _shown(line.expected),
        **{f"{name}.{field}": _shown(getattr(line, field)) for field in _TYPED_AMOUNTS},
    }


def _shown(amount: Money | None) -> str:
    return dollars(amount) if amount is not None else ""


def dollars(amount: Money) -> str:
    """As an input shows it: ``1234.50``."""
    return str(amount).replace("$", "").replace(",", "")


def with_favourite(given: Form, line: FavouriteLine) -> Form:
    """The form with one more line, and the diagnoses it comes with where they were not listed."""
    values = dict(given.values)
    listed = {plain(values.get(f"diagnoses.{at}", "")): at for at in rows_of(given, "diagnoses")}
    letters = []
    for code in line.diagnoses:
        if code not in listed:
            free = next(
                at
                for at in range(MAX_ENTERED_DIAGNOSES + 1)
                if not values.get(f"diagnoses.{at}", "").strip()
            )
            if free == MAX_ENTERED_DIAGNOSES:
                continue
            values[f"diagnoses.{free}"] = dotted(code)
            listed[code] = free
        letters.append(letter(listed[code] + 1))
    at = next(
        at
        for at in range(len(values) + 1)
        if not any(values.get(f"lines.{at}.{name}", "").strip() for name in _TELLING)
    )
    values |= {
        f"lines.{at}.code": line.code,
        f"lines.{at}.modifiers": " ".join(line.modifiers),
        f"lines.{at}.units": line.units,
        f"lines.{at}.pointers": " ".join(letters),
    }
    return Form(values, given.lists, dict(given.errors))


def total(given: Form, lines: Sequence[int]) -> Money:
    """What the typed amounts make together; one that is none counts nothing."""
    cents = 0
    for at in lines:
        try:
            cents += Money.parse(given.values.get(f"lines.{at}.charge", "")).cents
        except ValueError:
            continue
    return Money(cents)
