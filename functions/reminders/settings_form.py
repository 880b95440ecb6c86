"""The settings' form: what people type, and the settings that it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time as wall_time
from typing import Final

from pydantic import Field

from caresmith.messages.settings import CadenceStep, MessagingSettings
from caresmith.web.forms import Form, flat, parse, renumbered, rows_of, without_empty_rows

UNITS: Final[Mapping[str, int]] = {"days": 1440, "hours": 60, "minutes": 1}
_BOXES: Final = ("escalate_unconfirmed", "waitlist.earlier_slots")
_ROW_BOXES: Final = {
    "cadence": ("asks_to_confirm", "skip_if_confirmed"),
    "recalls": ("active",),
}
_TELLING: Final = {"cadence": ("amount",), "recalls": ("name", "after_days")}


class _Posted(MessagingSettings):
    """As posted: a field left empty means none, and not the default of a new practice."""

    noshow_after_minutes: int | None = Field(default=None, ge=15, le=24 * 60)
    agenda_at: wall_time | None = None
    cadence: tuple[CadenceStep, ...] = Field(default=(), max_length=6)


def shown(settings: MessagingSettings) -> Form:
    """The form that shows the settings."""
    form = flat(settings)
    values = dict(form.values)
    for place, step in enumerate(settings.cadence):
        unit = _unit_of(step.minutes_before)
        values[f"cadence.{place}.unit"] = unit
        values[f"cadence.{place}.amount"] = str(step.minutes_before // UNITS[unit])
    for name in ("quiet.start", "quiet.end", "agenda_at"):
        values[name] = values.get(name, "")[:5]
    form.values = values
    return form


def _unit_of(minutes: int) -> str:
    if minutes % 1440 == 0 and minutes > 2 * 1440:
        return "days"
    return "hours" if minutes % 60 == 0 else "minutes"


def read(form: Form, before: MessagingSettings) -> MessagingSettings:
    """The settings that the form means. Raises FormRefused with an error for each bad field.

    What the form does not show (the wordings) stays as it is.
    """
    without_empty_rows(form, _TELLING)
    values = dict(form.values)
    values |= {box: "false" for box in _BOXES if box not in values}
    for path, boxes in _ROW_BOXES.items():
        for row in rows_of(form, path):
            values |= {
                f"{path}.{row}.{box}": "false"
                for box in boxes
                if f"{path}.{row}.{box}" not in values
            }
    for row in rows_of(form, "cadence"):
        _count_minutes(values, f"cadence.{row}")
    form.values = values
    renumbered(form)
    typed = [name for name in values if name.endswith((".amount", ".unit"))]
    try:
        wanted = parse(form, _Posted, ignore=("version", *typed))
    finally:
        _point_at_what_was_typed(form)
    return MessagingSettings.model_validate({**dict(wanted), "templates": before.templates})


def _count_minutes(values: dict[str, str], row: str) -> None:
    """``7`` and ``days`` as minutes; a step keeps its key, a new one is named by its time."""
    amount, unit = values.get(f"{row}.amount", "").strip(), values.get(f"{row}.unit", "")
    if not amount.isdecimal() or unit not in UNITS:
        values[f"{row}.minutes_before"] = amount or "-"
        values.setdefault(f"{row}.key", "new")
        return
    values[f"{row}.minutes_before"] = str(int(amount) * UNITS[unit])
    if not values.get(f"{row}.key"):
        values[f"{row}.key"] = f"{amount}{unit[0]}"[:12]


def _point_at_what_was_typed(form: Form) -> None:
    form.errors = {
        path.replace(".minutes_before", ".amount"): message for path, message in form.errors.items()
    }
