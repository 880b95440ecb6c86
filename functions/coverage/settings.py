"""How a practice verifies coverage."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import VersionConflict
from caresmith.ids import PracticeId
from caresmith.transactions import save_audited
from functions.coverage.records import SettingsItem, settings_key

ServiceType = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,2}$")]
"""X12 service type code (EQ01): 30 is the plan as a whole, 98 a visit at the office."""


class CoverageSettings(BaseModel):
    """All of it, with defaults that a new practice can live with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    automatic: bool = True
    """Ask by itself before visits and at check-in; else by hand alone."""
    days_before: int = Field(default=3, ge=0, le=14)
    """So many days before a visit."""
    at_check_in: bool = True
    """Once more where the last answer is of another month, or of another policy."""
    service_types: tuple[ServiceType, ...] = Field(
        default=("30", "98"), min_length=1, max_length=10
    )
    stale_days: int = Field(default=30, ge=1, le=365)
    """After so many days an answer is shown as old."""

    @model_validator(mode="after")
    def _each_once(self) -> CoverageSettings:
        if len(set(self.service_types)) != len(self.service_types):
            raise ValueError("service_types: the same one twice")
        return self


class VersionedSettings(BaseModel):
    settings: CoverageSettings
    version: int
    """0 where none are stored."""


def coverage_settings(practice: PracticeId) -> VersionedSettings:
    """One read; the defaults for a practice that has stored none."""
    try:
        item = SettingsItem.get(*settings_key(practice), consistent_read=True)
    except SettingsItem.DoesNotExist:
        return VersionedSettings(settings=CoverageSettings(), version=0)
    return _opened(item)


def change_settings(
    settings: CoverageSettings, expected: int, *, actor: Actor
) -> VersionedSettings:
    """Raises VersionConflict."""
    key = settings_key(actor.practice_id)
    try:
        item = SettingsItem.get(*key, consistent_read=True)
    except SettingsItem.DoesNotExist:
        item = SettingsItem(*key)
    if int(item.version or 0) != expected:
        raise VersionConflict
    item.body = settings.model_dump_json()
    audit().record("coverage-settings")
    save_audited(item)
    return _opened(item)


def _opened(item: SettingsItem) -> VersionedSettings:
    return VersionedSettings(
        settings=CoverageSettings.model_validate_json(item.body), version=int(item.version or 0)
    )
