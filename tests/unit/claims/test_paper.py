"""A CMS-1500 read back: each text stands in its box, at its place on the page."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from caresmith.claims.draft import (
    CausesDraft,
    ClaimDatesDraft,
    ClaimDraft,
    ClaimNumbersDraft,
    ClaimProvidersDraft,
    NoteDraft,
)
from caresmith.claims.drafted_lines import DrugDraft, LineDraft, LineProvidersDraft, ProcedureDraft
from caresmith.claims.drafted_parties import (
    AddressDraft,
    BillingProviderDraft,
    ContactDraft,
    FacilityDraft,
    OtherCoverageDraft,
    OtherPayerDraft,
    OtherSubscriberDraft,
    PatientDraft,
    PayerDraft,
    PersonNameDraft,
    ProviderDraft,
    SubscriberDraft,
)
from caresmith.money import Money
from caresmith.x12.values import Period, Quantity
from functions.claims.paper.boxes import BOXES, PAGE, position, service_box
from functions.claims.paper.drawing import cms_1500
from functions.claims.paper.filling import pages

DAY = date(2026, 11, 20)
SIGNED = date(2026, 11, 27)
HOME = AddressDraft(line1="12 ELM ST", city="ALBANY", state="NY", postal_code="122071234")


def service(number: int = 1, **given: object) -> LineDraft:
    usual = {
        "charge_id": str(number),
        "procedure": ProcedureDraft(code="99213", modifiers=("25",)),
        "charge": Money(150_00),
        "quantity": Quantity.of(1),
        "pointers": (1, 2),
        "service": Period(DAY, DAY),
    }
    return LineDraft.model_validate(usual | given)


def a_draft(**given: object) -> ClaimDraft:
    usual = {
        "billing": BillingProviderDraft(
            last="SMALL MEDICAL GROUP LLC",
            npi="1003000126",
            taxonomy="193200000X",
            tax_id="123456789",
            address=HOME,
            contacts=(ContactDraft(phone="2125550100"),),
        ),
        "subscriber": SubscriberDraft(
            filing="CI",
            last="EXAMPLE",
            first="ANA",
            middle="MARIA",
            suffix="JR",
            member_id="XYZ123456",
            group_number="G-77",
            address=HOME,
            birth_date=date(1985, 3, 14),
            sex="F",
        ),
        "payer": PayerDraft(name="ACME HEALTH", id="ACME1", address=HOME),
        "control_number": "CS000000011",
        "place_of_service": "11",
        "diagnoses": ("J069", "R509"),
        "providers": ClaimProvidersDraft(
            rendering=ProviderDraft(
                last="DOC", first="ANA", npi="1234567893", taxonomy="207Q00000X"
            )
        ),
        "lines": (service(),),
    }
    return ClaimDraft.model_validate(usual | given)


def texts(draft: ClaimDraft, page: int = 0) -> dict[str, str]:
    return {one.name: one.text for one in pages(draft, SIGNED)[page]}


def read_back(pdf: bytes, page: int = 0) -> dict[tuple[int, int], str]:
    """Texts by their place: points from the left and the top, rounded."""
    found: dict[tuple[int, int], str] = {}

    def visit(text: str, _cm: object, tm: list[float], *_: object) -> None:
        if text.strip():
            found[round(tm[4]), round(PAGE[1] - tm[5])] = text.strip()

    PdfReader(io.BytesIO(pdf)).pages[page].extract_text(visitor_text=visit)
    return found


def test_every_text_of_a_claim_stands_in_its_box() -> None:
    draft = a_draft()
    found = read_back(cms_1500(draft, SIGNED, form=False))
    for one in pages(draft, SIGNED)[0]:
        x, y = position(one.box, one.text)
        assert found[round(x), round(y)] == one.text, one.name


def test_patient_and_insured_are_written_as_the_manual_says() -> None:
    said = texts(a_draft())
    assert said["1.group"] == "X"
    assert said["2"] == "EXAMPLE JR, ANA, M"
    assert said["3.birth"] == "03 14 1985"
    assert (said["3.female"], said["6.self"]) == ("X", "X")
    assert (said["5.city"], said["5.state"], said["5.zip"]) == ("ALBANY", "NY", "12207-1234")
    assert said["11"] == "G-77"
    assert (said["11d.no"], said["10a.no"]) == ("X", "X")
    assert said["21.icd"] == "0"
    assert (said["21.A"], said["21.B"]) == ("J069", "R509")
    assert said["12"] == "SIGNATURE ON FILE"


def test_a_service_has_its_codes_amount_and_who_rendered_it() -> None:
    said = texts(a_draft())
    assert (said["24a.from@1"], said["24a.to@1"]) == ("11 20 26", "11 20 26")
    assert (said["24d@1"], said["24d.1@1"], said["24e@1"]) == ("99213", "25", "AB")
    assert (said["24f@1"], said["24g@1"], said["24j@1"]) == ("150 00", "1", "1234567893")
    assert (said["24i.shaded@1"], said["24j.shaded@1"]) == ("ZZ", "207Q00000X")
    assert (said["28"], said["25.ein"], said["26"]) == ("150 00", "X", "CS000000011")
    assert said["33b"] == "ZZ193200000X"


def test_a_drug_stands_in_the_shaded_line() -> None:
    drug = DrugDraft(code="00002751001", quantity=Quantity.parse("1.5"), unit="ML")
    said = texts(a_draft(lines=(service(drug=drug, note="left arm"),)))
    assert said["shaded@1"] == "N400002751001 ML1.5   ZZLEFT ARM"


def test_seven_services_need_two_pages_and_the_first_says_that_it_goes_on() -> None:
    draft = a_draft(lines=tuple(service(number) for number in range(1, 8)))
    first, second = texts(draft), texts(draft, 1)
    assert (first["28"], second["28"]) == ("CONTINUED", "1050 00")
    assert "24d@6" in first
    assert "24d@2" not in second
    assert len(PdfReader(io.BytesIO(cms_1500(draft, SIGNED, form=False))).pages) == 2


def test_a_corrected_claim_names_the_payer_s_number() -> None:
    said = texts(a_draft(frequency="7", numbers=ClaimNumbersDraft(payer_control_number="ICN1")))
    assert (said["22"], said["22.original"]) == ("7", "ICN1")


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (ClaimDatesDraft(onset=DAY), {"14": "11 20 2026", "14.qualifier": "431"}),
        (ClaimDatesDraft(last_menstrual_period=DAY), {"14.qualifier": "484"}),
        (ClaimDatesDraft(initial_treatment=DAY), {"15": "11 20 2026", "15.qualifier": "454"}),
        (ClaimDatesDraft(accident=DAY), {"15.qualifier": "439"}),
    ],
)
def test_dates_have_their_qualifiers(dates: ClaimDatesDraft, said: dict[str, str]) -> None:
    assert texts(a_draft(dates=dates)).items() >= said.items()


def test_an_accident_a_dependent_and_another_plan() -> None:
    draft = a_draft(
        causes=CausesDraft(auto_accident=True, state="NY"),
        note=NoteDraft(text="SEE REPORT"),
        patient=PatientDraft(
            relationship="19",
            name=PersonNameDraft(last="EXAMPLE", first="TIM"),
            address=HOME,
            birth_date=date(2015, 1, 2),
            sex="M",
        ),
        others=(
            OtherCoverageDraft(
                responsibility="S",
                paid=Money(20_00),
                subscriber=OtherSubscriberDraft(last="EXAMPLE", first="BEN", member_id="B1"),
                payer=OtherPayerDraft(name="BETA PLAN", id="BETA1"),
            ),
        ),
    )
    said = texts(draft)
    assert (said["10b.yes"], said["10b.state"], said["6.child"]) == ("X", "NY", "X")
    assert (said["2"], said["4"]) == ("EXAMPLE, TIM", "EXAMPLE JR, ANA, M")
    assert (said["9"], said["9d"], said["11d.yes"]) == ("EXAMPLE, BEN", "BETA PLAN", "X")
    assert (said["29"], said["19"]) == ("20 00", "SEE REPORT")


@pytest.mark.parametrize("filing", ["WC", "AM", "LM"])
def test_an_accident_s_insurer_is_another_kind_and_has_the_number_of_its_case(filing: str) -> None:
    before = a_draft()
    subscriber = before.subscriber.model_copy(update={"filing": filing, "casualty_claim": "WC-7"})
    said = texts(a_draft(subscriber=subscriber))
    assert (said["1.other"], said["11b.qualifier"], said["11b"]) == ("X", "Y4", "WC-7")
    assert "1.feca" not in said
    employee = PatientDraft(relationship="20", casualty_claim="WC-8")
    of_employer = texts(a_draft(subscriber=before.subscriber, patient=employee))
    assert of_employer["11b"] == "WC-8"


def test_where_nothing_is_signed_the_form_says_so() -> None:
    said = texts(a_draft(release="I", benefits_assigned="N"))
    assert said["12"] == "NO SIGNATURE ON FILE"
    assert "13" not in said


def test_a_test_that_was_bought_names_the_laboratory_and_what_it_takes() -> None:
    laboratory = FacilityDraft(name="REFERENCE LAB", npi="1679576722", address=HOME)
    bought = service().model_copy(
        update={
            "purchased_charge": Money(12_50),
            "purchased_from": "1679576722",
            "providers": LineProvidersDraft(facility=laboratory),
        }
    )
    said = texts(a_draft(lines=(bought,)))
    assert (said["20.yes"], said["20.charge"]) == ("X", "12 50")
    assert (said["32.name"], said["32a"]) == ("REFERENCE LAB", "1679576722")


def test_medicare_that_pays_first_has_no_insured() -> None:
    draft = a_draft()
    subscriber = draft.subscriber.model_copy(update={"filing": "MB"})
    said = texts(draft.model_copy(update={"subscriber": subscriber}))
    assert said["11"] == "NONE"
    assert "4" not in said
    assert "7.street" not in said


def test_no_two_boxes_lie_over_each_other() -> None:
    cells: dict[tuple[int, int], str] = {}
    services = {f"24@{n}": service_box(n, 0) for n in ("24a.from", "24a.to", "24b", "24d", "24f")}
    for name, box in {**BOXES, **services}.items():
        for column in range(box.column, box.column + box.width):
            at = (box.line, column)
            assert at not in cells, f"{name} lies over {cells.get(at)}"
            cells[at] = name
            assert column <= 79, name


def test_the_plain_form_beneath_moves_no_text() -> None:
    draft = a_draft()
    bare = read_back(cms_1500(draft, SIGNED, form=False))
    with_form = read_back(cms_1500(draft, SIGNED, form=True))
    assert bare.items() <= with_form.items()
    assert len(with_form) > len(bare)
