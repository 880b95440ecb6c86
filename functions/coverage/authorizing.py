"""Authorizations and referrals on file: entered, changed, shown with what is left of them.

Somebody at the practice writes down what a payer has said. Each change is a version that is
kept. What is left is never written down: it is counted from the charges, see
:mod:`caresmith.records.revenue.authorized`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import FieldError, InvalidRequest, NotFound, VersionConflict, invalid
from caresmith.events import AuthorizationChanged, RevenueOutbox, tell
from caresmith.ids import AuthorizationId, PatientId, PayerId, PracticeId
from caresmith.records.coverage import CoveredChart, covered_chart
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.records.revenue.authorization import (
    Authorization,
    AuthorizationItem,
    AuthorizationRead,
    AuthorizationVersionItem,
    authorization_items,
    authorizations_key,
    open_authorization,
    seal_authorization,
    version_sort_key,
    versions_key,
)
from caresmith.records.revenue.authorized import on_file, uses_of
from caresmith.records.revenue.payer import Directory, payer_directory
from caresmith.transactions import TransactionCancelled, transaction, when_not_busy
from functions.coverage import running_out
from functions.coverage.models import AuthorizationShown, AuthorizationsRead

MOST_OF_ONE: Final = 200
"""Authorizations of one chart."""


@dataclass(frozen=True)
class _File:
    """A patient's authorizations with what judging them needs."""

    practice: PracticeId
    chart: CoveredChart
    directory: Directory
    setup: PracticeSetup
    items: tuple[AuthorizationItem, ...]
    every: tuple[AuthorizationRead, ...]
    today: dt.date

    @classmethod
    def of(cls, patient: PatientId, *, actor: Actor, now: Instant) -> _File:
        """Raises NotFound."""
        practice = actor.practice_id
        audit().about(patient)
        chart = covered_chart(practice, patient)
        audit().about(*chart.charts)
        setup = practice_setup(practice)
        items = sorted(
            authorization_items(practice, chart.charts), key=lambda one: one.authorization_id
        )
        return cls(
            practice,
            chart,
            payer_directory(practice),
            setup,
            tuple(items),
            tuple(open_authorization(practice, one) for one in items),
            setup.practice.day_at(now),
        )

    def get(self, key: AuthorizationId) -> AuthorizationRead:
        """Raises NotFound."""
        audit().record(key)
        for one in self.every:
            if one.authorization_id == key:
                return one
        raise NotFound

    def shown(self, every: tuple[AuthorizationRead, ...]) -> list[AuthorizationShown]:
        """With what is left: two queries more where any of them is limited."""
        limited = any(one.approved is not None for one in every)
        uses = uses_of(self.practice, self.chart.charts) if limited else ()
        return [
            AuthorizationShown(
                **dict(one),
                payer_name=self.payer_name(one),
                left=on_file(one, uses, self.setup).left,
                expired=bool(one.last and one.last < self.today),
            )
            for one in every
        ]

    def payer_name(self, one: AuthorizationRead) -> str:
        payer = self.directory.get(one.payer_id)
        if payer is not None:
            return payer.facts.name
        policies = self.chart.coverages
        return next((p.payer_name for p in policies if p.coverage_id == one.coverage_id), "")


def of_patient(patient: PatientId, *, actor: Actor, now: Instant) -> AuthorizationsRead:
    """All of a person's: those that hold or are waited for first, the newest first."""
    file = _File.of(patient, actor=actor, now=now)
    shown = sorted(file.shown(file.every), key=lambda one: one.authorization_id, reverse=True)
    shown.sort(key=lambda one: one.over)
    return AuthorizationsRead(patient_id=file.chart.patient_id, authorizations=shown)


def read(
    patient: PatientId, key: AuthorizationId, *, actor: Actor, now: Instant
) -> AuthorizationShown:
    """Raises NotFound."""
    file = _File.of(patient, actor=actor, now=now)
    return file.shown((file.get(key),))[0]


def versions(practice: PracticeId, key: AuthorizationId) -> list[AuthorizationRead]:
    """What became of one, the latest first. The caller has found it in a chart."""
    found = AuthorizationVersionItem.query(
        versions_key(practice, key), scan_index_forward=False, consistent_read=True
    )
    return [open_authorization(practice, item) for item in found]


def add(
    patient: PatientId,
    told: Authorization,
    *,
    actor: Actor,
    now: Instant,
    key: str = "",
) -> AuthorizationShown:
    """Raises NotFound, InvalidRequest.

    The same again with its ``key`` (a form's own) adds nothing: what it added is answered.
    """
    file = _File.of(patient, actor=actor, now=now)
    if len(file.every) >= MOST_OF_ONE:
        raise invalid("number", f"a chart holds at most {MOST_OF_ONE} authorizations")
    chart = file.chart.patient_id
    made = (
        AuthorizationId.derived(actor.practice_id, chart, key, told.model_dump_json())
        if key
        else AuthorizationId.new()
    )
    known = next((one for one in file.every if one.authorization_id == made), None)
    if known is None:
        _check(file, told, made)
        item = AuthorizationItem(
            authorizations_key(actor.practice_id, chart),
            made,
            authorization_id=made,
            patient_id=chart,
            version=0,
        )
        known = _write(file, item, told, actor, now)
    return file.shown((known,))[0]


def change(
    patient: PatientId,
    key: AuthorizationId,
    told: Authorization,
    expected: int,
    *,
    actor: Actor,
    now: Instant,
) -> AuthorizationShown:
    """Raises NotFound, VersionConflict, InvalidRequest."""
    file = _File.of(patient, actor=actor, now=now)
    before = file.get(key)
    if before.version != expected:
        raise VersionConflict
    _check(file, told, key, before)
    item = next(one for one in file.items if one.authorization_id == key)
    changed = _write(file, item, told, actor, now)
    return file.shown((changed,))[0]


def _check(
    file: _File,
    told: Authorization,
    key: AuthorizationId,
    before: AuthorizationRead | None = None,
) -> None:
    """What only chart and set-up can tell. Raises InvalidRequest."""
    wrong = []
    policies = {one.coverage_id for one in file.chart.coverages}
    # A policy may be gone from the chart since; what was told of it stays.
    kept = before is not None and before.coverage_id == told.coverage_id
    if told.coverage_id not in policies and not kept:
        wrong.append(FieldError("coverage_id", "is no policy of the patient"))
    if told.rendering_id and told.rendering_id not in file.setup.providers:
        wrong.append(FieldError("rendering_id", "is no provider of the practice"))
    if told.location_id and told.location_id not in file.setup.locations:
        wrong.append(FieldError("location_id", "is no location of the practice"))
    same = [
        one
        for one in file.every
        if one.number
        and (one.number, one.kind, one.coverage_id) == (told.number, told.kind, told.coverage_id)
        and set(one.codes) == set(told.codes)
        and one.authorization_id != key
    ]
    if same:
        wrong.append(FieldError("number", "is on file already, for the same codes"))
    if wrong:
        raise InvalidRequest(fields=wrong)


def _payer(file: _File, told: Authorization) -> PayerId | None:
    policies = file.chart.coverages
    policy = next((one for one in policies if one.coverage_id == told.coverage_id), None)
    payer = file.directory.of(policy) if policy else None
    if payer is not None:
        return payer.payer_id
    former = (one for one in file.every if one.coverage_id == told.coverage_id)
    return next((one.payer_id for one in former if one.payer_id), None)


def _write(
    file: _File, item: AuthorizationItem, told: Authorization, actor: Actor, now: Instant
) -> AuthorizationRead:
    """The authorization, its version and its lines of the lists, in one transaction.

    Claims that wait for it are told with it.

    Raises VersionConflict.
    """
    key, before = AuthorizationId(item.authorization_id), int(item.version)
    item.payer_id = _payer(file, told)
    item.content = seal_authorization(file.practice, key, told)
    item.version = before + 1
    item.changed_at, item.changed_by = to_text(now), actor.user_id
    version = AuthorizationVersionItem(
        versions_key(file.practice, key),
        version_sort_key(before + 1),
        authorization_id=key,
        patient_id=item.patient_id,
        payer_id=item.payer_id,
        changed_at=item.changed_at,
        changed_by=item.changed_by,
        version=before + 1,
        content=item.content,
    )
    audit().record(key)
    audit().about(PatientId(item.patient_id))
    written = open_authorization(file.practice, item)
    uses = uses_of(file.practice, file.chart.charts) if told.approved is not None else ()
    lists = running_out.lines(item, written, on_file(written, uses, file.setup).left)
    told_of = AuthorizationChanged(
        practice_id=file.practice,
        occurred_at=now,
        actor_id=actor.user_id,
        patient_id=written.patient_id,
        authorization_id=key,
        payer_id=written.payer_id,
    )
    condition = (
        AuthorizationItem.version == before if before else AuthorizationItem.pk.does_not_exist()
    )

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item, condition=condition)
            writes.save(version, condition=AuthorizationVersionItem.pk.does_not_exist())
            running_out.place(writes, lists)
            tell(told_of, RevenueOutbox, writes)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
    return written
