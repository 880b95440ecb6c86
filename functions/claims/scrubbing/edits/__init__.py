"""The edits, by theme. Importing this package declares them all."""

from __future__ import annotations

from typing import Final

from functions.claims.scrubbing.edits import (
    addresses,
    aftercare,
    authorizations,
    billing,
    circumstances,
    claim,
    coding,
    coverage,
    dates,
    diagnoses,
    drugs,
    history,
    laboratory,
    modifiers,
    modifiers_of_visits,
    modifiers_used,
    patient,
    persons,
    places,
    procedures,
    providers,
    referring,
    secondary,
    sequencing,
    special,
    subscriber,
    telehealth,
    units,
)
from functions.claims.scrubbing.registry import EDITS, Edit

THEMES: Final = {
    "Subscriber": subscriber,
    "Patient": patient,
    "Addresses": addresses,
    "Billing provider and payer": billing,
    "Providers": providers,
    "Who ordered, and where": referring,
    "The claim": claim,
    "Accidents and circumstances": circumstances,
    "Dates": dates,
    "Diagnoses": diagnoses,
    "Diagnoses and the patient": persons,
    "Order of diagnoses": sequencing,
    "Procedures": procedures,
    "Units and charges": units,
    "Pairs of procedures": coding,
    "Modifiers": modifiers,
    "Modifiers and codes": modifiers_used,
    "Modifiers of visits": modifiers_of_visits,
    "Places": places,
    "Telehealth": telehealth,
    "Drugs and vaccines": drugs,
    "Laboratory and mammography": laboratory,
    "Special services": special,
    "History": history,
    "Aftercare and new patients": aftercare,
    "Coverage and time": coverage,
    "Other payers": secondary,
    "Authorizations": authorizations,
}
"""For a list of edits: what a module is about."""

ALL: Final[tuple[Edit, ...]] = tuple(EDITS.values())
