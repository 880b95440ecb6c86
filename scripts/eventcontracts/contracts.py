"""The JSON Schema of each domain event, one file for each version of it.

Within a version a contract only grows: a reader may rely on every property, and
an event that is under way must still be readable by the type that comes after
it. Whatever takes something away is a new version, and so a new file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from caresmith.events import EVENT_TYPES, DomainEvent
from scripts.bootstrap.paths import ROOT

CONTRACTS: Final = ROOT / "events" / "contracts"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_BASE: Final = "https://caresmith.dev/events/"
_WORDS: Final = frozenset({"title", "description", "examples"})
"""What a schema says to people; it binds nobody."""


class Broken(Exception):
    """A contract takes back what it promised; the text says what."""


def name_of(event: type[DomainEvent]) -> str:
    """The contract's file, ``AppointmentBooked.v1.json``."""
    return f"{event.detail_type()}.v{event.version}.json"


def contract_of(event: type[DomainEvent]) -> dict[str, Any]:
    """What an event on the bus looks like: JSON Schema of its ``detail``."""
    told = event.model_json_schema(mode="serialization")
    # What has a default is always told; only its reader may do without.
    told["required"] = sorted(told["properties"])
    return {
        "$schema": _DIALECT,
        "$id": f"{_BASE}{event.detail_type()}/{event.version}",
        "x-detail-type": event.detail_type(),
        "x-source": f"caresmith.{event.source}",
        **told,
    }


def check_growth(before: dict[str, Any], event: type[DomainEvent]) -> None:
    """Raises Broken where ``event`` breaks the contract that stands in its version's file."""
    after = contract_of(event)
    had, has = _promises(before), _promises(after)
    broken = [f"{name} is gone" for name in sorted(had.keys() - has.keys())]
    broken += [
        f"{name} means something else" for name in had if had[name] != has.get(name, had[name])
    ]
    needed = set(event.model_json_schema(mode="validation").get("required", ()))
    broken += [f"{name} is new and has no default" for name in sorted(needed - had.keys())]
    broken += [
        f"{name} was {before.get(name)}"
        for name in ("x-source",)
        if before.get(name) != after[name]
    ]
    if broken:
        what = "; ".join(broken)
        raise Broken(f"{name_of(event)}: {what}. Give {event.__name__} a new version.")


def _promises(contract: dict[str, Any]) -> dict[str, Any]:
    """Each property with all that its schema says, that of shared definitions included."""
    shared = contract.get("$defs", {})
    return {name: _plain(told, shared) for name, told in contract["properties"].items()}


def _plain(schema: Any, shared: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_plain(one, shared) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(shared[schema["$ref"].rpartition("/")[2]], shared)
    return {key: _plain(value, shared) for key, value in schema.items() if key not in _WORDS}


def read(event: type[DomainEvent], folder: Path = CONTRACTS) -> dict[str, Any] | None:
    """The contract that is written down; None where there is none yet."""
    try:
        told: dict[str, Any] = json.loads((folder / name_of(event)).read_text())
    except FileNotFoundError:
        return None
    return told


def stale(folder: Path = CONTRACTS) -> list[str]:
    """Contracts that are not written down as the types have them. Raises Broken."""
    found = []
    for event in EVENT_TYPES.values():
        before = read(event, folder)
        if before is not None:
            check_growth(before, event)
        if before != contract_of(event):
            found.append(name_of(event))
    return found


def write(folder: Path = CONTRACTS) -> list[str]:
    """Write what is not up to date; returns the names. Raises Broken, then nothing is written."""
    folder.mkdir(parents=True, exist_ok=True)
    names = stale(folder)
    for event in EVENT_TYPES.values():
        if name_of(event) in names:
            text = json.dumps(contract_of(event), indent=2, ensure_ascii=False)
            (folder / name_of(event)).write_text(text + "\n")
    return names
