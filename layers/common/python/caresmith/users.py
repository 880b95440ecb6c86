"""Members of a practice's staff: who they are to us, and what roles they hold.

Cognito proves who somebody is (password and second factor); this record says
what they are here. Roles are read from it at every request, so a role taken
away or an account disabled takes effect at once, whatever token is still valid.

==================  ==============  ===========================================
 access              pk              sk
==================  ==============  ===========================================
 one user            ``<practice>``  ``user#<username>``
 all of a practice   ``<practice>``  begins with ``user#``
==================  ==============  ===========================================

Names of staff are not PHI; their e-mail addresses stay in Cognito.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)

from caresmith.ids import PracticeId, ProviderId, UserId
from caresmith.permissions import Role
from caresmith.tables import IdentityItem

USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{2,62}[a-z0-9]")

STAFF_ROLES: Final = frozenset(Role) - {
    Role.PATIENT,
    Role.EMERGENCY,
    Role.LAB,
    Role.FAX,
    Role.SYSTEM,
}
"""The roles that may be given to a member of the staff."""


class UserStatus(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class StaffUser(IdentityItem, discriminator="user"):
    """One member of the staff. Unique login: 45 CFR 164.312(a)(2)(i)."""

    version = VersionAttribute()
    practice_id = UnicodeAttribute()
    username = UnicodeAttribute()
    user_id = UnicodeAttribute()
    display_name = UnicodeAttribute()
    roles = UnicodeSetAttribute()
    provider_id = UnicodeAttribute(null=True)
    """The provider that this user is, for a clinician with a calendar."""
    status = UnicodeAttribute(default=UserStatus.ACTIVE)
    sessions_from = NumberAttribute(default=0)
    """Epoch second; sessions and tokens from before it are void."""
    mfa_confirmed = BooleanAttribute(default=False)

    @property
    def is_active(self) -> bool:
        return self.status == UserStatus.ACTIVE

    @property
    def held_roles(self) -> frozenset[Role]:
        return frozenset(Role(role) for role in self.roles)


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is needed to add a member of the staff."""

    username: str
    display_name: str
    roles: frozenset[Role]
    provider_id: ProviderId | None = None


def user_key(username: str) -> str:
    """The sort key of a user's record."""
    return f"user#{username}"


def new_record(practice: PracticeId, new: NewUser) -> StaffUser:
    """The record of a new user, not yet saved. Raises ValueError on a bad name or role."""
    if not USERNAME.fullmatch(new.username):
        raise ValueError("a username is 4 to 64 of a-z 0-9 . _ @ + -, in lower case")
    if not new.roles or not new.roles <= STAFF_ROLES:
        raise ValueError("give at least one role that staff may hold")
    return StaffUser(
        practice,
        user_key(new.username),
        practice_id=practice,
        username=new.username,
        user_id=UserId.new(),
        display_name=new.display_name,
        roles={str(role) for role in new.roles},
        provider_id=new.provider_id,
    )


def find_user(practice: PracticeId, username: str) -> StaffUser | None:
    """The user of that name in that practice, active or not."""
    try:
        return StaffUser.get(practice, user_key(username), consistent_read=True)
    except StaffUser.DoesNotExist:
        return None


def users_of(practice: PracticeId) -> list[StaffUser]:
    """All of the practice's users, by username."""
    return list(StaffUser.query(practice, StaffUser.sk.startswith("user#")))
