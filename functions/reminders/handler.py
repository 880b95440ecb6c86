"""Reminders: what is planned for each visit, and the settings of a practice."""

from __future__ import annotations

from caresmith.dispatch import make_handler
from functions.reminders.app import app

__all__ = ["app", "handler"]

handler = make_handler(app)
