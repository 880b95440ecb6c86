"""Log-ins for the race: users who may book and may look into the audit trail."""

from __future__ import annotations

import os

import boto3

from caresmith.ids import PracticeId, UserId
from caresmith.permissions import Role
from caresmith.users import NewUser, new_record
from scripts.racing.counters import Login
from scripts.sample_practice.logins import make_login
from scripts.sample_practice.staff import StaffMember


def make_logins(practice: PracticeId, count: int) -> list[Login]:
    """So many members of the staff, each with a password and an authenticator."""
    cognito = boto3.client("cognito-idp")
    pool = os.environ["CARESMITH_STAFF_POOL_ID"]
    client_id = os.environ["CARESMITH_STAFF_CLIENT_ID"]
    made = []
    for number in range(count):
        member = StaffMember(
            "Racer",
            f"racer.{number}",
            f"Racer {number}",
            Role.FRONT_DESK,
            UserId.new(),
            f"Race-Against-Time-{number}",
        )
        roles = frozenset({Role.FRONT_DESK, Role.AUDITOR})
        record = new_record(practice, NewUser(member.username, member.display_name, roles))
        record.mfa_confirmed = True
        record.save()
        secret = make_login(cognito, pool, client_id, practice, member)
        made.append(Login(member.username, member.password, secret))
    return made
