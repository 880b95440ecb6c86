"""A payer rule as a form of plain fields: each that is filled in is one condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from caresmith.ids import new_ulid
from caresmith.web.forms import Form
from functions.claims.scrubbing.payer_rules import model as r
from functions.claims.scrubbing.payer_rules.checking import NotARule, read_rule
from functions.claims.scrubbing.payer_rules.model import PayerRule


def _list(text: str) -> list[str]:
    return [one for one in re.split(r"[\s,;]+", text.strip().upper()) if one]


def _number(text: str) -> Any:
    return int(text) if text.strip().isascii() and text.strip().isdecimal() else text


REQUIREMENTS: Final[Mapping[str, tuple[str, str, Callable[[str], Any] | None]]] = {
    "needs-modifier": ("a modifier is needed", "any_of", _list),
    "forbids-modifier": ("a modifier is refused", "any_of", _list),
    "needs-authorization": ("a prior authorization is needed", "", None),
    "needs-referral": ("a referral's number is needed", "", None),
    "needs-note": ("a note is needed", "", None),
    "needs-attachment": ("an attachment is needed", "types", _list),
    "needs-diagnosis": ("a diagnosis beginning with ... is needed", "beginning_with", _list),
    "forbids-diagnosis": ("a diagnosis beginning with ... is refused", "beginning_with", _list),
    "needs-place": ("the place of service must be one of ...", "places", _list),
    "units-at-most": ("no more units than ...", "units", _number),
    "needs-code-beside": ("another line of the day must have one of ...", "codes", _list),
    "forbids-code-beside": ("no other line of the day may have one of ...", "codes", _list),
    "needs-ndc": ("the drug's NDC is needed", "", None),
    "needs-look": ("a biller looks at it before it goes out", "", None),
    "not-paid": ("nothing is paid", "", None),
}
"""Kind, words, and the field of the requirement that ``with`` fills."""
CONDITIONS: Final = {
    "codes": ("code", "codes", "Procedure codes", "97110-97140 G0151"),
    "modifiers": ("modifier", "any_of", "With one of these modifiers", "GP GO"),
    "places": ("place", "places", "At one of these places of service", "02 10"),
    "diagnoses": ("diagnosis", "beginning_with", "With a diagnosis beginning with", "M54 G89"),
    "filing": ("filing", "indicators", "Kinds of payer (claim filing indicator)", "MB MC"),
}
"""Field: kind, the kind's field, label, example."""


class RuleRefused(Exception):
    """The form says no rule; the form that is shown says why."""

    def __init__(self, form: Form) -> None:
        super().__init__("no rule")
        self.form = form


def rule_of(form: Form, rule_id: str = "") -> PayerRule:
    """Raises RuleRefused."""
    value = form.values.get
    conditions: list[dict[str, Any]] = [
        {"kind": kind, field: _list(value(name, ""))}
        for name, (kind, field, *_) in CONDITIONS.items()
        if value(name, "").strip()
    ]
    least, most = value("age_least", ""), value("age_most", "")
    if least.strip() or most.strip():
        ages = {"least": _number(least) if least else 0, "most": _number(most) if most else 150}
        conditions.append({"kind": "age", **ages})
    if not conditions:
        form.errors["codes"] = "Say for which services it is: one of these at least."
        raise RuleRefused(form)
    requires = _requirement(form)
    origin: dict[str, Any] = {"kind": "biller"}
    if value("document", "").strip():
        origin = {"kind": "payer-policy", "document": value("document", "")}
    written = {
        "id": rule_id or new_ulid(),
        "title": value("title", ""),
        "payers": [one for one in form.values_of("payers") if one],
        "when": _joined(conditions),
        "requires": requires,
        "severity": value("severity", "") or "warning",
        "message": value("message", "").strip() or None,
        "first": value("first", "") or None,
        "last": value("last", "") or None,
        "origin": origin,
        "active": value("active", "") == "true",
    }
    try:
        return read_rule(written)
    except NotARule as faults:
        for one in faults.faults:
            form.errors.setdefault(_place(one.field, conditions), f"It {one.message}.")
        raise RuleRefused(form) from None


def _joined(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    return conditions[0] if len(conditions) == 1 else {"kind": "all", "conditions": conditions}


def _requirement(form: Form) -> dict[str, Any]:
    kind, text = form.values.get("requires", ""), form.values.get("with", "")
    _, field, read = REQUIREMENTS.get(kind, ("", "", None))
    return {"kind": kind, **({field: read(text)} if read and text.strip() else {})}


def _place(field: str, conditions: list[dict[str, Any]]) -> str:
    """The form's field that a fault is about."""
    parts = field.split(".")
    if parts[0] == "requires":
        return "with" if len(parts) > 1 and parts[-1] != "kind" else "requires"
    if parts[0] == "when":
        number = next((int(one) for one in parts if one.isdecimal()), 0)
        kinds = {kind: name for name, (kind, *_) in CONDITIONS.items()} | {"age": "age_least"}
        place = number if "conditions" in parts else 0
        return kinds.get(conditions[min(place, len(conditions) - 1)]["kind"], "codes")
    return "document" if parts[0] == "origin" else parts[0]


def form_of(rule: PayerRule) -> Form | None:
    """The form that shows a rule; None for one that is more than a form can say."""
    parts = rule.when.conditions if isinstance(rule.when, r.Every) else (rule.when,)
    values: dict[str, str] = {
        "title": rule.title,
        "severity": rule.severity,
        "message": rule.message or "",
        "first": rule.first.isoformat() if rule.first else "",
        "last": rule.last.isoformat() if rule.last else "",
        "document": rule.origin.document or "",
        "active": "true" if rule.active else "",
        "requires": rule.requires.kind,
    }
    by_kind = {kind: (name, field) for name, (kind, field, *_) in CONDITIONS.items()}
    for part in parts:
        if isinstance(part, r.AgeBetween):
            values |= {"age_least": str(part.least), "age_most": str(part.most)}
        elif part.kind in by_kind and not getattr(part, "first", False):
            name, field = by_kind[part.kind]
            if name in values:
                return None
            values[name] = " ".join(getattr(part, field))
        else:
            return None
    _, field, _ = REQUIREMENTS[rule.requires.kind]
    if field:
        given = getattr(rule.requires, field)
        values["with"] = " ".join(given) if isinstance(given, tuple) else str(given)
    return Form(values, {"payers": sorted(rule.payers)})
