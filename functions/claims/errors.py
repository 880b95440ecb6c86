"""What claims refuse, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError


class NotEditable(Conflict):
    kind = "claim-not-editable"
    title = "The claim has gone out: change the charges, and a corrected claim follows."


class StillFlawed(Conflict):
    """An error, or a warning that nobody has decided on, stands in the way."""

    kind = "claim-flawed"
    title = "Findings stand in the way of this claim: mend them, or say why a warning is none."


class FindingGone(Conflict):
    kind = "finding-gone"
    title = "The claim has no such finding any more. Load the page again."


class NotAWarning(Conflict):
    kind = "not-a-warning"
    title = "Only a warning can be overridden: an error would come back from the payer."


class NoPayerNumber(Conflict):
    kind = "no-payer-number"
    title = "The payer's own number of this claim is not known yet, and a correction names it."


class TakesNoCorrections(Conflict):
    """Frequency 7 and 8 are not for every payer."""

    kind = "takes-no-corrections"
    title = (
        "Medicare Part B takes no corrected claims and no voids: ask it to reopen this one, or "
        "send a new claim where it could not process it (MA130)."
    )


class WasProcessed(Conflict):
    kind = "claim-was-processed"
    title = (
        "The payer has processed this claim: a new one would come back as a duplicate. "
        "Correct it, or ask for a reopening."
    )


class NotOnPaper(Conflict):
    kind = "not-on-paper"
    title = "This payer takes claims by wire."


class NothingToSend(Conflict):
    kind = "nothing-to-send"
    title = "No approved claim waits for a payer that takes claims by wire."


class FileUnreadable(Conflict):
    kind = "file-unreadable"
    title = "This file can't be read, so nothing can be made of it."


class CannotAsk(Conflict):
    """The payer can't be asked now; ``reason`` says why."""

    kind = "cannot-ask"
    title = "The payer can't be asked about this claim by wire."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class EmptyFile(DomainError):
    kind, status, title = "empty-file", 422, "There is nothing in the file."


class TooManyAtOnce(DomainError):
    kind, status, title = "too-many-claims", 422, "That many claims can't be changed at once."


class ClaimBusy(DomainError):
    """Others kept changing it: tried again later."""

    kind, status = "claim-busy", 503
    title = "Others kept changing this claim. Nothing was changed; try again."
