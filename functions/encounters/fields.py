"""The fields of the chart's forms: concepts with their codes.

A form shows one code of a concept, in the system that people here enter; the
concept's further codes go along unseen. Who changes the words or the code
changes what is meant: then the codes that nobody saw are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from caresmith.records.clinical.coding import (
    CPT,
    CVX,
    HCPCS,
    ICD10CM,
    LOINC,
    RXNORM,
    SNOMED,
    Coding,
    Concept,
)
from caresmith.web.forms import Form

_FORMS: Final[Mapping[str, str]] = {
    ICD10CM: "ICD-10-CM code: a letter, two characters, then a dot before any others",
    LOINC: "LOINC code: digits, a dash and the right check digit",
    CVX: "CVX code: one to three digits",
    RXNORM: "RxNorm code: up to eight digits",
    CPT: "CPT code: five characters",
    HCPCS: "HCPCS code: a letter and four digits",
    SNOMED: "SNOMED CT code: six digits or more with the right check digit",
}
# The first that fits is meant: their forms do not overlap.
_SERVICE_SYSTEMS: Final = (LOINC, CPT, HCPCS, SNOMED)


def put(form: Form, name: str, value: str | None) -> None:
    """Set a plain value, or take it away."""
    values = {k: v for k, v in form.values.items() if k != name}
    form.values = values if value is None else {**values, name: value}


def drop(form: Form, begin: str) -> None:
    """Take away each value whose name begins so."""
    form.values = {k: v for k, v in form.values.items() if not k.startswith(begin)}


def service_system(form: Form, name: str) -> None:
    """A code of what is ordered or done says by its form which system it is of."""
    code = form.values.get(f"{name}.codings.0.code", "").strip().upper()
    if not code:
        return
    put(form, f"{name}.codings.0.code", code)
    for system in _SERVICE_SYSTEMS:
        try:
            Coding(system=system, code=code)
        except ValueError:
            continue
        put(form, f"{name}.codings.0.system", system)
        return
    form.errors[f"{name}.codings.0.code"] = "It is no code of LOINC, CPT, HCPCS or SNOMED CT."


def upper_code(form: Form, name: str) -> None:
    """Codes are written in capitals, whoever types them."""
    key = f"{name}.codings.0.code"
    put(form, key, form.values.get(key, "").strip().upper())


def shown_concept(form: Form, name: str, concept: Concept, systems: Iterable[str] = ()) -> None:
    """Show a concept by its words and its code in the first of these systems that it has.

    Its other codes follow at later places, which the page carries along.
    """
    wanted = tuple(systems)
    entered = next((c for s in wanted for c in concept.codings if c.system == s), None)
    begin = f"{name}.codings."
    form.values = {k: v for k, v in form.values.items() if not k.startswith(begin)}
    ordered = [entered, *(c for c in concept.codings if c is not entered)]
    for place, coding in enumerate(ordered if wanted else concept.codings):
        for part, value in (coding.model_dump() if coding else {}).items():
            put(form, f"{begin}{place}.{part}", value)
    put(form, f"{name}.text", concept.words)


def drop_stale_codes(form: Form, name: str, before: Concept | None, *, code_shown: bool) -> None:
    """Codes that nobody saw go, where what they stand beside was changed."""
    if before is None:
        return
    text = form.values.get(f"{name}.text", "").strip()
    code = form.values.get(f"{name}.codings.0.code", "").strip()
    same_code = not code or any(coding.code == code for coding in before.codings)
    if code_shown:
        kept = same_code and (bool(code) or text == before.words)
    else:
        kept = text == before.words
    if kept:
        return
    first = f"{name}.codings.0." if code_shown else "\0"
    begin = f"{name}.codings."
    form.values = {
        key: value
        for key, value in form.values.items()
        if not key.startswith(begin) or key.startswith(first)
    }
    if code_shown:
        # A code's display is that of the former code.
        put(form, f"{name}.codings.0.display", None)


def of_system(errors: Mapping[str, str], form: Form) -> dict[str, str]:
    """The model's complaints about codings, each moved to the code's own field."""
    placed: dict[str, str] = {}
    for path, message in errors.items():
        found = re.fullmatch(r"(.+\.codings\.\d+)(\.\w+)?", path)
        if found is None:
            placed[path] = message
            continue
        system = form.values.get(f"{found[1]}.system", "")
        placed[f"{found[1]}.code"] = f"This is no {_FORMS.get(system, 'code')}."
    return placed


def lines(form: Form, name: str) -> None:
    """A text area with an entry on each line becomes a list."""
    text = form.values.get(name, "")
    put(form, name, None)
    given = [line.strip() for line in text.splitlines() if line.strip()]
    form.lists = {**form.lists, name: given}


def as_lines(form: Form, name: str, given: Iterable[Any]) -> None:
    """A list as a text area shows it."""
    begin = f"{name}."
    form.values = {k: v for k, v in form.values.items() if not k.startswith(begin)}
    form.lists = {k: v for k, v in form.lists.items() if k != name}
    put(form, name, "\n".join(str(one) for one in given))
