"""One transaction tells one story: all of its writes happen, or none."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from caresmith.audit import audit, audit_or_none
from caresmith.errors import VersionConflict

Result = TypeVar("Result")

CONDITION_FAILED: Final = "ConditionalCheckFailed"
_BUSY: Final = "TransactionConflict"
_ATTEMPTS: Final = 6


class TransactionCancelled(Exception):
    """Nothing was written. ``codes`` has DynamoDB's reason for each write, in order."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(sorted(set(codes))))
        self.codes = codes

    def failed(self, position: int) -> bool:
        """Whether the condition of the write at that position did not hold."""
        return self.codes[position] == CONDITION_FAILED

    @property
    def only_busy(self) -> bool:
        """No condition failed; another transaction touched the same items just then."""
        return _BUSY in self.codes and CONDITION_FAILED not in self.codes


@cache
def _connection() -> Connection:
    return Connection()


@contextmanager
def transaction() -> Iterator[TransactWrite]:
    """Collect writes; they are committed when the block ends. Raises TransactionCancelled."""
    try:
        with TransactWrite(connection=_connection()) as writes:
            yield writes
    except TransactWriteError as error:
        trail = audit_or_none()
        if trail is not None:
            trail.unjoin()
        if not error.cancellation_reasons:
            # Refused as a whole (throttled, too large): no write of it is to blame.
            raise
        codes = tuple(reason.code if reason else "None" for reason in error.cancellation_reasons)
        raise TransactionCancelled(codes) from None


def when_not_busy(attempt: Callable[[], Result]) -> Result:
    """Run ``attempt`` again, after a short pause, while only other transactions are in its way."""
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except TransactionCancelled as error:
            if not error.only_busy or number == _ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**number))  # noqa: S311 - no secret
    raise AssertionError("unreachable")


def save_audited(item: Model) -> None:
    """Write one item, on condition of its version, together with the audit entry.

    Raises VersionConflict where somebody was faster.
    """

    def attempt() -> None:
        with transaction() as writes:
            writes.save(item)
            audit().join(writes)

    try:
        when_not_busy(attempt)
    except TransactionCancelled:
        raise VersionConflict from None
