"""Forms on pages: posted fields become the same types that the API takes.

A field's name is its path in the model (``demographics.names.0.family``), so an
error of the model points at the very field that is wrong. Empty fields are left
out, as a person means them. A name that ends in ``[]`` collects a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from caresmith.errors import DomainError, FieldError, InvalidRequest, VersionConflict
from caresmith.money import Money
from caresmith.problems import sentence

Model = TypeVar("Model", bound=BaseModel)

_MOST_ENTRIES: Final = 50
_NOT_ID: Final = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass
class Form:
    """A form as the page shows it: values as they were typed, and what is wrong with them."""

    values: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    title: str = ""
    """A sentence above the fields; without one, that some are marked."""
    among: str = ""
    """Its name, where a page has several with fields of the same name."""
    _placed: set[str] = field(default_factory=set)

    def value(self, name: str) -> str:
        self._placed.add(name)
        return self.values.get(name, "")

    def values_of(self, name: str) -> list[str]:
        self._placed.add(name)
        return self.lists.get(name, [])

    def error(self, name: str) -> str:
        """What is wrong with the field, or with something inside it."""
        self._placed.add(name)
        for path, message in self.errors.items():
            if path == name or path.startswith(f"{name}."):
                return message
        return ""

    def unplaced(self) -> list[tuple[str, str]]:
        """Errors for which the page, as rendered so far, has no field."""
        return [
            (path, message)
            for path, message in self.errors.items()
            if not any(path == name or path.startswith(f"{name}.") for name in self._placed)
        ]

    def unshown(self, *prefixes: str) -> list[tuple[str, str]]:
        """Values below these paths for which the page, so far, has no field.

        A page carries them along in hidden fields, so that a form which shows
        half of a record does not lose the other half.
        """
        return [
            (name, value)
            for name, value in self.values.items()
            if name.startswith(prefixes) and name not in self._placed and value
        ]

    def id(self, name: str) -> str:
        """The id of the field's element."""
        return "f-" + _NOT_ID.sub("-", f"{self.among}-{name}" if self.among else name)

    def refused(self, error: DomainError) -> Form:
        """The form with what a rule has against it."""
        self.errors |= {f.field: f.message for f in error.fields}
        if not error.fields:
            self.errors[""] = error.detail or error.title
        return self


class FormRefused(InvalidRequest):
    """The fields do not make the model; ``form`` says why."""

    def __init__(self, form: Form) -> None:
        super().__init__(fields=[FieldError(path, text) for path, text in form.errors.items()])
        self.form = form


def posted(fields: Mapping[str, list[str]]) -> Form:
    """The form that was posted."""
    plain = {name: values[-1] for name, values in fields.items() if not name.endswith("[]")}
    lists = {name.removesuffix("[]"): v for name, v in fields.items() if name.endswith("[]")}
    return Form(plain, lists)


def parse(
    form: Form, model: type[Model], *, ignore: Iterable[str] = (), money: Iterable[str] = ()
) -> Model:
    """The model that the fields make. Raises FormRefused with an error for each bad field.

    ``money`` names the fields in which a person writes dollars and the model has cents.
    """
    skipped = {"csrf_token", *ignore}
    given: dict[str, Any] = {k: v for k, v in form.values.items() if v.strip()}
    given |= {name: list(values) for name, values in form.lists.items() if values}
    for name in money:
        if name in given:
            given[name] = _cents(form, name, given[name])
    try:
        return model.model_validate(
            nested({name: value for name, value in given.items() if name not in skipped})
        )
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            path = ".".join(str(part) for part in problem["loc"])
            form.errors.setdefault(path, _plain(problem["type"], problem["msg"]))
        raise FormRefused(form) from None


def _cents(form: Form, name: str, text: str) -> int | str:
    """What was written as dollars, in cents; the text itself where it is none."""
    try:
        return Money.parse(text).cents
    except ValueError:
        form.errors[name] = "Write dollars and cents, like 25.00."
        return text


def _plain(kind: str, message: str) -> str:
    """pydantic's sentence as a person at the counter would say it."""
    if kind == "missing":
        return "This is needed."
    text = sentence(message)
    return text[:1].upper() + text[1:]


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.0.b": 1}`` as ``{"a": [{"b": 1}]}``; gaps in a list close up.

    Numbers up to 49 count as places in a list.
    """
    tree: dict[str, Any] = {}
    for path, value in fields.items():
        node = tree
        *parents, last = path.split(".")
        for part in parents:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                break
            node = child
        else:
            node[last] = value
    found = _lists(tree)
    return found if isinstance(found, dict) else {}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {name: _lists(child) for name, child in node.items()}
    if children and all(name.isdecimal() and int(name) < _MOST_ENTRIES for name in children):
        return [children[name] for name in sorted(children, key=int)]
    return children


def without_empty_rows(form: Form, rows: Mapping[str, tuple[str, ...]]) -> Form:
    """Drop each row of a list in which none of the telling fields was filled in.

    ``rows`` has, per list's path, the fields that make a row worth keeping; the
    rest (a kind, a use) always has some value.
    """
    dropped = {
        f"{path}.{place}."
        for path, telling in rows.items()
        for place in range(_MOST_ENTRIES)
        if not any(
            value.strip()
            for name, value in form.values.items()
            if any(
                name == f"{path}.{place}.{key}" or name.startswith(f"{path}.{place}.{key}.")
                for key in telling
            )
        )
    }
    form.values = {
        name: value
        for name, value in form.values.items()
        if not any(name.startswith(prefix) for prefix in dropped)
    }
    form.lists = {
        name: found
        for name, found in form.lists.items()
        if not any(name.startswith(prefix) for prefix in dropped)
    }
    return renumbered(form)


def renumbered(form: Form) -> Form:
    """Close the gaps in lists, so that an error of the model points at the row it means."""
    order = _places([*form.values, *form.lists])
    form.values = {_renamed(name, order): value for name, value in form.values.items()}
    form.lists = {_renamed(name, order): found for name, found in form.lists.items()}
    return form


def _places(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """By list: the place that each row has now, and the one that it gets."""
    places: dict[str, set[int]] = {}
    for name in names:
        parts = name.split(".")
        for depth, part in enumerate(parts):
            if part.isdecimal():
                places.setdefault(".".join(parts[:depth]), set()).add(int(part))
    return {
        path: {str(old): str(new) for new, old in enumerate(sorted(found))}
        for path, found in places.items()
    }


def _renamed(name: str, order: Mapping[str, Mapping[str, str]]) -> str:
    parts = name.split(".")
    return ".".join(
        order[".".join(parts[:depth])][part] if part.isdecimal() else part
        for depth, part in enumerate(parts)
    )


def rows_of(form: Form, path: str, *, least: int = 0) -> list[int]:
    """The places of a list that the form has values for, and ``least`` many at the least."""
    begin = f"{path}."
    found = {
        int(place)
        for name in form.values
        if name.startswith(begin) and (place := name[len(begin) :].partition(".")[0]).isdecimal()
    }
    fresh = (place for place in range(_MOST_ENTRIES) if place not in found)
    while len(found) < least:
        found.add(next(fresh))
    return sorted(found)


def flat(value: Any, prefix: str = "") -> Form:
    """The form that shows ``value`` (a model, or what ``model_dump(mode="json")`` gives)."""
    plain: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    data = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    _flatten(data, prefix, plain, lists)
    return Form(plain, lists)


def _flatten(node: Any, path: str, plain: dict[str, str], lists: dict[str, list[str]]) -> None:
    if isinstance(node, Mapping):
        for name, child in node.items():
            _flatten(child, f"{path}.{name}" if path else str(name), plain, lists)
    elif isinstance(node, list):
        lists[path] = [str(item) for item in node if not isinstance(item, Mapping | list)]
        for place, child in enumerate(node):
            _flatten(child, f"{path}.{place}", plain, lists)
    elif node is not None:
        plain[path] = str(node).lower() if isinstance(node, bool) else str(node)


def told_apart(forms: Mapping[str, Form]) -> Mapping[str, Form]:
    """The forms of one page, each field of each with an id of its own."""
    for name, form in forms.items():
        form.among = name
    return forms


def version_of(form: Form) -> int:
    """The version that the person saw. Raises VersionConflict for a form without one."""
    text = form.values.get("version", "")
    if not text.isdecimal():
        raise VersionConflict
    return int(text)
