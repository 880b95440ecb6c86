"""A prescription as the fields of NCPDP SCRIPT's NewRx, and the port to a network that takes it.

The names are those of SCRIPT 2017071's elements, so that an adapter to a network
writes its XML from them without looking anything up. SCRIPT itself is NCPDP's:
neither its schema nor its guide is part of this repository. No network comes
with it either; a deployment that has one gives :func:`network` its adapter.

===================  ==================================================================
 element              from
===================  ==================================================================
 MessageID            the prescription's id
 Patient              demographics and contact of the chart
 Pharmacy             the directory: NCPDPID, NPI, BusinessName
 Prescriber           the practice's set-up: NPI, DEANumber where controlled
 DrugCoded            RxNorm code, qualifier SCD, SBD, GPK or BPK is the network's to tell
 Quantity             value, and the unit as an NCI Thesaurus code
 Substitutions        0: permitted, 1: not permitted by the prescriber
 DEASchedule          NCI Thesaurus: C48675 (II), C48676 (III), C48677 (IV), C48679 (V)
===================  ==================================================================
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from caresmith.records.clinical.coding import ICD10CM, NDC, RXNORM
from caresmith.records.patient import best_phone
from functions.medications.errors import NotSendable
from functions.medications.package import Prescription
from functions.medications.units import UNIT_OF, UNSPECIFIED

DEA_SCHEDULES: Final = {"II": "C48675", "III": "C48676", "IV": "C48677", "V": "C48679"}
_GENDERS: Final[dict[str, Literal["M", "F", "U"]]] = {"male": "M", "female": "F"}


class _Fields(BaseModel):
    model_config = ConfigDict(frozen=True)


class Name(_Fields):
    LastName: str
    FirstName: str | None = None
    MiddleName: str | None = None


class ScriptAddress(_Fields):
    AddressLine1: str
    City: str
    StateProvince: str | None = None
    PostalCode: str | None = None
    CountryCode: str


class ScriptPatient(_Fields):
    Name: Name
    Gender: Literal["M", "F", "U"]
    DateOfBirth: dt.date
    Address: ScriptAddress | None
    PrimaryTelephone: str | None


class ScriptPharmacy(_Fields):
    NCPDPID: str
    NPI: str | None
    BusinessName: str
    PrimaryTelephone: str | None


class ScriptPrescriber(_Fields):
    NPI: str
    DEANumber: str | None
    Name: Name
    BusinessName: str
    Address: str | None
    PrimaryTelephone: str | None


class ScriptQuantity(_Fields):
    Value: Decimal
    CodeListQualifier: Literal["38"] = "38"
    """Original quantity."""
    QuantityUnitOfMeasure: str


class ScriptDiagnosis(_Fields):
    Code: str
    Qualifier: Literal["ABF"] = "ABF"
    """ICD-10-CM."""
    Description: str | None


class MedicationPrescribed(_Fields):
    DrugDescription: str
    RxNormCode: str
    ProductCodeNDC: str | None
    Quantity: ScriptQuantity
    DaysSupply: int | None
    WrittenDate: dt.datetime
    Substitutions: Literal["0", "1"]
    NumberOfRefills: int
    SigText: str
    Diagnosis: ScriptDiagnosis | None
    Note: str | None
    DEASchedule: str | None


class NewRx(_Fields):
    """All that SCRIPT's NewRx needs, but what the network itself puts into the envelope."""

    MessageID: str
    PrescriberOrderNumber: str
    SentTime: dt.datetime
    Patient: ScriptPatient
    Pharmacy: ScriptPharmacy
    Prescriber: ScriptPrescriber
    MedicationPrescribed: MedicationPrescribed


class ScriptNetwork(Protocol):
    """An electronic prescribing network."""

    def send(self, message: NewRx) -> str:
        """Hand the message over; returns the network's own id of it."""
        ...


def network() -> ScriptNetwork | None:
    """The network of this deployment. None comes with this software."""
    return None


def new_rx(of: Prescription, now: dt.datetime) -> NewRx:
    """Raises NotSendable, naming all that lacks."""
    m = of.medication
    rxnorm = m.drug.code_in(RXNORM)
    lacking = [
        what
        for what, there in (
            ("a pharmacy", of.pharmacy),
            ("the pharmacy's NCPDP number", of.pharmacy and of.pharmacy.facts.ncpdp_id),
            ("the drug's RxNorm code", rxnorm),
            ("the amount to dispense", m.dispense),
            ("the directions", m.sig),
            ("the date", m.authored),
        )
        if not there
    ]
    if (
        of.pharmacy is None
        or of.pharmacy.facts.ncpdp_id is None
        or rxnorm is None
        or m.dispense is None
        or m.sig is None
        or m.authored is None
    ):
        raise NotSendable(f"The prescription lacks {', '.join(lacking)}.")
    unit = UNIT_OF.get(m.dispense.unit)
    facts = of.pharmacy.facts
    return NewRx(
        MessageID=of.medication_id,
        PrescriberOrderNumber=of.medication_id,
        SentTime=now,
        Patient=_patient(of),
        Pharmacy=ScriptPharmacy(
            NCPDPID=of.pharmacy.facts.ncpdp_id,
            NPI=facts.npi,
            BusinessName=facts.name,
            PrimaryTelephone=facts.phone,
        ),
        Prescriber=_prescriber(of),
        MedicationPrescribed=MedicationPrescribed(
            DrugDescription=m.drug.words,
            RxNormCode=rxnorm,
            ProductCodeNDC=m.drug.code_in(NDC),
            Quantity=ScriptQuantity(
                Value=m.dispense.value, QuantityUnitOfMeasure=unit.ncit if unit else UNSPECIFIED
            ),
            DaysSupply=m.days_supply,
            WrittenDate=m.authored,
            Substitutions="1" if m.as_written else "0",
            NumberOfRefills=m.refills or 0,
            SigText=m.sig,
            Diagnosis=_diagnosis(of),
            Note=m.pharmacist_note,
            DEASchedule=DEA_SCHEDULES[m.schedule] if m.schedule else None,
        ),
    )


def _patient(of: Prescription) -> ScriptPatient:
    about, contact = of.patient.demographics, of.patient.contact
    name = about.main_name()
    address = of.address
    return ScriptPatient(
        Name=Name(
            LastName=name.family or name.full(),
            FirstName=name.given[0] if name.given else None,
            MiddleName=name.given[1] if len(name.given) > 1 else None,
        ),
        Gender=_GENDERS.get(about.gender, "U"),
        DateOfBirth=about.birth_date,
        Address=ScriptAddress(
            AddressLine1=", ".join(address.lines),
            City=address.city,
            StateProvince=address.state,
            PostalCode=address.postal_code,
            CountryCode=address.country,
        )
        if address
        else None,
        PrimaryTelephone=best_phone(contact),
    )


def _prescriber(of: Prescription) -> ScriptPrescriber:
    who, place = of.prescriber, of.location
    return ScriptPrescriber(
        NPI=who.npi,
        DEANumber=who.dea if of.medication.schedule else None,
        Name=Name(LastName=who.family, FirstName=who.given),
        BusinessName=of.practice.name,
        Address=", ".join(place.address_lines) or None if place else None,
        PrimaryTelephone=place.phone or None if place else None,
    )


def _diagnosis(of: Prescription) -> ScriptDiagnosis | None:
    reason = of.medication.reason
    code = reason.code_in(ICD10CM) if reason else None
    return ScriptDiagnosis(Code=code, Description=reason.words) if reason and code else None
