"""What a charged code is, in plain words of our own.

A statement says what was done as a neighbour would. No descriptor of CPT is shipped: the
words tell kinds of services by ranges of code numbers, which are facts (the sections of CPT
and the letters of HCPCS Level II, https://www.cms.gov/medicare/coding-billing/
healthcare-common-procedure-system). A practice that has loaded its own code list says it in
its own words instead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

from functions.accounts.fees import RETURNED_CHECK

_OWN: Final = {RETURNED_CHECK: "Fee for a returned check"}
# First and last code of a range, and what it is.
_NUMBERS: Final = (
    (100, 1999, "Anesthesia"),
    (10004, 19499, "Procedure on the skin"),
    (20100, 29999, "Procedure on muscles or bones"),
    (30000, 32999, "Procedure on nose, throat or lungs"),
    (33016, 37799, "Procedure on heart or blood vessels"),
    (36400, 36425, "Taking blood"),
    (40490, 49999, "Procedure on the digestive tract"),
    (50010, 58999, "Procedure"),
    (59000, 59899, "Pregnancy care"),
    (60000, 64999, "Procedure on glands or nerves"),
    (65091, 68899, "Procedure on the eye"),
    (69000, 69990, "Procedure on the ear"),
    (70010, 76499, "X-ray or other picture"),
    (76506, 76999, "Ultrasound"),
    (77001, 79999, "X-ray or other picture"),
    (80047, 89398, "Laboratory test"),
    (90281, 90399, "Immune globulin"),
    (90460, 90480, "Giving a vaccine"),
    (90476, 90759, "Vaccine"),
    (90785, 90899, "Counseling or psychiatric care"),
    (92002, 92499, "Eye examination"),
    (92502, 92700, "Ear, hearing or speech examination"),
    (93000, 93799, "Heart test"),
    (94002, 94799, "Breathing test"),
    (95004, 95199, "Allergy test or treatment"),
    (95700, 96020, "Nerve or muscle test"),
    (96105, 96171, "Questionnaire or assessment"),
    (96360, 96379, "Injection or infusion"),
    (97010, 97799, "Therapy"),
    (98940, 98943, "Chiropractic treatment"),
    (98966, 98981, "Visit by telephone or online"),
    (99000, 99091, "Service beside a visit"),
    (99202, 99205, "Office visit, new patient"),
    (99211, 99215, "Office visit"),
    (99217, 99239, "Hospital visit"),
    (99242, 99255, "Consultation"),
    (99281, 99288, "Emergency visit"),
    (99291, 99292, "Critical care"),
    (99304, 99318, "Nursing home visit"),
    (99341, 99350, "Home visit"),
    (99381, 99387, "Yearly check-up, new patient"),
    (99391, 99397, "Yearly check-up"),
    (99401, 99429, "Counseling to stay well"),
    (99421, 99458, "Visit by telephone or online"),
    (99460, 99499, "Care"),
)
_STARTS: Final = sorted((first, last, words) for first, last, words in _NUMBERS)
_LETTERS: Final = {
    "A": "Supplies or transport",
    "B": "Nutrition supplies",
    "C": "Hospital service",
    "D": "Dental service",
    "E": "Medical equipment",
    "G": "Care",
    "H": "Behavioral health service",
    "J": "Medicine that was given",
    "K": "Medical equipment",
    "L": "Brace or prosthesis",
    "M": "Care",
    "P": "Laboratory test",
    "Q": "Care or supplies",
    "R": "X-ray at another place",
    "S": "Care",
    "T": "Care",
    "U": "Laboratory test",
    "V": "Glasses or hearing aid",
}


def said(code: str, practice: Mapping[str, str]) -> str:
    """In the practice's own words, where it has loaded some for the code; else in ours."""
    return practice.get(code) or words(code)


def words(code: str) -> str:
    """``Office visit``: what the code is, to somebody who has never seen one."""
    if code in _OWN:
        return _OWN[code]
    if code.isdecimal():
        number = int(code)
        at = bisect_right(_STARTS, (number, 10**6, ""))
        # A narrow range within a wider one says more.
        fits = [one for one in _STARTS[:at] if one[0] <= number <= one[1]]
        if fits:
            return min(fits, key=lambda one: one[1] - one[0])[2]
        return "Care"
    return _LETTERS.get(code[:1], "Care")
