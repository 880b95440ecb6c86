"""How the practice enters charges: released by themselves or not, places of service."""

from __future__ import annotations

from pynamodb.exceptions import PutError

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import FieldError, InvalidRequest, VersionConflict
from caresmith.records.practice import practice_setup
from functions.charges import models as m
from functions.charges.places import NAMES
from functions.charges.records import SETTINGS, Settings, SettingsItem, read_settings, settings_key


def read(*, actor: Actor) -> m.SettingsRead:
    settings, version = read_settings(actor.practice_id)
    return m.SettingsRead(version=version, settings=settings)


def change(settings: Settings, expected: int, *, actor: Actor) -> m.SettingsRead:
    """Raises VersionConflict, InvalidRequest."""
    known = practice_setup(actor.practice_id).locations
    wrong = [
        FieldError(f"places.{location}", "is no location of the practice")
        for location in settings.places
        if location not in known
    ] + [
        FieldError(f"places.{location}", "is no CMS place of service")
        for location, place in settings.places.items()
        if place not in NAMES
    ]
    if wrong:
        raise InvalidRequest(fields=wrong)
    _, present = read_settings(actor.practice_id)
    if present != expected:
        raise VersionConflict
    item = SettingsItem(settings_key(actor.practice_id), SETTINGS, body=settings.model_dump_json())
    if present:
        item.version = present
    try:
        item.save()
    except PutError:
        raise VersionConflict from None
    audit().record("charge-settings")
    return m.SettingsRead(version=int(item.version), settings=settings)
