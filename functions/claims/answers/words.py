"""Codes of answers in plain words, and what is to be done.

The codes' numbers are public facts (X12 external code lists 507 and 508 for 277CA and
277, elements of the 999 and TA1); the words are ours. A code without words here shows
its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

CATEGORIES: Final[Mapping[str, str]] = {
    "A0": "Handed on to another",
    "A1": "Arrived",
    "A2": "Accepted for adjudication",
    "A3": "Refused: it can't be processed",
    "A4": "Not found",
    "A5": "Split into several claims",
    "A6": "Refused: something is missing",
    "A7": "Refused: something is not valid",
    "A8": "Refused: parts contradict each other",
    "P0": "Pending",
    "P1": "Being worked on",
    "P2": "In the payer's review",
    "P3": "The payer waits for information from the provider",
    "P4": "The payer waits for information from the patient",
    "P5": "The payer's systems are not done",
    "F0": "Decided",
    "F1": "Decided: paid",
    "F2": "Decided: denied",
    "F3": "Decided: changed",
    "F3F": "Decided: forwarded to another payer",
    "F3N": "Decided: not forwarded",
    "F4": "Decided: nothing to be paid",
    "R0": "More information is asked for",
    "R1": "More information is asked for",
    "R3": "More information about the claim is asked for",
    "R4": "Documents are asked for",
    "R5": "More specific codes are asked for",
    "R6": "An explanation is asked for",
    "R7": "Documents are asked for",
    "E0": "The question itself could not be answered",
    "E1": "The payer can't answer now",
    "E2": "The information is not available",
    "E4": "The payer does not take this question",
    "D0": "The payer found no such claim",
}
STATUSES: Final[Mapping[str, str]] = {
    "16": "forwarded to another",
    "19": "receipt acknowledged",
    "20": "accepted for processing",
    "21": "information is missing or not valid",
    "24": "not enrolled to send electronically",
    "25": "not enrolled",
    "26": "not known",
    "33": "the subscriber and the id do not go together",
    "35": "no such claim is found",
    "40": "waits for final approval",
    "41": "needs special handling",
    "45": "benefits are being determined",
    "46": "in internal review",
    "47": "in review: information is missing",
    "54": "a duplicate of a claim that is decided",
    "65": "paid",
    "78": "a duplicate of a claim that is being decided",
    "84": "the service was not authorized",
    "85": "does not pay first",
    "88": "not covered on the day of service",
    "90": "has no medical benefits",
    "91": "not covered, or not contracted, on the day of service",
    "95": "information that was asked for did not come",
    "96": "has no contract",
    "97": "the patient is not known as a member",
    "104": "decided by the plan's terms",
    "106": "decided",
    "107": "decided by the contract",
    "109": "not eligible",
    "116": "it belongs to another payer",
    "122": "missing data keeps it from being processed",
    "123": "more information is asked of",
    "125": "name",
    "126": "address",
    "128": "tax number",
    "130": "Blue Cross id",
    "132": "Medicaid id",
    "135": "commercial id",
    "142": "licence number",
    "145": "taxonomy code",
    "153": "id",
    "156": "relationship of patient and subscriber",
    "157": "sex",
    "158": "birth date",
    "162": "Medicare number",
    "163": "policy number",
    "164": "member number",
    "171": "other insurance",
    "178": "charges",
    "187": "dates of service",
    "188": "from and through dates",
    "189": "day of admission",
    "218": "National Drug Code",
    "247": "a service line",
    "248": "accident's date, state or cause",
    "249": "place of service",
    "252": "authorization number",
    "254": "first diagnosis",
    "255": "diagnosis",
    "263": "time that the service took",
    "287": "medical necessity",
    "294": "documents",
    "306": "description of the service",
    "400": "amounts do not add up",
    "402": "an amount must be more than nothing",
    "421": "medical records",
    "448": "codes that can't be billed together",
    "453": "modifier",
    "454": "procedure code",
    "464": "the payer's own claim number",
    "475": "the procedure does not fit the patient's age",
    "476": "units",
    "477": "diagnosis pointer",
    "478": "the claim's number",
    "479": "the other payer's id",
    "480": "kind of coverage (claim filing indicator)",
    "481": "the form of the file",
    "484": "the payer's system is down",
    "488": "diagnosis of a service",
    "496": "not enrolled to send claims electronically",
    "500": "ZIP code",
    "501": "state",
    "502": "city",
    "503": "street",
    "504": "family name",
    "505": "first name",
    "507": "HCPCS code",
    "510": "a date lies in the future",
    "511": "a character that is not allowed",
    "512": "too long or too short",
    "516": "the other payer's date of decision",
    "521": "adjustment reason code",
    "535": "claim frequency code",
    "562": "NPI",
    "583": "a line's charge",
    "594": "the other payer's paid amount",
    "612": "more than is allowed in a day",
    "642": "total charge",
    "672": "the other payer's amounts do not add up",
    "677": "does not belong to the group",
    "685": "can't be decided in real time",
    "700": "the other payer's adjustments",
    "718": "it came too late",
    "732": "against the payer's billing rules",
    "744": "no active coverage",
    "746": "the same was sent before",
}
ENTITIES: Final[Mapping[str, str]] = {
    "03": "dependent",
    "1P": "provider",
    "36": "employer",
    "40": "receiver",
    "41": "submitter",
    "77": "place of service",
    "82": "rendering provider",
    "85": "billing provider",
    "87": "pay-to provider",
    "AY": "clearinghouse",
    "DK": "ordering provider",
    "DN": "referring provider",
    "DQ": "supervising provider",
    "FA": "facility",
    "IL": "subscriber",
    "PR": "payer",
    "P3": "primary care provider",
    "QC": "patient",
}
SEGMENT_ERRORS: Final[Mapping[str, str]] = {
    "1": "is not a segment of this transaction",
    "2": "is not expected here",
    "3": "is missing",
    "4": "its loop comes too often",
    "5": "comes too often",
    "6": "is not of this transaction set",
    "7": "stands in the wrong place",
    "8": "has wrong elements",
    "I4": "must not be sent",
    "I6": "is missing for this kind of claim",
    "I7": "its loop is missing",
    "I8": "comes too seldom",
    "I9": "must not be sent with this kind of claim",
}
ELEMENT_ERRORS: Final[Mapping[str, str]] = {
    "1": "is missing",
    "2": "is missing beside another that was sent",
    "3": "is one element too many",
    "4": "is too short",
    "5": "is too long",
    "6": "has a character that is not allowed",
    "7": "is not one of the codes",
    "8": "is no date",
    "9": "is no time",
    "10": "must not be sent beside another",
    "12": "is repeated too often",
    "13": "has too many parts",
    "I6": "is a code that is not used here",
    "I9": "is missing for this kind of claim",
    "I10": "must not be sent",
    "I11": "is repeated too seldom",
    "I12": "has not the form of what belongs here",
    "I13": "must not be sent with this kind of claim",
}
SET_ERRORS: Final[Mapping[str, str]] = {
    "1": "This kind of transaction is not taken",
    "2": "The end of the transaction is missing",
    "3": "Control numbers of its begin and end differ",
    "4": "The count of segments is wrong",
    "5": "Segments of it are wrong",
    "6": "Its kind is not told",
    "7": "Its control number is missing or not valid",
    "23": "Its control number is used twice",
    "I5": "A segment of it breaks the guide's rules",
    "I6": "Its version is not taken",
}
INTERCHANGE_ERRORS: Final[Mapping[str, str]] = {
    "000": "No error",
    "001": "The interchange's control numbers differ",
    "003": "The version is not taken",
    "005": "The sender's qualifier is not valid",
    "006": "The sender is not known",
    "007": "The receiver's qualifier is not valid",
    "008": "The receiver's id is not valid",
    "009": "The receiver is not known",
    "017": "The version is not valid",
    "018": "The control number is not valid",
    "020": "Test or production is not told rightly",
    "021": "The count of groups is wrong",
    "022": "The envelope is wrong",
    "023": "The file ends early",
    "024": "The content is not valid",
    "025": "The control number was used before",
}


class Explained(NamedTuple):
    text: str
    do: str
    """What is to be done; "" where nothing is."""


_CHART: Final = (
    "Verify the coverage, correct member id, name, birth date or period in the chart, then "
    "draft the claim anew."
)
_PROVIDER: Final = (
    "Compare NPI, tax number and taxonomy with what the payer has enrolled; correct them in the "
    "practice's set-up, or ask the payer to correct its own."
)
_CODING: Final = "Correct the charges; the claim follows them."
_OTHERS: Final = "Correct order and kind of the patient's coverages, then draft the claim anew."
_AUTHORIZATION: Final = "Enter the authorization's number with the charges, or ask for one."
_DUPLICATE: Final = "Look whether it was billed before; void this one, or correct the earlier one."
_LATE: Final = "Look for proof that it was sent in time, and appeal; else it can't be billed."
_PAYER: Final = "Choose the payer to whom it belongs in the chart, then draft the claim anew."
_AGAIN: Final = "Nothing is wrong with the claim: send it again."
_FILE: Final = "Ask the clearinghouse; when it is mended there, send the claims again."
_INFORMATION: Final = "Send what the payer asks for."


def _each(codes: str, do: str) -> dict[str, str]:
    return dict.fromkeys(codes.split(), do)


_TO_DO: Final[Mapping[str, str]] = (
    _each("33 88 90 91 97 156 157 158 162 163 164 504 505 744", _CHART)
    | _each("24 25 26 96 125 126 128 130 132 135 142 145 153 496 562 677", _PROVIDER)
    | _each("178 187 188 218 247 249 254 255 306 448 453 454 475 476 477 488", _CODING)
    | _each("507 510 583 612 642", _CODING)
    | _each("85 171 479 480 516 521 594 672 700", _OTHERS)
    | _each("84 252", _AUTHORIZATION)
    | _each("54 78 746", _DUPLICATE)
    | _each("718", _LATE)
    | _each("116", _PAYER)
    | _each("484", _AGAIN)
    | _each("481 511 512", _FILE)
    | _each("95 123 287 294 421", _INFORMATION)
)
_ELEMENT: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}\d{2}(-\d+)?")
"""``NM109`` or ``CLM05-3``: a segment's name has two or three characters, and no such digits."""
_PERSONS: Final = frozenset({"IL", "QC", "03"})


def explained(source: str, code: str) -> Explained:
    """One code of an answer: ``A7:562:85`` of a 277, ``NM109:1`` of a 999, ``TA1:024``."""
    first, _, rest = code.partition(":")
    if source == "TA1":
        text = INTERCHANGE_ERRORS.get(rest, f"Code {rest}")
        return Explained(f"The file as a whole: {text.lower()}", "" if rest == "000" else _FILE)
    if source == "999":
        return _syntax(first, rest)
    status, _, entity = rest.partition(":")
    return _status(first, status, entity)


def _status(category: str, status: str, entity: str) -> Explained:
    what = CATEGORIES.get(category, f"Category {category}")
    words = STATUSES.get(status, f"code {status}" if status else "")
    about = ENTITIES.get(entity, f"entity {entity}" if entity else "")
    said = f"{about}: {words}" if about and words else words or about
    text = f"{what}: {said}" if said and ":" not in what else f"{what} ({said})" if said else what
    return Explained(text, _to_do(category, status, entity))


_BY_CATEGORY: Final[Mapping[str, str]] = {
    "A0": "",
    "A1": "",
    "A2": "",
    "D": "Compare member id and dates; where they are right, send the claim again.",
    "E": "Ask again later.",
    "F": "",
    "R": _INFORMATION,
}
_ADDRESSES: Final = frozenset({"500", "501", "502", "503"})


def _to_do(category: str, status: str, entity: str) -> str:
    for key in (category, category[:1]):
        if key in _BY_CATEGORY:
            return _BY_CATEGORY[key]
    # Names, numbers and addresses are a person's or a provider's.
    if entity in _PERSONS and status in _ADDRESSES | {"125", "126", "153"}:
        return _CHART
    return _PROVIDER if status in _ADDRESSES else _TO_DO.get(status, "")


def _syntax(where: str, code: str) -> Explained:
    if where == "AK9":
        return Explained(f"The group of claims: code {code}", _FILE)
    if where == "IK5":
        return Explained(SET_ERRORS.get(code, f"The set of claims: code {code}"), _FILE)
    errors = ELEMENT_ERRORS if _ELEMENT.fullmatch(where) else SEGMENT_ERRORS
    return Explained(
        f"{where} {errors.get(code, f'has error {code}')}", "Correct it and send it again."
    )


def next_step(source: str, codes: tuple[str, ...]) -> str:
    """What is to be done about an answer: the first thing that any of its codes asks for."""
    if source in {"TA1", "999"} and not codes:
        return _AGAIN
    return next((one.do for code in codes if (one := explained(source, code)).do), "")
