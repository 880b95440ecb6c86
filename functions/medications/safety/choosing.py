"""Which safety check this deployment uses. There is one: a bought one would be chosen here."""

from __future__ import annotations

from functools import cache

from functions.medications.safety.port import SafetyCheck


@cache
def safety_check() -> SafetyCheck:
    from functions.medications.safety.public import PublicChecks

    return PublicChecks()
