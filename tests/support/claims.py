"""Professional claims of every kind, for properties, and one plain claim to vary."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.npi import Npi
from caresmith.x12.adjustments import Adjustment, AdjustmentGroup
from caresmith.x12.claims.codes import ATTACHMENTS, FILING_INDICATORS, MEDICARE_SECONDARY
from caresmith.x12.claims.coverage import (
    OtherCoverage,
    OtherPayer,
    OtherPayerProvider,
    OtherSubscriber,
    OutpatientRemarks,
    Payer,
    Subscriber,
)
from caresmith.x12.claims.line import (
    Adjudication,
    Attachment,
    Contract,
    Drug,
    LineDates,
    LineNumbers,
    LineProcedure,
    LineProviders,
    PayerNumber,
    ServiceLine,
    TestResult,
)
from caresmith.x12.claims.model import (
    ClaimDates,
    ClaimNumbers,
    ClaimProviders,
    EpsdtReferral,
    Note,
    ProfessionalClaim,
    RelatedCauses,
    SpinalManipulation,
    Submission,
    VisionCondition,
)
from caresmith.x12.claims.parties import (
    Address,
    BillingProvider,
    Contact,
    Facility,
    OrderingProvider,
    Patient,
    PayerId,
    PayToPlan,
    PersonFacts,
    PersonName,
    PhoneContact,
    Provider,
    PurchasedProvider,
    Receiver,
    SecondaryId,
    Submitter,
)
from caresmith.x12.envelope import Party
from caresmith.x12.values import Period, Quantity
from caresmith.x12.writer import Addressing, ControlNumbers

AT: Final = datetime(2026, 11, 27, 9, 5)  # noqa: DTZ001 - a wall clock
ADDRESSING: Final = Addressing(Party("ZZ", "CLINIC"), Party("30", "123456789"), "CLINIC", "PAYER")
NUMBERS: Final = ControlNumbers(interchange=7, group=42)

_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SIGNS = " !\"&'()+,-./;=?%@[]_{}\\<>`#$"


@cache
def drawn(most: int, least: int = 1) -> list[str]:
    """Texts of every length with every sign that can be sent, and no space at an end.

    They are drawn beforehand: characters one by one would take longer than all else.
    """
    chance, found = Random(most * 100 + least), []
    for number in range(40):
        length = (least, most)[number] if number < 2 else chance.randint(least, most)
        inner = "".join(chance.choices(_PLAIN + _SIGNS, k=length))
        found.append(chance.choice(_PLAIN) + inner[1:-1] + chance.choice(_PLAIN) * (length > 1))
    return found


@cache
def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    return st.sampled_from(drawn(most, least))


_number = texts(20)
_maybe_number = st.just("") | _number
_days = st.dates(date(2016, 1, 1), date(2026, 11, 27))
_money = st.integers(0, 10**7).map(Money)
_npis = st.sampled_from([Npi("1234567893"), Npi("1003000126"), Npi("1999999976")])
_taxonomies = st.sampled_from(["207Q00000X", "208D00000X", "363LF0000X"])
_phones = st.sampled_from(["2125550100", "9995550199"])
_quantities = st.integers(1, 999_999).map(Quantity)
_wholes = st.integers(1, 99).map(Quantity.of)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _address(number: int) -> Address:
    """One of many: foreign ones, long ones, with and without a second line."""
    chance = Random(number)
    line1, line2, city = (chance.choice(drawn(most, least)) for most, least in _ADDRESS_LINES)
    if number % 4 == 3:
        country, code = chance.choice([("MX", "123"), ("DE", ""), ("JP", "SW1A2AA")])
        part = chance.choice(["", "BAY", "13"])
        return Address(line1=line1, city=city, postal_code=code, country=country, subdivision=part)
    state = chance.choice(["CA", "NY", "TX", "IL", "PR", "DC", "AE"])
    code = chance.choice(["60601", "606010001", "00501"])
    return Address(
        line1=line1, line2=line2 if number % 2 else "", city=city, state=state, postal_code=code
    )


_ADDRESS_LINES: Final = ((55, 1), (55, 1), (30, 2))
addresses = st.sampled_from([_address(number) for number in range(60)])
_contacts = st.one_of(
    st.builds(Contact, name=st.just("") | texts(60), phone=_phones),
    st.builds(Contact, name=texts(60), phone=_phones, extension=st.just("12"), fax=_phones),
    st.builds(Contact, name=texts(60), email=st.just("billing@example.org")),
)
_phone_contacts = st.builds(
    PhoneContact, name=st.just("") | texts(60), phone=_phones, extension=st.sampled_from(["", "7"])
)


@cache
def ids(*qualifiers: str, least: int = 0, payers: bool = False) -> st.SearchStrategy[Any]:
    chance = Random(len(qualifiers))
    pool = [
        tuple(
            SecondaryId(
                qualifier=chance.choice(qualifiers),
                value=chance.choice(drawn(20)),
                payer=chance.choice(["", *drawn(20)]) if payers else "",
            )
            for _ in range(count)
        )
        for count in [n for n in (0, 1, 2) if n >= least] * 12
    ]
    return st.sampled_from(pool)


_names = {"last": texts(60), "first": st.just("") | texts(35), "middle": st.just("") | texts(25)}


def providers(
    *qualifiers: str, kind: type[Provider] = Provider, payers: bool = False, **more: Any
) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        **_names,
        suffix=st.sampled_from(["", "JR"]),
        npi=optional(_npis),
        ids=ids(*qualifiers, payers=payers),
        **more,
    )


_any_id = ("0B", "1G", "G2", "LU")
_referral_id = ("0B", "1G", "G2")


def rendering(payers: bool = False) -> st.SearchStrategy[Any]:
    group = st.builds(
        Provider,
        last=texts(60),
        organisation=st.just(True),
        npi=optional(_npis),
        taxonomy=st.just("") | _taxonomies,
        ids=ids(*_any_id, payers=payers),
    )
    return group | providers(*_any_id, payers=payers, taxonomy=st.just("") | _taxonomies)


def facilities(*, line: bool = False) -> st.SearchStrategy[Facility]:
    return st.builds(
        Facility,
        name=texts(60),
        npi=optional(_npis),
        address=addresses,
        ids=ids("G2", "LU", payers=True) if line else ids("0B", "G2", "LU"),
        contact=st.none() if line else optional(_phone_contacts),
    )


_payer_ids = st.builds(PayerId, qualifier=st.sampled_from(["2U", "FY", "NF"]), value=_number)
_plans = st.builds(
    PayToPlan,
    name=texts(60),
    id=texts(20, 2),
    address=addresses,
    secondary=optional(_payer_ids),
    tax_id=st.just("123456789"),
)
_billing_facts = {
    "npi": optional(_npis),
    "taxonomy": st.just("") | _taxonomies,
    "tax_id": st.sampled_from(["123456789", "12-3456789"]),
    "tax_id_kind": st.sampled_from(["EI", "SY"]),
    "licences": ids("0B", "1G"),
    "address": addresses,
    "contacts": st.lists(_contacts, max_size=2).map(tuple),
    "pay_to": optional(addresses),
    "pay_to_plan": optional(_plans),
}
billing_providers = st.builds(BillingProvider, last=texts(60), **_billing_facts) | st.builds(
    BillingProvider, organisation=st.just(False), **_names, **_billing_facts
)
_facts = st.builds(
    PersonFacts,
    died=optional(_days),
    weight_pounds=optional(_wholes),
    pregnant=st.booleans(),
)
_sexes = st.sampled_from(["F", "M", "U"])
_group = st.sampled_from(
    [
        {},
        {"group_number": "GRP1"},
        {"group_name": "ACME & SONS"},
        {"insurance_type": min(MEDICARE_SECONDARY), "filing": "MB"},
        {"filing": max(FILING_INDICATORS)},
    ]
)


@st.composite
def subscribers(draw: st.DrawFn, *, patient: bool, responsibility: str) -> Subscriber:
    """With ``patient`` the subscriber is the patient."""
    complete = patient or draw(st.booleans())
    return Subscriber(
        responsibility=responsibility,
        **draw(_group),
        last=draw(texts(60)),
        first=draw(texts(35)),
        suffix=draw(st.sampled_from(["", "III"])),
        member_id=draw(texts(30, 2)),
        id_kind=draw(st.sampled_from(["MI", "II"])),
        address=draw(addresses) if complete else None,
        birth_date=draw(_days) if complete else None,
        sex=draw(_sexes) if complete else None,
        facts=draw(_facts) if patient and draw(st.booleans()) else PersonFacts(),
        ssn=draw(st.sampled_from(["", "123456789"])),
        casualty_claim=draw(_maybe_number),
        casualty_contact=draw(optional(_phone_contacts)),
    )


_patients = st.builds(
    Patient,
    relationship=st.sampled_from(["01", "19", "20", "21", "39", "40", "53", "G8"]),
    name=st.builds(PersonName, **_names, suffix=st.sampled_from(["", "SR"])),
    address=addresses,
    birth_date=_days,
    sex=_sexes,
    facts=st.just(PersonFacts()) | _facts,
    casualty_claim=_maybe_number,
    casualty_id=_maybe_number,
    casualty_contact=optional(_phone_contacts),
)
_payers = st.builds(
    Payer,
    name=texts(60),
    id=texts(30, 2),
    qualifier=st.sampled_from(["PI", "XV"]),
    address=optional(addresses),
    ids=st.lists(_payer_ids, max_size=3).map(tuple),
    billing_provider_ids=ids("G2", "LU"),
)


_REASONS: Final = ("1", "2", "3", "23", "45", "96", "97", "253")


def _adjustments(number: int) -> tuple[Adjustment, ...]:
    """Up to two groups of up to eight reasons."""
    chance = Random(number)
    return tuple(
        Adjustment(
            group,
            reason,
            Money(chance.randint(1, 99_999)),
            Quantity.of(chance.randint(1, 99)) if chance.random() < 0.5 else None,
        )
        for group in sorted(chance.sample(list(AdjustmentGroup), chance.randint(0, 2)))
        for reason in chance.sample(_REASONS, chance.randint(1, len(_REASONS)))
    )


adjustments = st.sampled_from([_adjustments(number) for number in range(80)])


_remarks = st.builds(
    OutpatientRemarks,
    rate=st.sampled_from(["", ".8", "80"]),
    hcpcs_payable=optional(_money),
    remarks=st.sampled_from([("MA01",), ("MA01", "M15", "N1")]),
    esrd_payment=optional(_money),
)
_other_providers = st.one_of(
    st.builds(
        OtherPayerProvider,
        role=st.sampled_from(["DN", "82", "DQ"]),
        ids=ids("G2", "1G", least=1),
    ),
    st.builds(
        OtherPayerProvider,
        role=st.sampled_from(["77", "85"]),
        organisation=st.just(True),
        ids=ids("G2", "LU", least=1),
    ),
)


@st.composite
def coverages(draw: st.DrawFn, responsibility: str, payer: str) -> OtherCoverage:
    return OtherCoverage(
        responsibility=responsibility,
        relationship=draw(st.sampled_from(["18", "01", "19", "G8"])),
        **draw(_group),
        adjustments=draw(adjustments),
        paid=draw(optional(_money)),
        noncovered=draw(optional(_money)),
        patient_liability=draw(optional(_money)),
        benefits_assigned=draw(st.sampled_from(["Y", "N", "W"])),
        signature_by_provider=draw(st.booleans()),
        release=draw(st.sampled_from(["Y", "I"])),
        remarks=draw(optional(_remarks)),
        subscriber=draw(
            st.builds(
                OtherSubscriber,
                **_names,
                member_id=texts(30, 2),
                address=optional(addresses),
                ssn=st.sampled_from(["", "987654321"]),
            )
        ),
        payer=OtherPayer(
            name=draw(texts(60)),
            id=payer,
            address=draw(optional(addresses)),
            adjudicated_on=draw(optional(_days)),
            ids=tuple(draw(st.lists(_payer_ids, max_size=2))),
            prior_authorization=draw(_maybe_number),
            referral=draw(_maybe_number),
            adjusts=draw(st.booleans()),
            control_number=draw(_maybe_number),
        ),
        providers=tuple(
            draw(st.lists(_other_providers, max_size=2, unique_by=lambda one: one.role))
        ),
    )


_procedures = st.builds(
    LineProcedure,
    qualifier=st.sampled_from(["HC", "HC", "HC", "WK"]),
    code=st.sampled_from(["99213", "87880", "J3301", "G0439", "00142", "E0570"]),
    modifiers=st.lists(st.sampled_from(["25", "59", "RR", "95", "LT"]), max_size=4).map(tuple),
    description=st.just("") | texts(80),
)
_attachments = st.builds(
    Attachment,
    kind=st.sampled_from(sorted(ATTACHMENTS)),
    transmission=st.sampled_from(["BM", "EL", "EM", "FT", "FX"]),
    control_number=texts(20, 2),
) | st.builds(
    Attachment, kind=st.sampled_from(sorted(ATTACHMENTS - {"CT"})), transmission=st.just("AA")
)
_contracts = st.builds(
    Contract,
    kind=st.sampled_from(["01", "02", "09"]),
    amount=optional(_money),
    percent=st.sampled_from(["", "12.5"]),
    code=_maybe_number,
    discount_percent=st.sampled_from(["", "2"]),
    version=st.sampled_from(["", "V1"]),
)
_drugs = st.builds(
    Drug,
    code=st.sampled_from(["00026063512", "63323024910"]),
    quantity=_quantities,
    unit=st.sampled_from(["F2", "GR", "ME", "ML", "UN"]),
    prescription=_maybe_number,
) | st.builds(
    Drug,
    code=st.just("00026063512"),
    quantity=_quantities,
    unit=st.just("ML"),
    compound=_number,
)


def some(kind: type[Any], strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part of which up to three fields are given."""
    fields = st.sampled_from(sorted(kind.model_fields))
    return st.dictionaries(fields, strategy, max_size=3).map(lambda given: kind(**given))


def _in_order(given: dict[str, Any]) -> ClaimDates:
    began, ended = given.get("disability_began"), given.get("disability_ended")
    if began and ended:
        given |= {"disability_began": min(began, ended), "disability_ended": max(began, ended)}
    return ClaimDates(**given)


_claim_dates = st.dictionaries(
    st.sampled_from(sorted(ClaimDates.model_fields)), _days, max_size=3
).map(_in_order)

_line_providers = st.builds(
    LineProviders,
    rendering=optional(rendering(payers=True)),
    purchased=optional(
        st.builds(
            PurchasedProvider,
            organisation=st.booleans(),
            npi=optional(_npis),
            ids=ids(*_referral_id, payers=True),
        )
    ),
    facility=optional(facilities(line=True)),
    supervising=optional(providers(*_any_id, payers=True)),
    ordering=optional(
        providers(
            *_referral_id,
            kind=OrderingProvider,
            payers=True,
            address=optional(addresses),
            contact=optional(_contacts),
        )
    ),
    referring=optional(providers(*_referral_id, payers=True)),
)
_payer_numbers = st.lists(
    st.builds(PayerNumber, value=_number, payer=_maybe_number), max_size=2
).map(tuple)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, last = sorted([draw(_days), draw(_days)])
    return Period(first, draw(st.sampled_from([first, last])))


@st.composite
def lines(draw: st.DrawFn, diagnoses: int, payers: list[str]) -> ServiceLine:
    pointers = draw(
        st.lists(st.integers(1, diagnoses), min_size=1, max_size=min(4, diagnoses), unique=True)
    )
    given: dict[str, Any] = {}
    if draw(st.booleans()):
        note = draw(texts(80))
        given = {
            "attachments": tuple(draw(st.lists(_attachments, max_size=2))),
            "hospice_employee": draw(optional(st.booleans())),
            "obstetric_units": draw(optional(_wholes)),
            "tests": draw(
                st.sampled_from([(), (TestResult(measured="R2", value=Quantity(35_500)),)])
            ),
            "contract": draw(optional(_contracts)),
            "prior_authorizations": draw(_payer_numbers),
            "referrals": draw(_payer_numbers),
            "sales_tax": draw(optional(_money)),
            "postage": draw(optional(_money)),
            "fixed_format": tuple(draw(st.lists(texts(80), max_size=1))),
            "note": note,
            "note_kind": draw(st.sampled_from(["ADD", "DCP"])),
            "repricer_note": draw(st.just("") | texts(80)),
        }
    purchased = draw(optional(_money))
    return ServiceLine(
        procedure=draw(_procedures),
        charge=draw(_money),
        unit=draw(st.sampled_from(["UN", "MJ"])),
        quantity=draw(_quantities),
        place_of_service=draw(st.sampled_from(["", "11", "02", "10"])),
        pointers=tuple(pointers),
        emergency=draw(st.booleans()),
        epsdt=draw(st.booleans()),
        family_planning=draw(st.booleans()),
        copay_exempt=draw(st.booleans()),
        service=draw(periods()),
        dates=draw(some(LineDates, _days)),
        numbers=draw(some(LineNumbers, _number)),
        purchased_charge=purchased,
        purchased_from="" if purchased is None else draw(_number),
        drug=draw(optional(_drugs)),
        providers=draw(st.just(LineProviders()) | _line_providers),
        adjudications=tuple(draw(_adjudications(payer)) for payer in payers if draw(st.booleans())),
        **given,
    )


def _adjudications(payer: str) -> st.SearchStrategy[Adjudication]:
    return st.builds(
        Adjudication,
        payer_id=st.just(payer),
        paid=_money,
        procedure=_procedures,
        units=_quantities,
        bundled_into=optional(st.integers(1, 50)),
        adjustments=adjustments,
        adjudicated_on=_days,
        patient_liability=optional(_money),
    )


_causes = st.sampled_from(
    [
        RelatedCauses(auto_accident=True, state="CA"),
        RelatedCauses(auto_accident=True, employment=True, state="NY", country="MX"),
        RelatedCauses(employment=True),
        RelatedCauses(other_accident=True, employment=True),
    ]
)
_claim_numbers = st.dictionaries(
    st.sampled_from(
        sorted(set(ClaimNumbers.model_fields) - {"authorization_exception", "medicare_crossover"})
    ),
    _number,
    max_size=3,
)
_vision = st.builds(
    VisionCondition,
    category=st.sampled_from(["E1", "E2", "E3"]),
    applies=st.booleans(),
    conditions=st.sampled_from([("L1",), ("L1", "L2", "L3", "L4", "L5")]),
)
_claim_providers = st.builds(
    ClaimProviders,
    referring=optional(providers(*_referral_id)),
    primary_care=optional(providers(*_referral_id)),
    rendering=optional(rendering()),
    facility=optional(facilities()),
    supervising=optional(providers(*_any_id)),
)
_epsdt = st.sampled_from(
    [
        EpsdtReferral(given=False, conditions=("NU",)),
        EpsdtReferral(given=True, conditions=("AV", "S2", "ST")),
    ]
)
_icd10 = st.sampled_from(
    ["E119", "I10", "Z0000", "J449", "M545", "S52501A", "R079", "N390", "F329", "K219", "H269"]
)
_icd9 = st.sampled_from(["4779", "2724", "V7389", "8540"])


@st.composite
def claims(draw: st.DrawFn, **given: Any) -> ProfessionalClaim:
    """Any claim that can be sent; ``given`` fixes parts of it."""
    turns = draw(st.permutations(["P", "S", "T"]))
    payers = draw(st.lists(texts(20, 2), max_size=2, unique=True))
    others = [draw(coverages(turns[n + 1], payer)) for n, payer in enumerate(payers)]
    patient = draw(optional(_patients))
    icd = draw(st.sampled_from(["10", "10", "10", "9"]))
    diagnoses = draw(
        st.lists(_icd10 if icd == "10" else _icd9, min_size=1, max_size=12, unique=True)
    )
    numbers = draw(_claim_numbers)
    frequency = draw(st.sampled_from(["1", "1", "7", "8"]))
    if frequency != "1":
        numbers["payer_control_number"] = draw(_number)
    causes = draw(optional(_causes))
    dates = draw(_claim_dates)
    if causes:
        dates = dates.model_copy(update={"accident": draw(_days)})
    fields: dict[str, Any] = {
        "billing": draw(billing_providers),
        "subscriber": draw(subscribers(patient=patient is None, responsibility=turns[0])),
        "payer": draw(_payers),
        "patient": patient,
        "control_number": f"C#{draw(st.integers(1, 10**15))}/-",
        "place_of_service": draw(st.sampled_from(["11", "02", "10", "22", "31"])),
        "frequency": frequency,
        "provider_signature": draw(st.booleans()),
        "assignment": draw(st.sampled_from(["A", "B", "C"])),
        "benefits_assigned": draw(st.sampled_from(["Y", "N", "W"])),
        "release": draw(st.sampled_from(["Y", "I"])),
        "signature_by_provider": draw(st.booleans()),
        "causes": causes,
        "special_program": draw(st.sampled_from(["", "02", "03", "05", "09"])),
        "delay_reason": draw(st.sampled_from(["", "1", "11", "15"])),
        "dates": dates,
        "numbers": ClaimNumbers(
            **numbers,
            authorization_exception=draw(st.sampled_from(["", "1", "7"])),
            medicare_crossover=draw(st.sampled_from(["", "Y", "N"])),
        ),
        "diagnoses": tuple(diagnoses),
        "icd": icd,
        "providers": draw(st.just(ClaimProviders()) | _claim_providers),
        "others": tuple(others),
        "lines": tuple(draw(st.lists(lines(len(diagnoses), payers), min_size=1, max_size=3))),
    }
    if draw(st.booleans()):
        fields |= {
            "attachments": tuple(draw(st.lists(_attachments, max_size=2))),
            "contract": draw(optional(_contracts)),
            "patient_paid": draw(optional(_money)),
            "fixed_format": tuple(draw(st.lists(texts(80), max_size=2))),
            "note": draw(optional(st.builds(Note, text=texts(80)))),
            "spinal": draw(
                optional(
                    st.builds(
                        SpinalManipulation,
                        condition=st.sampled_from(list("ACDEFGM")),
                        description=st.just("") | texts(80),
                    )
                )
            ),
            "vision": tuple(
                draw(st.lists(_vision, max_size=3, unique_by=lambda one: one.category))
            ),
            "homebound": draw(st.booleans()),
            "epsdt": draw(optional(_epsdt)),
            "anesthesia_procedures": draw(st.sampled_from([(), ("00142",), ("00142", "00144")])),
            "conditions": draw(
                st.sampled_from([(), ("17",), tuple(f"{n:02d}" for n in range(24))])
            ),
        }
    return ProfessionalClaim(**(fields | given))


@st.composite
def submissions(draw: st.DrawFn, *, count: int) -> Submission:
    """Claims of which neighbours may share provider, subscriber and patient."""
    every = [draw(claims())]
    while len(every) < count:
        before = every[-1]
        shared = draw(st.sampled_from([(), ("billing",), ("billing", "subscriber", "payer")]))
        given = {field: getattr(before, field) for field in shared}
        if "subscriber" in shared:
            if draw(st.booleans()) and before.patient is not None:
                patient = draw(_patients)
            else:
                patient = before.patient
            given |= {"patient": patient, "others": (), "lines": (draw(lines(1, [])),)}
        every.append(draw(claims(**given)))
    return Submission(
        submitter=draw(
            st.builds(
                Submitter,
                name=texts(60),
                first=st.just("") | texts(35),
                id=texts(20, 2),
                contacts=st.lists(_contacts, min_size=1, max_size=2).map(tuple),
            )
        ),
        receiver=draw(st.builds(Receiver, name=texts(60), id=texts(20, 2))),
        reference=f"B{draw(st.integers(1, 10**28))}",
        reissue=draw(st.booleans()),
        kind=draw(st.sampled_from(["CH", "RP"])),
        claims=tuple(every),
    )


def address() -> Address:
    return Address(line1="1 Main St", city="Chicago", state="IL", postal_code="606010001")


def claim(**given: Any) -> ProfessionalClaim:
    """A plain claim: one visit of a subscriber who is the patient."""
    fields: dict[str, Any] = {
        "billing": BillingProvider(
            last="Lakeside Clinic",
            npi=Npi("1234567893"),
            tax_id="123456789",
            taxonomy="207Q00000X",
            address=address(),
        ),
        "subscriber": Subscriber(
            last="Doe",
            first="Jane",
            member_id="M100",
            address=address(),
            birth_date=date(1980, 2, 29),
            sex="F",
            filing="CI",
        ),
        "payer": Payer(name="Payer", id="12345"),
        "control_number": "C1",
        "place_of_service": "11",
        "diagnoses": ("E119",),
        "lines": (line(),),
    }
    return ProfessionalClaim(**(fields | given))


def line(**given: Any) -> ServiceLine:
    fields: dict[str, Any] = {
        "procedure": LineProcedure(code="99213"),
        "charge": Money(15000),
        "quantity": Quantity.of(1),
        "pointers": (1,),
        "service": Period(date(2026, 11, 2), date(2026, 11, 2)),
    }
    return ServiceLine(**(fields | given))


def submission(*every: ProfessionalClaim) -> Submission:
    return Submission(
        submitter=Submitter(
            name="Lakeside Clinic", id="SUB1", contacts=(Contact(name="Bo", phone="3125550100"),)
        ),
        receiver=Receiver(name="Clearinghouse", id="CH1"),
        reference="B1",
        claims=every or (claim(),),
    )
