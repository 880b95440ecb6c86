"""The sample practice's staff: one user for each role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from caresmith.ids import ProviderId, UserId
from caresmith.permissions import Role
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.premises import PROVIDERS

_ids = Dice("staff")


@dataclass(frozen=True)
class StaffMember:
    """Who may log in to the sample, and with what."""

    label: str
    username: str
    display_name: str
    role: Role
    user_id: UserId
    password: str
    provider_id: ProviderId | None = None


def _member(
    label: str, username: str, display_name: str, role: Role, provider: str | None = None
) -> StaffMember:
    return StaffMember(
        label,
        username,
        display_name,
        role,
        _ids.id(UserId),
        # Only where no real patient is: the local stack answers to this machine alone.
        f"Lakeshore-{username.partition('.')[0].capitalize()}-2026",
        PROVIDERS[provider].id if provider else None,
    )


FRONT_DESK: Final = _member("Front desk", "rosa.delgado", "Rosa Delgado", Role.FRONT_DESK)
CLINICIAN: Final = _member(
    "Clinician", "amara.okafor", "Dr. Amara Okafor", Role.CLINICIAN, "okafor"
)
BILLER: Final = _member("Biller", "kevin.nowak", "Kevin Nowak", Role.BILLER)
STAFF: Final = (
    FRONT_DESK,
    CLINICIAN,
    BILLER,
    _member("Manager", "grace.kim", "Grace Kim", Role.MANAGER),
    _member("Administrator", "sam.whitaker", "Sam Whitaker", Role.ADMIN),
    _member("Auditor", "ines.moreau", "Inès Moreau", Role.AUDITOR),
)
