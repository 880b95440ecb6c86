"""Names that pages show for ids: payers of the directory, and the staff."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from caresmith.ids import PracticeId
from caresmith.settings import Domain, table_name
from caresmith.users import users_of


class _Listed(Model):
    """An entry of the payer directory, which is another feature's: only the name is read."""

    class Meta:
        table_name = table_name(Domain.REVENUE)

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute(null=True)


def payer_names(practice: PracticeId) -> dict[str, str]:
    """By id; one query."""
    return {
        str(item.sk): str(json.loads(item.body)["name"])
        for item in _Listed.query(f"{practice}#payers", attributes_to_get=["sk", "body"])
        if item.body
    }


def staff_names(practice: PracticeId, users: Iterable[str]) -> dict[str, str]:
    """By user id; one query, and none where only functions are asked for."""
    wanted = set(users)
    names = {user: "Caresmith" for user in wanted if user.startswith("system:")}
    if wanted - set(names):
        names |= {user.user_id: user.display_name for user in users_of(practice)}
    return names
