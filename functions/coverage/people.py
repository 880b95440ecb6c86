"""Patient and subscriber of a policy, as a payer is told of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from caresmith.records.contact import Address
from caresmith.records.coverage import Coverage, CoveredChart
from caresmith.records.insured import family_and_given, home_address, legal_name, sex_told


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


def the_patient(chart: CoveredChart) -> Person:
    about = chart.chart.demographics
    name = legal_name(about)
    last, given = family_and_given(name)
    return Person(
        last=last,
        first=given[0] if given else "",
        middle=" ".join(given[1:]),
        suffix=name.suffix or "",
        birth_date=about.birth_date,
        sex=sex_told(about),
        address=home_address(chart),
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
        address=policy.subscriber_address or home_address(chart),
    )


def address_lines(address: Address) -> tuple[str, ...]:
    parts = (*address.lines, address.city, address.state, address.postal_code)
    return tuple(part for part in parts if part)
