"""What stands in the boxes, by the rules of the NUCC 1500 reference manual (version 02/12).

Capitals, no punctuation but hyphens, no dollar signs and no points in amounts and codes;
dates as MM DD YYYY, but six digits (MM DD YY) in item 24A. A page has six services; on
each page but the last, item 28 says that it goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_lines import LineDraft
from caresmith.claims.drafted_parties import AddressDraft, OtherCoverageDraft, ProviderDraft
from caresmith.money import Money
from functions.claims.drafting.wire import wire
from functions.claims.paper.boxes import (
    BOXES,
    DIAGNOSES,
    LINES_ON_A_PAGE,
    Box,
    service_box,
)

_PUNCTUATION: Final = re.compile(r"[^A-Z0-9 -]")
_ON_FILE: Final = "SIGNATURE ON FILE"
_NOT_ON_FILE: Final = "NO SIGNATURE ON FILE"
_CROSS: Final = "X"
_SELF: Final = "18"
_TAXONOMY: Final = "ZZ"

# Item 1, by claim filing indicator (SBR09).
_COVERAGES: Final = {
    "MA": "1.medicare",
    "MB": "1.medicare",
    "MC": "1.medicaid",
    "CH": "1.tricare",
    "VA": "1.champva",
    "CI": "1.group",
    "BL": "1.group",
    "HM": "1.group",
    "12": "1.group",
    "13": "1.group",
    # The NUCC manual, item 1: workers' compensation, automobile and liability are "Other".
    "OF": "1.feca",
}
_RELATIONS: Final = {_SELF: "6.self", "01": "6.spouse", "19": "6.child"}
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


@dataclass(frozen=True, slots=True)
class Written:
    """A text in a box."""

    name: str
    box: Box
    text: str


def pages(draft: ClaimDraft, signed_on: date) -> list[list[Written]]:
    """The texts of each page; ``signed_on`` is item 31's date."""
    services = draft.lines or (LineDraft(),)
    parts = [
        services[start : start + LINES_ON_A_PAGE]
        for start in range(0, len(services), LINES_ON_A_PAGE)
    ]
    found = []
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        every = [*_head(draft), *_foot(draft, signed_on, last=last)]
        written = [_written(name, BOXES[name], text) for name, text in every if text]
        for place, code in enumerate(draft.diagnoses[: len(DIAGNOSES)]):
            name = f"21.{'ABCDEFGHIJKL'[place]}"
            written.append(_written(name, DIAGNOSES[place], code.replace(".", "")))
        for place, line in enumerate(part):
            for name, text in _service(draft, line):
                if text:
                    box = service_box(name, place)
                    written.append(_written(f"{name}@{place + 1}", box, text))
        found.append(written)
    return found


def _written(name: str, box: Box, text: str) -> Written:
    return Written(name, box, text[: box.width])


# -- items 1 to 13: patient and insured -----------------------------------------------


def _head(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    one, patient = draft.subscriber, draft.patient
    yield from _carrier(draft)
    yield _COVERAGES.get(one.filing, "1.other"), _CROSS
    yield "1a", one.member_id
    shown = patient.name if patient else one
    who = patient or one
    yield "2", _name(shown.last, shown.first, shown.middle, shown.suffix)
    yield "3.birth", _day(who.birth_date)
    yield from _sex("3", who.sex)
    insured = _name(one.last, one.first, one.middle, one.suffix)
    medicare_first = one.filing == "MB" and one.responsibility == "P"
    # Medicare leaves items 4 and 7 empty where it pays first (Claims Processing Manual 26 §10.2).
    yield "4", "" if medicare_first else insured
    yield from _address("5", who.address)
    relationship = patient.relationship if patient else _SELF
    if not medicare_first:
        yield _RELATIONS.get(relationship, "6.other"), _CROSS
        yield from _address("7", one.address)
    yield from _other(draft)
    yield from _condition(draft)
    yield from _insured(draft, medicare_first=medicare_first)
    # The NUCC manual, item 12: where nothing is signed, that is said.
    yield "12", _ON_FILE if draft.release == "Y" else _NOT_ON_FILE
    yield "13", _ON_FILE if draft.benefits_assigned == "Y" else ""


def _carrier(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """The payer's address in the top right corner."""
    yield "carrier.1", _plain(draft.payer.name)
    lines = _lines(draft.payer.address)
    for number, text in enumerate(lines[:3], 2):
        yield f"carrier.{number}", text


def _other(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """Item 9: another health plan, where item 11d says that there is one."""
    other = _other_coverage(draft)
    if other is None:
        return
    holder = other.subscriber
    yield "9", _name(holder.last, holder.first, holder.middle, holder.suffix)
    yield "9a", _plain(other.group_number or holder.member_id)
    yield "9d", _plain(other.payer.name)


def _other_coverage(draft: ClaimDraft) -> OtherCoverageDraft | None:
    return draft.others[0] if draft.others else None


def _condition(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    causes = draft.causes
    yield from _yes_no("10a", yes=bool(causes and causes.employment))
    yield from _yes_no("10b", yes=bool(causes and causes.auto_accident))
    yield "10b.state", causes.state if causes and causes.auto_accident else ""
    yield from _yes_no("10c", yes=bool(causes and causes.other_accident))
    yield "10d", " ".join(draft.conditions)


def _insured(draft: ClaimDraft, *, medicare_first: bool) -> Iterator[tuple[str, str]]:
    one = draft.subscriber
    # The same manual, item 11: NONE says that nobody pays before Medicare.
    yield "11", "NONE" if medicare_first else _plain(one.group_number)
    if medicare_first:
        return
    yield "11a.birth", _day(one.birth_date)
    yield from _sex("11a", one.sex)
    case = draft.patient.casualty_claim if draft.patient else one.casualty_claim
    if case:
        yield "11b.qualifier", "Y4"
        yield "11b", _plain(case)
    yield "11c", _plain(one.group_name)
    yield from _yes_no("11d", yes=_other_coverage(draft) is not None)


# -- items 14 to 23: the claim ----------------------------------------------------------


def _foot(draft: ClaimDraft, signed_on: date, *, last: bool) -> Iterator[tuple[str, str]]:
    dates = draft.dates
    if dates.onset or dates.last_menstrual_period:
        yield "14", _day(dates.onset or dates.last_menstrual_period)
        yield "14.qualifier", "431" if dates.onset else "484"
    for name, qualifier in _OTHER_DATES:
        day = getattr(dates, name)
        if day is not None:
            yield "15.qualifier", qualifier
            yield "15", _day(day)
            break
    yield "16.from", _day(dates.disability_began)
    yield "16.to", _day(dates.disability_ended)
    yield from _referring(draft)
    yield "18.from", _day(dates.admission)
    yield "18.to", _day(dates.discharge)
    yield "19", _plain(draft.note.text) if draft.note else ""
    yield from _purchased(draft)
    yield "21.icd", "0" if draft.icd == "10" else "9"
    if draft.frequency in {"7", "8"}:
        yield "22", draft.frequency
        yield "22.original", draft.numbers.payer_control_number
    yield "23", _authorization(draft)
    yield from _billing(draft, signed_on)
    yield "28", _amount(draft.charge) if last else "CONTINUED"
    yield "29", _amount(_paid(draft)) if last and _paid(draft) else ""


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
    yield "17", _plain(" ".join(part for part in (one.first, one.middle, one.last) if part))
    yield "17b", one.npi or ""
    for secondary in one.ids[:1]:
        yield "17a.qualifier", secondary.qualifier
        yield "17a", secondary.value


def _purchased(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    charges = [line.purchased_charge for line in draft.lines if line.purchased_charge]
    yield from _yes_no("20", yes=bool(charges))
    if charges:
        yield "20.charge", _amount(Money(sum(one.cents for one in charges)))


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
    yield ("25.ssn" if billing.tax_id_kind == "SY" else "25.ein"), _CROSS
    yield "26", draft.control_number
    yield from _yes_no("27", yes=draft.assignment == "A")
    yield "31", _ON_FILE if draft.provider_signature else ""
    yield "31.date", _day(signed_on)
    # Item 32: of a test that was bought, the laboratory that did it.
    outside = (line.providers.facility for line in draft.lines if line.purchased_charge)
    facility = next((one for one in outside if one), None) or draft.providers.facility
    place = facility.address if facility else billing.address
    yield "32.name", _plain(facility.name if facility else billing.last)
    yield "32.street", _street(place)
    yield "32.city", _city(place)
    yield "32a", (facility.npi if facility else billing.npi) or ""
    pay_to = billing.pay_to or billing.address
    phone = next((one.phone for one in billing.contacts if one.phone), "")
    yield "33.phone", f"{phone[:3]} {phone[3:]}" if phone else ""
    yield "33.name", _plain(" ".join(part for part in (billing.first, billing.last) if part))
    yield "33.street", _street(pay_to)
    yield "33.city", _city(pay_to)
    yield "33a", billing.npi or ""
    yield "33b", f"{_TAXONOMY}{billing.taxonomy}" if billing.taxonomy else ""


# -- item 24: services -------------------------------------------------------------------


def _service(draft: ClaimDraft, line: LineDraft) -> Iterator[tuple[str, str]]:
    yield "shaded", _supplement(line)
    if line.service:
        yield "24a.from", _short(line.service.first)
        yield "24a.to", _short(line.service.last)
    yield "24b", line.place_of_service or draft.place_of_service
    yield "24c", "Y" if line.emergency else ""
    yield "24d", line.procedure.code
    for number, modifier in enumerate(line.procedure.modifiers[:4], 1):
        yield f"24d.{number}", modifier
    yield "24e", "".join("ABCDEFGHIJKL"[one - 1] for one in line.pointers if 1 <= one <= 12)  # noqa: PLR2004
    yield "24f", _amount(line.charge) if line.charge else ""
    yield "24g", str(line.quantity) if line.quantity else ""
    yield "24h", "Y" if line.epsdt or line.family_planning else ""
    rendering = line.providers.rendering or draft.providers.rendering
    if rendering is not None:
        yield "24j", rendering.npi or ""
        if rendering.taxonomy:
            yield "24i.shaded", _TAXONOMY
            yield "24j.shaded", rendering.taxonomy
    elif not draft.billing.organisation:
        yield "24j", draft.billing.npi or ""


def _supplement(line: LineDraft) -> str:
    """The shaded line: N4 and the NDC with unit and quantity; else ZZ and the note's words.

    Two supplements are parted by three blanks.
    """
    parts = []
    drug = line.drug
    if drug is not None and drug.code:
        parts.append(f"N4{drug.code} {drug.unit}{drug.quantity or ''}")
    words = " ".join(one for one in (line.procedure.description, line.note) if one)
    if words:
        parts.append(f"ZZ{_plain(words)}")
    return "   ".join(parts)


# -- how things are written -----------------------------------------------------------------


def _plain(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", wire(text, 80)).split())


def _name(last: str, first: str, middle: str, suffix: str) -> str:
    """LAST SUFFIX, FIRST, MIDDLE: commas part them, which is the one punctuation here."""
    family = " ".join(part for part in (_plain(last), _plain(suffix)) if part)
    return ", ".join(part for part in (family, _plain(first), _plain(middle)[:1]) if part)


def _day(day: date | None) -> str:
    return f"{day:%m %d %Y}" if day else ""


def _short(day: date) -> str:
    return f"{day:%m %d %y}"


def _amount(amount: Money) -> str:
    """Dollars, a blank, cents: no sign and no point."""
    dollars, cents = divmod(abs(amount.cents), 100)
    return f"{dollars} {cents:02d}"


def _sex(item: str, sex: str | None) -> Iterator[tuple[str, str]]:
    if sex in {"M", "F"}:
        yield f"{item}.{'male' if sex == 'M' else 'female'}", _CROSS


def _yes_no(item: str, *, yes: bool) -> Iterator[tuple[str, str]]:
    yield f"{item}.{'yes' if yes else 'no'}", _CROSS


def _address(item: str, address: AddressDraft | None) -> Iterator[tuple[str, str]]:
    if address is None:
        return
    yield f"{item}.street", _street(address)
    yield f"{item}.city", _plain(address.city)
    yield f"{item}.state", address.state
    yield f"{item}.zip", _zip(address)


def _street(address: AddressDraft) -> str:
    return _plain(" ".join(part for part in (address.line1, address.line2) if part))


def _city(address: AddressDraft) -> str:
    return " ".join(part for part in (_plain(address.city), address.state, _zip(address)) if part)


def _lines(address: AddressDraft | None) -> list[str]:
    if address is None:
        return []
    return [text for text in (_plain(address.line1), _plain(address.line2), _city(address)) if text]


def _zip(address: AddressDraft) -> str:
    code = address.postal_code.replace("-", "")
    return f"{code[:5]}-{code[5:]}" if len(code) == 9 and not address.country else code  # noqa: PLR2004
