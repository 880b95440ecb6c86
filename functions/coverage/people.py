"""Patient and subscriber of a policy, as a payer is told of them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from caresmith.records.contact import Address, AddressUse
from caresmith.records.coverage import Coverage, CoveredChart
from caresmith.records.demographics import BirthSex, Demographics, Gender, HumanName, NameUse
from caresmith.records.revenue.payer import PayerFacts

_NOT_IN_AN_ID: Final = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True)
class Person:
    """Of whom a payer is asked, or whom it answers about; texts as the chart has them."""

    last: str
    first: str
    middle: str = ""
    suffix: str = ""
    birth_date: dt.date | None = None
    sex: str = ""
    """F, M or not told."""
    address: Address | None = None


def told_as_subscriber(policy: Coverage, payer: PayerFacts | None = None) -> bool:
    """Whether the patient stands where a subscriber does: as one, or under an id of their own."""
    own = bool(policy.own_member_id)
    suffixed = bool(payer and payer.suffix_identifies and policy.member_suffix)
    return policy.is_subscriber or own or suffixed


def member_id(policy: Coverage, payer: PayerFacts) -> str:
    """NM109: the id as payers take it, letters and digits alone."""
    if policy.own_member_id:
        return bare_id(policy.own_member_id)
    suffix = policy.member_suffix if payer.suffix_identifies and policy.member_suffix else ""
    return bare_id(f"{policy.member_id}{suffix}")


def bare_id(text: str) -> str:
    return _NOT_IN_AN_ID.sub("", text).upper()


def legal_name(about: Demographics) -> HumanName:
    """The name on a card: the official one, else what the person goes by."""
    official = (one for one in about.names if one.use is NameUse.OFFICIAL)
    return next(official, about.main_name())


def the_patient(chart: CoveredChart) -> Person:
    about = chart.chart.demographics
    name = legal_name(about)
    given = list(name.given)
    # Somebody with one name has it where payers look for the family's.
    last = name.family or (given.pop(0) if given else "")
    return Person(
        last=last,
        first=given[0] if given else "",
        middle=" ".join(given[1:]),
        suffix=name.suffix or "",
        birth_date=about.birth_date,
        sex=_sex(about),
        address=_home(chart),
    )


def the_subscriber(chart: CoveredChart, policy: Coverage) -> Person:
    """The policy's holder: the patient, or who is named as such."""
    if policy.is_subscriber:
        return the_patient(chart)
    given, family = policy.subscriber_parts()
    first, _, middle = given.partition(" ")
    return Person(
        last=family or first,
        first=first if family else "",
        middle=middle,
        birth_date=policy.subscriber_birth_date,
        sex=policy.subscriber_sex or "",
        address=policy.subscriber_address or _home(chart),
    )


def address_lines(address: Address) -> tuple[str, ...]:
    parts = (*address.lines, address.city, address.state, address.postal_code)
    return tuple(part for part in parts if part)


def _home(chart: CoveredChart) -> Address | None:
    known = [a for a in chart.chart.contact.addresses if a.use is not AddressUse.OLD]
    known.sort(key=lambda a: a.use is not AddressUse.HOME)
    return known[0] if known else None


def _sex(about: Demographics) -> str:
    """DMG03: the administrative sex; where that is neither, the one at birth."""
    known = {Gender.FEMALE: "F", Gender.MALE: "M"}
    at_birth = {BirthSex.FEMALE: "F", BirthSex.MALE: "M"}
    return known.get(about.gender) or at_birth.get(about.birth_sex or BirthSex.UNKNOWN, "")
