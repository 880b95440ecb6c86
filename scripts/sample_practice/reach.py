"""How to reach a person, and who belongs to whom: contact, guarantors, proxies."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final

from anyascii import anyascii

from caresmith.ids import PatientId
from caresmith.records.contact import (
    Channel,
    Consent,
    ConsentSource,
    ConsentStatus,
    Telecom,
    TelecomSystem,
    TelecomUse,
)
from caresmith.records.demographics import (
    Contact,
    Guarantor,
    Period,
    Person,
    Proxy,
    ProxyScope,
    Relations,
    Relationship,
)
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.households import ADULT, Household, Member

_HAS_EMAIL: Final = 0.72
_LANDLINE: Final = 0.25
_YES: Final[dict[Channel, float]] = {Channel.SMS: 0.74, Channel.VOICE: 0.85, Channel.EMAIL: 0.7}
Ids = dict[int, PatientId]
"""Which chart each member has, by ``id()`` of the member."""


def contact(dice: Dice, member: Member, home: Household, since: datetime) -> Contact:
    """Address and telecoms; ``since`` is when the consents were given."""
    telecoms: list[Telecom] = []
    if member.mobile:
        telecoms.append(
            _telecom(dice, TelecomSystem.PHONE, member.mobile, TelecomUse.MOBILE, since, rank=1)
        )
    if not member.mobile or dice.chance(_LANDLINE):
        telecoms.append(_telecom(dice, TelecomSystem.PHONE, home.phone, TelecomUse.HOME, since))
    if member.age >= ADULT and dice.chance(_HAS_EMAIL if member.age < 75 else 0.35):
        address = f"{mailbox(member)}{dice.randrange(10, 99)}@example.org"
        telecoms.append(_telecom(dice, TelecomSystem.EMAIL, address, TelecomUse.HOME, since))
    return Contact(addresses=[home.address.model_copy()], telecoms=telecoms)


def mailbox(member: Member) -> str:
    """The person's name as a mail address has it: ASCII letters and one dot."""
    parts = [member.name.first, member.name.family or ""]
    plain = [re.sub(r"[^a-z]", "", anyascii(part).lower()) for part in parts]
    return ".".join(part for part in plain if part)


def _telecom(
    dice: Dice,
    system: TelecomSystem,
    value: str,
    use: TelecomUse,
    since: datetime,
    rank: int | None = None,
) -> Telecom:
    if system is TelecomSystem.EMAIL:
        channels = [Channel.EMAIL]
    else:
        mobile = use is TelecomUse.MOBILE
        channels = [Channel.SMS, Channel.VOICE] if mobile else [Channel.VOICE]
    consents = {channel: _consent(dice, channel, since) for channel in channels}
    return Telecom(system=system, value=value, use=use, rank=rank, consents=consents)


def _consent(dice: Dice, channel: Channel, since: datetime) -> Consent:
    if dice.chance(0.1):
        return Consent()
    granted = dice.chance(_YES[channel])
    sources = {ConsentSource.WRITTEN: 60.0, ConsentSource.VERBAL: 30, ConsentSource.IMPORT: 10}
    source = dice.pick(sources)
    if not granted and channel is Channel.SMS and dice.chance(0.4):
        source = ConsentSource.REPLY
    status = ConsentStatus.GRANTED if granted else ConsentStatus.DECLINED
    return Consent(status=status, recorded_at=since, source=source)


# -- who belongs to whom -----------------------------------------------------


def relations(dice: Dice, member: Member, home: Household, charts: Ids) -> Relations:
    """Emergency contacts, who pays, and who may act for the patient."""
    if member.minor:
        return _of_a_minor(dice, member, home, charts)
    others = [other for other in home.members if other is not member and not other.minor]
    contacts = [as_person(other, _stands(other, member, home), home, charts) for other in others]
    if not contacts and dice.chance(0.8):
        contacts = [_friend(dice)]
    proxies = []
    if member.age >= 80 and contacts and dice.chance(0.6):
        holder = contacts[0].model_copy(update={"relationship": Relationship.POWER_OF_ATTORNEY})
        proxies = [
            Proxy(person=holder, scopes=[ProxyScope.FULL], note="Health care power of attorney")
        ]
    return Relations(emergency_contacts=contacts[:2], proxies=proxies)


def _of_a_minor(dice: Dice, member: Member, home: Household, charts: Ids) -> Relations:
    parents = [as_person(parent, _parent(parent), home, charts) for parent in home.grown_ups]
    eighteenth = _birthday(member.birth_date, ADULT)
    proxies = [
        Proxy(person=parent, scopes=[ProxyScope.FULL], period=Period(end=eighteenth))
        for parent in parents
    ]
    elders = [as_person(e, Relationship.GRANDPARENT, home, charts) for e in home.of("elder")]
    payer = home.grown_ups[0] if len(parents) == 1 or dice.chance(0.6) else home.grown_ups[1]
    return Relations(
        emergency_contacts=[*parents, *elders][:3],
        guarantor=Guarantor(
            is_self=False,
            person=as_person(payer, _parent(payer), home, charts),
            birth_date=payer.birth_date,
        ),
        proxies=proxies,
    )


def as_person(member: Member, relationship: Relationship, home: Household, charts: Ids) -> Person:
    """A member of the household as another's chart names them."""
    number = member.mobile or home.phone
    telecom = Telecom(system=TelecomSystem.PHONE, value=number, use=TelecomUse.MOBILE)
    name = " ".join(part for part in (*member.name.given, member.name.family) if part)
    return Person(
        name=name,
        relationship=relationship,
        telecoms=[telecom],
        address=home.address.model_copy(),
        patient_id=charts.get(id(member)),
    )


def _friend(dice: Dice) -> Person:
    name = dice.one(("Alex Romero", "Jordan Ellis", "Sam Nakamura", "Chris Petrou", "Dana Osei"))
    number = f"+1773555019{dice.randrange(10)}"
    relationship = dice.pick(
        {Relationship.FRIEND: 50.0, Relationship.SIBLING: 30, Relationship.NEIGHBOR: 20}
    )
    phone = Telecom(system=TelecomSystem.PHONE, value=number, use=TelecomUse.MOBILE)
    return Person(name=name, relationship=relationship, telecoms=[phone])


def _stands(other: Member, to: Member, home: Household) -> Relationship:
    """How ``other`` stands to ``to``, both grown up."""
    if other in home.grown_ups and to in home.grown_ups:
        return Relationship.SPOUSE if home.married else Relationship.PARTNER
    if other.role == "elder":
        return _parent(other)
    return Relationship.CHILD if to.role == "elder" else Relationship.RELATIVE


def _parent(member: Member) -> Relationship:
    return Relationship.MOTHER if member.female else Relationship.FATHER


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on 29 February
        return date(born.year + years, 3, 1)


def noon(day: date) -> datetime:
    """Noon in the practice's part of the world, as UTC."""
    return datetime.combine(day, time(18), UTC)
