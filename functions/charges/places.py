"""Places of service by their codes: CMS Place of Service Code Set, in our own words."""

from __future__ import annotations

from typing import Final

HOME: Final = "12"
OFFICE: Final = "11"
TELEHEALTH_ELSEWHERE: Final = "02"
TELEHEALTH_HOME: Final = "10"

NAMES: Final[dict[str, str]] = {
    "02": "Telehealth, not at home",
    "03": "School",
    "04": "Homeless shelter",
    "10": "Telehealth, at home",
    "11": "Office",
    "12": "Home",
    "13": "Assisted living facility",
    "14": "Group home",
    "15": "Mobile unit",
    "17": "Walk-in retail health clinic",
    "18": "Place of employment",
    "19": "Off-campus outpatient hospital",
    "20": "Urgent care facility",
    "21": "Inpatient hospital",
    "22": "On-campus outpatient hospital",
    "23": "Emergency room, hospital",
    "24": "Ambulatory surgical center",
    "25": "Birthing center",
    "26": "Military treatment facility",
    "31": "Skilled nursing facility",
    "32": "Nursing facility",
    "33": "Custodial care facility",
    "34": "Hospice",
    "41": "Ambulance, land",
    "42": "Ambulance, air or water",
    "49": "Independent clinic",
    "50": "Federally qualified health center",
    "51": "Inpatient psychiatric facility",
    "52": "Psychiatric facility, partial hospitalization",
    "53": "Community mental health center",
    "54": "Intermediate care facility",
    "55": "Residential substance abuse treatment",
    "56": "Psychiatric residential treatment center",
    "57": "Non-residential substance abuse treatment",
    "58": "Non-residential opioid treatment",
    "60": "Mass immunization center",
    "61": "Comprehensive inpatient rehabilitation",
    "62": "Comprehensive outpatient rehabilitation",
    "65": "End-stage renal disease treatment",
    "71": "Public health clinic",
    "72": "Rural health clinic",
    "81": "Independent laboratory",
    "99": "Other place",
}
