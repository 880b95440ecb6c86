"""A prescription as FHIR R4 MedicationRequest, whole: what it refers to is contained in it.

Profile: US Core MedicationRequest (status, intent, medication, subject, authoredOn,
requester, dosageInstruction). http://hl7.org/fhir/R4/medicationrequest.html
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from caresmith.records.clinical.medication import MedicationStatus
from caresmith.records.contact import Address, TelecomSystem, TelecomUse
from functions.medications.fhir_dosage import Json, concept, dosage, quantity
from functions.medications.package import Prescription

IDENTIFIER: Final = "https://caresmith.dev/fhir/prescription"
"""System of the identifier by which a pharmacy knows a prescription again."""
US_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-medicationrequest"
_NPI: Final = "http://hl7.org/fhir/sid/us-npi"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
_STOPPED: Final = frozenset(
    {
        MedicationStatus.STOPPED,
        MedicationStatus.CANCELLED,
        MedicationStatus.COMPLETED,
        MedicationStatus.ENTERED_IN_ERROR,
    }
)


def medication_request(of: Prescription) -> Json:
    """The resource, with decimals as Decimal: see :func:`as_json`."""
    m = of.medication
    found: Json = {
        "resourceType": "MedicationRequest",
        "meta": {"profile": [US_CORE]},
        "contained": [_patient(of), _practitioner(of), _practice(of), *_pharmacy(of)],
        "identifier": [{"system": IDENTIFIER, "value": of.medication_id}],
        "status": str(m.status),
        "intent": m.intent,
        "category": [{"coding": [{"system": _CATEGORY, "code": "community"}]}],
        "reportedBoolean": m.reported,
        "medicationCodeableConcept": concept(m.drug),
        "subject": {"reference": "#patient", "display": _name(of)},
        "requester": {"reference": "#prescriber", "display": of.prescriber.display_name},
    }
    if m.status_reason and m.status in _STOPPED:
        found["statusReason"] = concept(m.status_reason)
    if m.authored:
        found["authoredOn"] = m.authored.isoformat(timespec="seconds")
    if m.reason:
        found["reasonCode"] = [concept(m.reason)]
    told = dosage(m, started=m.started, ended=m.ended)
    if told:
        found["dosageInstruction"] = [told]
    found["dispenseRequest"] = _dispense(of)
    found["substitution"] = {
        "allowedBoolean": not m.as_written,
        **({"reason": {"text": m.as_written_reason}} if m.as_written_reason else {}),
    }
    if m.prior_id:
        found["priorPrescription"] = {
            "type": "MedicationRequest",
            "identifier": {"system": IDENTIFIER, "value": m.prior_id},
        }
    if m.pharmacist_note:
        found["note"] = [{"text": m.pharmacist_note}]
    return found


def as_json(resource: Json) -> bytes:
    """The resource as it is sent. A whole number stays whole; others keep all their digits."""
    return json.dumps(resource, default=_number, ensure_ascii=False).encode()


def _number(value: Any) -> Any:
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    # Six places at most: a float gives them back as they were.
    return int(value) if value == value.to_integral_value() else float(value)


def _dispense(of: Prescription) -> Json:
    m = of.medication
    found: Json = {}
    if m.authored:
        found["validityPeriod"] = {"start": m.authored.isoformat(timespec="seconds")}
    if m.refills is not None:
        found["numberOfRepeatsAllowed"] = m.refills
    if m.dispense:
        found["quantity"] = quantity(m.dispense)
    if m.days_supply:
        found["expectedSupplyDuration"] = {
            "value": m.days_supply,
            "unit": "d",
            "system": "http://unitsofmeasure.org",
            "code": "d",
        }
    if of.pharmacy:
        found["performer"] = {"reference": "#pharmacy", "display": of.pharmacy.facts.name}
    return found


def _patient(of: Prescription) -> Json:
    about, contact = of.patient.demographics, of.patient.contact
    name = about.main_name()
    found: Json = {
        "resourceType": "Patient",
        "id": "patient",
        "name": [
            {
                key: value
                for key, value in (("family", name.family), ("given", list(name.given)))
                if value
            }
        ],
        "gender": str(about.gender),
        "birthDate": about.birth_date.isoformat(),
    }
    phones = [
        {"system": "phone", "value": one.value, "use": str(one.use or TelecomUse.HOME)}
        for one in contact.telecoms
        if one.system is TelecomSystem.PHONE and one.use is not TelecomUse.OLD
    ]
    if phones:
        found["telecom"] = phones
    if of.address:
        found["address"] = [_address(of.address)]
    return found


def _address(given: Address) -> Json:
    told = {
        "line": list(given.lines),
        "city": given.city,
        "state": given.state,
        "postalCode": given.postal_code,
        "country": given.country,
    }
    return {name: value for name, value in told.items() if value}


def _practitioner(of: Prescription) -> Json:
    who = of.prescriber
    return {
        "resourceType": "Practitioner",
        "id": "prescriber",
        "identifier": [{"system": _NPI, "value": who.npi}],
        "name": [
            {
                "family": who.family,
                "given": [who.given],
                **({"suffix": [who.credentials]} if who.credentials else {}),
            }
        ],
    }


def _practice(of: Prescription) -> Json:
    found: Json = {"resourceType": "Organization", "id": "practice", "name": of.practice.name}
    if of.practice.npi:
        found["identifier"] = [{"system": _NPI, "value": of.practice.npi}]
    if of.location and of.location.phone:
        found["telecom"] = [{"system": "phone", "value": of.location.phone}]
    if of.location and of.location.address_lines:
        found["address"] = [{"line": list(of.location.address_lines)}]
    return found


def _pharmacy(of: Prescription) -> list[Json]:
    if of.pharmacy is None:
        return []
    facts = of.pharmacy.facts
    found: Json = {"resourceType": "Organization", "id": "pharmacy", "name": facts.name}
    if facts.npi:
        found["identifier"] = [{"system": _NPI, "value": facts.npi}]
    return [found]


def _name(of: Prescription) -> str:
    return of.patient.demographics.main_name().full()
