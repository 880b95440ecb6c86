"""The permission table itself: what each role may never do."""

from __future__ import annotations

import pytest

from caresmith.permissions import ROLE_PERMISSIONS, Permission, Role, permissions_of

P = Permission
CLINICAL = {
    P.READ_CHART,
    P.CHANGE_CHART,
    P.RECORD_VITALS,
    P.READ_NOTES,
    P.WRITE_NOTES,
    P.SIGN_NOTES,
    P.COSIGN_NOTES,
    P.PRESCRIBE,
    P.PLACE_ORDERS,
    P.REVIEW_RESULTS,
    P.IMPORT_RESULTS,
    P.READ_DOCUMENTS,
}
"""What shows or makes clinical content. A scan is added without being read."""


def test_every_role_stands_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_every_permission_is_held_by_some_role() -> None:
    held = permissions_of(Role)
    assert held == set(Permission)


def test_nobody_holds_more_than_the_sum_of_their_roles() -> None:
    both = permissions_of([Role.AUDITOR, Role.BILLER])
    assert both == permissions_of([Role.AUDITOR]) | permissions_of([Role.BILLER])


def test_no_role_at_all_permits_only_what_any_session_does() -> None:
    assert permissions_of([]) == {P.PUBLIC, P.SIGNED_IN}


@pytest.mark.parametrize(
    ("role", "never"),
    [
        # Minimum necessary, 45 CFR 164.502(b).
        (Role.ADMIN, {P.READ_PATIENT, P.SEARCH_PATIENTS, P.READ_AUDIT}),
        (Role.AUDITOR, {P.READ_PATIENT, P.MANAGE_USERS, P.CHANGE_PATIENT}),
        (Role.BILLER, {P.CHANGE_PATIENT, P.BOOK_APPOINTMENT, P.OVERBOOK}),
        (Role.FRONT_DESK, {P.MERGE_PATIENTS, P.OVERBOOK, P.MANAGE_USERS, P.READ_AUDIT}),
        (Role.EMERGENCY, {P.CHANGE_PATIENT, P.REGISTER_PATIENT, P.MANAGE_USERS}),
        (Role.FRONT_DESK, CLINICAL | {P.READ_ENCOUNTER_BILLING}),
        (Role.MANAGER, CLINICAL | {P.FILE_FAXES}),
        (Role.BILLER, CLINICAL | {P.ADD_DOCUMENTS, P.FILE_FAXES}),
        (Role.ADMIN, CLINICAL | {P.READ_ENCOUNTER_BILLING, P.FILE_FAXES}),
        (Role.AUDITOR, CLINICAL | {P.READ_ENCOUNTER_BILLING, P.FILE_FAXES}),
        (Role.EMERGENCY, CLINICAL - {P.READ_CHART, P.READ_NOTES, P.READ_DOCUMENTS}),
        (Role.SYSTEM, set(Permission) - {P.PUBLIC, P.SIGNED_IN}),
    ],
)
def test_what_a_role_may_never_do(role: Role, never: set[Permission]) -> None:
    assert not permissions_of([role]) & never
