"""How a practice under test reminds and writes."""

from __future__ import annotations

from contextlib import suppress
from datetime import time
from typing import Any, Final

from caresmith.ids import PracticeId
from caresmith.messages.settings import (
    MessagingSettings,
    QuietHours,
    SettingsRecord,
    forget_settings,
    settings_key,
)

NEVER_QUIET: Final = QuietHours(start=time(0), end=time(0))
"""Tests run at night as well."""


def put_settings(practice: PracticeId, **given: Any) -> MessagingSettings:
    """Write the practice's settings: the defaults, but for what is given and quiet hours."""
    settings = MessagingSettings(**{"quiet": NEVER_QUIET, **given})
    with suppress(SettingsRecord.DoesNotExist):
        SettingsRecord.get(*settings_key(practice)).delete()
    SettingsRecord(*settings_key(practice), body=settings.model_dump_json()).save()
    forget_settings(practice)
    return settings
