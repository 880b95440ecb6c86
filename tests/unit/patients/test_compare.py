"""The duplicate score as arithmetic: symmetrical, and never falling as more agrees."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from caresmith.records.contact import Address, Telecom, TelecomSystem
from caresmith.records.demographics import Contact, Demographics, Gender, HumanName
from functions.patients.duplicates import OUTCOMES, POSSIBLE, STRONG, compare

NAMES = st.sampled_from(
    ["Ana", "Anna", "Robert", "Roberto", "李", "Ng", "Smith", "Smyth", "García"]
)
PEOPLE = st.builds(
    lambda given, family, day, gender, phone: (
        Demographics(
            names=[HumanName(given=[given], family=family)], birth_date=day, gender=gender
        ),
        Contact(telecoms=[Telecom(system=TelecomSystem.PHONE, value=phone)] if phone else []),
    ),
    NAMES,
    NAMES,
    st.dates(dt.date(1984, 1, 1), dt.date(1984, 2, 1)),
    st.sampled_from(Gender),
    st.sampled_from([None, "+13125550100", "+13125550101"]),
)


@given(PEOPLE, PEOPLE)
def test_who_is_compared_with_whom_makes_no_difference(
    one: tuple[Demographics, Contact], other: tuple[Demographics, Contact]
) -> None:
    assert compare(*one, *other)[0] == compare(*other, *one)[0]


@given(PEOPLE, PEOPLE)
def test_nobody_is_more_like_somebody_than_like_themselves(
    one: tuple[Demographics, Contact], other: tuple[Demographics, Contact]
) -> None:
    assert compare(*one, *one)[0] >= compare(*one, *other)[0]
    assert compare(*one, *one)[0] >= STRONG


def test_a_household_counts_once_however_much_of_it_agrees() -> None:
    home = Address(lines=["12 Elm St"], city="Chicago", state="IL", postal_code="60601")
    phone = Telecom(system=TelecomSystem.PHONE, value="+13125550100")
    one = Demographics(names=[HumanName(family="Roe")], birth_date=dt.date(1980, 1, 1))
    all_of_it = Contact(addresses=[home], telecoms=[phone])
    by_phone = compare(one, Contact(telecoms=[phone]), one, Contact(telecoms=[phone]))[0]
    by_all = compare(one, all_of_it, one, all_of_it)[0]
    by_home = compare(one, Contact(addresses=[home]), one, Contact(addresses=[home]))[0]
    assert by_all == max(by_home, by_phone)


def test_no_single_agreement_is_enough_but_name_and_birthday_are() -> None:
    weights = {name: outcome.weight for name, outcome in OUTCOMES.items()}
    apart = weights["family other"] + weights["given other"]
    assert weights["birth date same"] + apart < POSSIBLE
    named = weights["family same"] + weights["given same"]
    assert named + weights["birth date other"] < POSSIBLE
    assert named + weights["birth date same"] >= STRONG
