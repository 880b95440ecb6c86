"""Every account of a practice against its journals, and its journals against the days."""

from __future__ import annotations

from caresmith.ids import PracticeId
from caresmith.records.directory import practices
from functions.accounts.verifying import verify_all


def verify(only: str | None) -> int:
    """Print each difference in ids and cents; 1 where there is any."""
    differ = 0
    for practice in [PracticeId(only)] if only else sorted(practices()):
        found = verify_all(practice)
        differ += len(found.differences)
        for difference in found.differences:
            print(f"{practice}: {difference}")
        print(
            f"{practice}: {found.accounts} accounts, {found.journals} journals, "
            f"{len(found.differences)} differences"
        )
    return 1 if differ else 0
