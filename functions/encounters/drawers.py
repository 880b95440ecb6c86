"""The chart's forms as a table: for each kind what its form shows and how it becomes an entry.

A field's name is its path in the content, so most of a form needs nothing said
here: a ``fill`` does what the fields leave to do (codes' systems, dates, lists),
a ``show`` puts an entry into the fields again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.web.forms import Form, flat
from caresmith.web.partial_dates import partial_date
from functions.encounters import fields, filling
from functions.encounters.kinds import PLAIN, WITH_RULES, Plain

TODAY: Final = "today"
OWN: Final = "own provider"


@dataclass(frozen=True)
class Drawer:
    """One kind's form."""

    kind: Plain
    one: str
    many: str
    fill: Callable[[Form, filling.Filling], None]
    show: Callable[[Form, Any], None]
    errors: Mapping[str, str] = field(default_factory=dict)
    """Where the form shows what the model says of a path that is no field, as patterns."""
    dates: tuple[str, ...] = ()
    """Fields that take a date as well as it is known."""
    begins: Mapping[str, str] = field(default_factory=dict)
    """What the fields of a new entry begin with: a text, :data:`TODAY` or :data:`OWN`."""
    wants_problems: bool = False
    wants_staff: bool = False

    @property
    def template(self) -> str:
        return f"drawers/{self.kind.path}.html"

    def place(self, errors: Mapping[str, str], form: Form) -> dict[str, str]:
        """The model's complaints, each at a field of the form."""
        placed: dict[str, str] = {}
        for path, message in fields.of_system(errors, form).items():
            placed.setdefault(self._place(path), message)
        return placed

    def _place(self, path: str) -> str:
        for pattern, name in self.errors.items():
            if found := re.fullmatch(pattern, path):
                return found.expand(name)
        return path

    def shown(self, content: Content) -> Form:
        form = flat(content)
        for name in self.dates:
            fields.put(form, name, partial_date(form.values.get(name, "")))
        self.show(form, content)
        return form


def in_error(kind: Plain) -> Mapping[str, Any]:
    """What an entry of that kind becomes that should never have been written."""
    match kind.content.kind:
        case Kind.CONDITION | Kind.ALLERGY:
            return {"verification": "entered-in-error"}
        case Kind.VITALS:
            return {"entered_in_error": True}
    return {"status": "entered-in-error"}


_BY_PATH: Final = {kind.path: kind for kind in (*PLAIN, *WITH_RULES)}

DRAWERS: Final = (
    Drawer(
        _BY_PATH["conditions"],
        "Problem",
        "Problems",
        filling.fill_problem,
        filling.show_problem,
        {"code": "code.text", "": "abatement"},
        dates=("onset", "abatement"),
        begins={"verification": "confirmed"},
    ),
    Drawer(
        _BY_PATH["allergies"],
        "Allergy",
        "Allergies",
        filling.fill_allergy,
        filling.show_allergy,
        {
            "substance": "substance.text",
            r"reactions\.0\.manifestations(\.0)?": "reactions.0.manifestations.0.text",
        },
        dates=("onset",),
        begins={"verification": "confirmed"},
    ),
    Drawer(
        _BY_PATH["immunizations"],
        "Immunization",
        "Immunizations",
        filling.fill_immunization,
        filling.show_immunization,
        {"vaccine": "vaccine.codings.0.code", "": "status_reason.text"},
        dates=("given_on",),
        begins={"given_on": TODAY, "performer_id": OWN},
    ),
    Drawer(
        _BY_PATH["procedures"],
        "Procedure",
        "Procedures",
        filling.fill_procedure,
        filling.show_procedure,
        {"code": "code.text"},
        dates=("performed",),
        begins={"performed": TODAY, "performer_id": OWN},
    ),
    Drawer(
        _BY_PATH["family-history"],
        "Relative",
        "Family history",
        filling.fill_family,
        filling.show_family,
        {r"(conditions\.\d+\.code)": r"\1.text"},
    ),
    Drawer(
        _BY_PATH["social-history"],
        "Social history",
        "Social history",
        filling.fill_social,
        filling.show_social,
        {"code": "topic", "": "text"},
        dates=("on",),
        begins={"on": TODAY},
    ),
    Drawer(
        _BY_PATH["care-plans"],
        "Care plan",
        "Care plans",
        filling.fill_plan,
        filling.show_plan,
        {"": "ends"},
        begins={"starts": TODAY},
        wants_problems=True,
    ),
    Drawer(_BY_PATH["tasks"], "Task", "Tasks", filling.nothing, filling.nothing, wants_staff=True),
    Drawer(
        _BY_PATH["orders"],
        "Order",
        "Orders",
        filling.fill_order,
        filling.nothing,
        {"code": "code.text", r"reasons\b.*": "reason.codings.0.code"},
        begins={"requester_id": OWN},
        wants_problems=True,
    ),
)
