"""What payments refuses, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError


class NoFileYet(Conflict):
    kind, title = "no-file-yet", "No file has arrived for this upload yet."


class AlreadySettled(Conflict):
    kind, title = "remittance-settled", "This claim of the remittance is posted already."


class NotPosted(Conflict):
    kind, title = "not-posted", "This claim of the remittance is not posted."


class NoNextPayer(Conflict):
    kind = "no-next-payer"
    title = (
        "No policy stands behind the payer that has answered: put one on the charge sheet first."
    )


class NothingLeft(Conflict):
    kind = "nothing-for-next-payer"
    title = "Nothing is left that a next payer could be asked for."


class NotCertain(DomainError):
    """What was chosen does not make the payer's lines ours."""

    kind, status = "match-not-certain", 422
    title = "With this choice the payer's lines still do not fit the claim."


class ClaimNotSent(Conflict):
    kind, title = "claim-not-sent", "That claim has never been sent: no payer can have answered it."


class KnownRemittance(Conflict):
    kind = "remittance-known"
    title = "This payment is here already: same payer, same trace number, same amount."


class DoesNotAddUp(DomainError):
    kind, status, title = "does-not-add-up", 422, "The amounts do not add up."


class DenialMove(Conflict):
    kind, title = "denial-state", "The denial's state does not allow that."


class StillOwed(Conflict):
    kind = "denial-still-owed"
    title = (
        "Insurance still owes the line: it is won once the payment or the payer's reduction is "
        "posted."
    )


class NotYours(Conflict):
    kind = "approve-own-decision"
    title = "Somebody else than who asked has to approve this."


class Decided(Conflict):
    kind, title = "already-decided", "This was decided already."


class NeverClaimed(Conflict):
    kind = "never-claimed"
    title = "No claim was ever made of this visit: change who pays on its charge sheet."


class AlreadyRefunded(Conflict):
    kind, title = "already-refunded", "This was given back to the payer already."


class NotRefunded(Conflict):
    kind = "not-refunded"
    title = "No refund of this waits for the payer's word."


class NothingDenied(Conflict):
    kind, title = "nothing-open", "Nothing of that line is open any more."


class DepositTaken(Conflict):
    kind, title = "deposit-taken", "That deposit or remittance has its counterpart already."
