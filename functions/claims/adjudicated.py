"""What payers have said of a sheet before: read from where payments keep it.

Amounts come from what is posted, by our own lines; what was paid for, of what was bundled
into what, and the remarks come from the remittance itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.records.revenue.adjudication import (
    Adjudication,
    SaidLine,
    Standing,
    adjudication_of,
    said_of,
)
from caresmith.records.revenue.remittance import get_remitted, open_remitted
from caresmith.records.revenue.remitted import RemittedClaim, Service
from caresmith.records.revenue.sheet import SheetItem
from caresmith.x12.adjustments import Adjustment
from caresmith.x12.remittance.model import ClaimStatus
from functions.claims.drafting.material import PriorAnswer, PriorLine

Told = Callable[[Adjudication], RemittedClaim | None]
_MOST_REMARKS: Final = 5
"""TR3 837P 2320 MOA03 to MOA07."""


def prior_answers(practice: PracticeId, sheet: SheetItem) -> dict[int, PriorAnswer]:
    """By turn, what stands of each payer's adjudication.

    One query, and one more for each of the answers that stand: seldom more than one or two.
    """

    def told(one: Adjudication) -> RemittedClaim | None:
        item = get_remitted(practice, one.remittance_id, one.position)
        return open_remitted(practice, item) if item is not None else None

    items, _ = said_of(practice, PatientId(sheet.patient_id), SheetId(sheet.sheet_id))
    said = (adjudication_of(item) for item in items if item.standing == Standing.POSTED)
    return standing_answers(said, told)


def standing_answers(
    said: Iterable[Adjudication], told: Told = lambda _: None
) -> dict[int, PriorAnswer]:
    """Of each turn and line the last word that was not taken back; ``told`` has it whole."""
    standing: list[Adjudication] = []
    for one in sorted(said, key=lambda each: each.order):
        if one.is_reversal:
            _take_back(standing, one)
        elif one.status is not ClaimStatus.PREDETERMINATION:
            standing.append(one)
    lines: dict[int, dict[str, PriorLine]] = {}
    last: dict[int, Adjudication] = {}
    remarks: dict[int, tuple[str, ...]] = {}
    for one in standing:
        whole = told(one)
        shown = _services(one, whole.services) if whole else {}
        last[one.turn] = one
        remarks[one.turn] = whole.remarks[:_MOST_REMARKS] if whole else ()
        lines.setdefault(one.turn, {}).update({line.line: _line(line, shown) for line in one.lines})
    return {
        turn: PriorAnswer(
            turn=turn,
            paid_on=last[turn].paid_on,
            lines=tuple(lines[turn][line] for line in sorted(lines[turn], key=int)),
            payer_control_number=last[turn].payer_control_number,
            remarks=remarks[turn],
        )
        for turn in last
    }


def _take_back(standing: list[Adjudication], reversal: Adjudication) -> None:
    """The latest one of the same claim that paid what is taken back, else the latest at all."""
    own = [one for one in standing if one.claim_id == reversal.claim_id]
    exact = [one for one in own if one.paid == -reversal.paid]
    for one in (exact or own)[-1:]:
        standing.remove(one)


def _services(said: Adjudication, services: Sequence[Service]) -> dict[str, Service]:
    """The payer's line of each of ours where it is one: by our number, as it came back."""
    found: dict[str, list[Service]] = {}
    for service in services:
        found.setdefault(service.line_number, []).append(service)
    return {
        line.line: found[line.line][0]
        for line in said.lines
        if len(found.get(line.line, ())) == 1
        and abs(found[line.line][0].charge.cents) == abs(line.charge.cents)
    }


def _line(said: SaidLine, shown: Mapping[str, Service]) -> PriorLine:
    adjustments = tuple(Adjustment(one.group, one.reason, one.amount) for one in said.adjustments)
    service = shown.get(said.line)
    if service is None:
        return PriorLine(said.line, said.paid, adjustments)
    return PriorLine(
        said.line,
        said.paid,
        adjustments,
        code=service.code,
        modifiers=service.modifiers,
        units=service.units,
        bundled_into=_bundled_into(said.line, service, shown),
    )


def _bundled_into(line: str, service: Service, shown: Mapping[str, Service]) -> str:
    """TR3 835 1.10.2.6: lines bundled are shown under the code that pays for all of them, with
    the one that was billed in SVC06; the payment stands on one, and nothing on the others."""
    if not service.submitted or service.submitted == service.code or service.paid:
        return ""
    return next(
        (
            other
            for other, one in shown.items()
            if other != line and one.code == service.code and one.paid
        ),
        "",
    )
