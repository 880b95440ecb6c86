"""What the payer has otherwise than the chart, and what of it may be taken over with one click."""

from __future__ import annotations

import re
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from caresmith.records.coverage import CoverageRead, CoveredChart
from caresmith.records.insured import told_as_subscriber
from caresmith.x12.charset import clean
from functions.coverage.benefits import Benefits
from functions.coverage.people import Person, address_lines, the_patient

_ID: Final = re.compile(r"[^0-9A-Za-z]+")

PolicyField = Literal["member_id", "own_member_id", "group_number", "group_name", "plan_name"]
Field = Literal[PolicyField, "name", "birth_date", "sex", "address"]


class Difference(BaseModel):
    """One field in which chart and payer do not agree."""

    model_config = ConfigDict(frozen=True)

    field: Field
    chart: str
    payer: str
    certain: bool
    """Whether it is the payer's to say: its own numbers and names of the policy."""


def differences(chart: CoveredChart, policy: CoverageRead, said: Benefits) -> list[Difference]:
    """In the order in which a person looks at them. What the payer does not say is none."""
    if said.member is None:
        return []
    about = _person(the_patient(chart), said)
    # Only of a policy that is in force, and of a person who is certainly the patient.
    sure = said.status == "active" and not {"name", "birth_date"} & {one.field for one in about}
    return [*about, *_numbers(policy, said, sure)]


def _person(expected: Person, said: Benefits) -> list[Difference]:
    member = said.member
    assert member is not None  # noqa: S101 - looked at before
    found = []
    ours, theirs = f"{expected.first} {expected.last}", f"{member.first} {member.last}"
    if member.last and not _same_name(expected, member.first, member.last):
        found.append(Difference(field="name", chart=ours, payer=theirs.strip(), certain=False))
    born = member.birth_date
    if born and expected.birth_date and born != expected.birth_date:
        found.append(
            Difference(
                field="birth_date",
                chart=f"{expected.birth_date:%m/%d/%Y}",
                payer=f"{born:%m/%d/%Y}",
                certain=False,
            )
        )
    if member.sex in ("F", "M") and expected.sex and member.sex != expected.sex:
        found.append(Difference(field="sex", chart=expected.sex, payer=member.sex, certain=False))
    if member.address and expected.address:
        known = address_lines(expected.address)
        told = tuple(part for part in member.address if part)
        if told and _squeezed(" ".join(known)) != _squeezed(" ".join(told)):
            found.append(
                Difference(
                    field="address", chart=", ".join(known), payer=", ".join(told), certain=False
                )
            )
    return found


def _same_name(expected: Person, first: str, last: str) -> bool:
    """Payers cut names short and leave out signs: a beginning is the same name."""
    ours = (_squeezed(expected.first), _squeezed(expected.last))
    theirs = (_squeezed(first), _squeezed(last))
    return all(
        not one or not other or one.startswith(other) or other.startswith(one)
        for one, other in zip(ours, theirs, strict=True)
    )


def _numbers(policy: CoverageRead, said: Benefits, sure: bool) -> list[Difference]:
    """The payer's own: an id that it gives instead of ours, group and plan."""
    member = said.member
    assert member is not None  # noqa: S101 - looked at before
    known: list[tuple[PolicyField, str | None, str]] = []
    if told_as_subscriber(policy):
        theirs = member.member_id
        ours = policy.own_member_id or policy.member_id
        field: PolicyField = "own_member_id" if policy.own_member_id else "member_id"
        if policy.member_suffix and _bare(theirs) == _bare(f"{ours}{policy.member_suffix}"):
            theirs = ""
        known.append((field, ours, theirs))
    else:
        known.append(("member_id", policy.member_id, said.subscriber_member_id))
    known += [
        ("group_number", policy.group_number, said.group_number),
        ("group_name", policy.group_name, said.group_name),
        ("plan_name", policy.plan_name, said.plan),
    ]
    return [
        Difference(field=field, chart=ours or "", payer=theirs, certain=sure)
        for field, ours, theirs in known
        if theirs and _bare(theirs) != _bare(ours or "")
    ]


def _bare(text: str) -> str:
    return _ID.sub("", text).upper()


def _squeezed(text: str) -> str:
    return _ID.sub("", clean(text)).upper()
