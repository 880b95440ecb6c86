"""How a practice is set up: places, people, kinds of visits, working hours.

``functions/admin`` writes; scheduling and the console read. None of it is PHI,
so it lies in clear, as JSON of the types below, in one partition:

======================  ==============  =========================================
 access                  pk              sk
======================  ==============  =========================================
 the whole set-up        ``<practice>``  begins with ``setup#`` (one query)
 one thing               ``<practice>``  ``setup#<kind>#<id>``
======================  ==============  =========================================

A practice has tens of these things, and every slot search needs nearly all of
them: one query brings them, and a warm process keeps the answer for seconds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from dateutil import rrule as recurrences
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)
from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from caresmith.dea import DeaNumber as DeaNumber  # noqa: PLC0414 - a prescriber has one
from caresmith.ids import (
    AppointmentTypeId,
    EntityId,
    LocationId,
    PracticeId,
    ProviderId,
    RoomId,
    RuleId,
)
from caresmith.npi import Npi as Npi  # noqa: PLC0414 - a provider of the set-up has one
from caresmith.records.certificates import CliaKind, CliaNumber, Mammography
from caresmith.recurrence import checked_rule, recurrence
from caresmith.tables import PracticeItem

CELL_MINUTES: Final = 5
"""The calendar's grain: visits begin and end on multiples of it."""
MAX_VISIT_MINUTES: Final = 6 * 60
"""One transaction's conditions have to name every cell of a visit."""
_CACHE_SECONDS: Final = 5.0


@cache
def known_zones() -> frozenset[str]:
    """The IANA's names of time zones. To find them takes a walk through all their files."""
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in known_zones():
        raise ValueError("not an IANA time zone, like America/New_York")
    return value


Zone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_zone)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class _Thing(BaseModel):
    """Base of everything in the set-up. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[str]


class BillingAddress(BaseModel):
    """An address as claims need it: TR3 837P 2010AA N403 wants all nine digits of the ZIP code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line1: Annotated[str, StringConstraints(min_length=1, max_length=55, strip_whitespace=True)]
    line2: Annotated[str, StringConstraints(max_length=55, strip_whitespace=True)] = ""
    city: Annotated[str, StringConstraints(min_length=2, max_length=30, strip_whitespace=True)]
    state: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)]
    postal_code: Annotated[str, StringConstraints(pattern=r"^\d{5}-?\d{4}$")]


class Billing(BaseModel):
    """Who bills, as payers know it, and how claims go out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    legal_name: Annotated[
        str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)
    ]
    """As it is enrolled with payers: 2010AA NM103."""
    tax_id: Annotated[str, StringConstraints(pattern=r"^\d{2}-?\d{7}$|^\d{3}-?\d{2}-?\d{4}$")]
    tax_id_kind: Literal["EI", "SY"] = "EI"
    """REF01: an employer's number or a social security number."""
    taxonomy: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")]
    address: BillingAddress
    """Where services are billed from: a street, no post-office box (TR3 2010AA N3)."""
    pay_to: BillingAddress | None = None
    """Where payments go, if elsewhere: it may be a post-office box."""
    contact_name: Annotated[
        str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)
    ]
    contact_phone: Annotated[str, StringConstraints(pattern=r"^\d{3}-?\d{3}-?\d{4}$")]
    submitter_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{0,15}$")] = ""
    """What the clearinghouse calls this practice; "" where the deployment is this one's alone."""
    clia: CliaNumber = ""
    clia_kind: CliaKind = ""
    mammography: Mammography = ""
    auto_approve: bool = False
    """Whether a claim that no edit has anything against goes out without a person's look."""
    send_at: wall_time | None = None
    """When approved claims are sent every day, by the practice's clock; None: by hand alone."""
    ask_after_days: int = Field(default=30, ge=5, le=180)
    """Without an answer to an accepted claim for so long, the payer is asked (276)."""


class Practice(_Thing):
    """The practice itself and its policies."""

    kind: ClassVar[str] = "practice"
    id: PracticeId
    name: Name
    zone: Zone
    npi: Npi | None = None
    idle_minutes: int = Field(default=15, ge=2, le=60)
    privacy_officer_email: EmailStr | None = None
    booking_notice_minutes: int = Field(default=0, ge=0, le=30 * 24 * 60)
    booking_horizon_days: int = Field(default=365, ge=1, le=730)
    hold_minutes: int = Field(default=5, ge=1, le=30)
    offer_minutes: int = Field(default=30, ge=5, le=24 * 60)
    federal_holidays: bool = True
    closed_on: tuple[date, ...] = Field(default=(), max_length=60)
    open_on: tuple[date, ...] = Field(default=(), max_length=60)
    """Federal holidays on which the practice works all the same."""
    billing: Billing | None = None
    """None until claims are to be made."""

    def day_at(self, now: datetime) -> date:
        """Which day it is by the practice's own clock."""
        return now.astimezone(ZoneInfo(self.zone)).date()


class Location(_Thing):
    kind: ClassVar[str] = "location"
    id: LocationId
    name: Name
    zone: Zone
    address_lines: tuple[Name, ...] = Field(default=(), max_length=4)
    phone: Annotated[str, StringConstraints(max_length=30)] = ""
    npi: Npi | None = None
    clia: CliaNumber = ""
    """Its laboratory's, where that has a certificate of its own; else the practice's holds."""
    clia_kind: CliaKind = ""
    mammography: Mammography = ""
    """Where it is certified by itself; else the practice's number holds."""
    active: bool = True


RoomKind = Literal["exam", "procedure", "imaging", "group", "lab"]


class Room(_Thing):
    kind: ClassVar[str] = "room"
    id: RoomId
    location_id: LocationId
    name: Name
    room_kind: RoomKind = "exam"
    active: bool = True


class Provider(_Thing):
    """Somebody with a calendar (FHIR Practitioner with PractitionerRole)."""

    kind: ClassVar[str] = "provider"
    id: ProviderId
    given: Name
    family: Name
    credentials: Annotated[str, StringConstraints(max_length=30)] = ""
    npi: Npi
    taxonomy: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")]
    """NUCC Health Care Provider Taxonomy code."""
    dea: DeaNumber | None = None
    """Stands on a prescription of a controlled substance (21 CFR 1306.05)."""
    specialty: Name
    location_ids: tuple[LocationId, ...] = Field(min_length=1, max_length=20)
    email: EmailStr | None = None
    """Where the day's agenda goes; None where it is not wanted."""
    colour: Colour = "#206bc4"
    active: bool = True

    @property
    def display_name(self) -> str:
        name = f"{self.given} {self.family}"
        return f"{name}, {self.credentials}" if self.credentials else name


def _on_the_grain(minutes: int) -> int:
    if minutes % CELL_MINUTES:
        raise ValueError(f"must be a multiple of {CELL_MINUTES} minutes")
    return minutes


Minutes = Annotated[int, AfterValidator(_on_the_grain)]


class AppointmentType(_Thing):
    """A kind of visit (FHIR Appointment.appointmentType, .serviceType)."""

    kind: ClassVar[str] = "type"
    id: AppointmentTypeId
    name: Name
    minutes: Minutes = Field(ge=CELL_MINUTES, le=MAX_VISIT_MINUTES)
    buffer_before: Minutes = Field(default=0, ge=0, le=60)
    buffer_after: Minutes = Field(default=0, ge=0, le=60)
    provider_ids: tuple[ProviderId, ...] = Field(default=(), max_length=200)
    """Who gives it; empty means every provider."""
    room_kind: RoomKind | None = None
    """The kind of room it needs; None where it needs none."""
    patients: Literal["any", "new", "established"] = "any"
    """For whom it is meant. A kind for new patients is kept from those who were seen here;
    one for established patients is refused to nobody: they may have been seen elsewhere."""
    telehealth: bool = False
    capacity: int = Field(default=1, ge=1, le=50)
    """How many patients share one visit; above one it is a group visit."""
    self_schedulable: bool = False
    colour: Colour = "#206bc4"
    active: bool = True

    @model_validator(mode="after")
    def _fits_a_transaction(self) -> Self:
        if self.buffer_before + self.minutes + self.buffer_after > MAX_VISIT_MINUTES:
            raise ValueError("with its buffers the visit is longer than six hours")
        if self.telehealth and self.room_kind:
            raise ValueError("a telehealth visit needs no room")
        return self

    @property
    def total_minutes(self) -> int:
        return self.buffer_before + self.minutes + self.buffer_after


class AvailabilityRule(_Thing):
    """When a provider works at a location, or does not: a wall-clock rule resolved per date.

    ``open`` rules add time, ``closed`` rules (time off, meetings) take it away
    and win. ``end`` at 00:00 means midnight at the day's end.
    """

    kind: ClassVar[str] = "rule"
    id: RuleId
    provider_id: ProviderId
    effect: Literal["open", "closed"] = "open"
    location_id: LocationId | None = None
    """Needed where it opens; a closing rule without one closes everywhere."""
    rrule: Annotated[str, StringConstraints(max_length=200), AfterValidator(checked_rule)]
    starts_on: date
    ends_on: date | None = None
    start: wall_time
    end: wall_time
    except_on: tuple[date, ...] = Field(default=(), max_length=200)
    type_ids: tuple[AppointmentTypeId, ...] = Field(default=(), max_length=50)
    """Only these kinds of visits; empty means all."""
    note: Annotated[str, StringConstraints(max_length=100)] = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.effect == "open" and self.location_id is None:
            raise ValueError("an opening rule needs its location")
        if self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends before it starts")
        for given in (self.start, self.end):
            if given.tzinfo or given.second or given.microsecond or given.minute % CELL_MINUTES:
                raise ValueError("times are wall-clock times on five minutes")
        if self.end != wall_time(0) and self.end <= self.start:
            raise ValueError("end must come after start")
        return self

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The local dates from ``first`` to ``last`` on which the rule applies."""
        last = min(last, self.ends_on) if self.ends_on else last
        begin, end = (datetime.combine(day, wall_time(0)) for day in (first, last))
        for found in self._recurrence(first).between(begin, end, inc=True):
            if found.date() not in self.except_on:
                yield found.date()

    def _recurrence(self, first: date) -> recurrences.rrule:
        """The rule begun so that years gone by need not be counted through."""
        skipped = timedelta()
        plain = not re.search(r"COUNT|INTERVAL|BYSETPOS", self.rrule.upper())
        if plain and re.search(r"FREQ=(WEEKLY|DAILY)", self.rrule.upper()):
            # Whole weeks later such a rule falls on the very same days.
            skipped = timedelta(weeks=max(0, (first - self.starts_on).days // 7))
        begin = datetime.combine(self.starts_on + skipped, wall_time(0))
        return recurrence(self.rrule, begin)

    def interval(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The rule's stretch on a local date, as aware instants.

        A wall-clock time that DST skips moves on by the skipped hour; of one
        that comes twice, a start is the first and an end the second.
        """
        begin = datetime.combine(day, self.start, zone)
        end_day = day if self.end != wall_time(0) else day + timedelta(days=1)
        return begin, datetime.combine(end_day, self.end, zone).replace(fold=1)


Thing = Practice | Location | Room | Provider | AppointmentType | AvailabilityRule
KINDS: Final[dict[str, type[_Thing]]] = {
    thing.kind: thing
    for thing in (Practice, Location, Room, Provider, AppointmentType, AvailabilityRule)
}


class SetupRecord(PracticeItem, discriminator="setup"):
    version = VersionAttribute()
    kind = UnicodeAttribute()
    body = UnicodeAttribute()


def setup_key(kind: str, thing_id: EntityId) -> str:
    return f"setup#{kind}#{thing_id}"


@dataclass(frozen=True)
class PracticeSetup:
    """Everything that a practice has set up, with the versions for changing it."""

    practice: Practice
    locations: dict[LocationId, Location] = field(default_factory=dict)
    rooms: dict[RoomId, Room] = field(default_factory=dict)
    providers: dict[ProviderId, Provider] = field(default_factory=dict)
    types: dict[AppointmentTypeId, AppointmentType] = field(default_factory=dict)
    rules: dict[RuleId, AvailabilityRule] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    @cached_property
    def _rules_by_provider(self) -> dict[ProviderId, list[AvailabilityRule]]:
        grouped: dict[ProviderId, list[AvailabilityRule]] = {}
        for rule in self.rules.values():
            grouped.setdefault(rule.provider_id, []).append(rule)
        return grouped

    def rules_of(self, provider: ProviderId) -> list[AvailabilityRule]:
        return self._rules_by_provider.get(provider, [])

    def zone_of(self, location: LocationId) -> ZoneInfo:
        return ZoneInfo(self.locations[location].zone)

    def rooms_at(self, location: LocationId, kind: str) -> list[Room]:
        """Active rooms of that kind, by name."""
        fitting = (
            r
            for r in self.rooms.values()
            if r.active and r.location_id == location and r.room_kind == kind
        )
        return sorted(fitting, key=lambda room: room.name)


class NoSuchPractice(LookupError):
    """The practice was never set up."""


_cache: dict[PracticeId, tuple[float, PracticeSetup]] = {}


def practice_setup(practice: PracticeId, *, fresh: bool = False) -> PracticeSetup:
    """The practice's set-up; up to five seconds old unless ``fresh``. Raises NoSuchPractice."""
    known = _cache.get(practice)
    if known and not fresh and known[0] > time.monotonic():
        return known[1]
    setup = _read(practice)
    _cache[practice] = (time.monotonic() + _CACHE_SECONDS, setup)
    return setup


def forget_setup(practice: PracticeId) -> None:
    """The set-up has just been changed by this process."""
    _cache.pop(practice, None)


def _read(practice: PracticeId) -> PracticeSetup:
    by_kind: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
    versions: dict[str, int] = {}
    for record in SetupRecord.query(practice, SetupRecord.sk.startswith("setup#")):
        thing: Any = KINDS[record.kind].model_validate_json(record.body)
        by_kind[record.kind][thing.id] = thing
        versions[thing.id] = int(record.version or 0)
    if practice not in by_kind["practice"]:
        raise NoSuchPractice(practice)
    return PracticeSetup(
        practice=by_kind["practice"][practice],
        locations=by_kind["location"],
        rooms=by_kind["room"],
        providers=by_kind["provider"],
        types=by_kind["type"],
        rules=by_kind["rule"],
        versions=versions,
    )
