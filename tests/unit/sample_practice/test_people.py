"""The sample's patients: the same for each load, valid, and of all kinds."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import phonenumbers

from caresmith.npi import Npi
from caresmith.records.contact import US_STATES, TelecomSystem
from caresmith.records.demographics import NameUse
from functions.patients.coverages import check_orders
from functions.patients.models import Registration
from scripts.sample_practice.loading import Sample
from scripts.sample_practice.people import SamplePatient, patients
from scripts.sample_practice.premises import PLACES, PRACTICE, PROVIDERS

TODAY = date(2026, 11, 24)


def names_of(found: list[SamplePatient]) -> list[str]:
    return [patient.sort_name for patient in found]


def test_same_seed_gives_the_same_people_with_the_same_ids() -> None:
    assert patients(60, TODAY) == patients(60, TODAY)


def test_another_day_gives_the_same_people_as_old_as_before() -> None:
    one, other = patients(60, TODAY), patients(60, date(2027, 3, 5))
    assert names_of(one) == names_of(other)
    assert [p.patient_id for p in one] == [p.patient_id for p in other]
    assert [p.age_on(TODAY) for p in one[:40]] == [p.age_on(date(2027, 3, 5)) for p in other[:40]]


def test_on_no_day_is_a_second_chart_older_than_its_patient() -> None:
    # A day and month that trade places can make the patient younger than the chart.
    for today in (date(2027, 2, 9), date(2027, 2, 10)):
        assert [
            p.birth_date for p in patients(500, today) if p.birth_date > p.registered_at.date()
        ] == []


def test_another_seed_gives_other_people() -> None:
    assert names_of(patients(60, TODAY)) != names_of(patients(60, TODAY, seed="others"))


def test_five_hundred_registrations_pass_the_api_s_own_validation(sample: Sample) -> None:
    assert len(sample.patients) == 500
    assert len({p.patient_id for p in sample.patients}) == 500
    for patient in sample.patients:
        again = Registration.model_validate_json(patient.registration.model_dump_json())
        assert again == patient.registration
        check_orders(patient.registration.coverages)


def test_nobody_is_born_after_the_chart_was_opened_or_above_ninety_five(sample: Sample) -> None:
    for patient in sample.patients:
        assert patient.birth_date <= patient.registered_at.date() <= TODAY
        assert 0 <= patient.age_on(TODAY) <= 95


def test_names_keep_their_accents_and_their_ways(sample: Sample) -> None:
    everybody = " ".join(p.sort_name for p in sample.patients)
    for letter in "éñłọð":
        assert letter in everybody
    names = [n for p in sample.patients for n in p.registration.demographics.names]
    assert any(name.family is None for name in names), "somebody with a single name"
    assert any(" " in (name.family or "") for name in names), "somebody with two family names"
    uses = Counter(name.use for name in names)
    assert uses[NameUse.MAIDEN] > 10
    assert uses[NameUse.NICKNAME] > 10


def test_telephones_are_of_fiction_and_mail_goes_nowhere(sample: Sample) -> None:
    for patient in sample.patients:
        for telecom in patient.registration.contact.telecoms:
            if telecom.system is TelecomSystem.EMAIL:
                assert telecom.value.endswith("@example.org")
            else:
                assert re.fullmatch(r"\+1\d{3}55501\d\d", telecom.value)
                number = phonenumbers.parse(telecom.value)
                assert phonenumbers.is_possible_number(number)


def test_addresses_are_of_the_practice_s_states(sample: Sample) -> None:
    for patient in sample.patients:
        (address,) = patient.registration.contact.addresses
        assert address.state in US_STATES
        first = {"IL": "60", "MI": "49"}[address.state or ""]
        assert (address.postal_code or "").startswith(first)


def test_a_minor_has_a_grown_up_guarantor_and_a_proxy_until_eighteen(sample: Sample) -> None:
    minors = [p for p in sample.patients if p.age_on(TODAY) < 18]
    assert len(minors) > 80
    for minor in minors:
        relations = minor.registration.relations
        guarantor = relations.guarantor
        assert not guarantor.is_self
        assert guarantor.birth_date is not None
        assert guarantor.birth_date.year + 17 <= minor.birth_date.year
        for proxy in relations.proxies:
            assert proxy.period.end is not None
            assert proxy.period.end > TODAY


def test_relatives_point_to_charts_that_exist(sample: Sample) -> None:
    known = {p.patient_id for p in sample.patients}
    named = [
        contact.patient_id
        for patient in sample.patients
        for contact in patient.registration.relations.emergency_contacts
        if contact.patient_id
    ]
    assert len(named) > 300
    # The last family is cut off where five hundred are full.
    assert sum(1 for patient in named if patient not in known) <= 12


def test_twins_share_birth_date_and_address_and_not_the_name(sample: Sample) -> None:
    twins = [p for p in sample.patients if p.registration.demographics.multiple_birth]
    homes = Counter((p.birth_date, p.registration.contact.addresses[0].one_line()) for p in twins)
    assert [count for count in homes.values() if count == 2]
    assert len({p.sort_name for p in twins}) == len(twins)


def test_some_charts_look_alike_and_some_are_archived(sample: Sample) -> None:
    phones = Counter(
        (p.registration.contact.telecoms[0].value, p.registration.contact.addresses[0].one_line())
        for p in sample.patients[-10:]
    )
    first = {
        (t.value, p.registration.contact.addresses[0].one_line())
        for p in sample.patients[:-10]
        for t in p.registration.contact.telecoms
    }
    assert set(phones) <= first, "each second chart shares telephone and address with a first"
    archived = [(p.archived_at, p) for p in sample.patients if p.archived_at]
    assert 5 <= len(archived) <= 12
    assert all(p.archive_reason and at > p.registered_at for at, p in archived)


def test_insurance_fits_the_age(sample: Sample) -> None:
    for patient in sample.patients:
        payers = [c.payer_name for c in patient.registration.coverages]
        if "Medicare Part B" in payers:
            assert patient.age_on(TODAY) >= 64
            assert payers[0] == "Medicare Part B"


def test_npis_have_right_check_digits_and_belong_to_nobody() -> None:
    found = [PRACTICE.npi, *(p.npi for p in PLACES.values()), *(p.npi for p in PROVIDERS.values())]
    assert len(set(found)) == 12
    for npi in found:
        assert npi is not None
        assert Npi(npi) == npi
        # The first NPI ever given out is 1003000100.
        assert npi < "1003000000"
