"""What can go wrong with a practice's reminders, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict, FieldError, InvalidRequest


class NumberTaken(Conflict):
    kind = "number-taken"
    title = "Another practice sends from that number or address already."


def invalid(field: str, message: str) -> InvalidRequest:
    """One field is wrong, and how."""
    return InvalidRequest(fields=[FieldError(field, message)])
