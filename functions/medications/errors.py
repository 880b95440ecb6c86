"""What medications refuse, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict, Forbidden


class NotAPrescriber(Forbidden):
    kind = "not-a-prescriber"
    title = "Only a provider prescribes: your user is not linked to one."


class UnresolvedAlerts(Conflict):
    kind = "unresolved-alerts"
    title = "The safety checks warn. Choose something else, or give a reason for each warning."


class NeedsEpcs(Conflict):
    kind = "needs-epcs"
    title = (
        "A controlled substance goes to a pharmacy electronically only through a certified "
        "system (21 CFR part 1311), which this is not. Print and sign it."
    )


class NotSendable(Conflict):
    kind, title = "not-sendable", "This can't be sent to a pharmacy as it is."


class AlreadySent(Conflict):
    kind = "already-sent"
    title = "A pharmacy has this prescription already. Stop it and write another."


class MedicationMove(Conflict):
    kind, title = "medication-move", "The medication's present state does not allow this."


class RefillDecidedAlready(Conflict):
    kind, title = "refill-decided", "This request was decided already."
