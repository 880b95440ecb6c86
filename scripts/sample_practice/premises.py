"""The practice itself: its places, rooms and providers.

Each NPI has a right check digit and lies below the first that was ever given
out, so that none is anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from caresmith.ids import LocationId, PracticeId, ProviderId, RoomId
from caresmith.records.practice import (
    Billing,
    BillingAddress,
    Location,
    Npi,
    Practice,
    Provider,
    Room,
    RoomKind,
)
from scripts.sample_practice.dice import Dice, Id
from scripts.sample_practice.places import Area

PRACTICE_ZONE: Final = "America/Chicago"
_FIRST_NPI: Final = 100_000_010
_ids = Dice("premises")


def _id(kind: type[Id]) -> Id:
    return _ids.id(kind)


def npi(number: int) -> Npi:
    """The fictional NPI of that number: nine digits and the check digit that fits."""
    base = str(_FIRST_NPI + number)
    total = 24  # Luhn's sum of the prefix 80840 (CMS, NPI check digit)
    for position, digit in enumerate(reversed(base)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return Npi(f"{base}{-total % 10}")


PRACTICE: Final = Practice(
    id=_id(PracticeId),
    name="Lakeshore Family & Specialty Care",
    zone=PRACTICE_ZONE,
    npi=npi(0),
    privacy_officer_email="privacy@lakeshore.example.org",
    booking_notice_minutes=30,
    booking_horizon_days=365,
    billing=Billing(
        legal_name="Lakeshore Family and Specialty Care LLC",
        tax_id="36-0000012",
        taxonomy="261QM1300X",
        address=BillingAddress(
            line1="2400 Lantern Ln, Suite 300",
            city="Chicago",
            state="IL",
            postal_code="60614-1200",
        ),
        pay_to=BillingAddress(
            line1="PO Box 120", city="Chicago", state="IL", postal_code="60614-0120"
        ),
        contact_name="Billing Office",
        contact_phone="312-555-0120",
        send_at=time(18),
    ),
)

PLACES: Final[dict[Area, Location]] = {
    Area.CHICAGO: Location(
        id=_id(LocationId),
        name="Lakeshore Chicago",
        zone="America/Chicago",
        address_lines=("2400 Lantern Ln, Suite 300", "Chicago, IL 60614-1200"),
        phone="(312) 555-0100",
        npi=npi(1),
    ),
    Area.EVANSTON: Location(
        id=_id(LocationId),
        name="Lakeshore Evanston",
        zone="America/Chicago",
        address_lines=("815 Orchard Blvd", "Evanston, IL 60201-1815"),
        phone="(847) 555-0100",
        npi=npi(2),
    ),
    Area.GRAND_RAPIDS: Location(
        id=_id(LocationId),
        name="Lakeshore Grand Rapids",
        zone="America/Detroit",
        address_lines=("120 Foundry Ave", "Grand Rapids, MI 49503-2120"),
        phone="(616) 555-0100",
        npi=npi(3),
    ),
}


def _rooms(area: Area, kinds: dict[RoomKind, tuple[str, ...]]) -> tuple[Room, ...]:
    place = PLACES[area].id
    return tuple(
        Room(id=_id(RoomId), location_id=place, name=name, room_kind=kind)
        for kind, names in kinds.items()
        for name in names
    )


ROOMS: Final = (
    *_rooms(
        Area.CHICAGO,
        {
            "exam": ("Exam 1", "Exam 2", "Exam 3", "Exam 4", "Exam 5"),
            "procedure": ("Procedure A",),
            "imaging": ("Ultrasound",),
            "group": ("Harbor Room",),
            "lab": ("Lab draw",),
        },
    ),
    *_rooms(
        Area.EVANSTON,
        {"exam": ("Exam 1", "Exam 2", "Exam 3", "Exam 4"), "imaging": ("Ultrasound",)},
    ),
    *_rooms(
        Area.GRAND_RAPIDS,
        {"exam": ("Exam 1", "Exam 2", "Exam 3"), "procedure": ("Procedure",), "lab": ("Lab draw",)},
    ),
)


@dataclass(frozen=True)
class Doctor:
    """A provider of the sample, by the role that the other modules know."""

    key: str
    given: str
    family: str
    credentials: str
    taxonomy: str
    """NUCC Health Care Provider Taxonomy."""
    specialty: str
    areas: tuple[Area, ...]
    colour: str

    def provider(self, number: int) -> Provider:
        return Provider(
            id=_id(ProviderId),
            given=self.given,
            family=self.family,
            credentials=self.credentials,
            npi=npi(number),
            taxonomy=self.taxonomy,
            specialty=self.specialty,
            location_ids=tuple(PLACES[area].id for area in self.areas),
            colour=self.colour,
            email=f"{self.key}@lakeshore.example.org",
        )


C, E, G = Area.CHICAGO, Area.EVANSTON, Area.GRAND_RAPIDS

DOCTORS: Final = (
    Doctor("okafor", "Amara", "Okafor", "MD", "207Q00000X", "Family Medicine", (C,), "#206bc4"),
    Doctor(
        "lindqvist", "Daniel", "Lindqvist", "DO", "207Q00000X", "Family Medicine", (G, C), "#2fb344"
    ),
    Doctor("raman", "Priya", "Raman", "MD", "208000000X", "Pediatrics", (E,), "#f59f00"),
    Doctor(
        "torres", "Miguel Ángel", "Torres", "MD", "207R00000X", "Internal Medicine", (C,), "#d6336c"
    ),
    Doctor(
        "whitfield",
        "Susan",
        "Whitfield",
        "FNP-C",
        "363LF0000X",
        "Nurse Practitioner, Family",
        (G,),
        "#0ca678",
    ),
    Doctor(
        "kobayashi",
        "Hana",
        "Kobayashi",
        "MD",
        "207V00000X",
        "Obstetrics & Gynecology",
        (E, C),
        "#ae3ec9",
    ),
    Doctor("feldman", "Isaac", "Feldman", "MD", "207N00000X", "Dermatology", (C,), "#f76707"),
    Doctor(
        "haddad",
        "Nadia",
        "Haddad",
        "RD, CDCES",
        "133V00000X",
        "Dietitian, Registered",
        (C, E),
        "#4263eb",
    ),
)
PROVIDERS: Final[dict[str, Provider]] = {
    doctor.key: doctor.provider(number) for number, doctor in enumerate(DOCTORS, start=10)
}
