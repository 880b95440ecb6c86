"""How an encounter went: when it was opened, seen, signed; or what is still open of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from caresmith.clock import from_text
from caresmith.ids import ConditionId, ProviderId
from caresmith.records.clinical.encounter import (
    BillingPart,
    EncounterClass,
    EncounterStatus,
    VisitPart,
)
from functions.scheduling.status import Flow, Status
from scripts.sample_practice.clinical import notes
from scripts.sample_practice.clinical.charted import Note, Told
from scripts.sample_practice.clinical.coding import billing_of
from scripts.sample_practice.clinical.moments import Seen
from scripts.sample_practice.clinical.scenes import Scene
from scripts.sample_practice.lifecycle import Tale
from scripts.sample_practice.premises import PROVIDERS
from scripts.sample_practice.staff import CLINICIAN

S = EncounterStatus

_STAYS_OPEN: Final = ((1.5, 0.55), (5.0, 0.16), (400.0, 0.006))
"""Up to so many days after the visit: how likely its note is not signed yet."""
_UNWRITTEN: Final = 0.2
_UNCODED: Final = 0.15
_TO_COSIGN: Final = 0.5
_COSIGNED_DAYS: Final = 6
_IN_TRAINING: Final = PROVIDERS["whitfield"].id
"""Whose notes a physician co-signs, for a while."""

Moves = tuple[tuple[EncounterStatus, dt.datetime], ...]


def course_of(
    scene: Scene, tale: Tale, seen: Seen, problems: Mapping[str, ConditionId], now: dt.datetime
) -> Told:
    """The encounter of a visit whose patient came, as it stands at ``now``."""
    came, over = _times(tale, now)
    course = _Course(scene, seen, now, came)
    if tale.visit.status is Status.CHECKED_IN:
        moves, note, billing = course.under_way(tale.visit.flow)
    else:
        moves, note, billing = course.ended(over, billing_of(scene, problems))
    telehealth = scene.kind == "telehealth"
    return Told(
        encounter_id=seen.encounter,
        visit=tale.visit,
        provider=seen.provider,
        class_code=EncounterClass.VIRTUAL if telehealth else EncounterClass.AMBULATORY,
        moves=moves,
        part=VisitPart(reason=_reason(scene)),
        billing=billing,
        note=note,
    )


def _reason(scene: Scene) -> str:
    if scene.reason:
        return scene.reason
    if scene.prenatal:
        return "Prenatal visit"
    return scene.outcome.name if scene.outcome else "Follow-up"


def _times(tale: Tale, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When the patient checked in, and when the visit was over."""
    steps = {entry.after: from_text(entry.at) for entry in tale.visit.history}
    came = steps.get(Status.CHECKED_IN, tale.visit.start)
    return min(came, now), min(steps.get(Status.FULFILLED, now), now)


class _Course:
    def __init__(self, scene: Scene, seen: Seen, now: dt.datetime, came: dt.datetime) -> None:
        self._scene, self._seen, self._now = scene, seen, now
        self._came = came

    def under_way(self, flow: str | None) -> tuple[Moves, Note | None, BillingPart]:
        """Somebody who is here just now."""
        moves: Moves = ((S.ARRIVED, self._came),)
        at = max(self._came, self._now - dt.timedelta(minutes=2))
        if flow == Flow.ROOMED:
            return (*moves, (S.TRIAGED, at)), None, BillingPart()
        if flow == Flow.WITH_PROVIDER:
            note = Note(notes.write(self._scene, part=0.4), at)
            return (*moves, (S.IN_PROGRESS, at)), note, BillingPart()
        return moves, None, BillingPart()

    def ended(
        self, over: dt.datetime, billing: BillingPart
    ) -> tuple[Moves, Note | None, BillingPart]:
        """Somebody who has left: signed and closed, but for some of the last days."""
        dice = self._scene.dice
        moves: Moves = ((S.ARRIVED, self._came),)
        saved = max(self._came, over - dt.timedelta(minutes=dice.randrange(1, 6)))
        signed = over + dt.timedelta(minutes=dice.randrange(3, 300))
        left_open = dice.chance(self._chance_open(over)) or signed > self._now
        if left_open and dice.chance(_UNWRITTEN):
            return moves, None, BillingPart()
        moves = (*moves, (S.IN_PROGRESS, saved))
        body = notes.write(self._scene)
        if left_open:
            coded = BillingPart() if dice.chance(_UNCODED) else billing
            return moves, Note(body, saved), coded
        if self._waits_for_cosigner(over):
            return moves, Note(body, saved, signed, _cosigner()), billing
        return (*moves, (S.FINISHED, signed)), Note(body, saved, signed), billing

    def _chance_open(self, over: dt.datetime) -> float:
        days = (self._now - over).total_seconds() / 86_400
        return next(chance for limit, chance in _STAYS_OPEN if days <= limit)

    def _waits_for_cosigner(self, over: dt.datetime) -> bool:
        recent = self._now - over < dt.timedelta(days=_COSIGNED_DAYS)
        mine = self._seen.provider == _IN_TRAINING
        return mine and recent and self._scene.dice.chance(_TO_COSIGN)


def _cosigner() -> ProviderId:
    if CLINICIAN.provider_id is None:
        raise ValueError("the clinician is a provider")
    return CLINICIAN.provider_id
