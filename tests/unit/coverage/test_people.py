"""Names, ids and relationships as a payer is told of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from caresmith.ids import CoverageId, PatientId, PayerId
from caresmith.records.coverage import Coverage, CoverageRead, CoveredChart
from caresmith.records.demographics import Contact, Demographics, Period, Relations
from caresmith.records.insured import bare_id
from caresmith.records.patient import Chart, ChartStatus, Identifiers
from caresmith.records.practice import Npi, Practice, PracticeSetup
from caresmith.records.revenue.payer import Directory, Payer, PayerFacts
from functions.coverage.asking import CannotAsk, question
from functions.coverage.people import the_patient, the_subscriber

TODAY = date(2026, 11, 27)
ACME = Payer(payer_id=PayerId.new(), version=1, facts=PayerFacts(name="Acme", wire_id="ACME1"))


def policy(**facts: Any) -> CoverageRead:
    known = {"payer_name": "Acme", "member_id": "M1", "coverage_id": CoverageId.new(), "version": 1}
    return CoverageRead.model_validate({**known, **facts})


def chart(*names: dict[str, Any], **about: Any) -> CoveredChart:
    who = Demographics.model_validate(
        {
            "names": list(names)
            or [{"given": ["Ana", "Maria"], "family": "López", "suffix": "Jr"}],
            "birth_date": "1980-02-29",
            **about,
        }
    )
    head = Chart(
        patient_id=PatientId.new(),
        status=ChartStatus.ACTIVE,
        merged_into=None,
        version=1,
        identifiers=Identifiers(mrn="1"),
        demographics=who,
        contact=Contact(),
        relations=Relations(),
    )
    return CoveredChart(head, ())


def asked(one: CoverageRead, of: CoveredChart | None = None, payer: Payer | None = ACME) -> Any:
    from caresmith.ids import PracticeId

    setup = PracticeSetup(
        Practice(id=PracticeId.new(), name="Clinic", zone="America/Chicago", npi=Npi("1234567893"))
    )
    return question(of or chart(), one, payer, setup, service_types=("30",), day=TODAY)


def test_the_official_name_is_told_and_not_what_the_patient_goes_by() -> None:
    person = the_patient(
        chart(
            {"given": ["Annie"], "family": "Lo", "use": "usual"},
            {"given": ["Ana", "Maria"], "family": "López", "use": "official"},
        )
    )
    assert (person.first, person.middle, person.last) == ("Ana", "Maria", "López")


def test_letters_that_the_wire_does_not_have_are_written_as_it_has_them() -> None:
    told = asked(policy()).subscriber
    assert (told.last, told.first, told.middle, told.suffix) == ("Lopez", "Ana", "Maria", "Jr")


def test_somebody_with_one_name_has_it_where_payers_look() -> None:
    only = the_patient(chart({"given": ["Prince"]}))
    assert (only.last, only.first) == ("Prince", "")


@pytest.mark.parametrize(
    ("about", "sex"),
    [
        ({"gender": "female"}, "F"),
        ({"gender": "male", "birth_sex": "F"}, "M"),
        ({"gender": "other", "birth_sex": "F"}, "F"),
        ({"gender": "unknown"}, ""),
        ({"gender": "other", "birth_sex": "UNK"}, ""),
    ],
)
def test_the_sex_is_told_where_it_is_one_that_payers_know(about: dict[str, str], sex: str) -> None:
    assert the_patient(chart(**about)).sex == sex


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ({"subscriber_name": "Petra Maria Núñez"}, ("Petra Maria", "Núñez")),
        ({"subscriber_name": "Cher"}, ("", "Cher")),
        (
            {"subscriber_given": "Jo Ann", "subscriber_family": "de la Cruz"},
            ("Jo Ann", "de la Cruz"),
        ),
    ],
)
def test_a_subscriber_s_name_is_taken_apart(
    written: dict[str, str], parts: tuple[str, str]
) -> None:
    one = policy(relationship="child", **written)
    assert one.subscriber_parts() == parts
    assert the_subscriber(chart(), one).last == parts[1]


@pytest.mark.parametrize(
    ("relationship", "on_claims", "asked_as"),
    [
        ("spouse", "01", "01"),
        ("child", "19", "19"),
        ("common", "53", "34"),
        ("parent", "G8", "34"),
        ("injured", "G8", "34"),
    ],
)
def test_relationships_on_claims_and_in_questions(
    relationship: str, on_claims: str, asked_as: str
) -> None:
    one = policy(relationship=relationship, subscriber_name="Petra Doe")
    assert one.on_claims == on_claims
    assert asked(one).relationship == asked_as


def test_the_patient_s_own_policy_is_18_on_claims_and_has_no_relationship_in_questions() -> None:
    assert policy().on_claims == "18"
    assert asked(policy()).relationship == ""
    told = policy(relationship="child", subscriber_name="Petra Doe", claim_relationship="20")
    assert told.on_claims == "20"


@given(st.text(max_size=40))
def test_an_id_on_the_wire_is_letters_and_digits(text: str) -> None:
    bare = bare_id(text)
    assert bare.isalnum() or not bare
    assert bare_id(bare) == bare


@given(st.text(min_size=1, max_size=60), st.text(max_size=40))
def test_whatever_a_card_says_is_asked_or_refused_with_a_reason(name: str, member: str) -> None:
    try:
        one = policy(
            relationship="child", subscriber_given=name, subscriber_family=name, member_id=member
        )
    except ValidationError:
        return
    try:
        told = asked(one)
    except CannotAsk as cannot:
        reason = cannot.reason
        assert reason in ("incomplete", "unwritable")
        return
    assert told.subscriber.last.isascii()
    assert len(told.subscriber.last) <= 60


def test_the_fingerprint_changes_with_what_a_payer_is_told_and_with_nothing_else() -> None:
    one, other = policy(), policy(member_id="M2")
    who = chart()
    assert asked(one, who).fingerprint == asked(one, who).fingerprint
    assert asked(one, who).fingerprint != asked(other, who).fingerprint
    moved = one.model_copy(update={"plan_name": "Gold", "order": 2, "period": Period(start=TODAY)})
    assert asked(one, who).fingerprint == asked(moved, who).fingerprint


# -- the directory -----------------------------------------------------------------------


def directory(*facts: dict[str, Any]) -> Directory:
    return Directory.of_payers(
        Payer(
            payer_id=PayerId.new(),
            version=1,
            facts=PayerFacts.model_validate({"wire_id": "ID1", **one}),
        )
        for one in facts
    )


BOOK = directory(
    {"name": "Blue Cross of Illinois", "aliases": ["BCBS-IL", "Blue Cross IL"], "wire_id": "00621"},
    {"name": "Great Lakes Mutual"},
    {"name": "Gone Health", "active": False},
    {"name": "Twin", "aliases": ["Both"]},
    {"name": "Other Twin", "aliases": ["both"]},
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("blue cross  of illinois", "Blue Cross of Illinois"),
        ("BCBS IL", "Blue Cross of Illinois"),
        ("Great Lakes Mutual.", "Great Lakes Mutual"),
        ("Great Lakes", None),
        ("Gone Health", None),
        ("both", None),
    ],
)
def test_a_written_name_means_one_payer_or_none(text: str, name: str | None) -> None:
    found = BOOK.named(text)
    assert (found.facts.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("blue ill", ["Blue Cross of Illinois"]),
        ("006", ["Blue Cross of Illinois"]),
        ("tw", ["Other Twin", "Twin"]),
        ("gone", []),
        ("xyz", []),
    ],
)
def test_as_one_types_the_beginnings_of_words_find_payers(text: str, names: list[str]) -> None:
    assert [one.facts.name for one in BOOK.like(text, 5)] == names


def test_a_link_counts_before_the_name() -> None:
    other = BOOK.payers[0]
    one = Coverage(payer_id=other.payer_id, payer_name="Great Lakes Mutual", member_id="1")
    assert BOOK.of(one) == other


@pytest.mark.parametrize(
    ("codes", "code", "needed"),
    [
        (("70551-70553",), "70552", True),
        (("70551-70553",), "70554", False),
        (("J0178",), "J0178", True),
        ((), "99213", False),
    ],
)
def test_which_codes_need_authorization(codes: tuple[str, ...], code: str, needed: bool) -> None:
    facts = PayerFacts(name="Acme", wire_id="ACME1", authorization_codes=codes)
    assert facts.needs_authorization(code) is needed


@pytest.mark.parametrize(
    "wrong",
    [
        {"wire_id": "A*B"},
        {"wire_id": "1"},
        {"name": "x" * 61},
        {"filing": "QQ"},
        {"ways": {"claims": "paper"}},
        {"authorization_codes": ["99213-99211"]},
        {"authorization_codes": ["1"]},
        {"timely_days": 0},
        {"phone": "none"},
    ],
)
def test_what_a_payer_can_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PayerFacts.model_validate({"name": "Acme", "wire_id": "ACME1", **wrong})
