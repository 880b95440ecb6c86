"""Asks a payer about one policy, and writes down what came of it.

Whoever asks first takes the policy for a minute, so that two clicks, or an event that
is delivered twice, cost one fee. The question goes out between two transactions: what
happens to this process meanwhile leaves a policy that may be asked about again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from caresmith import exchange as ports
from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.exchange import Account, ExchangeFailed, PayerExchange
from caresmith.ids import CoverageId, EligibilityId, PatientId
from caresmith.records.coverage import covered_chart
from caresmith.records.revenue.numbering import next_numbers
from caresmith.records.revenue.standing import Glance, Outcome, StandingItem, open_glance
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.coverage.answering import NotAnswered, read_answer
from functions.coverage.asking import CannotAsk, Question, inquiry, question
from functions.coverage.benefits import Benefits
from functions.coverage.errors import BeingAsked, PolicyEnded
from functions.coverage.keeping import Finding, Whose, fits, keep, new_standing
from functions.coverage.models import Asked
from functions.coverage.reasons import ANSWERED, TEMPORARY
from functions.coverage.records import CheckItem, Origin
from functions.coverage.rejections import temporary
from functions.coverage.scheduling import again_at
from functions.coverage.standing import Desk, desk_of, glance_of, is_asking, read_standing

LEASE: Final = timedelta(seconds=60)
"""Longer than the function may run: whoever took the policy is done or gone by then."""
WAITS: Final = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240))
"""Between one attempt of the automatic verification and the next."""


@dataclass(frozen=True)
class Ports:
    """The way out, which tests replace."""

    account: Callable[[], Account] = ports.account
    exchange: Callable[[Account], PayerExchange] = ports.exchange


@dataclass(frozen=True)
class Checked:
    """The check that is the answer; ``kept`` where it was there already."""

    whose: Whose
    eligibility_id: EligibilityId
    check: CheckItem | None
    kept: bool
    retry_at: Instant | None = None


@dataclass(frozen=True)
class Ask:
    """On what terms a policy is verified."""

    origin: Origin
    force: bool = False
    service_types: tuple[str, ...] = ()
    visit_at: Instant | None = None
    after: EligibilityId | None = None
    """Only where this check, which failed, is still the last one: a retry."""


def verify(
    patient: PatientId,
    coverage: CoverageId,
    ask: Ask,
    *,
    actor: Actor,
    now: Instant,
    out: Ports,
) -> Checked | None:
    """Verify one policy; None where a retry has become needless.

    Raises NotFound, PolicyEnded, BeingAsked.
    """
    chart = covered_chart(actor.practice_id, patient)
    audit().about(patient, chart.patient_id)
    policy = chart.coverage(coverage)
    audit().record(coverage)
    desk = desk_of(actor.practice_id, now)
    if policy.period.end and policy.period.end < desk.today:
        raise PolicyEnded
    whose = Whose(chart, policy, ask.origin, actor, now, ask.visit_at)
    standing = read_standing(actor.practice_id, coverage)
    if ask.after and (standing is None or standing.eligibility_id != ask.after):
        return None
    services = ask.service_types or desk.settings.service_types
    try:
        asked = question(
            chart,
            policy,
            desk.directory.of(policy),
            desk.setup,
            service_types=services,
            day=desk.today,
        )
        return _by_wire(whose, desk, standing, asked, ask, out)
    except CannotAsk as cannot:
        return _not_asked(whose, desk, standing, cannot, services)


def _not_asked(
    whose: Whose,
    desk: Desk,
    standing: StandingItem | None,
    cannot: CannotAsk,
    services: tuple[str, ...],
) -> Checked:
    """The payer can't be asked by wire. The same again on the same day adds nothing."""
    if standing is not None and standing.reason == cannot.reason and _today(desk, standing):
        return _kept(whose, standing)
    content = Asked(payer_name=whose.policy.payer_name, service_types=list(services))
    found = Finding(
        key=EligibilityId.new(),
        outcome=Outcome.UNVERIFIED,
        reason=cannot.reason,
        content=content,
        asked_for=desk.today,
        glance=Glance(payer_name=whose.policy.payer_name, service_types=list(services)),
    )
    return Checked(whose, found.key, keep(whose, standing, found), kept=False)


def _by_wire(
    whose: Whose,
    desk: Desk,
    standing: StandingItem | None,
    asked: Question,
    ask: Ask,
    out: Ports,
) -> Checked:
    if standing is not None and not ask.force and known_today(desk, standing, asked):
        return _kept(whose, standing)
    if is_asking(standing, whose.now):
        raise BeingAsked
    key = EligibilityId.new()
    try:
        account = out.account()
        numbers = next_numbers(whose.practice)
        file = inquiry(asked, key, account, numbers, whose.now)
    except ExchangeFailed as failed:
        return _settle(whose, standing, _failed(key, asked, failed.reason), ask)
    taken = _take(whose, standing)
    try:
        raw = out.exchange(account).ask(file)
    except ExchangeFailed as failed:
        return _settle(whose, taken, _failed(key, asked, failed.reason), ask)
    return _settle(whose, taken, _understood(key, asked, raw), ask)


def known_today(desk: Desk, standing: StandingItem, asked: Question) -> bool:
    """Whether a payer answered this very question today: a repeat would cost a fee for nothing."""
    if not standing.outcome or not _today(desk, standing):
        return False
    by_payer = standing.outcome != Outcome.UNVERIFIED or standing.reason in ANSWERED
    glance = open_glance(desk.practice, standing)
    return (
        by_payer
        and glance.fingerprint == asked.fingerprint
        and set(asked.service_types) <= set(glance.service_types)
    )


def _today(desk: Desk, standing: StandingItem) -> bool:
    return bool(standing.checked_at) and desk.day_of(str(standing.checked_at)) == desk.today


def _kept(whose: Whose, standing: StandingItem) -> Checked:
    return Checked(whose, EligibilityId(str(standing.eligibility_id)), None, kept=True)


def _take(whose: Whose, standing: StandingItem | None) -> StandingItem:
    """Have the policy to ourselves while the payer thinks. Raises BeingAsked."""
    item = standing or new_standing(whose)
    item.asking_until = to_text(whose.now + LEASE)

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise BeingAsked from None
    return item


def _failed(key: EligibilityId, asked: Question, reason: str) -> Finding:
    return Finding(
        key=key,
        outcome=Outcome.UNVERIFIED,
        reason=reason,
        content=_content(key, asked),
        asked_for=asked.day,
        glance=Glance(
            fingerprint=asked.fingerprint,
            payer_name=asked.payer_name,
            service_types=list(asked.service_types),
        ),
    )


def _understood(key: EligibilityId, asked: Question, raw: bytes) -> Finding:
    """What the payer's bytes mean; they are kept whatever they are, if they fit."""
    if not fits(raw):
        return _failed(key, asked, "too-large")
    try:
        said = read_answer(raw, key, asked.day)
    except NotAnswered as not_answered:
        return replace(_failed(key, asked, not_answered.reason), raw=raw)
    outcome, reason = _outcome(said)
    return Finding(
        key=key,
        outcome=outcome,
        reason=reason,
        content=_content(key, asked),
        asked_for=asked.day,
        said=said,
        raw=raw,
        glance=glance_of(said, asked.fingerprint, asked.payer_name, asked.service_types),
        by_payer=reason != "not-now",
    )


def _outcome(said: Benefits) -> tuple[Outcome, str | None]:
    if said.status == "active":
        return Outcome.ACTIVE, None
    if said.status == "inactive":
        return Outcome.INACTIVE, None
    if said.rejections:
        return Outcome.UNVERIFIED, "not-now" if temporary(list(said.rejections)) else "rejected"
    return Outcome.UNVERIFIED, "unclear"


def _content(key: EligibilityId, asked: Question) -> Asked:
    return Asked(
        fingerprint=asked.fingerprint,
        payer_name=asked.payer_name,
        trace=key,
        service_types=list(asked.service_types),
    )


def _settle(whose: Whose, standing: StandingItem | None, found: Finding, ask: Ask) -> Checked:
    """Write it down; what failed for a time is tried again by itself where nobody waits for it."""
    found.tries = int(standing.tries or 0) + 1 if standing and ask.after else 1
    again = found.reason in TEMPORARY and ask.origin is not Origin.BY_HAND
    if again and found.tries <= len(WAITS):
        found.retry_at = whose.now + WAITS[found.tries - 1]
        # The schedule first: one too many finds nothing to do, a lost one would be forgotten.
        again_at(whose, found.key, found.retry_at)
    check = keep(whose, standing, found)
    return Checked(whose, found.key, check, kept=False, retry_at=found.retry_at)
