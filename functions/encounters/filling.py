"""How each kind's form becomes an entry, and an entry the form again.

A ``fill`` does what the fields leave to do: codes' systems, lists, choices; a
``show`` puts an entry into the fields. Dates and everything whose name is its
path in the content need nothing said here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from caresmith.actor import Actor
from caresmith.clock import Instant, to_text
from caresmith.records.clinical.allergy import NO_KNOWN_ALLERGY
from caresmith.records.clinical.coding import CVX, ICD10CM, LOINC, MVX, RXNORM, SNOMED, Concept
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Read
from caresmith.web.forms import Form, flat, without_empty_rows
from functions.encounters import choices, fields


@dataclass(frozen=True)
class Filling:
    """What a form is filled from beside its fields."""

    actor: Actor
    now: Instant
    before: Any = None
    """The content that is changed; None for a new entry."""
    problems: list[Read[Condition]] = field(default_factory=list)
    """The problem list, to order or plan because of."""


# -- problems and allergies -------------------------------------------------------


def fill_problem(form: Form, filling: Filling) -> None:
    before = filling.before.code if filling.before else None
    fields.upper_code(form, "code")
    fields.drop_stale_codes(form, "code", before, code_shown=True)
    _coded_rows(form, "code")


def show_problem(form: Form, content: Any) -> None:
    fields.shown_concept(form, "code", content.code, (ICD10CM,))


def fill_allergy(form: Form, filling: Filling) -> None:
    before = filling.before
    if form.values.get("none_known"):
        form.values = {
            "substance.text": "No known allergies",
            "substance.codings.0.system": SNOMED,
            "substance.codings.0.code": NO_KNOWN_ALLERGY,
        }
        return
    fields.drop_stale_codes(form, "substance", before and before.substance, code_shown=True)
    _coded_rows(form, "substance")
    first = before.reactions[0].manifestations[0] if before and before.reactions else None
    name = "reactions.0.manifestations.0"
    fields.drop_stale_codes(form, name, first, code_shown=False)
    without_empty_rows(form, {"reactions": ("manifestations", "severity")})


def show_allergy(form: Form, content: Any) -> None:
    fields.shown_concept(form, "substance", content.substance, (RXNORM,))
    if content.reactions:
        name = "reactions.0.manifestations.0"
        fields.shown_concept(form, name, content.reactions[0].manifestations[0])


# -- done and planned -------------------------------------------------------------


def fill_procedure(form: Form, filling: Filling) -> None:
    before = filling.before
    fields.drop_stale_codes(form, "code", before and before.code, code_shown=True)
    fields.service_system(form, "code")
    _coded_rows(form, "code")
    for name in ("reason", "body_site", "outcome"):
        fields.drop_stale_codes(form, name, getattr(before, name, None), code_shown=False)


def show_procedure(form: Form, content: Any) -> None:
    fields.shown_concept(form, "code", content.code, _systems(content.code))
    for name in ("reason", "body_site", "outcome"):
        if concept := getattr(content, name):
            fields.shown_concept(form, name, concept)


def fill_immunization(form: Form, filling: Filling) -> None:
    before = filling.before
    fields.drop_stale_codes(form, "vaccine", before and before.vaccine, code_shown=True)
    code = form.values.get("vaccine.codings.0.code", "").strip()
    known = dict(choices.VACCINES)
    if code and not form.values.get("vaccine.text", "").strip() and code in known:
        fields.put(form, "vaccine.text", known[code])
    _coded_rows(form, "vaccine")
    fields.upper_code(form, "manufacturer")
    _coded_rows(form, "manufacturer")
    for name, system, among in (
        ("site", choices.SITES, choices.BODY_SITES),
        ("route", choices.ROUTES, choices.ROUTES_OF_VACCINES),
    ):
        _chosen(form, name, system, dict(among))
    if form.values.get("dose.value", "").strip():
        fields.put(form, "dose.unit", form.values.get("dose.unit") or "mL")
    else:
        fields.put(form, "dose.unit", None)
    if form.values.get("told") == "true":
        fields.put(form, "primary_source", "false")
    else:
        fields.put(form, "primary_source", "true")
    fields.put(form, "told", None)
    if form.values.get("status", "completed") == "completed":
        fields.put(form, "status_reason.text", None)


def show_immunization(form: Form, content: Any) -> None:
    fields.shown_concept(form, "vaccine", content.vaccine, (CVX,))
    if content.manufacturer:
        fields.shown_concept(form, "manufacturer", content.manufacturer, (MVX,))
    for name in ("site", "route"):
        concept = getattr(content, name)
        if concept and concept.codings:
            fields.put(form, name, concept.codings[0].code)
    fields.put(form, "told", "" if content.primary_source else "true")


def fill_plan(form: Form, _: Filling) -> None:
    fields.lines(form, "goals")
    fields.lines(form, "activities")


def show_plan(form: Form, content: Any) -> None:
    fields.as_lines(form, "goals", content.goals)
    fields.as_lines(form, "activities", content.activities)
    form.lists = {"addresses": [str(one) for one in content.addresses]}
    form.values = {k: v for k, v in form.values.items() if not k.startswith("addresses.")}


# -- how the patient and their family live ------------------------------------------


def fill_family(form: Form, _: Filling) -> None:
    _chosen(form, "relationship", choices.FAMILY, dict(choices.RELATIVES))
    for key in list(form.values):
        if key.startswith("conditions.") and key.endswith(".codings.0.code"):
            name = key.removesuffix(".codings.0.code")
            fields.upper_code(form, name)
            _coded_rows(form, name)
    without_empty_rows(form, {"conditions": ("code.text", "code.codings.0.code", "onset_age")})


def show_family(form: Form, content: Any) -> None:
    if content.relationship.codings:
        fields.put(form, "relationship", content.relationship.codings[0].code)
    for place, one in enumerate(content.conditions):
        fields.shown_concept(form, f"conditions.{place}.code", one.code, (ICD10CM,))


def fill_social(form: Form, filling: Filling) -> None:
    topic, before = form.values.get("topic", ""), filling.before
    if topic == "other":
        fields.put(form, "code.text", form.values.get("other", ""))
        fields.drop_stale_codes(form, "code", before and before.code, code_shown=False)
    elif topic:
        fields.drop(form, "code.")
        fields.put(form, "code.codings.0.system", LOINC)
        fields.put(form, "code.codings.0.code", topic)
        fields.put(form, "code.text", dict(choices.SOCIAL_TOPICS).get(topic))
    smokes = form.values.get("smoking", "")
    if smokes or form.values.get("text", "").strip():
        fields.drop(form, "coded.")
    if topic == choices.TOBACCO and smokes:
        fields.put(form, "coded.codings.0.system", SNOMED)
        fields.put(form, "coded.codings.0.code", smokes)
        fields.put(form, "coded.text", dict(choices.SMOKING).get(smokes))
        fields.put(form, "text", None)
    for name in ("topic", "other", "smoking"):
        fields.put(form, name, None)


def show_social(form: Form, content: Any) -> None:
    topic = content.code.code_in(LOINC)
    known = dict(choices.SOCIAL_TOPICS)
    fields.put(form, "topic", topic if topic in known else "other")
    fields.put(form, "other", "" if topic in known else content.code.words)
    if content.coded:
        fields.put(form, "smoking", content.coded.code_in(SNOMED) or "")


# -- orders and tasks -----------------------------------------------------------------


def fill_order(form: Form, filling: Filling) -> None:
    fields.service_system(form, "code")
    _coded_rows(form, "code")
    known = {one.id: one.content.code for one in filling.problems}
    chosen = [known[one] for one in form.lists.get("because", []) if one in known]
    reasons: list[Concept] = list(dict.fromkeys(chosen))
    fields.upper_code(form, "reason")
    text, code = (form.values.get(f"reason.{name}", "") for name in ("text", "codings.0.code"))
    for place, reason in enumerate(reasons):
        form.values = {**form.values, **flat(reason, f"reasons.{place}").values}
    if text.strip() or code:
        begin = f"reasons.{len(reasons)}"
        fields.put(form, f"{begin}.text", text)
        fields.put(form, f"{begin}.codings.0.system", ICD10CM)
        fields.put(form, f"{begin}.codings.0.code", code)
        _coded_rows(form, begin)
    form.values = {k: v for k, v in form.values.items() if not k.startswith("reason.")}
    form.lists = {k: v for k, v in form.lists.items() if k != "because"}
    fields.put(form, "ordered_at", to_text(filling.now))


def nothing(form: Form, _: Any) -> None:
    """The fields say it all."""


def _coded_rows(form: Form, name: str) -> None:
    """A code that was left empty is none, whatever system its field stands for."""
    without_empty_rows(form, {f"{name}.codings": ("code",)})


def _chosen(form: Form, name: str, system: str, known: Mapping[str, str]) -> None:
    """A choice from a list becomes a concept of that system."""
    code = form.values.get(name, "")
    fields.put(form, name, None)
    if code:
        form.values = {k: v for k, v in form.values.items() if not k.startswith(f"{name}.")}
        concept = choices.coded(system, code, known)
        form.values = {**form.values, **flat(concept, name).values}


def _systems(concept: Concept) -> tuple[str, ...]:
    return tuple(coding.system for coding in concept.codings)[:1] or (LOINC,)
