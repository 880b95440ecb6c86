"""What a payer is told of a patient and a subscriber, in questions and in claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from caresmith.records.contact import Address, AddressUse
from caresmith.records.coverage import Coverage, CoveredChart
from caresmith.records.demographics import BirthSex, Demographics, Gender, HumanName, NameUse
from caresmith.records.revenue.payer import PayerFacts

_NOT_IN_AN_ID: Final = re.compile(r"[^0-9A-Za-z]+")


def told_as_subscriber(policy: Coverage, payer: PayerFacts | None = None) -> bool:
    """Whether the patient stands where a subscriber does: as one, or under an id of their own."""
    own = bool(policy.own_member_id)
    suffixed = bool(payer and payer.suffix_identifies and policy.member_suffix)
    return policy.is_subscriber or own or suffixed


def member_id(policy: Coverage, payer: PayerFacts | None) -> str:
    """NM109: the id as payers take it, letters and digits alone."""
    if policy.own_member_id:
        return bare_id(policy.own_member_id)
    suffixed = payer is not None and payer.suffix_identifies
    return bare_id(f"{policy.member_id}{(policy.member_suffix or '') if suffixed else ''}")


def bare_id(text: str) -> str:
    """Letters and digits alone, as payers look for a number."""
    return _NOT_IN_AN_ID.sub("", text).upper()


def legal_name(about: Demographics) -> HumanName:
    """The name on a card: the official one, else what the person goes by."""
    official = (one for one in about.names if one.use is NameUse.OFFICIAL)
    return next(official, about.main_name())


def family_and_given(name: HumanName) -> tuple[str, Sequence[str]]:
    """Somebody with one name has it where payers look for the family's."""
    given = list(name.given)
    return name.family or (given.pop(0) if given else ""), given


def sex_told(about: Demographics) -> str:
    """DMG03: F or M by the administrative sex; where that is neither, the one at birth; else ""."""
    known = {Gender.FEMALE: "F", Gender.MALE: "M"}
    at_birth = {BirthSex.FEMALE: "F", BirthSex.MALE: "M"}
    return known.get(about.gender) or at_birth.get(about.birth_sex or BirthSex.UNKNOWN, "")


def home_address(chart: CoveredChart) -> Address | None:
    """Where the patient lives, else another address that is not an old one."""
    known = [one for one in chart.chart.contact.addresses if one.use is not AddressUse.OLD]
    return min(known, key=lambda one: one.use is not AddressUse.HOME, default=None)
