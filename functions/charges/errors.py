"""What charge entry refuses, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caresmith.errors import Conflict, DomainError, FieldError


class SheetIncomplete(Conflict):
    """The sheet can't be released, or would no longer be complete."""

    kind = "charges-incomplete"
    title = "Something is still missing on this charge sheet."

    def __init__(self, missing: Sequence[str], sentences: Iterable[str] = ()) -> None:
        super().__init__(" ".join(sentences), missing=list(missing))
        self.missing = list(missing)


class SheetOver(Conflict):
    kind, title = "charges-void", "This charge sheet was voided: it can't be changed."


class AlreadyReleased(Conflict):
    kind, title = "charges-released", "This charge sheet has been released already."


class LinePaid(Conflict):
    """Something was paid or adjusted on the line."""

    kind = "line-paid"
    title = (
        "A payment or an adjustment stands on this line. Take it back first: reverse the payment "
        "or move it to another charge; then change the line."
    )

    def __init__(self, lines: Sequence[str]) -> None:
        shown = ", ".join(lines)
        some = f"Line {shown} has" if len(lines) == 1 else f"Lines {shown} have"
        super().__init__(
            f"{some} a payment or an adjustment. Reverse it or move it to another charge, "
            "then repeat this.",
            lines=list(lines),
        )
        self.lines = list(lines)


class PayerHasAnswered(Conflict):
    kind = "payer-has-answered"
    title = (
        "A payer has answered: it and those before it stay as they are. "
        "Put other policies behind them."
    )


class TooLargeForOne(Conflict):
    kind = "charges-too-large"
    title = (
        "A released sheet holds one claim: 12 diagnoses, 50 lines and one rendering provider. "
        "Enter the rest as another sheet."
    )


class RowsRefused(DomainError):
    """A file was not taken. Nothing of it is kept."""

    kind, status, title = "rows-refused", 422, "Some lines of the file are wrong; none was taken."

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__(fields=[FieldError(f"line {at}", why) for at, why in problems])
        self.problems = list(problems)


class SchedulesOverlap(Conflict):
    kind = "fee-schedules-overlap"
    title = "Another fee schedule of the same payer holds on some of these days."


class ScheduleInUse(Conflict):
    kind = "fee-schedule-in-use"
    title = "Another fee schedule is reckoned from this one."
