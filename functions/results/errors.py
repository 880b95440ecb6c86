"""What results refuse, and why."""

from __future__ import annotations

from caresmith.errors import Conflict, DomainError


class KeepsChanging(DomainError):
    kind, status = "keeps-changing", 503
    title = "Others kept changing this report. Nothing was changed; try again."


class UnknownLab(DomainError):
    kind, status, title = "unknown-lab", 404, "There is no such laboratory."


class LabClosed(Conflict):
    kind, title = "lab-closed", "This laboratory's interface is switched off."


class TooMany(DomainError):
    kind, status = "too-many-messages", 413
    title = "More messages than one call takes: import them as a file."


class NothingThere(DomainError):
    kind, status, title = "empty", 422, "There is nothing in it."


class StillGarbled(Conflict):
    kind, title = "still-garbled", "The message can't be read, so it can't be filed."


class WrongChart(Conflict):
    kind, title = "wrong-chart", "These results can't be filed in this chart."


class Reviewed(Conflict):
    kind, title = "reviewed", "It was reviewed already."
