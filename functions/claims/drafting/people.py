"""Patient and subscribers, as the payer of a claim is told of them."""

from __future__ import annotations

from typing import Final

from caresmith.claims.drafted_parties import (
    AddressDraft,
    OtherSubscriberDraft,
    PatientDraft,
    PersonFactsDraft,
    PersonNameDraft,
    SubscriberDraft,
)
from caresmith.records.coverage import CoverageRead, CoveredChart, PlanType
from caresmith.records.demographics import Demographics
from caresmith.records.insured import (
    family_and_given,
    home_address,
    legal_name,
    member_id,
    sex_told,
    told_as_subscriber,
)
from caresmith.records.revenue.payer import MEDICARE_FILINGS, PayerFacts
from caresmith.records.revenue.paying import AUTO, CASUALTY_FILINGS, LIABILITY, WORK
from caresmith.records.revenue.paying import filing_of as filing_by_policy
from caresmith.x12.claims.codes import SELF
from functions.claims.drafting.material import Payee
from functions.claims.drafting.wire import (
    FIRST,
    LAST,
    SUFFIX,
    address_of,
    name_parts,
    wire,
)

_RESPONSIBILITIES: Final = "PSTABCDEF"
"""SBR01 by turn: primary, secondary, tertiary, then A for the fourth."""
_UNKNOWN: Final = "U"
# TR3 2000B SBR05: an accident's insurer pays before Medicare (42 CFR 411.40, 411.50).
_BEFORE_MEDICARE: Final = {WORK: "15", AUTO: "14", LIABILITY: "47"}


def responsibility(turn: int) -> str:
    return _RESPONSIBILITIES[turn - 1]


def stands_alone(coverage: CoverageRead, payer: PayerFacts | None) -> bool:
    """Whether the patient stands where a subscriber does, as one or under an id of their own."""
    filing = filing_of(Payee(coverage, None), payer)
    # Medicare has no dependents: everybody is their own beneficiary (42 CFR 424.32).
    return told_as_subscriber(coverage, payer) or filing in MEDICARE_FILINGS


def filing_of(payee: Payee, facts: PayerFacts | None = None) -> str:
    """SBR09: the policy's own, else the payer's."""
    return filing_by_policy(payee.coverage, facts or (payee.payer.facts if payee.payer else None))


def release_of(coverage: CoverageRead) -> str:
    """TR3 2300 CLM09: Y where a signature was collected, I where there is none and none is
    needed, as for payment (45 CFR 164.506(c))."""
    return "Y" if coverage.release_signed_on else "I"


def assignment_of(coverage: CoverageRead) -> str:
    """CLM08; where nobody has asked, the scrubber says so."""
    return coverage.assigns_benefits or "Y"


def case_of(payee: Payee) -> str:
    """REF Y4: the number of the case, of an accident's insurer."""
    if filing_of(payee) not in CASUALTY_FILINGS:
        return ""
    return wire(payee.coverage.case_number, 50)


def subscriber(
    chart: CoveredChart, payee: Payee, turn: int, first: Payee | None = None
) -> SubscriberDraft:
    """Loops 2000B and 2010BA. ``first`` is who pays first of all."""
    coverage, facts = payee.coverage, payee.payer.facts if payee.payer else None
    alone = stands_alone(coverage, facts)
    group = bare_or_text(coverage.group_number)
    shared = {
        "responsibility": responsibility(turn),
        "group_number": group,
        "group_name": "" if group else wire(coverage.group_name, LAST),
        "insurance_type": msp_of(payee, turn, first),
        "filing": filing_of(payee),
        "member_id": member_id(coverage, facts),
    }
    if alone:
        name, about = _name(chart), chart.chart.demographics
        return SubscriberDraft(
            **shared,
            **name.model_dump(),
            address=home(chart),
            birth_date=about.birth_date,
            sex=sex_of(about),
            facts=PersonFactsDraft(died=about.deceased_on),
            casualty_claim=case_of(payee),
        )
    if coverage.subscriber_company:
        return SubscriberDraft(
            **shared,
            last=wire(coverage.subscriber_company, LAST),
            organisation=True,
            address=address_of(coverage.subscriber_address),
        )
    known = coverage.subscriber_birth_date is not None
    return SubscriberDraft(
        **shared,
        **_holder(chart, coverage).model_dump(),
        address=address_of(coverage.subscriber_address) or home(chart),
        birth_date=coverage.subscriber_birth_date,
        # DMG02 and DMG03 are sent together.
        sex=(coverage.subscriber_sex or _UNKNOWN) if known else None,
    )


def patient(chart: CoveredChart, payee: Payee) -> PatientDraft | None:
    """None where the patient stands as the subscriber."""
    coverage = payee.coverage
    if stands_alone(coverage, payee.payer.facts if payee.payer else None):
        return None
    about = chart.chart.demographics
    return PatientDraft(
        relationship=coverage.on_claims,
        name=_name(chart),
        address=home(chart) or AddressDraft(),
        birth_date=about.birth_date,
        sex=sex_of(about),
        facts=PersonFactsDraft(died=about.deceased_on),
        casualty_claim=case_of(payee),
    )


def other_subscriber(chart: CoveredChart, payee: Payee) -> tuple[str, OtherSubscriberDraft]:
    """SBR02 and loop 2330A of another coverage of the patient."""
    coverage, facts = payee.coverage, payee.payer.facts if payee.payer else None
    if stands_alone(coverage, facts):
        relationship, name, address = SELF, _name(chart), home(chart)
    else:
        relationship, name = coverage.on_claims, _holder(chart, coverage)
        address = address_of(coverage.subscriber_address) or home(chart)
    return relationship, OtherSubscriberDraft(
        organisation=bool(coverage.subscriber_company),
        **name.model_dump(),
        member_id=member_id(coverage, facts),
        address=address,
    )


def bare_or_text(number: str | None) -> str:
    """A group's number keeps its inner hyphens, as plans print it."""
    return wire(number, 50)


def sex_of(about: Demographics) -> str:
    """DMG03, where something has to stand."""
    return sex_told(about) or _UNKNOWN


def home(chart: CoveredChart) -> AddressDraft | None:
    return address_of(home_address(chart))


def msp_of(payee: Payee, turn: int, first: Payee | None) -> str:
    """TR3 2000B SBR05: why another pays before Medicare; of no other payer.

    An accident's insurer in the first place is itself the reason.
    """
    if turn == 1 or filing_of(payee) not in MEDICARE_FILINGS:
        return ""
    accident = _BEFORE_MEDICARE.get(filing_of(first)) if first else None
    return accident or payee.coverage.msp_reason or ""


def is_medigap(payee: Payee) -> bool:
    return payee.coverage.plan_type is PlanType.MEDIGAP


def _name(chart: CoveredChart) -> PersonNameDraft:
    name = legal_name(chart.chart.demographics)
    last, given = family_and_given(name)
    first, middle = name_parts(given)
    return PersonNameDraft(
        last=wire(last, LAST), first=first, middle=middle, suffix=wire(name.suffix, SUFFIX)
    )


def _holder(chart: CoveredChart, coverage: CoverageRead) -> PersonNameDraft:
    if coverage.is_subscriber:
        return _name(chart)
    given, family = coverage.subscriber_parts()
    first, _, middle = given.partition(" ")
    if coverage.subscriber_company:
        return PersonNameDraft(last=wire(family, LAST))
    if not family:
        return PersonNameDraft(last=wire(first, LAST))
    return PersonNameDraft(last=wire(family), first=wire(first, FIRST), middle=wire(middle, 25))
