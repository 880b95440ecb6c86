"""What coverage refuses, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict, FieldError, InvalidRequest


class BeingAsked(Conflict):
    kind = "being-asked"
    title = "The payer is being asked about this policy just now. Look again in a moment."


class PolicyEnded(Conflict):
    kind = "policy-ended"
    title = "This policy has ended. Nobody is asked about it."


def invalid(field: str, message: str) -> InvalidRequest:
    """One field is wrong, in a way that only the present data can tell."""
    return InvalidRequest(fields=[FieldError(field, message)])
