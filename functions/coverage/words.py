"""Codes of the 271 in words of our own. A code that is not here is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SERVICES: Final = {
    "1": "Medical care",
    "2": "Surgery",
    "3": "Consultation",
    "4": "X-ray",
    "5": "Laboratory",
    "6": "Radiation therapy",
    "7": "Anesthesia",
    "12": "Equipment, bought",
    "18": "Equipment, rented",
    "20": "Second opinion on surgery",
    "30": "The plan as a whole",
    "33": "Chiropractic",
    "35": "Dental care",
    "42": "Home health care",
    "45": "Hospice",
    "47": "Hospital",
    "48": "Hospital, inpatient",
    "50": "Hospital, outpatient",
    "51": "Emergency room, accident",
    "52": "Emergency room, illness",
    "53": "Ambulatory surgery",
    "54": "Long-term care",
    "62": "MRI and CT",
    "65": "Newborn care",
    "67": "Stopping smoking",
    "68": "Well baby care",
    "69": "Maternity",
    "73": "Diagnostic procedures",
    "76": "Dialysis",
    "78": "Chemotherapy",
    "79": "Allergy tests",
    "80": "Immunizations",
    "81": "Routine physical",
    "82": "Family planning",
    "83": "Infertility",
    "86": "Emergency care",
    "88": "Pharmacy",
    "93": "Podiatry",
    "98": "Office visit",
    "99": "Physician's visit, inpatient",
    "A0": "Physician's visit, outpatient",
    "A3": "Physician's visit at home",
    "A4": "Psychiatry",
    "A6": "Psychotherapy",
    "A7": "Psychiatry, inpatient",
    "A8": "Psychiatry, outpatient",
    "A9": "Rehabilitation",
    "AD": "Occupational therapy",
    "AE": "Physical medicine",
    "AF": "Speech therapy",
    "AG": "Skilled nursing",
    "AI": "Substance use",
    "AL": "Vision",
    "BG": "Cardiac rehabilitation",
    "BH": "Pediatrics",
    "BT": "Gynecology",
    "BU": "Obstetrics",
    "BV": "Obstetrics and gynecology",
    "BY": "Office visit, sick",
    "BZ": "Office visit, well",
    "DM": "Medical equipment",
    "MH": "Mental health",
    "PT": "Physical therapy",
    "UC": "Urgent care",
}
OFFICE_VISITS: Final = ("98", "BY", "BZ", "A0", "1", "30")
"""Whose copay is due at the desk: the first of these that the payer names."""
WHOLE_PLAN: Final = "30"

LEVELS: Final = {
    "IND": "Individual",
    "FAM": "Family",
    "EMP": "Employee",
    "ESP": "Employee and spouse",
    "ECH": "Employee and children",
    "CHD": "Children",
    "DEP": "Dependents",
    "SPC": "Spouse and children",
    "SPO": "Spouse",
}
PERIODS: Final = {
    "6": "an hour",
    "7": "a day",
    "13": "24 hours",
    "21": "years",
    "22": "the service year",
    "23": "the calendar year",
    "24": "the year to date",
    "25": "the contract",
    "26": "an episode",
    "27": "a visit",
    "29": "left",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "a lifetime",
    "33": "left of a lifetime",
    "34": "a month",
    "35": "a week",
    "36": "an admission",
}
LEFT: Final = frozenset({"29", "33"})
USED: Final = frozenset({"24"})

INSURANCES: Final = {
    "AP": "Automobile",
    "C1": "Commercial",
    "CO": "COBRA",
    "CP": "Medicare, conditionally primary",
    "EP": "Exclusive provider organization",
    "FF": "Family or friends",
    "GP": "Group policy",
    "HM": "HMO",
    "HN": "Medicare Advantage HMO",
    "HS": "Special low-income Medicare beneficiary",
    "IN": "Indemnity",
    "IP": "Individual policy",
    "LC": "Long-term care",
    "LD": "Long-term policy",
    "LI": "Life insurance",
    "LT": "Litigation",
    "MA": "Medicare part A",
    "MB": "Medicare part B",
    "MC": "Medicaid",
    "MH": "Medigap, part A",
    "MI": "Medigap, part B",
    "MP": "Medicare, primary",
    "OT": "Other",
    "PE": "Property, personal",
    "PP": "Personal payment",
    "PR": "PPO",
    "PS": "Point of service",
    "QM": "Qualified Medicare beneficiary",
    "RP": "Property, real",
    "SP": "Supplement",
    "WC": "Workers' compensation",
    "WU": "Wrap-up policy",
    "12": "Medicare second: works at 65 or over",
    "13": "Medicare second: kidney failure",
    "14": "Medicare second: no-fault or automobile",
    "15": "Medicare second: workers' compensation",
    "16": "Medicare second: federal agency",
    "41": "Medicare second: black lung",
    "42": "Medicare second: Veterans Affairs",
    "43": "Medicare second: disabled, large employer",
    "47": "Medicare second: other liability",
}
STATEMENTS: Final = {
    "1": "Active",
    "2": "Active, at full risk",
    "3": "Active, capitated",
    "4": "Active, capitated to the primary care provider",
    "5": "Active, under investigation",
    "6": "Inactive",
    "7": "Inactive, being updated",
    "8": "Inactive, under investigation",
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "CB": "What the coverage is based on",
    "D": "About the benefit",
    "E": "Excluded",
    "F": "Limited",
    "G": "Most out of pocket",
    "H": "Unlimited",
    "I": "Not covered",
    "J": "Cost containment",
    "K": "Reserve",
    "L": "Primary care provider",
    "M": "Pre-existing condition",
    "MC": "Managed care coordinator",
    "N": "Only by this provider",
    "O": "Not held to be necessary",
    "P": "Disclaimer",
    "Q": "Second opinion needed",
    "R": "Other insurance",
    "S": "Earlier years",
    "T": "Card reported lost",
    "U": "To be asked",
    "V": "Could not be worked on",
    "W": "Another source",
    "X": "Facility",
    "Y": "Spend-down",
}
UNITS: Final = {
    "99": "times",
    "CA": "days",
    "DY": "days",
    "HS": "hours",
    "M2": "at most",
    "MN": "months",
    "P6": "services",
    "QA": "approved",
    "UN": "units",
    "VS": "visits",
    "YY": "years",
}
OTHERS: Final = {"PRP": "pays first", "SEP": "pays second", "TTP": "pays third"}
"""TR3 271 2120 NM101: the turn of another payer."""


def service(code: str) -> str:
    return SERVICES.get(code, f"Service type {code}")


def services(codes: Iterable[str]) -> str:
    """``Office visit, Urgent care``; of none, the plan as a whole is meant."""
    return ", ".join(service(code) for code in codes) or service(WHOLE_PLAN)


def level(code: str) -> str:
    return LEVELS.get(code, code)


def period(code: str) -> str:
    return PERIODS.get(code, code)


def insurance(code: str) -> str:
    return INSURANCES.get(code, code)
