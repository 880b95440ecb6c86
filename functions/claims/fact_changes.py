"""What is typed of a claim's own facts, as changes of its draft; and how a form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from caresmith.claims.draft import ClaimDraft
from caresmith.errors import invalid
from caresmith.records.revenue.paying import CASUALTY_FILINGS
from functions.claims.fact_choices import GLASSES
from functions.claims.fact_places import place
from functions.claims.fact_readers import shown_quantity
from functions.claims.facts_of_claim import BY_PATH, CONTACT, SEGMENTS, VISION, Fact
from functions.claims.scrubbing.findings import Change


def changes_of(values: Mapping[str, str], draft: ClaimDraft) -> tuple[Change, ...]:
    """What the posted values change of the draft. Raises InvalidRequest at the first wrong one."""
    found = []
    segments: dict[str, dict[str, JsonValue]] = {}
    glasses: dict[str, JsonValue] = {}
    for path, text in values.items():
        fact = BY_PATH.get(path)
        if fact is None:
            raise invalid(path, "is no fact of the claim's own")
        try:
            value = fact.read(text.strip()) if text.strip() else fact.empty
        except ValueError as wrong:
            raise invalid(path, str(wrong)) from None
        segment, _, part = path.rpartition(".")
        if fact.whole:
            segments.setdefault(segment, {})[part] = value
        elif segment == VISION:
            glasses[part] = value
        elif value != value_at(draft, path):
            found.append(Change(path=path, value=value))
    found += [
        Change(path=name, value=whole)
        for name, parts in segments.items()
        if (whole := _segment(name, parts, draft)) != _comparable(value_at(draft, name))
    ]
    if glasses and (told := _glasses(glasses, draft)) != value_at(draft, VISION):
        found.append(Change(path=VISION, value=told))
    return tuple(found)


def _segment(name: str, parts: dict[str, JsonValue], draft: ClaimDraft) -> JsonValue:
    """The segment with these parts; None where it is not to be sent. Raises InvalidRequest."""
    first = SEGMENTS[name]
    before = value_at(draft, name)
    told = {**(before if isinstance(before, dict) else {}), **parts}
    if told.get(first):
        if name == CONTACT and draft.subscriber.filing not in CASUALTY_FILINGS:
            raise invalid(f"{name}.{first}", "is told to an accident's insurer alone")
        return _comparable(told)
    without = next(
        (
            part
            for part, value in parts.items()
            if part != first and value != BY_PATH[f"{name}.{part}"].empty
        ),
        None,
    )
    if without is not None:
        raise invalid(
            f"{name}.{without}", f"is sent only beside {BY_PATH[f'{name}.{first}'].label}"
        )
    return None


def _glasses(posted: Mapping[str, JsonValue], draft: ClaimDraft) -> JsonValue:
    """2300 CRC E1 to E3: those for which there is a reason."""
    told: list[JsonValue] = []
    for category, _ in GLASSES:
        reasons = posted.get(category, value_at(draft, f"{VISION}.{category}"))
        if reasons:
            told.append({"category": category, "applies": True, "conditions": reasons})
    return told


def _comparable(value: JsonValue) -> JsonValue:
    """Without what is not told."""
    if not isinstance(value, dict):
        return value
    return {part: one for part, one in value.items() if one not in (None, "")}


def value_at(draft: ClaimDraft, path: str) -> JsonValue:
    """What stands there now, as the draft's JSON has it; None below a segment that is not there."""
    segment, _, category = path.rpartition(".")
    if segment == VISION:
        found = (one.conditions for one in draft.vision if one.category == category)
        return list(next(found, ()))
    part: Any = draft.model_dump(mode="json")
    for step in (place(draft, path) or "").split("."):
        if part is None:
            return None
        part = part[step]
    return part  # type: ignore[no-any-return]


def shown_at(draft: ClaimDraft, fact: Fact) -> str:
    """As a form shows it."""
    value = value_at(draft, fact.path)
    if value is None:
        return ""
    if fact.kind == "amount":
        return f"{int(str(value)) / 100:.2f}"
    if fact.kind == "codes":
        return " ".join(map(str, value)) if isinstance(value, list) else ""
    if fact.kind == "quantity":
        return shown_quantity(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
