"""What can go wrong with a practice's reminders, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict


class NumberTaken(Conflict):
    kind = "number-taken"
    title = "Another practice sends from that number or address already."
