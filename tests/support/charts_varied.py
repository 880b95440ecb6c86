"""A chart that says as little, or as oddly, as a record may: each field left out, or another."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

from pydantic import ValidationError

from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from tests.support.clinical import full_chart


def varied_chart() -> dict[Kind, list[Content]]:
    """The full chart, and each of its entries again with one thing changed at a time."""
    return {
        kind: [one for content in contents for one in (content, *_variants(content))]
        for kind, contents in full_chart().items()
    }


def _variants(content: Content) -> Iterator[Content]:
    given = content.model_dump(exclude_unset=True)
    for name, field in type(content).model_fields.items():
        if name in given and not field.is_required():
            yield from _valid(content, {k: v for k, v in given.items() if k != name})
        for value in _values(field.annotation):
            yield from _valid(content, given | {name: value})


def _valid(content: Content, given: dict[str, Any]) -> Iterator[Content]:
    try:
        yield type(content).model_validate(given)
    except ValidationError:
        return


def _values(annotation: Any) -> list[Any]:
    """Every value of an enumeration or a yes and no, however it is wrapped."""
    if annotation is bool:
        return [True, False]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return [
        value
        for part in get_args(annotation)
        for value in (_values(part) if not isinstance(part, str) else [part])
    ]
