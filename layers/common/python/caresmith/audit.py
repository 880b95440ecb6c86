"""The audit trail: who did what to whose record, when, from where, and how it ended.

45 CFR 164.312(b) asks for mechanisms that record and examine activity. Each
request makes one entry, written before its answer leaves:

* a change joins its entry to the very transaction that makes the change
  (:meth:`AuditTrail.join`), so that neither exists without the other;
* anything else, refusals included, is written by the edge when the handler is
  done; if the entry can't be written, the caller gets an error and no data.

Entries are only ever added: no function is granted update or delete. Each entry
is an item of its own, so writers never wait for each other. The ``audit``
function seals them into hash-chained segments.

==========  ==========================================  =====================
 access      pk                                          sk
==========  ==========================================  =====================
 by day      ``<practice>#<yyyy-mm-dd>#<shard 0..7>``    ``<instant>#<ulid>``
 by patient  ``<practice>#<patient>``                    the same
==========  ==========================================  =====================

The request writes only the entry; the ``audit`` function, which follows the
table's stream, files a reference under each patient that the entry names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zlib import crc32

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute

from caresmith.actor import Actor
from caresmith.clock import Clock, to_precise_text
from caresmith.ids import PatientId, new_ulid
from caresmith.settings import service_name
from caresmith.tables import AuditItem

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

SHARDS: Final = 8
# A request about more patients than this (a long list, a report) makes several
# entries: an item has to stay far below DynamoDB's 400 KB.
MAX_PATIENTS: Final = 500


class Outcome(StrEnum):
    """FHIR AuditEvent.outcome, in words."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"


class AuditEntry(AuditItem, discriminator="entry"):
    """One entry. It holds ids, codes and the caller's address: no clinical content."""

    entry_id = UnicodeAttribute()
    practice_id = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    actor_roles = ListAttribute(of=UnicodeAttribute)
    session_id = UnicodeAttribute(null=True)
    action = UnicodeAttribute()
    service = UnicodeAttribute()
    outcome = UnicodeAttribute()
    status = NumberAttribute(null=True)
    patient_ids = ListAttribute(of=UnicodeAttribute)
    records = ListAttribute(of=UnicodeAttribute)
    reason = UnicodeAttribute(null=True)
    """Why, where the actor had to say: emergency access, merge, overbooking."""
    source_ip = UnicodeAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)


def day_partition(practice_id: str, day: str, shard: int) -> str:
    """The partition of one of a practice's UTC days, ``day`` as yyyy-mm-dd."""
    return f"{practice_id}#{day}#{shard}"


@dataclass
class AuditTrail:
    """Collects what one request touches and becomes its entry."""

    actor: Actor
    action: str
    clock: Clock
    source_ip: str = ""
    correlation_id: str = ""
    reason: str = ""
    patients: list[PatientId] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    written: bool = False

    def about(self, *patients: PatientId) -> None:
        """This request reads or changes these patients' data."""
        known = set(self.patients)
        self.patients.extend(p for p in dict.fromkeys(patients) if p not in known)

    def record(self, *ids: str) -> None:
        """This request reads or changes these other records."""
        self.records.extend(i for i in dict.fromkeys(ids) if i not in self.records)

    def join(self, transaction: TransactWrite) -> None:
        """Write the entry as part of ``transaction``: one story, all or nothing."""
        for entry in self._entries(Outcome.SUCCESS, None):
            transaction.save(entry, condition=AuditEntry.pk.does_not_exist())
        self.written = True

    def unjoin(self) -> None:
        """The transaction that the entry had joined did not commit."""
        self.written = False

    def close(self, outcome: Outcome, status: int) -> None:
        """Write the entry now, unless a transaction already carried it."""
        if self.written and outcome is Outcome.SUCCESS:
            return
        for entry in self._entries(outcome, status):
            entry.save(AuditEntry.pk.does_not_exist())
        self.written = True

    def _entries(self, outcome: Outcome, status: int | None) -> list[AuditEntry]:
        at = to_precise_text(self.clock.now())
        chunks = [
            self.patients[i : i + MAX_PATIENTS] for i in range(0, len(self.patients), MAX_PATIENTS)
        ]
        return [self._entry(at, chunk, outcome, status) for chunk in chunks or [[]]]

    def _entry(
        self, at: str, patients: list[PatientId], outcome: Outcome, status: int | None
    ) -> AuditEntry:
        entry_id = new_ulid()
        return AuditEntry(
            day_partition(self.actor.practice_id, at[:10], crc32(entry_id.encode()) % SHARDS),
            f"{at}#{entry_id}",
            entry_id=entry_id,
            practice_id=self.actor.practice_id,
            occurred_at=at,
            actor_id=self.actor.user_id,
            actor_roles=sorted(self.actor.roles),
            session_id=self.actor.session_id or None,
            action=self.action,
            service=service_name(),
            outcome=outcome,
            status=status,
            patient_ids=list(patients),
            records=self.records,
            reason=self.reason or None,
            source_ip=self.source_ip or None,
            correlation_id=self.correlation_id or None,
        )


_current: Final[ContextVar[AuditTrail | None]] = ContextVar("audit_trail", default=None)


def audit() -> AuditTrail:
    """This request's trail. Raises LookupError outside a request or consumer."""
    trail = _current.get()
    if trail is None:
        raise LookupError("no audit trail is open")
    return trail


def audit_or_none() -> AuditTrail | None:
    """The present trail, where there is one."""
    return _current.get()


def join_audit(writes: TransactWrite) -> None:
    """Let the request's audit entry stand or fall with this transaction, where it has one."""
    trail = audit_or_none()
    if trail is not None and not trail.written and (trail.patients or trail.records):
        trail.join(writes)


@contextmanager
def audited(trail: AuditTrail) -> Iterator[AuditTrail]:
    """Make ``trail`` the present one. The caller closes it."""
    token = _current.set(trail)
    try:
        yield trail
    finally:
        _current.reset(token)
