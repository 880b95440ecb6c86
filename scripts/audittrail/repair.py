"""``scripts/audit seal``: seals entries that the stream did not bring to the sealer.

After an outage longer than the stream's retries, a record's place lies in the
dead-letter queue and its entry in no segment. The entry itself is in the table,
so sealing it late needs nothing else; what is sealed already is passed over.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from caresmith.clock import SystemClock
from functions.audit import records
from functions.audit.completeness import days_of
from functions.audit.errors import ChainBusy
from functions.audit.sealer import seal as seal_entries
from functions.audit.segments import is_entry
from scripts.audittrail import CannotLook, practice_named


def seal(chosen: argparse.Namespace) -> int:
    """Seal all entries of the practice that stand in no segment. Raises CannotLook."""
    practice, count = practice_named(chosen.practice), 0
    try:
        first = next(records.links(practice, 1, 1), None)
        for day in days_of(practice, first, datetime.now(UTC).date()):
            entries = [entry for entry in records.stored_on(practice, day) if is_entry(entry)]
            count += seal_entries(practice, entries, SystemClock())
    except ChainBusy as error:
        raise CannotLook(str(error)) from None
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        raise CannotLook(f"AWS does not let us seal: {type(error).__name__}") from error
    print(f"{count} entries sealed.")
    return 0
