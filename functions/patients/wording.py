"""The chart's codes in words, as a person reads them."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.clock import from_text
from caresmith.records.contact import shown_phone
from caresmith.records.coverage import PlanType, Subscriber
from caresmith.records.demographics import (
    BirthSex,
    Ethnicity,
    Gender,
    GenderIdentity,
    MaritalStatus,
    NameUse,
    ProxyScope,
    Race,
    Relationship,
)
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.filings import FILINGS as FILINGS  # noqa: PLC0414 - a form offers them
from functions.patients.models import TimelineEntry

Options = tuple[tuple[str, str], ...]

GENDERS: Final[Options] = tuple((g.value, g.value.capitalize()) for g in Gender)
BIRTH_SEXES: Final[Options] = (
    (BirthSex.FEMALE, "Female"),
    (BirthSex.MALE, "Male"),
    (BirthSex.UNKNOWN, "Unknown"),
)
GENDER_IDENTITIES: Final[Options] = (
    (GenderIdentity.FEMALE, "Female"),
    (GenderIdentity.MALE, "Male"),
    (GenderIdentity.NONBINARY, "Nonbinary"),
    (GenderIdentity.OTHER, "Another"),
    (GenderIdentity.DECLINED, "Does not want to say"),
    (GenderIdentity.UNKNOWN, "Unknown"),
)
PRONOUNS: Final[Options] = tuple((p, p) for p in ("she/her", "he/him", "they/them"))
RACES: Final[Options] = (
    (Race.AMERICAN_INDIAN, "American Indian or Alaska Native"),
    (Race.ASIAN, "Asian"),
    (Race.BLACK, "Black or African American"),
    (Race.PACIFIC_ISLANDER, "Native Hawaiian or Other Pacific Islander"),
    (Race.WHITE, "White"),
    (Race.OTHER, "Another"),
    (Race.DECLINED, "Does not want to say"),
    (Race.UNKNOWN, "Unknown"),
)
ETHNICITIES: Final[Options] = (
    (Ethnicity.HISPANIC, "Hispanic or Latino"),
    (Ethnicity.NOT_HISPANIC, "Not Hispanic or Latino"),
    (Ethnicity.DECLINED, "Does not want to say"),
    (Ethnicity.UNKNOWN, "Unknown"),
)
MARITAL_STATUSES: Final[Options] = (
    (MaritalStatus.NEVER_MARRIED, "Never married"),
    (MaritalStatus.MARRIED, "Married"),
    (MaritalStatus.DOMESTIC_PARTNER, "Domestic partner"),
    (MaritalStatus.SEPARATED, "Legally separated"),
    (MaritalStatus.DIVORCED, "Divorced"),
    (MaritalStatus.WIDOWED, "Widowed"),
    (MaritalStatus.ANNULLED, "Annulled"),
    (MaritalStatus.INTERLOCUTORY, "Interlocutory"),
    (MaritalStatus.POLYGAMOUS, "Polygamous"),
    (MaritalStatus.UNMARRIED, "Unmarried"),
    (MaritalStatus.UNKNOWN, "Unknown"),
)
LANGUAGES: Final[Options] = (
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("vi", "Vietnamese"),
    ("tl", "Tagalog"),
    ("ar", "Arabic"),
    ("ko", "Korean"),
    ("ru", "Russian"),
    ("fr", "French"),
    ("ht", "Haitian Creole"),
    ("pt", "Portuguese"),
    ("pl", "Polish"),
    ("hi", "Hindi"),
    ("ur", "Urdu"),
    ("hmn", "Hmong"),
    ("so", "Somali"),
    ("ase", "American Sign Language"),
)
NAME_USES: Final[Options] = (
    (NameUse.OFFICIAL, "Official"),
    (NameUse.USUAL, "Goes by"),
    (NameUse.NICKNAME, "Nickname"),
    (NameUse.MAIDEN, "Before marriage"),
    (NameUse.OLD, "Former"),
    (NameUse.TEMP, "Temporary"),
    (NameUse.ANONYMOUS, "Anonymous"),
)
RELATIONSHIPS: Final[Options] = tuple(
    (r.value, r.value.replace("-", " ").capitalize()) for r in Relationship
)
SCOPES: Final[Options] = (
    (ProxyScope.FULL, "Everything"),
    (ProxyScope.SCHEDULING, "Appointments"),
    (ProxyScope.BILLING, "Bills"),
    (ProxyScope.MEDICAL_RECORDS, "Medical records"),
)
SUBSCRIBERS: Final[Options] = (
    (Subscriber.SELF, "The subscriber"),
    (Subscriber.SPOUSE, "The subscriber's spouse"),
    (Subscriber.CHILD, "The subscriber's child"),
    (Subscriber.PARENT, "The subscriber's parent"),
    (Subscriber.COMMON, "The subscriber's partner"),
    (Subscriber.OTHER, "Somebody else"),
    (Subscriber.INJURED, "An injured party"),
)
PLAN_TYPES: Final[Options] = (
    (PlanType.PPO, "PPO"),
    (PlanType.HMO, "HMO"),
    (PlanType.EPO, "EPO"),
    (PlanType.POS, "Point of service"),
    (PlanType.HDHP, "High deductible"),
    (PlanType.INDEMNITY, "Indemnity"),
    (PlanType.MEDICARE, "Medicare"),
    (PlanType.MEDICARE_ADVANTAGE, "Medicare Advantage"),
    (PlanType.MEDIGAP, "Medicare supplement"),
    (PlanType.MEDICAID, "Medicaid"),
    (PlanType.MEDICAID_MANAGED, "Medicaid managed care"),
    (PlanType.TRICARE, "TRICARE"),
    (PlanType.WORKERS_COMPENSATION, "Workers' compensation"),
    (PlanType.AUTO, "Automobile"),
    (PlanType.OTHER, "Other"),
)
CLAIM_RELATIONSHIPS: Final[Options] = (
    ("01", "01 Spouse"),
    ("19", "19 Child"),
    ("53", "53 Life partner"),
    ("20", "20 Employee"),
    ("39", "39 Organ donor"),
    ("40", "40 Cadaver donor"),
    ("21", "21 Unknown"),
    ("G8", "G8 Other"),
)
ASSIGNMENTS: Final[Options] = (
    ("Y", "Yes"),
    ("N", "No: the insured is paid"),
    ("W", "Refused to say"),
)
MSP_REASONS: Final[Options] = (
    ("12", "12 Works at 65 or over, or the spouse does: the employer's plan"),
    ("13", "13 Kidney failure, in the first 30 months: the employer's plan"),
    ("14", "14 An accident: no-fault insurance or automobile"),
    ("15", "15 Workers' compensation"),
    ("16", "16 Public Health Service or another federal agency"),
    ("41", "41 Black lung"),
    ("42", "42 Veterans Affairs"),
    ("43", "43 Disabled and under 65: a large employer's plan"),
    ("47", "47 An accident: another liability insurance"),
)
PHONE_USES: Final[Options] = (
    ("mobile", "Mobile"),
    ("home", "Home"),
    ("work", "Work"),
    ("temp", "Temporary"),
    ("old", "No longer used"),
)
ADDRESS_USES: Final[Options] = (
    ("home", "Home"),
    ("work", "Work"),
    ("temp", "Temporary"),
    ("billing", "Billing"),
    ("old", "Former"),
)
CONSENTS: Final[Options] = (
    ("unknown", "Not asked"),
    ("granted", "Agrees"),
    ("declined", "Declines"),
)
STORIES: Final = {
    "PatientRegistered": "Chart opened",
    "PatientChanged": "Chart changed",
    "PatientArchived": "Chart archived",
    "PatientRestored": "Chart restored",
    "PatientsMerged": "Charts merged",
    "PatientsUnmerged": "Merge undone",
    "AppointmentBooked": "Visit booked",
    "AppointmentMoved": "Visit moved",
    "AppointmentCancelled": "Visit cancelled",
    "AppointmentLeft": "Seat in a group visit given up",
    "AppointmentStatusChanged": "Visit",
}
STATUSES: Final = {
    "booked": "set back to booked",
    "checked-in": "checked in",
    "fulfilled": "completed",
    "noshow": "missed",
    "entered-in-error": "entered in error",
}
"""What became of a visit, where the status itself is no word that one says."""

FAILURES: Final[Options] = (
    ("invalid", "there is no such number or address"),
    ("unreachable", "nothing can be delivered"),
    ("blocked", "the carrier blocks our messages"),
    ("bounced", "it sends e-mails back"),
    ("complaint", "our e-mail was reported as unwanted"),
)
"""Why nothing arrives at a contact point."""
_DAYS_IN_WORDS: Final = 60
_YEARS_WITH_MONTHS: Final = 2


def word(options: Options, value: object) -> str:
    """The words for a code; the code itself where there are none."""
    return next((text for code, text in options if code == value), str(value))


def age(born: dt.date, on: dt.date) -> str:
    """``41 y``, ``14 mo`` below two years, ``12 d`` below two months.

    Somebody born on 29 February grows older on 1 March of other years.
    """
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if years >= _YEARS_WITH_MONTHS:
        return f"{years} y"
    days = (on - born).days
    if days < _DAYS_IN_WORDS:
        return f"{days} d"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return f"{months} mo"


def story(entry: TimelineEntry) -> str:
    """An entry of the timeline in a few words."""
    told = STORIES.get(entry.kind, entry.kind)
    if entry.kind == "AppointmentStatusChanged":
        status = entry.refers_to.get("to_status", "")
        return f"{told} {STATUSES.get(status, status)}"
    return told


def visit_day(entry: TimelineEntry, setup: PracticeSetup) -> str:
    """The date of the visit that an entry is about, on the calendar of its place."""
    start = from_text(entry.refers_to["start"])
    places = {str(place.id): place.zone for place in setup.locations.values()}
    zone = places.get(entry.refers_to.get("location_id", ""), setup.practice.zone)
    return start.astimezone(ZoneInfo(zone)).strftime("%m/%d/%Y")


def phone(e164: str | None) -> str:
    """A telephone number as people write it."""
    return shown_phone(e164) if e164 else ""
