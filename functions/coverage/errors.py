"""What coverage refuses, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict


class BeingAsked(Conflict):
    kind = "being-asked"
    title = "The payer is being asked about this policy just now. Look again in a moment."


class PolicyEnded(Conflict):
    kind = "policy-ended"
    title = "This policy has ended. Nobody is asked about it."
