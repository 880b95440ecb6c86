"""Drafts of every kind for properties: good claims, claims of the wire, and nonsense."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from caresmith.claims.authorized import Counted, Kind, OnFile, Status
from caresmith.claims.draft import ClaimDraft
from caresmith.codes.ranges import Codes, in_order
from caresmith.x12.claims.model import ClaimDates
from caresmith.x12.values import Period, Quantity
from functions.claims.scrubbing.facts import (
    Bilateral,
    CoverageFacts,
    Facts,
    PastService,
    PastStatus,
    PatientFacts,
    PayerProfile,
    PracticeFacts,
)
from tests.support import claims as wire
from tests.support.drafts import CHILD, GROUP, HOSPITAL, NPI, REFERRER, TAXONOMY, facts, line, made

_CODES: Final = in_order(
    "99213 99203 99396 99223 99284 G0439 G0438 93000 93005 11042 11045 17000 27447 20610 "
    "45380 45385 71046 80053 81002 87804 97110 98940 11721 77067 00142 J1100 J3490 90686 "
    "90471 17999 A0429 E0570 99243 x"
)
_MODIFIERS: Final = in_order(
    "25 57 24 59 XS 26 TC 50 LT RT 51 76 91 95 GT 93 FQ JW JZ GA GZ GY AT KX Q8 QW QK GP 22 "
    "80 58 79 ZZ rt"
)
_DIAGNOSES: Final = in_order(
    "E119 I10 E109 E11 E11.9 E1199 Z0000 Z00129 Z00110 W010XXA S52501A O2441 Z3A20 N400 "
    "M25561 H42 Z794 M9903 ?"
)
_PLACES: Final = ("11", "22", "21", "23", "02", "10", "12", "29", "41", "")
_PAST_DAYS: Final = st.dates(date(2015, 8, 1), date(2026, 8, 1))
_DAYS: Final = st.sampled_from([date.min, date.max, date(2024, 2, 29)]) | _PAST_DAYS

_lines = st.builds(
    line,
    st.sampled_from(_CODES),
    units=st.sampled_from([0, 0.5, 1, 2, 9]),
    charge=st.sampled_from([None, -1, 0, 100, 15_000, 10**8]),
    day=st.none() | _DAYS.map(str),
    dx=st.lists(st.integers(0, 13), max_size=6),
    place_of_service=st.sampled_from(_PLACES),
    procedure__modifiers=st.lists(st.sampled_from(_MODIFIERS), max_size=5),
    unit=st.sampled_from(["UN", "MJ", "X"]),
    note=st.sampled_from(["", "a note", "a~b"]),
    drug=st.none()
    | st.fixed_dictionaries(
        {"code": st.sampled_from(["", "0026-0635-12", "00026063512"]), "unit": st.just("ML")}
    ),
)
_others = st.fixed_dictionaries(
    {
        "responsibility": st.sampled_from(["P", "S", "T", "U", ""]),
        "paid": st.sampled_from([None, 0, 10_000, -5]),
        "filing": st.sampled_from(["", "CI", "MB"]),
        "payer": st.fixed_dictionaries({"id": st.sampled_from(["", "FIRST"])}),
    }
)
_changes = st.fixed_dictionaries(
    {},
    optional={
        "subscriber__filing": st.sampled_from(["CI", "MB", "MC", "WC", "AM", "", "??"]),
        "subscriber__responsibility": st.sampled_from(["P", "S", "T", ""]),
        "subscriber__member_id": st.text(max_size=12),
        "subscriber__ssn": st.sampled_from(["", "123-45-6789", "12"]),
        "subscriber__group_number": st.sampled_from(["", "G1"]),
        "subscriber__group_name": st.sampled_from(["", "ACME"]),
        "subscriber__insurance_type": st.sampled_from(["", "12", "43", "99"]),
        "subscriber__address": st.none() | st.just({"postal_code": "60601-1234", "country": "US"}),
        "subscriber__birth_date": st.none() | _DAYS.map(str),
        "subscriber__sex": st.sampled_from([None, "F", "M", "U", "X"]),
        "patient": st.none() | st.just(CHILD) | st.just({"relationship": "18"}),
        "billing__npi": st.sampled_from([None, "1234567890", NPI]),
        "billing__address": st.just({}) | st.just({"line1": "PO Box 1"}),
        "billing__tax_id": st.text(max_size=9),
        "billing__first": st.sampled_from(["", "Bo"]),
        "payer__id": st.sampled_from(["", "12345", "777"]),
        "providers__referring": st.none() | st.just(REFERRER) | st.just({"organisation": True}),
        "providers__facility": st.none() | st.just(HOSPITAL) | st.just({}),
        "place_of_service": st.sampled_from(_PLACES),
        "frequency": st.sampled_from(["1", "6", "7", "8", ""]),
        "control_number": st.text(max_size=22),
        "causes": st.none()
        | st.fixed_dictionaries(
            {"auto_accident": st.booleans(), "employment": st.booleans(), "state": st.just("IL")}
        ),
        "diagnoses": st.lists(st.sampled_from(_DIAGNOSES), max_size=14),
        "icd": st.sampled_from(["10", "9", "11"]),
        "patient_paid": st.sampled_from([None, -1, 10**9]),
        "others": st.lists(_others, max_size=3),
        "attachments": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["OZ", "??"]),
                    "transmission": st.sampled_from(["AA", "EL", ""]),
                    "control_number": st.sampled_from(["", "1", "12"]),
                }
            ),
            max_size=2,
        ),
        "numbers__payer_control_number": st.sampled_from(["", "ICN1"]),
        "numbers__prior_authorization": st.sampled_from(["", "A1", "A9"]),
        "numbers__referral": st.sampled_from(["", "A2"]),
        "delay_reason": st.sampled_from(["", "1", "?"]),
        "ours__coverage": st.sampled_from(["", "K1"]),
    },
)
_past = st.builds(
    PastService,
    code=st.sampled_from(_CODES),
    day=_PAST_DAYS,
    rendering=st.sampled_from(["", NPI]),
    specialty=st.sampled_from(["", TAXONOMY]),
    group=st.sampled_from(["", GROUP]),
    claim=st.sampled_from(["", "C0"]),
    status=st.sampled_from(PastStatus),
)
_payers = st.builds(
    PayerProfile,
    filing=st.sampled_from(["", "CI", "MB"]),
    electronic_ids=st.sampled_from([frozenset[str](), frozenset({"12345"})]),
    timely_days=st.sampled_from([None, 14, 90]),
    authorize=st.sampled_from([Codes(""), Codes("20000-69999")]),
    refer=st.sampled_from([Codes(""), Codes("99202-99499")]),
    member_id_forms=st.sampled_from([frozenset[str](), frozenset({"M###"}), frozenset({"("})]),
    wants_taxonomy=st.booleans(),
    wants_ndc=st.booleans(),
    bilateral=st.sampled_from(Bilateral),
    telehealth_modifiers=st.sampled_from([frozenset[str](), frozenset({"95"})]),
    prefers_x_modifiers=st.booleans(),
)


_on_file = st.builds(
    OnFile,
    st.sampled_from(["A1", "A2"]),
    kind=st.sampled_from(Kind),
    status=st.sampled_from(Status),
    codes=st.sampled_from([Codes(""), Codes("27447"), Codes("99213-99215")]),
    first=st.none() | _DAYS,
    last=st.none() | _DAYS,
    left=st.sampled_from([None, 0, 1, 3]),
    counted=st.sampled_from(Counted),
    days=st.frozensets(_DAYS, max_size=2),
    rendering=st.sampled_from(["", NPI, GROUP]),
    diagnoses=st.sampled_from([frozenset(), frozenset({"E119"})]),
    here=st.booleans(),
)


@st.composite
def known(draw: st.DrawFn) -> Facts:
    """Facts of any kind."""
    return facts(
        patient=PatientFacts(
            birth_date=draw(st.none() | _DAYS),
            sex=draw(st.sampled_from(["", "F", "M"])),
            died=draw(st.none() | _DAYS),
        ),
        coverages=tuple(
            draw(
                st.lists(
                    st.builds(
                        CoverageFacts,
                        id=st.sampled_from(["K1", "K2"]),
                        payer=st.just("P1"),
                        order=st.integers(1, 3),
                        last=st.none() | _DAYS,
                    ),
                    max_size=2,
                )
            )
        ),
        history=tuple(draw(st.lists(_past, max_size=3))),
        authorizations=tuple(draw(st.lists(_on_file, max_size=3))),
        payer=draw(_payers),
        practice=PracticeFacts(
            clia=draw(st.sampled_from(["", "14D0123456"])), waived_laboratory=True
        ),
    )


@st.composite
def nonsense(draw: st.DrawFn) -> ClaimDraft:
    """Whatever a practice may have."""
    lines = draw(st.lists(_lines, max_size=4))
    one = made(**draw(_changes)).draft
    return ClaimDraft.model_validate(one.model_dump(mode="json") | {"lines": lines})


@st.composite
def good_claims(draw: st.DrawFn) -> ClaimDraft:
    """Claims of the wire's strategy, with what they say of medicine and time made sensible.

    The strategy of the wire draws any dates, codes and amounts that can be written. Here they
    are such as happen; everything else, who takes part and how it is named, is left as it is.
    """
    claim = draw(
        wire.claims(
            causes=None,
            dates=ClaimDates(onset=date(2026, 6, 1)),
            place_of_service="11",
            delay_reason="",
            others=(),
            icd="10",
            diagnoses=tuple(draw(_good_diagnoses)),
            lines=(wire.line(),),
            patient_paid=None,
        )
    )
    claim = claim.model_copy(update={"epsdt": None})
    day = date(2026, 7, 1) - timedelta(days=draw(st.integers(0, 10)))
    lines = tuple(
        wire.line(
            procedure={"code": code, "modifiers": modifiers},
            service=Period(day, day),
            quantity=Quantity.of(1),
            pointers=(1,),
        )
        for code, modifiers in draw(st.lists(st.sampled_from(_GOOD_LINES), min_size=1, unique=True))
    )
    return _sensible(draw, ClaimDraft.of(claim.model_copy(update={"lines": lines})))


_good_diagnoses: Final = st.lists(
    st.sampled_from(["E119", "I10", "K219", "R079", "N390", "J449"]), min_size=1, unique=True
)
_GOOD_LINES: Final = (
    ("99213", ("25",)),
    ("93000", ()),
    ("20610", ("RT",)),
    ("J1100", ()),
    ("90837", ("59",)),
)


def _sensible(draw: st.DrawFn, draft: ClaimDraft) -> ClaimDraft:
    data: dict[str, Any] = draft.model_dump(mode="json")
    good = made().draft.model_dump(mode="json")
    data["billing"]["npi"] = data["billing"]["npi"] or GROUP
    data["billing"]["address"] = good["billing"]["address"]
    data["subscriber"] |= {"responsibility": "P", "filing": "CI", "insurance_type": ""}
    for one in (data["subscriber"], data["patient"]):
        if one:
            one["facts"]["died"] = None
            one["birth_date"] = str(draw(st.dates(date(1970, 1, 1), date(1990, 1, 1))))
            one["sex"] = one["sex"] or "U"
    _proper(data["subscriber"].get("address"))
    if data["patient"]:
        _proper(data["patient"]["address"])
    for one in data["providers"].values():
        if one:
            one["npi"] = one.get("npi") or NPI
            if "address" in one and "name" in one:
                one["address"] = HOSPITAL["address"]
    data["numbers"] |= {"clia": "", "mammography": ""}
    data["conditions"] = []
    if data["payer"]["address"]:
        _proper(data["payer"]["address"])
    if data["billing"]["pay_to"]:
        _proper(data["billing"]["pay_to"])
    return ClaimDraft.model_validate(data)


def _proper(address: dict[str, Any] | None) -> None:
    """Of an address in the USA a whole one."""
    if address and not address["country"]:
        address |= {"state": "IL", "postal_code": "606010001"}
