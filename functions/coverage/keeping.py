"""A check written down: check, answer, standing, work list, event and audit in one transaction."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import NotFound
from caresmith.events import CoverageVerified, RevenueOutbox, tell
from caresmith.ids import EligibilityId, PracticeId
from caresmith.records.coverage import CoverageRead, CoveredChart
from caresmith.records.revenue.standing import (
    GLANCE,
    STANDING,
    Glance,
    Outcome,
    StandingItem,
    coverage_key,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.coverage.benefits import Benefits
from functions.coverage.errors import BeingAsked
from functions.coverage.models import Asked, Waiting
from functions.coverage.reasons import told
from functions.coverage.records import (
    AnswerItem,
    CheckItem,
    Origin,
    WorkItem,
    answer_key,
    check_key,
    work_key,
)
from functions.coverage.standing import read_standing

CONTENT: Final = "check"
ANSWER_GROUP: Final = "answer"
SHOWN: Final = "shown"
_ATTEMPTS: Final = 4
_MOST_SEALED: Final = 380 * 1024
"""An item has 400 KB at most."""


@dataclass
class Finding:
    """What a check has found."""

    key: EligibilityId
    outcome: Outcome
    reason: str | None
    content: Asked
    asked_for: dt.date
    said: Benefits | None = None
    raw: bytes | None = None
    glance: Glance = field(default_factory=Glance)
    by_payer: bool = False
    """A payer answered: whatever it said."""
    retry_at: Instant | None = None
    """When it is tried once more by itself; until then nobody has to see to it."""
    tries: int = 0


@dataclass(frozen=True)
class Whose:
    """The policy, and on whose account it is checked."""

    chart: CoveredChart
    policy: CoverageRead
    origin: Origin
    actor: Actor
    now: Instant
    visit_at: Instant | None = None

    @property
    def practice(self) -> PracticeId:
        return self.actor.practice_id


def new_standing(whose: Whose) -> StandingItem:
    return StandingItem(
        coverage_key(whose.practice, whose.policy.coverage_id),
        STANDING,
        coverage_id=whose.policy.coverage_id,
        patient_id=whose.chart.patient_id,
    )


def keep(whose: Whose, standing: StandingItem | None, found: Finding) -> CheckItem:
    """Write it all. An answer that was paid for is not lost: where the standing or the work
    list was changed meanwhile, they are read again, and the later finding stands.

    Raises BeingAsked where it can't be written all the same.
    """
    check, answer = _check(whose, found), _answer(whose, found)
    audit().about(whose.chart.patient_id)
    audit().record(whose.policy.coverage_id, found.key)
    for _ in range(_ATTEMPTS):
        known = standing or read_standing(whose.practice, whose.policy.coverage_id)
        if known is not None and known.eligibility_id == found.key:
            return check
        changed = _stands(whose, known or new_standing(whose), found)
        try:
            when_not_busy(partial(_commit, whose, changed, check, found, answer))
        except TransactionCancelled:
            standing = None
            continue
        return check
    raise BeingAsked


def _check(whose: Whose, found: Finding) -> CheckItem:
    policy = whose.policy
    return CheckItem(
        coverage_key(whose.practice, policy.coverage_id),
        check_key(found.key),
        eligibility_id=found.key,
        coverage_id=policy.coverage_id,
        patient_id=whose.chart.patient_id,
        origin=whose.origin,
        outcome=found.outcome,
        reason=found.reason,
        checked_at=to_text(whose.now),
        checked_by=whose.actor.user_id,
        asked_for=found.asked_for.isoformat(),
        sha256=sha256(found.raw).hexdigest() if found.raw is not None else None,
        content=Sealer(whose.practice, Domain.REVENUE).seal(found.key, CONTENT, found.content),
    )


def _stands(whose: Whose, standing: StandingItem, found: Finding) -> StandingItem:
    """The standing as the finding leaves it."""
    sealer, policy = Sealer(whose.practice, Domain.REVENUE), whose.policy
    standing.patient_id = whose.chart.patient_id
    standing.outcome, standing.reason = found.outcome, found.reason
    standing.checked_at, standing.eligibility_id = to_text(whose.now), found.key
    standing.tries, standing.asking_until = found.tries, None
    standing.retry_at = to_text(found.retry_at) if found.retry_at else None
    standing.glance = sealer.seal(policy.coverage_id, GLANCE, found.glance)
    if found.by_payer:
        standing.told_at = standing.checked_at
    return standing


def _answer(whose: Whose, found: Finding) -> AnswerItem | None:
    if found.raw is None:
        return None
    sealer = Sealer(whose.practice, Domain.REVENUE)
    return AnswerItem(
        coverage_key(whose.practice, whose.policy.coverage_id),
        answer_key(found.key),
        eligibility_id=found.key,
        file=sealer.seal_bytes(found.key, ANSWER_GROUP, zlib.compress(found.raw, 9)),
    )


def fits(raw: bytes) -> bool:
    """Whether an answer can be kept; none of one person comes near what can't."""
    return len(zlib.compress(raw, 9)) <= _MOST_SEALED


def _commit(
    whose: Whose,
    standing: StandingItem,
    check: CheckItem,
    found: Finding,
    answer: AnswerItem | None,
) -> None:
    event = CoverageVerified(
        practice_id=whose.practice,
        occurred_at=whose.now,
        actor_id=whose.actor.user_id,
        patient_id=whose.chart.patient_id,
        coverage_id=whose.policy.coverage_id,
        eligibility_id=found.key,
        outcome=found.outcome.value,
        reason=found.reason or "",
        by_telephone=whose.origin is Origin.TELEPHONE,
    )
    work = _work(whose, found) if _waits_for_a_person(whose, found) else None
    with transaction() as writes:
        writes.save(standing)
        writes.save(check, condition=CheckItem.pk.does_not_exist())
        if answer is not None:
            writes.save(answer)
        if work is not None:
            writes.save(work)
        elif found.outcome is Outcome.ACTIVE:
            # Whoever changed it meanwhile: it is settled.
            writes.delete(_blank_work(whose), add_version_condition=False)
        tell(event, RevenueOutbox, writes)
        audit().join(writes)


def _waits_for_a_person(whose: Whose, found: Finding) -> bool:
    """Not while it is tried again by itself, unless the patient stands at the desk already."""
    at_desk = whose.origin is Origin.CHECK_IN
    return found.outcome is not Outcome.ACTIVE and (found.retry_at is None or at_desk)


def _work(whose: Whose, found: Finding) -> WorkItem:
    """The line of the work list: who has taken it on keeps it."""
    item = read_work(whose) or _blank_work(whose)
    what = found.reason or found.outcome
    says, do = told(what, found.said)
    waiting = Waiting(
        payer_name=found.content.payer_name or whose.policy.payer_name, says=says, do=do
    )
    item.patient_id, item.what = whose.chart.patient_id, what
    item.eligibility_id = found.key
    item.since = item.since or to_text(whose.now)
    item.tries = max(1, found.tries)
    if whose.visit_at is not None:
        item.visit_at = to_text(whose.visit_at)
    sealer = Sealer(whose.practice, Domain.REVENUE)
    item.shown = sealer.seal(whose.policy.coverage_id, SHOWN, waiting)
    return item


def read_work(whose: Whose) -> WorkItem | None:
    try:
        return WorkItem.get(
            work_key(whose.practice), whose.policy.coverage_id, consistent_read=True
        )
    except WorkItem.DoesNotExist:
        return None


def _blank_work(whose: Whose) -> WorkItem:
    key = whose.policy.coverage_id
    return WorkItem(work_key(whose.practice), key, coverage_id=key)


def read_check(practice: PracticeId, policy: CoverageRead, key: EligibilityId) -> CheckItem:
    """Raises NotFound."""
    try:
        return CheckItem.get(
            coverage_key(practice, policy.coverage_id), check_key(key), consistent_read=True
        )
    except CheckItem.DoesNotExist:
        raise NotFound from None


def read_file(practice: PracticeId, policy: CoverageRead, key: EligibilityId) -> bytes:
    """The payer's answer as it came. Raises NotFound where it gave none."""
    try:
        item = AnswerItem.get(
            coverage_key(practice, policy.coverage_id), answer_key(key), consistent_read=True
        )
    except AnswerItem.DoesNotExist:
        raise NotFound from None
    sealer = Sealer(practice, Domain.REVENUE)
    return zlib.decompress(sealer.unseal_bytes(key, ANSWER_GROUP, item.file))
