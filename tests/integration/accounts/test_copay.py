"""The copay that the payer told is offered where the desk takes money."""

from __future__ import annotations

import re
from typing import Any

from caresmith.clock import to_text
from caresmith.ids import CoverageId, PatientId
from caresmith.money import Money
from caresmith.records.demographics import Period
from caresmith.records.revenue.standing import (
    GLANCE,
    STANDING,
    Glance,
    Outcome,
    StandingItem,
    coverage_key,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from tests.integration.accounts.conftest import DAY, Office
from tests.integration.charges.conftest import add_payer, cover
from tests.support.client import call


def told(
    office: Office, patient: PatientId, coverage: CoverageId, outcome: Outcome, **glance: Any
) -> None:
    """What the payer's last answer left behind."""
    sealer = Sealer(office.practice, Domain.REVENUE)
    StandingItem(
        coverage_key(office.practice, coverage),
        STANDING,
        coverage_id=coverage,
        patient_id=patient,
        outcome=outcome,
        told_at=to_text(office.clock.at),
        glance=sealer.seal(coverage, GLANCE, Glance(payer_name="Acme Health", **glance)),
    ).save()


def insured(office: Office, outcome: Outcome = Outcome.ACTIVE, **glance: Any) -> PatientId:
    patient = office.patient()
    payer = add_payer(office.practice, "Acme Health")
    coverage = cover(office.practice, patient, payer, period=Period(start=DAY.replace(year=2020)))
    told(office, patient, coverage, outcome, **glance)
    return patient


def page(office: Office, patient: PatientId, path: str = "") -> str:
    reply = call("GET", f"/console/accounts/patients/{patient}{path}", caller=office.caller)
    assert reply.status == 200, reply.text
    return reply.text


def value(text: str, name: str) -> str:
    """Of the payment form's field."""
    form = text[text.index('/pay"') :]
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)
    return found.group(1) if found else ""


def test_the_desk_is_offered_the_copay_and_takes_it_for_todays_visit(office: Office) -> None:
    patient = insured(office, copay=Money(30_00))
    assert "an office visit costs the patient <b>$30.00</b>" in page(office, patient)
    filled = page(office, patient, "/copay")
    assert (value(filled, "amount"), value(filled, "held_for")) == ("30.00", DAY.isoformat())
    paid = call(
        "POST",
        f"/console/accounts/patients/{patient}/pay",
        caller=office.caller,
        form=[
            ("payment_id", value(filled, "payment_id")),
            ("amount", "30.00"),
            ("method", "terminal"),
            ("apply", "oldest"),
            ("held_for", DAY.isoformat()),
        ],
    )
    assert paid.status == 303, paid.text
    [payment] = office.account(patient)["payments"]
    assert (payment["amount"], payment["held_for"]) == (30_00, DAY.isoformat())


def test_nothing_is_offered_where_no_copay_is_known(office: Office) -> None:
    for patient in (
        office.patient(),
        insured(office),
        insured(office, copay=Money(0)),
        insured(office, Outcome.INACTIVE, copay=Money(30_00)),
    ):
        assert "an office visit costs the patient" not in page(office, patient)
        assert value(page(office, patient, "/copay"), "held_for") == ""
