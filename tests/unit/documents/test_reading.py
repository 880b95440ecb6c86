"""Clinical documents as they come: hostile, damaged, vague, contradictory."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caresmith.records.clinical.allergy import Allergy, AllergyStatus
from caresmith.records.clinical.condition import ClinicalStatus, Condition
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import Medication, MedicationStatus
from caresmith.records.clinical.report import Flag, Report
from functions.documents.ccda.incoming import entries, reading
from functions.documents.ccda.incoming.entries import Found
from functions.documents.errors import FileRefused

_E = "2.16.840.1.113883.10.20.22.4."


def document(section: str, text: str, entry: str) -> bytes:
    return f"""<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<component><structuredBody><component><section><code code="{section}"/>
<text>{text}</text><entry>{entry}</entry></section></component></structuredBody></component>
</ClinicalDocument>""".encode()


def one(section: str, entry: str, text: str = "") -> Found:
    [found] = entries.found(reading.document(document(section, text, entry)))
    return found


def problem(inside: str, *, act: str = "active", negated: str = "") -> Found:
    return one(
        "11450-4",
        f"""<act><statusCode code="{act}"/><entryRelationship><observation {negated}>
        <templateId root="{_E}4"/>{inside}</observation></entryRelationship></act>""",
        '<content ID="p1">Bad <b>back</b></content>',
    )


def condition(inside: str, **given: str) -> Condition:
    content = problem(inside, **given).content
    assert isinstance(content, Condition)
    return content


ASTHMA = '<value code="195967001" codeSystem="2.16.840.1.113883.6.96" displayName="Asthma"/>'


# -- hostile and damaged ------------------------------------------------------


def billion_laughs() -> bytes:
    entities = "".join(
        f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10))}">' for n in range(1, 10)
    )
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><x>&l9;</x>'.encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (billion_laughs(), "forbidden-xml"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "forbidden-xml"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>', "forbidden-xml"),
        (b"<a>" * 200 + b"</a>" * 200, "too-large"),
        (b"<a>" + b"<b/>" * 400_001 + b"</a>", "too-large"),
        (b"<a>" + b" " * reading.MOST_BYTES + b"</a>", "too-large"),
        (b"<a><b></a>", "damaged"),
        (b"<a/><b/>", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "damaged"),
        (b"<html/>", "not-a-ccda"),
        (b"<ClinicalDocument/>", "not-a-ccda"),
    ],
)  # fmt: skip
def test_xml_that_is_hostile_or_damaged_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        reading.document(body)
    assert refused.value.reason == reason


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for start in (b"", b"<ClinicalDocument xmlns='urn:hl7-org:v3'>"):
        with suppress(FileRefused):
            entries.found(reading.document(start + body))


# -- vague and contradictory --------------------------------------------------


@pytest.mark.parametrize(
    ("act", "times", "status", "onset", "abatement"),
    [
        ("active", '<low value="20120806"/>', "active", "2012-08-06", None),
        ("completed", '<low value="2012"/>', "resolved", "2012", None),
        ("active", '<low value="201208"/><high value="2013"/>', "resolved", "2012-08", "2013"),
        ("active", '<low nullFlavor="UNK"/>', "active", None, None),
        # It can't end before it began: that it ended is certain.
        ("active", '<low value="20130806"/><high value="2012"/>', "resolved", None, "2012"),
        ("active", '<low value="20121399"/>', "active", None, None),
        ("active", '<low value="20120806103000-0500"/>', "active", "2012-08-06", None),
    ],
)
def test_a_problem_is_as_current_as_its_times_say(
    act: str, times: str, status: str, onset: str | None, abatement: str | None
) -> None:
    found = condition(f"<effectiveTime>{times}</effectiveTime>{ASTHMA}", act=act)
    assert (found.clinical_status, found.onset, found.abatement) == (status, onset, abatement)


def test_a_status_observation_says_more_than_the_act() -> None:
    status = f"""<entryRelationship><observation><templateId root="{_E}6"/>
    <value code="73425007"/></observation></entryRelationship>"""
    assert condition(ASTHMA + status).clinical_status is ClinicalStatus.INACTIVE


def test_a_null_code_is_read_by_its_translation_and_its_words() -> None:
    found = condition(
        """<value nullFlavor="OTH"><originalText><reference value="#p1"/></originalText>
        <translation code="M54.5" codeSystem="2.16.840.1.113883.6.90"/></value>"""
    )
    assert found.code.text == "Bad back"
    assert [c.code for c in found.code.codings] == ["M54.5"]


def test_a_code_that_is_none_of_its_system_is_left_out_and_its_words_stay() -> None:
    found = condition(
        '<value code="5582204" codeSystem="2.16.840.1.113883.6.96" displayName="Hyperlipidemia"/>'
    )
    assert found.code.codings == ()
    assert found.code.text == "Hyperlipidemia"


@pytest.mark.parametrize(
    ("inside", "negated", "why"),
    [
        (ASTHMA, 'negationInd="true"', "does not have it"),
        ('<value nullFlavor="UNK"/>', "", "code is missing"),
    ],
)
def test_what_cannot_be_taken_says_why(inside: str, negated: str, why: str) -> None:
    found = problem(inside, negated=negated)
    assert found.content is None
    assert why in found.problem


def allergy(kind: str, inside: str, negated: str = "") -> Allergy:
    content = one(
        "48765-2",
        f"""<act><statusCode code="active"/><entryRelationship><observation {negated}>
        <templateId root="{_E}7"/><value code="{kind}"/>{inside}
        </observation></entryRelationship></act>""",
    ).content
    assert isinstance(content, Allergy)
    return content


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("419199007", "716186003"),
        ("416098002", "409137002"),
        ("414285001", "429625007"),
        ("426232007", "428607008"),
    ],
)
def test_no_known_allergy_is_said_of_the_kind_that_is_denied(kind: str, code: str) -> None:
    found = allergy(kind, "", 'negationInd="true"')
    assert [c.code for c in found.substance.codings] == [code]
    assert found.clinical_status is AllergyStatus.ACTIVE


def medication(inside: str, status: str = "active") -> Medication:
    content = one(
        "10160-0",
        f"""<substanceAdministration><templateId root="{_E}16"/>
        <text><reference value="#m"/></text><statusCode code="{status}"/>{inside}
        <consumable><manufacturedProduct><manufacturedMaterial>
        <code code="197361" codeSystem="2.16.840.1.113883.6.88" displayName="Amlodipine 5 MG"/>
        </manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>""",
        '<paragraph ID="m">one a day</paragraph>',
    ).content
    assert isinstance(content, Medication)
    return content


@pytest.mark.parametrize(
    ("said", "status"),
    [("active", "active"), ("aborted", "stopped"), ("suspended", "on-hold"), ("held?", "unknown")],
)
def test_a_medication_has_the_status_of_the_document(said: str, status: str) -> None:
    assert medication("", said).status is MedicationStatus(status)


def test_a_dose_in_no_unit_of_ucum_is_left_out() -> None:
    assert medication('<doseQuantity value="2" unit="puffs of it"/>').dose is None
    dose = medication('<doseQuantity value="2"/>').dose
    assert dose is not None
    assert (dose.value, dose.unit) == (2, "1")
    assert medication("").sig == "one a day"


def test_a_vaccine_that_was_refused_is_not_given() -> None:
    content = one(
        "11369-6",
        f"""<substanceAdministration negationInd="true"><templateId root="{_E}52"/>
        <effectiveTime value="20231004"/><consumable><manufacturedProduct><manufacturedMaterial>
        <code code="140" codeSystem="2.16.840.1.113883.12.292"/></manufacturedMaterial>
        </manufacturedProduct></consumable></substanceAdministration>""",
    ).content
    assert isinstance(content, Immunization)
    assert (content.status, content.given_on) == ("not-done", "2023-10-04")


def result(value: str, more: str = "") -> Report:
    content = one(
        "30954-2",
        f"""<organizer><templateId root="{_E}1"/><code code="24323-8"
        codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><component>
        <observation><templateId root="{_E}2"/><code code="2345-7"
        codeSystem="2.16.840.1.113883.6.1" displayName="Glucose"/>
        <effectiveTime value="20260302"/>{value}{more}</observation></component></organizer>""",
    ).content
    assert isinstance(content, Report)
    return content


@pytest.mark.parametrize(
    ("value", "field", "shown"),
    [
        ('<value xsi:type="PQ" value="182" unit="mg/dL"/>', "quantity", "value"),
        ('<value xsi:type="PQ" value="4" unit="plus signs"/>', "local", "value"),
        ('<value xsi:type="PQ" value="4"/>', "local", "value"),
        ('<value xsi:type="PQ" value="many" unit="mg/dL"/>', "text", ""),
        ('<value xsi:type="ST">Amber</value>', "text", ""),
        (
            '<value xsi:type="CD" code="260385009" codeSystem="2.16.840.1.113883.6.96"/>',
            "coded",
            "",
        ),
        ('<value xsi:type="IVL_PQ"><high value="5" unit="mg/dL"/></value>', "quantity", "<"),
        ('<value xsi:type="PQ" nullFlavor="NASK"/>', "absent", ""),
        ("", "absent", ""),
    ],
)
def test_a_value_is_kept_as_what_can_hold_it(value: str, field: str, shown: str) -> None:
    [observation] = result(value).observations
    held = {"quantity", "local", "text", "coded", "absent"}
    assert {name for name in held if getattr(observation, name) is not None} == {field}
    if shown == "<":
        assert observation.quantity is not None
        assert observation.quantity.comparator == "<"


def test_the_worst_mark_flags_the_report_and_a_range_keeps_its_ends() -> None:
    more = """<interpretationCode code="HH"/><referenceRange><observationRange>
    <text>70-99</text><value xsi:type="IVL_PQ"><low value="70" unit="mg/dL"/>
    <high value="5.5" unit="mmol/L"/></value></observationRange></referenceRange>"""
    report = result('<value xsi:type="PQ" value="500" unit="mg/dL"/>', more)
    assert report.flag is Flag.CRITICAL
    [observation] = report.observations
    assert (observation.low, observation.high, observation.range) == (70, None, "70-99")
