"""Addresses of all who take part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from caresmith.claims.drafted_parties import AddressDraft
from caresmith.codes.ranges import words
from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, edit, fix, hit

STATES: Final = words(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS FM GU MH MP PR PW VI AA "
    "AE AP"
)
"""USPS, Publication 28, appendix B."""
_PO_BOX: Final = re.compile(r"\b(p\.? ?o\.?|post office) ?box\b|\block ?box\b", re.IGNORECASE)
_ZIP: Final = re.compile(r"\d{5}(\d{4})?", re.ASCII)
_WRITTEN_ZIP: Final = re.compile(r"(\d{5})[- ](\d{4})", re.ASCII)
_NINE: Final = re.compile(r"\d{9}", re.ASCII)


def _in_usa(one: AddressDraft) -> bool:
    return one.country in {"", "US", "USA"}


@edit(
    "ADR-STATE",
    ERROR,
    "A state that is none",
    guards="2010AA N402, 2010BA N402, 2010CA N402, 2310C N402",
    source="TR3 X222A1 N402; USPS Publication 28, appendix B",
    message="The state of an address in the USA is one of the two letters that USPS has.",
)
def unknown_state(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if _in_usa(one) and one.state not in STATES:
            yield hit(f"{path}.state")


@edit(
    "ADR-ZIP",
    ERROR,
    "A ZIP code that is none",
    guards="2010AA N403, 2010BA N403, 2010CA N403, 2310C N403",
    source="TR3 X222A1 N403; USPS",
    message="A ZIP code is sent as five or nine digits without a hyphen.",
)
def wrong_zip(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if not _in_usa(one) or _ZIP.fullmatch(one.postal_code):
            continue
        written = _WRITTEN_ZIP.fullmatch(one.postal_code.strip())
        mended = None
        if written:
            digits = written[1] + written[2]
            mended = fix("Write it without the hyphen", (f"{path}.postal_code", digits))
        yield hit(f"{path}.postal_code", fix=mended)


@edit(
    "ADR-CITY",
    ERROR,
    "An address without its city",
    guards="2010AA N401, 2010BA N401, 2010CA N401, 2310C N401",
    source="TR3 X222A1 N401: two characters or more",
    message="An address needs its city.",
)
def no_city(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if len(one.city.strip()) < 2:  # noqa: PLR2004 - N401
            yield hit(f"{path}.city")


@edit(
    "ADR-USA",
    ERROR,
    "The USA named as a country",
    guards="2010AA N404, 2010BA N404, 2010CA N404, 2310C N404",
    source="TR3 X222A1 N404: required when the address is outside of the United States",
    message="The country is sent only where it is not the USA.",
)
def usa_named(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if one.country in {"US", "USA"}:
            yield hit(f"{path}.country", fix=fix("Leave it out", (f"{path}.country", "")))


@edit(
    "BIL-ADDRESS",
    ERROR,
    "The billing provider's address is missing",
    guards="2010AA N3, N4",
    source="TR3 X222A1 2010AA N3, N4; CMS-1500 item 33",
    message="The billing provider's street address is missing.",
)
def billing_without_address(case: Case) -> Iterator[Hit]:
    if not case.draft.billing.address.line1.strip():
        yield hit("billing.address.line1")


@edit(
    "BIL-PO-BOX",
    ERROR,
    "A post office box as the billing address",
    guards="2010AA N301",
    source="TR3 X222A1 2010AA N3: a street address; boxes belong in 2010AB (pay-to)",
    message="The billing provider's address is a street; a post office box is sent as the "
    "address for payments.",
)
def billing_in_a_box(case: Case) -> Iterator[Hit]:
    one = case.draft.billing.address
    if _PO_BOX.search(one.line1) or _PO_BOX.search(one.line2):
        yield hit("billing.address.line1")


@edit(
    "BIL-ZIP-NINE",
    ERROR,
    "The billing address has no nine-digit ZIP code",
    guards="2010AA N403",
    source="TR3 X222A1 2010AA N403: all nine digits",
    message="The billing provider's ZIP code is sent with all nine digits.",
)
def billing_zip_short(case: Case) -> Iterator[Hit]:
    one = case.draft.billing.address
    if one.line1 and _in_usa(one) and re.fullmatch(r"\d{5}", one.postal_code, re.ASCII):
        yield hit("billing.address.postal_code")


@edit(
    "BIL-ZIP-ENDING",
    WARNING,
    "The last four digits of the ZIP code are made up",
    guards="2010AA N403, 2310C N403",
    source="USPS ZIP+4: no delivery point ends with 0000 or 9999",
    message="The ZIP code ends with {ending}, which no address has: clearinghouses refuse it.",
)
def zip_made_up(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if _NINE.fullmatch(one.postal_code) and one.postal_code[5:] in {"0000", "9999"}:
            yield hit(f"{path}.postal_code", ending=one.postal_code[5:])


@edit(
    "FAC-ADDRESS",
    ERROR,
    "The facility's address is missing",
    guards="2310C N3, N4",
    source="TR3 X222A1 2310C N3, N4; CMS-1500 item 32",
    message="The place where the service was rendered needs its street address.",
)
def facility_without_address(case: Case) -> Iterator[Hit]:
    facility = case.draft.providers.facility
    if facility and not facility.address.line1.strip():
        yield hit("providers.facility.address")


@edit(
    "FAC-ZIP-NINE",
    ERROR,
    "The facility's address has no nine-digit ZIP code",
    guards="2310C N403",
    source="TR3 X222A1 2310C N403: all nine digits",
    message="The facility's ZIP code is sent with all nine digits: it decides the locality.",
)
def facility_zip_short(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        short = re.fullmatch(r"\d{5}", one.postal_code, re.ASCII)
        if "facility" in path and _in_usa(one) and short:
            yield hit(f"{path}.postal_code")


@edit(
    "FAC-PO-BOX",
    ERROR,
    "A post office box as the place of service",
    guards="2310C N301",
    source="TR3 X222A1 2310C N3: where the service was rendered",
    message="No service is rendered in a post office box.",
)
def facility_in_a_box(case: Case) -> Iterator[Hit]:
    for path, one in case.addresses:
        if "facility" in path and _PO_BOX.search(f"{one.line1} {one.line2}"):
            yield hit(f"{path}.line1")
