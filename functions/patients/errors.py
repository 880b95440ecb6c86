"""What the patients feature refuses, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError, FieldError
from functions.patients.models import Candidate


class PossibleDuplicate(DomainError):
    """Charts exist that may be the same person. A person must look before another is opened."""

    kind, status = "possible-duplicate", 409
    title = (
        "A chart may exist for this person. Look at the candidates; "
        "if this is somebody else, register again with confirmed_not_duplicate."
    )

    def __init__(self, candidates: list[Candidate]) -> None:
        super().__init__(
            candidates=[
                {
                    "patient_id": c.patient.patient_id,
                    "score": c.score,
                    "likelihood": c.likelihood,
                    "reasons": c.reasons,
                }
                for c in candidates
            ]
        )
        self.candidates = candidates


class MrnTaken(DomainError):
    kind, status, title = "mrn-taken", 409, "Another chart has this medical record number."

    def __init__(self) -> None:
        super().__init__(fields=[FieldError("mrn", "is the number of another chart")])


class ChartClosed(Conflict):
    kind, title = "chart-closed", "The chart is archived or merged: it can't be changed."


class CannotMerge(Conflict):
    kind, title = "cannot-merge", "These charts can't be merged."


class NotMerged(Conflict):
    kind, title = "not-merged", "That chart is not merged into this one."
