"""NM1, N3, N4, REF, PER and PRV of everyone in a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from caresmith.x12.claims.coverage import OtherSubscriber, Subscriber
from caresmith.x12.claims.parties import (
    Address,
    BillingProvider,
    Contact,
    Facility,
    OrderingProvider,
    Patient,
    PayerId,
    PersonFacts,
    PhoneContact,
    Provider,
    PurchasedProvider,
    SecondaryId,
)
from caresmith.x12.segment import Segment
from caresmith.x12.writer import SegmentMaker

_Named = Provider | BillingProvider | Subscriber | OtherSubscriber


def name(make: SegmentMaker, entity: str, one: _Named, qualifier: str, id_: str) -> Segment:
    """NM1 of a person, or of an organisation."""
    kind = "2" if one.organisation else "1"
    return make(
        "NM1", entity, kind, one.last, one.first, one.middle, "", one.suffix, qualifier, id_
    )


def organisation(
    make: SegmentMaker, entity: str, called: str, qualifier: str = "", id_: str = ""
) -> Segment:
    return make("NM1", entity, "2", called, "", "", "", "", qualifier, id_)


def address(make: SegmentMaker, one: Address | None) -> Iterator[Segment]:
    if one is None:
        return
    yield make("N3", one.line1, one.line2)
    place = (one.city, one.state, one.postal_code, one.country)
    yield make("N4", *place, "", "", one.subdivision)


def contact(make: SegmentMaker, one: Contact | PhoneContact | None) -> Iterator[Segment]:
    if one is None:
        return
    pairs: list[str] = []
    if one.phone:
        pairs += ["TE", one.phone]
    if one.extension:
        pairs += ["EX", one.extension]
    if isinstance(one, Contact) and one.fax:
        pairs += ["FX", one.fax]
    if isinstance(one, Contact) and one.email:
        pairs += ["EM", one.email]
    yield make("PER", "IC", one.name, *pairs)


def taxonomy(make: SegmentMaker, function: str, code: str) -> Iterator[Segment]:
    if code:
        yield make("PRV", function, "PXC", code)


def references(make: SegmentMaker, ids: Iterable[SecondaryId | PayerId]) -> Iterator[Segment]:
    for one in ids:
        payer = one.payer if isinstance(one, SecondaryId) else ""
        owner = ("2U", payer) if payer else ""
        yield make("REF", one.qualifier, one.value, "", owner)


def reference(make: SegmentMaker, qualifier: str, value: str) -> Iterator[Segment]:
    if value:
        yield make("REF", qualifier, value)


def npi(one: Provider | BillingProvider) -> tuple[str, str]:
    return ("XX", one.npi) if one.npi else ("", "")


def provider(make: SegmentMaker, entity: str, one: Provider) -> Iterator[Segment]:
    """Loops 2310A, B, D and 2420A, D, E, F."""
    yield name(make, entity, one, *npi(one))
    yield from taxonomy(make, "PE", one.taxonomy)
    if isinstance(one, OrderingProvider):
        yield from address(make, one.address)
    yield from references(make, one.ids)
    if isinstance(one, OrderingProvider):
        yield from contact(make, one.contact)


def purchased(make: SegmentMaker, one: PurchasedProvider) -> Iterator[Segment]:
    """Loop 2420B, which has no name."""
    kind = "2" if one.organisation else "1"
    number = ("XX", one.npi) if one.npi else ("", "")
    yield make("NM1", "QB", kind, "", "", "", "", "", *number)
    yield from references(make, one.ids)


def facility(make: SegmentMaker, one: Facility) -> Iterator[Segment]:
    """Loops 2310C and 2420C."""
    number = ("XX", one.npi) if one.npi else ("", "")
    yield organisation(make, "77", one.name, *number)
    yield from address(make, one.address)
    yield from references(make, one.ids)
    yield from contact(make, one.contact)


def demographics(make: SegmentMaker, born: date | None, sex: str | None) -> Iterator[Segment]:
    if born is not None:
        yield make("DMG", "D8", f"{born:%Y%m%d}", sex or "U")


def facts(make: SegmentMaker, relationship: str, one: PersonFacts) -> Segment:
    """PAT."""
    died = ("D8", f"{one.died:%Y%m%d}") if one.died else ("", "")
    weight = ("01", str(one.weight_pounds)) if one.weight_pounds else ("", "")
    pregnant = "Y" if one.pregnant else ""
    return make("PAT", relationship, "", "", "", *died, *weight, pregnant)


def patient(make: SegmentMaker, one: Patient) -> Iterator[Segment]:
    """Loop 2010CA."""
    called = one.name
    yield make("NM1", "QC", "1", called.last, called.first, called.middle, "", called.suffix)
    yield from address(make, one.address)
    yield from demographics(make, one.birth_date, one.sex)
    yield from reference(make, "Y4", one.casualty_claim)
    yield from reference(make, "1W", one.casualty_id)
    yield from reference(make, "SY", one.casualty_ssn)
    yield from contact(make, one.casualty_contact)
