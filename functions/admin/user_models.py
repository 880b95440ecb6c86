"""What the users' routes take and give. E-mail addresses go to the pool and no further."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from caresmith.ids import ProviderId, UserId
from caresmith.permissions import Role
from caresmith.text import NamePart
from caresmith.users import STAFF_ROLES, USERNAME, StaffUser, UserStatus


def _staff_roles(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles <= STAFF_ROLES:
        raise ValueError("holds a role that can't be given to staff")
    return roles


Username = Annotated[str, StringConstraints(pattern=rf"^{USERNAME.pattern}$")]
Roles = Annotated[frozenset[Role], Field(min_length=1), AfterValidator(_staff_roles)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserDraft(_Request):
    """A new member of the staff."""

    username: Username
    display_name: NamePart
    email: Annotated[EmailStr, StringConstraints(max_length=254)]
    roles: Roles
    provider_id: ProviderId | None = None
    send_invitation: bool = True
    """By e-mail from the pool; otherwise the answer holds a temporary password."""


class UserChange(_Request):
    """What a user becomes; the username stays."""

    display_name: NamePart
    roles: Roles
    provider_id: ProviderId | None = None


class UserRead(BaseModel):
    user_id: UserId
    username: str
    display_name: str
    roles: list[Role]
    provider_id: ProviderId | None
    status: UserStatus
    mfa_confirmed: bool
    """Whether an authenticator was set up and used."""
    version: int

    @classmethod
    def of(cls, user: StaffUser) -> Self:
        return cls(
            user_id=UserId(user.user_id),
            username=user.username,
            display_name=user.display_name,
            roles=sorted(user.held_roles),
            provider_id=ProviderId(user.provider_id) if user.provider_id else None,
            status=UserStatus(user.status),
            mfa_confirmed=user.mfa_confirmed,
            version=int(user.version or 0),
        )


class Access(BaseModel):
    """A user, and the temporary password where one was set: told once, kept nowhere."""

    user: UserRead
    temporary_password: str | None = Field(default=None, repr=False)
