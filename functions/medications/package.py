"""All that a prescription says to a pharmacy: who, what, by whom, where to."""

from __future__ import annotations

from dataclasses import dataclass

from caresmith.ids import EncounterId, LocationId, MedicationId, PracticeId
from caresmith.records.clinical.medication import Medication
from caresmith.records.contact import Address, AddressUse
from caresmith.records.patient import Chart
from caresmith.records.practice import Location, Practice, Provider, practice_setup
from functions.medications import chart, pharmacies
from functions.medications.chart import Entry
from functions.medications.errors import NotSendable
from functions.medications.models import Pharmacy


@dataclass(frozen=True)
class Prescription:
    """One prescription with everything that it refers to."""

    medication_id: MedicationId
    medication: Medication
    encounter_id: EncounterId | None
    patient: Chart
    practice: Practice
    prescriber: Provider
    location: Location | None
    """Where the prescriber works: whose telephone the pharmacy calls."""
    pharmacy: Pharmacy | None

    @property
    def address(self) -> Address | None:
        """Where the patient lives: the home's address, else another that is not a former one."""
        known = [one for one in self.patient.contact.addresses if one.use is not AddressUse.OLD]
        known.sort(key=lambda one: one.use is not AddressUse.HOME)
        return known[0] if known else None


def gather(practice: PracticeId, entry: Entry) -> Prescription:
    """Read what a prescription refers to. Raises NotSendable for what is none."""
    medication = entry.medication
    setup = practice_setup(practice)
    prescriber = setup.providers.get(medication.prescriber_id) if medication.prescriber_id else None
    if medication.reported or prescriber is None:
        raise NotSendable("Only what was prescribed here goes to a pharmacy.")
    where: list[LocationId] = [one for one in prescriber.location_ids if one in setup.locations]
    return Prescription(
        medication_id=entry.id,
        medication=medication,
        encounter_id=entry.read.encounter_id,
        patient=chart.person(practice, entry.read.patient_id),
        practice=setup.practice,
        prescriber=prescriber,
        location=setup.locations[where[0]] if where else None,
        pharmacy=(
            pharmacies.find(practice, medication.pharmacy_id) if medication.pharmacy_id else None
        ),
    )
