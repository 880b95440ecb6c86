"""Strategies for what payers answer: every field that its guide lets be sent may be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.x12.acknowledging import VERSION as ACKNOWLEDGING
from caresmith.x12.acknowledging import (
    Context,
    ElementError,
    GroupAcknowledgement,
    InterchangeAcknowledgement,
    InterchangeVerdict,
    SegmentError,
    SetAcknowledgement,
    Verdict,
)
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.eligibility.grammar import VERSION as ELIGIBILITY
from caresmith.x12.eligibility.model import (
    Benefit,
    Dated,
    EligibilityResponse,
    Information,
    Person,
    Rejection,
    RelatedEntity,
    Trace,
)
from caresmith.x12.eligibility.model import Delivery as BenefitDelivery
from caresmith.x12.envelope import Party
from caresmith.x12.parts import Address, Contact, Name, Procedure, Reference
from caresmith.x12.remittance.building import Remittance
from caresmith.x12.remittance.grammar import VERSION as REMITTANCE
from caresmith.x12.remittance.model import (
    Account,
    ClaimPayment,
    ClaimStatus,
    Delivery,
    Organisation,
    OutpatientAdjudication,
    PaymentHeader,
    ProviderAdjustment,
    QualifiedAmount,
    QualifiedQuantity,
    RemarkCode,
    ServicePayment,
)
from caresmith.x12.status.grammar import ACKNOWLEDGEMENT_VERSION, STATUS_VERSION
from caresmith.x12.status.model import (
    ClaimStatus as StatusOfClaim,
)
from caresmith.x12.status.model import (
    GeneralStatus,
    LineStatus,
    Receipt,
    Status,
    StatusCode,
    StatusReport,
    Totals,
)
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import Addressing, ControlNumbers, header_of

AT: Final = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
ADDRESSING: Final = Addressing(Party("ZZ", "PAYER"), Party("ZZ", "CLINIC"), "PAYER", "CLINIC")
NUMBERS: Final = ControlNumbers(7, 8)
NPI: Final = "1234567893"

Drawn = Callable[[st.SearchStrategy[Any]], Any]


def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    """What can stand in an element of letters and digits."""
    sizes = {"min_size": least, "max_size": most}
    return st.text("ABCXYZ019", **sizes)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


money: Final = st.integers(0, 9_999_999).map(Money)
signed: Final = st.integers(-9_999_999, 9_999_999).filter(bool).map(Money)
units: Final = st.integers(1, 999_000).map(Quantity)
days: Final = st.dates(date(2020, 1, 1), date(2026, 12, 31))
periods: Final = st.tuples(days, days).map(lambda two: Period(min(two), max(two)))
addresses: Final = st.builds(
    Address,
    line1=texts(20, 3),
    line2=texts(10) | st.just(""),
    city=st.just("CHICAGO"),
    state=st.just("IL"),
    postal_code=st.sampled_from(["60601", "606011234"]),
)
phones: Final = st.just((("TE", "8005551212"),)) | st.just((("TE", "8005551212"), ("EX", "12")))
procedures: Final = st.builds(
    Procedure,
    qualifier=st.just("HC"),
    code=st.sampled_from(["99213", "87880", "J3420"]),
    modifiers=st.lists(st.sampled_from(["25", "59", "76", "LT"]), max_size=4, unique=True).map(
        tuple
    ),
)


def people(entity: str, qualifier: str = "MI") -> st.SearchStrategy[Name]:
    return st.builds(
        Name,
        entity=st.just(entity),
        person=st.just(True),
        last=texts(20),
        first=texts(10),
        middle=texts(5) | st.just(""),
        suffix=st.sampled_from(["", "JR"]),
        qualifier=st.just(qualifier),
        id=texts(12, 2),
    )


def organisation(entity: str, qualifier: str, id_: str = "12345") -> Name:
    return Name(entity, False, "SOMEONE", qualifier=qualifier, id=id_)


adjustments: Final = st.lists(
    st.builds(
        Adjustment,
        group=st.sampled_from(
            [one for one in AdjustmentGroup if one is not AdjustmentGroup.CORRECTION]
        ),
        reason=st.sampled_from(["1", "2", "3", "45", "59", "97", "253"]),
        amount=signed,
        quantity=maybe(units),
    ),
    max_size=9,
    unique_by=lambda one: (one.group, one.reason),
).map(lambda every: tuple(sorted(every, key=lambda one: one.group)))


def _adjusted(total: Money, every: tuple[Adjustment, ...]) -> Money:
    return Money(total.cents - sum(one.amount.cents for one in every))


@st.composite
def lines(draw: Drawn) -> ServicePayment:
    charge, taken = draw(signed), draw(adjustments)
    return ServicePayment(
        procedure=draw(procedures),
        charge=charge,
        paid=_adjusted(charge, taken),
        units_paid=draw(units),
        submitted=draw(maybe(procedures)),
        units_submitted=draw(maybe(units)),
        dates=draw(periods),
        adjustments=taken,
        references=draw(st.sampled_from([(), (Reference("6R", "L1"),)])),
        amounts=draw(st.sampled_from([(), (QualifiedAmount("B6", Money(100)),)])),
        quantities=draw(st.sampled_from([(), (QualifiedQuantity("ZK", Quantity.of(2)),)])),
        remarks=draw(some(st.sampled_from([RemarkCode("HE", "N130"), RemarkCode("HE", "M15")]))),
    )


@st.composite
def claim_payments(draw: Drawn, number: int = 1) -> ClaimPayment:
    every = tuple(draw(st.lists(lines(), min_size=1, max_size=3)))
    charge = sum(one.charge.cents for one in every)
    return ClaimPayment(
        number=number,
        control_number=draw(texts(20)),
        status=draw(st.sampled_from([one for one in ClaimStatus if one.value != "25"])),
        charge=Money(charge),
        paid=Money(sum(one.paid.cents for one in every)),
        patient_responsibility=draw(maybe(money)),
        filing_indicator=draw(st.sampled_from(["12", "MB", "HM"])),
        payer_control_number=draw(texts(20)),
        facility_type=draw(st.sampled_from(["11", "22"])),
        frequency=draw(st.sampled_from(["1", "7", "8"])),
        names=(draw(people("QC")), *draw(st.sampled_from([(), (_CROSSOVER,)]))),
        outpatient=draw(st.sampled_from([None, OutpatientAdjudication(remarks=("MA02", "N1"))])),
        references=draw(st.sampled_from([(), (Reference("F8", "ICN0"),)])),
        statement=draw(maybe(periods)),
        coverage_expires=draw(maybe(days)),
        received=draw(maybe(days)),
        contacts=draw(some(st.builds(Contact, st.just("CX"), texts(9), phones), 1)),
        amounts=draw(st.sampled_from([(), (QualifiedAmount("AU", Money(1)),)])),
        lines=every,
        group="1",
    )


_CROSSOVER: Final = Name("TT", False, "NEXT PAYER", qualifier="PI", id="54321")
_ACCOUNT: Final = Account("01", "111000025", "DA", "98765")


@st.composite
def remittances(draw: Drawn, position: int = 1) -> Remittance:
    claims = tuple(draw(claim_payments(number)) for number in range(1, draw(st.integers(1, 3)) + 1))
    taken = tuple(
        ProviderAdjustment(NPI, date(2026, 12, 31), reason, "X1", draw(signed))
        for reason in draw(st.lists(st.sampled_from(["L6", "FB", "WO", "CS"]), max_size=8))
    )
    paid = sum(one.paid.cents for one in claims) - sum(one.amount.cents for one in taken)
    header = PaymentHeader(
        header=header_of("835", REMITTANCE, ADDRESSING, NUMBERS, AT, position),
        handling="I",
        amount=Money(abs(paid)),
        credit=paid >= 0,
        method="ACH",
        format="CCP",
        payer_account=_ACCOUNT,
        payee_account=_ACCOUNT,
        originator="1512345678",
        effective=draw(days),
        trace=draw(texts(20)),
        payer_id="1512345678",
        payer_division="",
        currency="USD",
        receiver=draw(st.sampled_from(["", "R1"])),
        version="",
        produced=draw(days),
        payer=Organisation(
            "PAYER",
            "XV",
            "12345",
            draw(addresses),
            (Reference("2U", "12345"),),
            (Contact("BL", "HELP", (("TE", "8005551212"),)),),
        ),
        payee=Organisation(
            "CLINIC",
            "XX",
            NPI,
            draw(maybe(addresses)),
            (Reference("TJ", "123456789"),),
            delivery=draw(st.sampled_from([None, Delivery("OL", "PORTAL", "HTTPS")])),
        ),
    )
    return Remittance(header, claims, taken)


_TRIGGER: Final = Context("SITUATIONAL TRIGGER", "", "CLM", 12, "2300", "5:3", "1325")
contexts: Final = st.builds(Context, st.just("CLM01"), texts(10)) | st.just(_TRIGGER)


@st.composite
def element_errors(draw: Drawn) -> ElementError:
    component = draw(st.integers(0, 3))
    return ElementError(
        element=draw(st.integers(1, 20)),
        component=component,
        repetition=draw(st.integers(0, 2)),
        data_element=draw(st.sampled_from(["", "1325"])),
        code=draw(st.sampled_from(["1", "7", "I9"])),
        value=draw(texts(9) | st.just("")),
        contexts=draw(some(st.just(_TRIGGER), 1)),
    )


@st.composite
def group_answers(draw: Drawn, position: int = 1) -> GroupAcknowledgement:
    errors = st.builds(
        SegmentError,
        segment=st.sampled_from(["CLM", "NM1"]),
        position=st.integers(1, 999),
        loop=st.sampled_from(["", "2300"]),
        code=st.sampled_from(["", "3", "8", "I7"]),
        elements=some(element_errors()),
        contexts=some(contexts, 1),
    )
    sets = draw(
        st.lists(
            st.builds(
                SetAcknowledgement,
                kind=st.just("837"),
                control_number=st.integers(1, 9999).map(lambda n: f"{n:04d}"),
                version=st.just("005010X222A1"),
                verdict=st.sampled_from([Verdict.ACCEPTED, Verdict.REJECTED]),
                codes=st.sampled_from([(), ("5",), ("5", "I6")]),
                errors=some(errors),
            ),
            min_size=1,
            max_size=3,
        )
    )
    return GroupAcknowledgement(
        header=header_of("999", ACKNOWLEDGING, ADDRESSING, NUMBERS, AT, position),
        functional_id="HC",
        control_number=draw(st.integers(1, 999_999_999).map(str)),
        version="005010X222A1",
        verdict=draw(st.sampled_from([Verdict.ACCEPTED, Verdict.PARTLY, Verdict.REJECTED])),
        sent=len(sets),
        received=len(sets),
        accepted=sum(one.verdict.accepted for one in sets),
        codes=draw(st.sampled_from([(), ("1",)])),
        sets=tuple(sets),
    )


@st.composite
def interchange_answers(draw: Drawn) -> InterchangeAcknowledgement:
    header = header_of("999", ACKNOWLEDGING, ADDRESSING, NUMBERS, AT)
    return InterchangeAcknowledgement(
        interchange=header.interchange,
        control_number=f"{draw(st.integers(1, 999_999_999)):09d}",
        sent_at=AT,
        verdict=draw(st.sampled_from(list(InterchangeVerdict))),
        code=draw(st.sampled_from(["000", "022", "025"])),
    )


codes: Final = st.builds(
    StatusCode,
    category=st.sampled_from(["A1", "A2", "A3", "F1", "F2", "P1"]),
    code=st.sampled_from(["19", "20", "21", "65"]),
)


@st.composite
def statuses(draw: Drawn, ca: bool, line: bool = False, about: str = "") -> Status:
    whole = not ca and not line
    first, *more = draw(st.lists(codes, min_size=1, max_size=3))
    return Status(
        codes=(replace(first, entity=about), *more),
        on=draw(days),
        action=draw(st.sampled_from(["U"] if line else ["WQ", "U"])) if ca else "",
        charge=draw(money) if not line else None,
        paid=draw(money) if whole else None,
        decided=draw(maybe(days)) if whole else None,
        paid_on=draw(maybe(days)) if whole else None,
        check=draw(st.sampled_from(["", "T100"])) if whole else "",
    )


@st.composite
def claim_statuses(draw: Drawn, ca: bool, payer: Name, provider: Name) -> StatusOfClaim:
    dependent = not ca and draw(st.booleans())
    patient = draw(people("QC" if ca or dependent else "IL"))
    if dependent:
        patient = replace(patient, qualifier="", id="")
    line = st.builds(
        LineStatus,
        procedure=procedures,
        charge=money,
        paid=st.none() if ca else money,
        units=units,
        statuses=st.lists(statuses(ca, True), min_size=1, max_size=1).map(tuple),
        references=st.sampled_from([(), (Reference("FJ", "L1"),)]),
        dates=periods,
    )
    return StatusOfClaim(
        trace=draw(texts(20)),
        patient=patient,
        subscriber=draw(people("IL")) if dependent else None,
        provider=provider,
        payer=payer,
        statuses=(draw(statuses(ca, about="QC")),),
        references=draw(st.sampled_from([(), (Reference("1K", "ICN1"),)])),
        dates=draw(periods),
        lines=draw(some(line)),
    )


@st.composite
def reports(draw: Drawn, ca: bool, position: int = 1) -> StatusReport:
    payer = organisation("PR", "PI")
    receiver = organisation("41", "46", "SUB1")
    provider = organisation("85" if ca else "1P", "XX", NPI)
    claims = draw(st.lists(claim_statuses(ca, payer, provider), min_size=1, max_size=4))
    version = ACKNOWLEDGEMENT_VERSION if ca else STATUS_VERSION
    counted = Totals(Quantity.of(1), Quantity.of(2), Money(100), Money(250))
    of_all = (draw(statuses(ca)),)
    # X214 2200C STC02 is not used.
    general = GeneralStatus(
        provider, "0", (replace(of_all[0], on=None),), counted, (Reference("TJ", "123456789"),)
    )
    return StatusReport(
        header=header_of("277", version, ADDRESSING, NUMBERS, AT, position),
        acknowledgement=ca,
        reference=draw(texts(20)),
        at=AT,
        sources=(payer,),
        contacts=() if ca else draw(some(st.builds(Contact, st.just("IC"), texts(9), phones), 1)),
        files=(GeneralStatus(receiver, "B1", of_all, counted),) if ca else (),
        providers=(general,) if ca else (),
        claims=tuple(claims),
        receivers=(receiver,),
        receipts=(Receipt("R1", draw(days), draw(days)),) if ca else (),
    )


def rejections(*loops: str) -> st.SearchStrategy[Rejection]:
    return st.builds(
        Rejection,
        reason=st.sampled_from(["42", "72", "75"]),
        follow_up=st.sampled_from(["C", "R"]),
        valid=st.booleans(),
        loop=st.sampled_from(loops),
    )


_DATED: Final = st.builds(Dated, st.sampled_from(["291", "346", "356"]), periods)


def benefits(letter: str) -> st.SearchStrategy[Benefit]:
    entity = st.builds(
        RelatedEntity,
        name=people("P3", "XX"),
        address=maybe(addresses),
        contacts=some(st.builds(Contact, st.just("IC"), texts(9), phones), 1),
        provider_code=st.just("PC"),
        taxonomy=st.sampled_from(["", "207Q00000X"]),
    )
    return st.builds(
        Benefit,
        information=st.sampled_from(["1", "6", "A", "B", "C", "G", "R"]),
        coverage_level=st.sampled_from(["", "IND", "FAM"]),
        service_types=st.lists(st.sampled_from(["30", "98", "UC"]), unique=True).map(tuple),
        insurance_type=st.sampled_from(["", "HM"]),
        plan=texts(20) | st.just(""),
        time_period=st.sampled_from(["", "23", "29"]),
        amount=maybe(money),
        percent=maybe(units),
        authorization=st.sampled_from(["", "Y", "N"]),
        in_network=st.sampled_from(["", "Y", "N"]),
        procedure=maybe(procedures),
        pointers=st.sampled_from([(), ("1",), ("1", "2")]),
        deliveries=some(st.builds(BenefitDelivery, st.just("VS"), units, st.just("DA")), 1),
        references=some(st.builds(Reference, st.just("6P"), texts(9), st.just("")), 1),
        dates=some(_DATED),
        rejections=some(rejections(f"2110{letter}"), 1),
        messages=some(texts(20)),
        further=some(st.builds(Information, st.just("ZZ"), st.sampled_from(["11", "22"]))),
        entities=some(entity),
    )


def person(letter: str, entity: str) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        name=people(entity) if letter == "C" else people(entity, "").map(_nameless),
        traces=some(st.builds(Trace, st.sampled_from(["1", "2"]), texts(9), st.just("1123456789"))),
        address=maybe(addresses),
        birth_date=maybe(days),
        sex=st.sampled_from(["", "M", "F"]),
        relationship=st.just("18" if letter == "C" else "19"),
        corrected=st.booleans(),
        references=some(st.builds(Reference, st.just("6P"), texts(9), st.just("")), 1),
        dates=some(_DATED),
        rejections=some(rejections(f"2100{letter}"), 1),
        benefits=st.lists(benefits(letter), min_size=1, max_size=2).map(tuple),
        provider_code=st.sampled_from(["", "PE"]),
        diagnoses=some(st.tuples(st.just("BK"), st.just("E119")), 1),
        military=st.sampled_from([(), ("C", "AO", "A")]),
    )


def _nameless(one: Name) -> Name:
    """A dependent has no id of his own."""
    return replace(one, qualifier="", id="")


@st.composite
def responses(draw: Drawn, position: int = 1) -> EligibilityResponse:
    everyone: list[Person] = []
    for holder in draw(st.lists(person("C", "IL"), max_size=2)):
        everyone.append(holder)
        dependents = draw(st.lists(person("D", "03"), max_size=1))
        everyone += [replace(dependent, holder=holder) for dependent in dependents]
    return EligibilityResponse(
        header=header_of("271", ELIGIBILITY, ADDRESSING, NUMBERS, AT, position),
        reference=draw(texts(20)),
        at=AT,
        payer=organisation("PR", "PI"),
        payer_contacts=draw(some(st.builds(Contact, st.just("IC"), texts(9), phones), 1)),
        provider=organisation("1P", "XX", NPI),
        people=tuple(everyone),
        rejections=tuple(
            sorted(draw(some(rejections("2000A", "2100A", "2100B"), 3)), key=lambda one: one.loop)
        ),
        provider_address=draw(maybe(addresses)),
        provider_references=draw(
            some(st.builds(Reference, st.just("EO"), texts(9), st.just("")), 1)
        ),
    )
