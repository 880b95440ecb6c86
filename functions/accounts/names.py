"""Names that pages show for ids: payers of the directory, and the staff."""

from __future__ import annotations

from collections.abc import Iterable

from caresmith.ids import PracticeId
from caresmith.records.revenue.payer import payer_directory
from caresmith.users import users_of


def payer_names(practice: PracticeId) -> dict[str, str]:
    """By id; one query."""
    return {str(one.payer_id): one.facts.name for one in payer_directory(practice).payers}


def staff_names(practice: PracticeId, users: Iterable[str]) -> dict[str, str]:
    """By user id; one query, and none where only functions are asked for."""
    wanted = set(users)
    names = {user: "Caresmith" for user in wanted if user.startswith("system:")}
    if wanted - set(names):
        names |= {user.user_id: user.display_name for user in users_of(practice)}
    return names
