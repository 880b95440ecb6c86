"""Items 14 to 33 without the services, by the NUCC 1500 reference manual (version 02/12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_parties import ProviderDraft
from caresmith.money import Money
from functions.claims.paper.insured_boxes import ON_FILE
from functions.claims.paper.texts import (
    CROSS,
    amount_of,
    city,
    day_of,
    plain,
    street,
    yes_no,
)

TAXONOMY: Final = "ZZ"
# Item 15: the other date and its qualifier.
_OTHER_DATES: Final = (
    ("initial_treatment", "454"),
    ("last_seen", "304"),
    ("acute_manifestation", "453"),
    ("accident", "439"),
    ("last_xray", "455"),
    ("prescription", "471"),
    ("care_assumed", "090"),
    ("care_relinquished", "091"),
    ("first_contact", "444"),
)
# Item 17: who referred, ordered or supervised.
_REFERRING: Final = (("referring", "DN"), ("supervising", "DQ"))


def claim_boxes(draft: ClaimDraft, signed_on: date, *, last: bool) -> Iterator[tuple[str, str]]:
    dates = draft.dates
    if dates.onset or dates.last_menstrual_period:
        yield "14", day_of(dates.onset or dates.last_menstrual_period)
        yield "14.qualifier", "431" if dates.onset else "484"
    for name, qualifier in _OTHER_DATES:
        day = getattr(dates, name)
        if day is not None:
            yield "15.qualifier", qualifier
            yield "15", day_of(day)
            break
    yield "16.from", day_of(dates.disability_began)
    yield "16.to", day_of(dates.disability_ended)
    yield from _referring(draft)
    yield "18.from", day_of(dates.admission)
    yield "18.to", day_of(dates.discharge)
    yield "19", plain(draft.note.text) if draft.note else ""
    yield from _purchased(draft)
    yield "21.icd", "0" if draft.icd == "10" else "9"
    if draft.frequency in {"7", "8"}:
        yield "22", draft.frequency
        yield "22.original", draft.numbers.payer_control_number
    yield "23", _authorization(draft)
    yield from _billing(draft, signed_on)
    yield "28", amount_of(draft.charge) if last else "CONTINUED"
    yield "29", amount_of(_paid(draft)) if last and _paid(draft) else ""


def _referring(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """Item 17: of several, the one who referred stands first."""
    known: list[tuple[ProviderDraft, str]] = []
    for role, qualifier in _REFERRING:
        one = getattr(draft.providers, role)
        if one is not None:
            known.append((one, qualifier))
    known += [(line.providers.ordering, "DK") for line in draft.lines if line.providers.ordering]
    if not known:
        return
    one, qualifier = known[0]
    yield "17.qualifier", qualifier
    yield "17", plain(" ".join(part for part in (one.first, one.middle, one.last) if part))
    yield "17b", one.npi or ""
    for secondary in one.ids[:1]:
        yield "17a.qualifier", secondary.qualifier
        yield "17a", secondary.value


def _purchased(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    charges = [line.purchased_charge for line in draft.lines if line.purchased_charge]
    yield from yes_no("20", yes=bool(charges))
    if charges:
        yield "20.charge", amount_of(Money(sum(one.cents for one in charges)))


def _authorization(draft: ClaimDraft) -> str:
    """Item 23 holds one number: authorization, referral, mammography or CLIA, in that order."""
    numbers = draft.numbers
    every = (numbers.prior_authorization, numbers.referral, numbers.mammography, numbers.clia)
    return next((one for one in every if one), "")


def _paid(draft: ClaimDraft) -> Money:
    """Item 29: what the patient or another payer has paid."""
    cents = draft.patient_paid.cents if draft.patient_paid else 0
    return Money(cents + sum(one.paid.cents for one in draft.others if one.paid))


def _billing(draft: ClaimDraft, signed_on: date) -> Iterator[tuple[str, str]]:
    billing = draft.billing
    yield "25", billing.tax_id.replace("-", "")
    yield ("25.ssn" if billing.tax_id_kind == "SY" else "25.ein"), CROSS
    yield "26", draft.control_number
    yield from yes_no("27", yes=draft.assignment == "A")
    yield "31", ON_FILE if draft.provider_signature else ""
    yield "31.date", day_of(signed_on)
    # Item 32: of a test that was bought, the laboratory that did it.
    outside = (line.providers.facility for line in draft.lines if line.purchased_charge)
    facility = next((one for one in outside if one), None) or draft.providers.facility
    place = facility.address if facility else billing.address
    yield "32.name", plain(facility.name if facility else billing.last)
    yield "32.street", street(place)
    yield "32.city", city(place)
    yield "32a", (facility.npi if facility else billing.npi) or ""
    pay_to = billing.pay_to or billing.address
    phone = next((one.phone for one in billing.contacts if one.phone), "")
    yield "33.phone", f"{phone[:3]} {phone[3:]}" if phone else ""
    yield "33.name", plain(" ".join(part for part in (billing.first, billing.last) if part))
    yield "33.street", street(pay_to)
    yield "33.city", city(pay_to)
    yield "33a", billing.npi or ""
    yield "33b", f"{TAXONOMY}{billing.taxonomy}" if billing.taxonomy else ""
