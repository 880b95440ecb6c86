"""The contracts in events/ are the types', and no version takes back what it promised."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import create_model

from caresmith.events import EVENT_TYPES, DomainEvent, WaitlistOffered
from caresmith.ids import (
    LocationId,
    OfferId,
    PatientId,
    PracticeId,
    ProviderId,
    WaitlistEntryId,
)
from scripts.eventcontracts import contracts

FACTS = {
    "practice_id": PracticeId.new(),
    "occurred_at": datetime(2026, 3, 8, 7, 30, tzinfo=UTC),
    "actor_id": "usr_x",
    "offer_id": OfferId.new(),
    "entry_id": WaitlistEntryId.new(),
    "patient_id": PatientId.new(),
    "provider_id": ProviderId.new(),
    "location_id": LocationId.new(),
    "start": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    "expires_at": datetime(2026, 10, 31, 5, 30, tzinfo=UTC),
}


def test_every_contract_is_written_down_as_the_types_have_it() -> None:
    assert contracts.stale() == [], "run scripts/contracts"


def test_no_contract_describes_an_event_that_nobody_tells() -> None:
    """Older versions stay, as events of theirs may be under way; other files are leftovers."""
    names = {path.name.partition(".")[0] for path in contracts.CONTRACTS.iterdir()}
    assert names == set(EVENT_TYPES)


@pytest.mark.parametrize("kind", EVENT_TYPES.values(), ids=lambda kind: kind.__name__)
def test_a_contract_is_json_schema_under_a_versioned_name(kind: type[DomainEvent]) -> None:
    contract = contracts.read(kind)
    assert contract is not None
    Draft202012Validator.check_schema(contract)
    assert contract["$id"] == f"https://caresmith.dev/events/{kind.__name__}/{kind.version}"
    assert contract["additionalProperties"] is False


def test_a_told_event_fits_its_contract_and_anything_else_does_not() -> None:
    contract = contracts.read(WaitlistOffered)
    assert contract is not None
    validator = Draft202012Validator(contract)
    told = json.loads(WaitlistOffered.model_validate(FACTS).model_dump_json())
    validator.validate(told)
    assert not validator.is_valid({**told, "patient_name": "x"})
    assert not validator.is_valid({k: v for k, v in told.items() if k != "event_id"})
    assert not validator.is_valid({**told, "patient_id": told["practice_id"]})


def changed(**fields: Any) -> type[DomainEvent]:
    """The event type after somebody has worked on it; a field set to None is taken away."""
    kept = {
        name: (field.annotation, field)
        for name, field in WaitlistOffered.model_fields.items()
        if name not in DomainEvent.model_fields and name not in fields
    }
    new = {name: told for name, told in fields.items() if told is not None}
    made: Any = create_model("WaitlistOffered", __base__=DomainEvent, **kept, **new)
    made.source, made.version = WaitlistOffered.source, WaitlistOffered.version
    return made  # type: ignore[no-any-return]


BEFORE = contracts.contract_of(WaitlistOffered)


def test_an_event_may_gain_what_has_a_default() -> None:
    contracts.check_growth(BEFORE, changed())
    contracts.check_growth(BEFORE, changed(channel=(str | None, None)))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"start": None}, "start is gone"),
        ({"start": (str, ...)}, "start means something else"),
        ({"start": (datetime | None, None)}, "start means something else"),
        ({"patient_id": (PracticeId, ...)}, "patient_id means something else"),
        ({"channel": (str, ...)}, "channel is new and has no default"),
    ],
)
def test_a_version_takes_nothing_back(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(contracts.Broken, match=why):
        contracts.check_growth(BEFORE, changed(**fields))


def test_a_broken_contract_is_not_overwritten_and_a_new_version_stands_beside_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "EVENT_TYPES", {"WaitlistOffered": WaitlistOffered})
    now, after = WaitlistOffered.version, WaitlistOffered.version + 1
    assert contracts.write(tmp_path) == [f"WaitlistOffered.v{now}.json"]
    assert contracts.write(tmp_path) == []
    poorer = changed(start=None)
    monkeypatch.setattr(contracts, "EVENT_TYPES", {"WaitlistOffered": poorer})
    with pytest.raises(contracts.Broken, match="new version"):
        contracts.write(tmp_path)
    assert contracts.read(WaitlistOffered, tmp_path) == BEFORE
    poorer.version = after
    assert contracts.write(tmp_path) == [f"WaitlistOffered.v{after}.json"]
    assert {path.name for path in tmp_path.iterdir()} == {
        f"WaitlistOffered.v{now}.json",
        f"WaitlistOffered.v{after}.json",
    }
