"""The order of writes: one counter for a practice's set-up and one for its staff.

======================  ============  ==============  ==========================
 access                  table         pk              sk
======================  ============  ==============  ==========================
 the set-up's revision   practice      ``<practice>``  ``revision``
 the staff's revision    identity      ``<practice>``  ``revision``
======================  ============  ==============  ==========================

What may be written often depends on many items: a name that no other has, a
place that nothing refers to, one administrator who is left. So each write reads
the revision, then everything, decides, and commits on condition that the
revision is still the same. Of two writes at once one commits and the other
decides anew. They are rare and made by people, so nobody waits for long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from pynamodb.attributes import NumberAttribute

from caresmith.ids import PracticeId
from caresmith.tables import IdentityItem, PracticeItem
from caresmith.transactions import TransactionCancelled, when_not_busy
from functions.admin.errors import TooBusy

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

Result = TypeVar("Result")

_KEY: Final = "revision"
_ATTEMPTS: Final = 5


class SetupRevision(PracticeItem, discriminator="setup-revision"):
    number = NumberAttribute()


class StaffRevision(IdentityItem, discriminator="staff-revision"):
    number = NumberAttribute()


Revision = type[SetupRevision] | type[StaffRevision]


def read_revision(kind: Revision, practice: PracticeId) -> int:
    """The number of the last write; 0 before the first. Read it before what it guards."""
    try:
        return int(kind.get(practice, _KEY, consistent_read=True).number)
    except kind.DoesNotExist:
        return 0


def advance(kind: Revision, practice: PracticeId, seen: int, writes: TransactWrite) -> None:
    """Add to ``writes`` that nothing was written since revision ``seen``, and the next number."""
    condition = kind.number == seen if seen else kind.pk.does_not_exist()
    writes.save(kind(practice, _KEY, number=seen + 1), condition=condition)


def deciding(attempt: Callable[[], Result]) -> Result:
    """Run ``attempt`` (read, decide, commit), again where somebody was faster. Raises TooBusy."""
    for _ in range(_ATTEMPTS):
        try:
            return when_not_busy(attempt)
        except TransactionCancelled:
            continue
    raise TooBusy
