"""Who takes part, and the claim as a whole: fault and near miss."""

from __future__ import annotations

from typing import Any, Final

from functions.claims.scrubbing.facts import PatientFacts, PayerProfile
from tests.support.drafts import (
    CHILD,
    DOCTOR,
    ELSEWHERE,
    HOME,
    HOSPITAL,
    NPI,
    REFERRER,
    Made,
    line,
    made,
)

GOOD: Final = made()
_ORGANISATION: Final = {"last": "Labs Inc", "organisation": True, "npi": NPI}


def _child(**changes: Any) -> dict[str, Any]:
    return CHILD | changes


def _payer(**given: Any) -> dict[str, Any]:
    return {"payer": PayerProfile(**given)}


EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    # -- subscriber
    "SUB-NAME": (made(subscriber__last=" "), GOOD),
    "SUB-FIRST": (made(subscriber__first=""), made(subscriber__organisation=True)),
    "SUB-MEMBER": (made(subscriber__member_id=""), GOOD),
    "SUB-MBI": (made(medicare=True, subscriber__member_id="123456789A"), made(medicare=True)),
    "SUB-MEMBER-FORM": (
        made(known=_payer(member_id_forms=frozenset({"@@@#########"}))),
        made(known=_payer(member_id_forms=frozenset({"@@@#########", "m##*"}))),
    ),
    "SUB-ADDRESS": (made(subscriber__address=None), made(subscriber__address=None, patient=CHILD)),
    "SUB-BIRTH": (
        made(subscriber__birth_date=None),
        made(subscriber__birth_date=None, subscriber__sex=None, patient=CHILD),
    ),
    "SUB-SEX": (made(subscriber__sex="X"), made(subscriber__sex="U")),
    "SUB-GROUP": (
        made(subscriber__group_number="G1", subscriber__group_name="ACME"),
        made(subscriber__group_name="ACME"),
    ),
    "SUB-MEDICARE-GROUP": (
        made(medicare=True, subscriber__group_number="G1"),
        made(medicare=True, subscriber__group_number="NONE"),
    ),
    "SUB-SSN": (made(subscriber__ssn="123-45-6789"), made(subscriber__ssn="123456789")),
    # -- patient
    "PAT-NAME": (made(patient=_child(name={"first": "Jo"})), made(patient=CHILD)),
    "PAT-FIRST": (made(patient=_child(name={"last": "Doe"})), made(patient=CHILD)),
    "PAT-BIRTH": (made(patient=_child(birth_date=None)), made(patient=CHILD)),
    "PAT-SEX": (made(patient=_child(sex="")), made(patient=CHILD)),
    "PAT-ADDRESS": (made(patient=_child(address={})), made(patient=CHILD)),
    "PAT-RELATION": (made(patient=_child(relationship="99")), made(patient=CHILD)),
    "PAT-SELF": (made(patient=_child(relationship="18")), made(patient=CHILD)),
    "PAT-MEDICARE": (made(medicare=True, patient=CHILD), made(patient=CHILD)),
    "PAT-CHILD-AGE": (
        made(patient=_child(birth_date="2000-06-30")),
        made(patient=_child(birth_date="2000-07-02")),
    ),
    "PAT-CHART-BIRTH": (
        made(known={"patient": PatientFacts(birth_date=made().facts.today)}),
        made(known={"patient": PatientFacts(birth_date=made().draft.subscriber.birth_date)}),
    ),
    "PAT-CHART-SEX": (
        made(known={"patient": PatientFacts(sex="M")}),
        made(known={"patient": PatientFacts(sex="U")}),
    ),
    "PAT-PREGNANT-SEX": (
        made(subscriber__facts={"pregnant": True}, subscriber__sex="M"),
        made(subscriber__facts={"pregnant": True}),
    ),
    # -- addresses
    "ADR-STATE": (made(subscriber__address=HOME | {"state": "XX"}), GOOD),
    "ADR-ZIP": (
        made(subscriber__address=HOME | {"postal_code": "60601-0001"}),
        made(subscriber__address=HOME | {"postal_code": "60601"}),
    ),
    "ADR-CITY": (made(subscriber__address=HOME | {"city": "X"}), GOOD),
    "ADR-USA": (
        made(subscriber__address=HOME | {"country": "US"}),
        made(subscriber__address={"line1": "Weg 1", "city": "Ulm", "country": "DE"}),
    ),
    "BIL-ADDRESS": (made(billing__address={}), GOOD),
    "BIL-PO-BOX": (
        made(billing__address=HOME | {"line1": "P.O. Box 12"}),
        made(billing__address=HOME | {"line1": "12 Boxwood Rd"}),
    ),
    "BIL-ZIP-NINE": (made(billing__address=HOME | {"postal_code": "60601"}), GOOD),
    "BIL-ZIP-ENDING": (made(billing__address=HOME | {"postal_code": "606010000"}), GOOD),
    "FAC-ADDRESS": (
        made(providers__facility=HOSPITAL | {"address": {}}),
        made(providers__facility=HOSPITAL),
    ),
    "FAC-ZIP-NINE": (
        made(providers__facility=HOSPITAL | {"address": ELSEWHERE | {"postal_code": "61602"}}),
        made(providers__facility=HOSPITAL),
    ),
    "FAC-PO-BOX": (
        made(providers__facility=HOSPITAL | {"address": ELSEWHERE | {"line1": "PO Box 1"}}),
        made(providers__facility=HOSPITAL),
    ),
    # -- billing provider and payer
    "BIL-NAME": (made(billing__last=""), GOOD),
    "BIL-NPI": (made(billing__npi=None), GOOD),
    "BIL-TAX-ID": (made(billing__tax_id="12345"), made(billing__tax_id="12-3456789")),
    "BIL-TAX-KIND": (
        made(billing__tax_id_kind="SY"),
        made(billing__tax_id_kind="SY", billing__organisation=False, billing__first="Bo"),
    ),
    "BIL-TAXONOMY": (
        made(billing__taxonomy="", known=_payer(wants_taxonomy=True)),
        made(billing__taxonomy=""),
    ),
    "BIL-TAXONOMY-FORM": (made(billing__taxonomy="207Q00000Y"), GOOD),
    "BIL-PERSON": (
        made(billing__organisation=False),
        made(billing__organisation=False, billing__first="Bo"),
    ),
    "BIL-ORG-NAME": (
        made(billing__first="Bo"),
        made(billing__first="Bo", billing__organisation=False),
    ),
    "BIL-PAY-TO": (made(billing__pay_to=HOME), made(billing__pay_to=ELSEWHERE)),
    "PAY-NAME": (made(payer__name=""), GOOD),
    "PAY-ID": (made(payer__id=""), GOOD),
    "PAY-ID-OTHER": (
        made(known=_payer(electronic_ids=frozenset({"54321"}))),
        made(known=_payer(electronic_ids=frozenset({"54321", "12345"}))),
    ),
    "PAY-FILING": (made(subscriber__filing=""), GOOD),
    "PAY-FILING-OTHER": (made(known=_payer(filing="BL")), made(known=_payer(filing="CI"))),
    "PAY-ADDRESS": (
        made(known=_payer(wants_address=True)),
        made(known=_payer(wants_address=True), payer__address=HOME),
    ),
    # -- providers
    "NPI-CHECK": (
        made(providers__rendering=DOCTOR | {"npi": "1234567890"}),
        made(providers__rendering=DOCTOR),
    ),
    "PRV-NAME": (made(providers__referring=REFERRER | {"last": ""}), GOOD),
    "PRV-PERSON": (
        made(providers__referring=_ORGANISATION),
        made(providers__rendering=_ORGANISATION),
    ),
    "PRV-TAXONOMY-UNSENT": (
        made(providers__referring=DOCTOR),
        made(providers__referring=REFERRER),
    ),
    "PRV-ORG-NAME": (
        made(providers__rendering=_ORGANISATION | {"first": "Bo"}),
        made(providers__rendering=_ORGANISATION),
    ),
    "PRV-TAXONOMY-FORM": (made(providers__rendering=DOCTOR | {"taxonomy": "207Q"}), GOOD),
    "REN-NPI": (made(providers__rendering=DOCTOR | {"npi": ""}), GOOD),
    "REN-MISSING": (
        made(providers__rendering=None),
        made(providers__rendering=None, billing__organisation=False, billing__first="Bo"),
    ),
    "REN-SAME": (
        made(providers__rendering=DOCTOR | {"npi": GOOD.draft.billing.npi}),
        GOOD,
    ),
    "REN-TAXONOMY": (
        made(providers__rendering=DOCTOR | {"taxonomy": ""}, known=_payer(wants_taxonomy=True)),
        made(providers__rendering=DOCTOR | {"taxonomy": ""}),
    ),
    "REN-LINE-SAME": (
        made(line(providers__rendering=DOCTOR)),
        made(line(providers__rendering=DOCTOR | {"last": "Casey"})),
    ),
    "REF-NPI": (
        made(providers__referring=REFERRER | {"npi": None}),
        made(providers__referring=REFERRER),
    ),
    "REF-PRIMARY": (
        made(providers__primary_care=REFERRER),
        made(providers__primary_care=REFERRER, providers__referring=REFERRER),
    ),
    "REF-ORDER": (
        made(line("93000"), medicare=True),
        made(line("93000", providers__ordering=REFERRER), medicare=True),
    ),
    "REF-EQUIPMENT": (
        made(line("E0570"), medicare=True),
        made(line("E0570", providers__ordering=REFERRER), medicare=True),
    ),
    "REF-THERAPY": (
        made(line("97110", "GP"), medicare=True),
        made(line("97110", "GP"), medicare=True, providers__referring=REFERRER),
    ),
    "REF-CONSULT": (
        made(line("99243")),
        made(line("99243"), providers__referring=REFERRER),
    ),
    "FAC-MISSING": (
        made(place_of_service="22"),
        made(place_of_service="22", providers__facility=HOSPITAL),
    ),
    "FAC-NAME": (
        made(providers__facility=HOSPITAL | {"name": ""}),
        made(providers__facility=HOSPITAL),
    ),
    "FAC-SAME": (
        made(providers__facility=HOSPITAL | {"address": HOME, "npi": None}),
        made(providers__facility=HOSPITAL),
    ),
    # -- the claim
    "CLM-NUMBER": (made(control_number="C" * 21), made(control_number="C" * 20)),
    "CLM-REPLACED": (
        made(frequency="7"),
        made(frequency="7", numbers__payer_control_number="ICN1"),
    ),
    "CLM-ORIGINAL-NUMBER": (
        made(numbers__payer_control_number="ICN1"),
        made(frequency="7", numbers__payer_control_number="ICN1"),
    ),
    "CLM-FREQUENCY": (made(frequency="2"), GOOD),
    "CLM-CORRECTED": (made(frequency="6"), GOOD),
    "CLM-MEDICARE-REPLACEMENT": (
        made(medicare=True, frequency="7", numbers__payer_control_number="ICN1"),
        made(frequency="7", numbers__payer_control_number="ICN1"),
    ),
    "CLM-LINES": (made(lines=[]), GOOD),
    "CLM-LINES-MANY": (
        made(*[line("97110", "59")] * 51),
        made(*[line("97110", "59")] * 50),
    ),
    "CLM-DX-MANY": (
        made(diagnoses=[f"M54{n}" for n in range(13)]),
        made(diagnoses=[f"M54{n}" for n in range(12)]),
    ),
    "CLM-DX-NONE": (made(diagnoses=[]), GOOD),
    "CLM-PATIENT-PAID": (made(patient_paid=15_001), made(patient_paid=15_000)),
    "CLM-SIGNATURE": (made(provider_signature=False), GOOD),
    "CLM-BENEFITS": (made(benefits_assigned="N"), made(benefits_assigned="N", assignment="C")),
    "CLM-AMBULANCE": (made(line("A0429")), made(line("A1000"))),
    "PWK-NUMBER": (
        made(attachments=[{"kind": "OZ", "transmission": "EL", "control_number": "1"}]),
        made(attachments=[{"kind": "OZ", "transmission": "EL", "control_number": "12"}]),
    ),
    "PWK-WAITING": (
        made(line(attachments=[{"kind": "OZ", "transmission": "AA", "control_number": "12"}])),
        made(line(attachments=[{"kind": "OZ", "transmission": "AA"}])),
    ),
    "PWK-KIND": (
        made(attachments=[{"kind": "??", "transmission": "AA"}]),
        made(attachments=[{"kind": "OZ", "transmission": "AA"}]),
    ),
    "CLM-TOTAL-ZERO": (made(line(charge=0)), made(line(charge=0), line(charge=1))),
    "CLM-DELAY-NEEDLESS": (
        made(delay_reason="1", known=_payer(timely_days=14)),
        made(delay_reason="1", known=_payer(timely_days=13)),
    ),
}
